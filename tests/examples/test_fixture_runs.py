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

from noetl_shell.documents import read_document
from noetl_worker.secrets import load_key, seal
from tests.examples.conftest import ROOT, StartApi
from tests.support.databases import Databases

Row = dict[str, Any]
VALID: Final = ROOT / "tests/fixtures/playbooks/valid"
DEADLINE_S: Final = 60
ENDED: Final = {"completed", "failed", "cancelled"}


CORE_TOOLS: Final = {"python", "shell", "postgres", "http", "duckdb"}
SLEEPING_TOOLS: Final = {"python", "shell", "postgres"}
EXAMPLES: Final[dict[str, Row]] = {
    "hello/hello": {"greeting": "Hello, world!"},
    "basics/conditions": {"size": "large", "called": True},
    "basics/loop": {"words": 5, "letters": 26},
    "basics/fanout": {"status": "partial", "done": 7, "failed": 1},
    "basics/errors": {"source": "cache", "because": "connection"},
    "child/invoice": {"order": 1, "total": 11.9},
    "child/orders": {"total": 476.0},
}


def read(name: str) -> Any:
    return read_document(VALID / f"{name}.yaml").value


def read_example(name: str) -> Any:
    return read_document(ROOT / f"examples/{name}.yaml").value


ACCEPTED: Final = {
    "fanout_basic": "P3.F",
    "fanout_partial_failure": "P3.2-5",
    "streaming_chunks": "P5.2-4",
}
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
        databases.end(dsn)


def run(conn: psycopg.Connection[Row], playbook: Any, workload: Any) -> Row:
    """Register and start a playbook; its status when it has ended."""
    path = register(conn, playbook)
    started = conn.execute(
        "select noetl.start_execution(%s, %s) as id", (path, Jsonb(workload))
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
        assert time.monotonic() < deadline, f"{path} hangs: {status}"
        time.sleep(0.02)


def register(conn: psycopg.Connection[Row], playbook: Any) -> str:
    registered = conn.execute(
        "select path from noetl.register_playbook(%s)", (Jsonb(playbook),)
    ).fetchone()
    assert registered is not None
    return str(registered["path"])


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.accept(ACCEPTED[name]))
        if name in ACCEPTED
        else name
        for name in RUNNABLE
    ],
)
def test_fixture_gives_what_is_expected(
    engine: psycopg.Connection[Row], start_api: StartApi, name: str
) -> None:
    expected = yaml.safe_load(Path(VALID / f"{name}.expected.yaml").read_text())
    workload = expected.get("workload", {})
    for need in expected.get("needs", []):
        if need == "api":
            workload["api"] = start_api()
        elif need.startswith("playbook "):
            register(engine, read(need.removeprefix("playbook ")))
    status = run(engine, read(name), workload)
    compare(expected["run"], status)
    live = engine.execute(
        "select count(*) as n from noetl.command where execution_id = %s",
        (status["execution_id"],),
    ).fetchone()
    assert live == {"n": 0}, "an ended execution has live commands"


@pytest.mark.accept("P0.1-4")
def test_slow_items_hold_up_no_fast_ones(
    engine: psycopg.Connection[Row], start_api: StartApi
) -> None:
    status = run(engine, read("tooling_non_blocking"), {"api": start_api()})
    events = engine.execute(
        """
        select
          node_name,
          count(*) filter (where event_type = 'command.issued') as issued,
          count(distinct meta ->> 'command_id') filter (
            where event_type in ('command.completed', 'command.failed')
          ) as ended,
          max(created_at) filter (
            where event_type = 'command.completed' and current_index > 0
          ) - min(created_at) as fast,
          max(created_at) filter (
            where event_type = 'command.completed' and current_index = 0
          ) - min(created_at) as slow
        from noetl.event
        where execution_id = %s and node_name = any (%s)
        group by node_name
        """,
        (status["execution_id"], list(CORE_TOOLS)),
    ).fetchall()
    assert {row["node_name"] for row in events} == CORE_TOOLS
    for row in events:
        assert row["issued"] == row["ended"] == 5, row
        if row["node_name"] in SLEEPING_TOOLS:
            assert row["slow"].total_seconds() >= 5, row
            assert row["fast"] < row["slow"], row


@pytest.mark.parametrize(("path", "result"), EXAMPLES.items())
def test_teaching_example_gives_what_it_says(
    engine: psycopg.Connection[Row], path: str, result: Row
) -> None:
    register(engine, read_example("child/invoice"))
    status = run(engine, read_example(path), {})
    compare({"status": "completed", "result": result}, status)


def compare(expected: Row, status: Row) -> None:
    """Compare what is expected with what is; what is not expected is not compared."""
    error = status["error"] or {}
    assert status["status"] == expected["status"], error
    if "result" in expected:
        assert status["result"] == expected["result"]
    if "error" in expected:
        assert re.search(expected["error"], error["message"], re.IGNORECASE | re.DOTALL)
    if "error_step" in expected:
        assert error["step"] == expected["error_step"]
    for step, count in expected.get("steps", {}).items():
        assert status["steps"][step]["count"] == count
    for step, counts in expected.get("loops", {}).items():
        assert {key: status["loops"][step][key] for key in counts} == counts
