"""Fixtures: real worker processes against a real database."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from psycopg.rows import dict_row

from noetl_worker import secrets

ENDED = ("completed", "failed", "cancelled")


class Lab:
    """A database, workers on it, and playbooks run by them."""

    def __init__(self, dsn: str, home: Path) -> None:
        self.dsn = dsn
        self.home = home
        self.workers: list[subprocess.Popen[bytes]] = []
        self.conn = self.connect()

    def connect(self) -> psycopg.Connection[dict[str, Any]]:
        return self.connect_to(self.dsn)

    def connect_to(self, dsn: str) -> psycopg.Connection[dict[str, Any]]:
        return psycopg.connect(dsn, autocommit=True, row_factory=dict_row)

    def worker(
        self,
        name: str = "one",
        module: str = "noetl_worker",
        arguments: Sequence[str] = (),
        **variables: str,
    ) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "NOETL_HOME": str(self.home),
            "NOETL_DB": self.dsn,
            "NOETL_WORKER_NAME": name,
            "NOETL_PYTHON_PROCESSES": "2",
            **variables,
        }
        with (self.home / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                env=environment,
                stderr=log,
            )
        self.workers.append(process)
        return process

    def log(self, name: str = "one") -> str:
        return (self.home / f"{name}.log").read_text()

    def credential(self, name: str, fields: dict[str, Any]) -> None:
        key = secrets.load_key(self.home, create=True)
        self.conn.execute(
            "select noetl.put_credential(%s, 'postgres', %s, null)",
            (name, secrets.seal(key, name, fields)),
        )

    def start(
        self, workflow: str, workload: dict[str, Any] | None = None, **sections: Any
    ) -> int:
        """Register a workflow given as YAML, with more sections, and start it."""
        name = f"tests/{time.monotonic_ns()}"
        document = {
            "apiVersion": "noetl.io/v2",
            "kind": "Playbook",
            "metadata": {"name": name, "path": name},
            "workflow": yaml.safe_load(workflow),
            **sections,
        }
        self.conn.execute(
            "select noetl.register_playbook(%s::jsonb)", (json.dumps(document),)
        )
        row = self.conn.execute(
            "select noetl.start_execution(%s, %s::jsonb) as id",
            (name, json.dumps(workload or {})),
        ).fetchone()
        assert row is not None
        return int(row["id"])

    def status(self, execution_id: int) -> dict[str, Any]:
        row = self.conn.execute(
            "select * from noetl.execution_status(%s)", (execution_id,)
        ).fetchone()
        assert row is not None
        return row

    def wait(self, execution_id: int, seconds: float = 90) -> dict[str, Any]:
        status: dict[str, Any] = {}

        def has_ended() -> bool:
            nonlocal status
            status = self.status(execution_id)
            return status["status"] in ENDED

        self.until(has_ended, seconds)
        return status

    def until(self, holds: Callable[[], bool], seconds: float = 90) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, "waited too long"
            time.sleep(0.02)

    def run(
        self, workflow: str, workload: dict[str, Any] | None = None, **sections: Any
    ) -> dict[str, Any]:
        return self.wait(self.start(workflow, workload, **sections))

    def count(self, query: str, *values: Any) -> int:
        row = self.conn.execute(query, values).fetchone()
        assert row is not None
        return int(next(iter(row.values())))

    def end(self, processes: Iterable[subprocess.Popen[bytes]]) -> None:
        for process in processes:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()

    def close(self) -> None:
        self.end(self.workers)
        self.conn.close()


@pytest.fixture
def lab(database: str, tmp_path: Path) -> Iterator[Lab]:
    opened = Lab(database, tmp_path)
    yield opened
    opened.close()
