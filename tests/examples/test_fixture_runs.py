"""Every valid fixture, run by a real worker, gives what stands beside it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
import yaml
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from noetl_worker.secrets import load_key, seal
from tests.examples.conftest import ROOT
from tests.support.databases import Databases

Row = dict[str, Any]
VALID: Final = ROOT / "tests/fixtures/playbooks/valid"
DEADLINE_S: Final = 60
ENDED: Final = {"completed", "failed", "cancelled"}


def read(name: str) -> Any:
    return yaml.safe_load((VALID / f"{name}.yaml").read_text())


RUNNABLE: Final = [
    path.name.removesuffix(".expected.yaml")
    for path in sorted(VALID.glob("*.expected.yaml"))
    if "run" in yaml.safe_load(path.read_text())
]


@pytest.fixture(scope="module")
def engine(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[psycopg.Connection[Row]]:
    """A database with a worker at it, and a connection."""
    dsn, home = databases.create(), tmp_path_factory.mktemp("home")
    command = [sys.executable, "-m", "noetl_worker", "--db", dsn, "--name", "fixtures"]
    environment = os.environ | {
        "NOETL_HOME": str(home),
        "PYTHONPATH": f"{ROOT / 'worker'}:{ROOT / 'python'}",
    }
    try:
        with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as conn:
            secret = seal(load_key(home, create=True), "pg_local", {"dsn": dsn})
            conn.execute(
                "select noetl.put_credential('pg_local', 'postgres', %s)", (secret,)
            )
            with subprocess.Popen(command, env=environment) as worker:
                yield conn
                worker.terminate()
                assert worker.wait(timeout=30) == 0
    finally:
        databases.drop(dsn)


def run(conn: psycopg.Connection[Row], name: str, workload: Any) -> Row:
    """Register and start a fixture; its status when it has ended."""
    registered = conn.execute(
        "select path from noetl.register_playbook(%s)", (Jsonb(read(name)),)
    ).fetchone()
    assert registered is not None
    started = conn.execute(
        "select noetl.start_execution(%s, %s) as id",
        (registered["path"], Jsonb(workload)),
    ).fetchone()
    assert started is not None
    deadline = time.monotonic() + DEADLINE_S
    while True:
        status = conn.execute(
            "select * from noetl.execution_status(%s)", (started["id"],)
        ).fetchone()
        assert status is not None
        if status["status"] in ENDED:
            return status
        assert time.monotonic() < deadline, f"{name} hangs: {status}"
        time.sleep(0.02)


@pytest.mark.parametrize("name", RUNNABLE)
def test_fixture_gives_what_is_expected(
    engine: psycopg.Connection[Row], name: str
) -> None:
    expected = yaml.safe_load(Path(VALID / f"{name}.expected.yaml").read_text())
    for need in expected.get("needs", []):
        if need.startswith("playbook "):
            engine.execute(
                "select noetl.register_playbook(%s)",
                (Jsonb(read(need.removeprefix("playbook "))),),
            )
    status = run(engine, name, expected.get("workload", {}))
    compare(expected["run"], status)
    live = engine.execute(
        "select count(*) as n from noetl.command where execution_id = %s",
        (status["execution_id"],),
    ).fetchone()
    assert live == {"n": 0}, "an ended execution has live commands"


def compare(expected: Row, status: Row) -> None:
    """Compare what is expected with what is; what is not expected is not compared."""
    error = status["error"] or {}
    assert status["status"] == expected["status"], error
    if "result" in expected:
        assert status["result"]["context"]["data"] == expected["result"]
    if "error" in expected:
        assert re.search(expected["error"], error["message"], re.IGNORECASE | re.DOTALL)
    if "error_step" in expected:
        assert error["step"] == expected["error_step"]
    for step, count in expected.get("steps", {}).items():
        assert status["steps"][step]["count"] == count
    for step, counts in expected.get("loops", {}).items():
        assert {key: status["loops"][step][key] for key in counts} == counts
