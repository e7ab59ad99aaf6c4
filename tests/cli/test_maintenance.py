"""noetl db maintenance, and what the other commands say of a retired run."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.cli.support import Cli
from tests.support.past import PARTITION, PAST, PRESENT, open_past
from tools.flatten_sql import ROOT

STEPS = [
    {
        "step": "each",
        "tool": {"kind": "noop"},
        "loop": {"in": [1, 2, 3], "iterator": "n"},
        "next": {"arcs": [{"step": "sum"}]},
    },
    {"step": "sum", "tool": {"kind": "noop"}},
]


@pytest.fixture
def run(database: str) -> int:
    """A run that ended in 2025, in a database that keeps runs for 30 days."""
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute((ROOT / "sql/tests/_factories.sql").read_bytes())
        open_past(conn)
        conn.execute(PAST.encode())
        row = conn.execute("select noetl_test.start(%s)", (Jsonb(STEPS),)).fetchone()
        assert row is not None
        ended = conn.execute(
            "select noetl_test.work(%s, %s)", (row[0], Jsonb({"sum": {"data": 6}}))
        ).fetchone()
        assert ended == ("completed",)
        conn.execute("select noetl_test.tick()")
        conn.execute(PRESENT.encode())
        # The week may have changed since the database was deployed.
        conn.execute("select noetl.maintain_partitions()")
        return int(row[0])


@pytest.mark.accept("S.F")
def test_retired_run_is_still_told(cli: Cli, database: str, run: int) -> None:
    def ask(*arguments: object) -> str:
        return cli(*arguments, "--db", database).stdout

    before = json.loads(ask("status", run, "--json"))
    asked = (
        ("trace", run, "sum"),
        ("result", "ls", run),
        ("result", "get", run, "sum"),
    )
    answers = [ask(*arguments) for arguments in asked]
    listed = ask("list", "--json")
    assert ask("events", run) != ""

    plan = json.loads(ask("db", "maintenance", "--dry-run", "--json"))
    assert {"item": "executions", "name": None, "count": 1, "bytes": None} in plan
    assert [item["name"] for item in plan if item["item"] == "partition"] == [PARTITION]
    assert json.loads(ask("status", run, "--json")) == before, "nothing was done"

    did = json.loads(ask("db", "maintenance", "--json"))
    assert did == {
        "executions_retired": 1,
        "events_removed": 0,
        "partitions_dropped": 1,
        "sessions_forgotten": 1,
        "partitions_created": 0,
        "partitions_ahead": 8,
        "in_use": [],
    }
    after = json.loads(ask("status", run, "--json"))
    assert after.pop("retired_at") is not None
    assert after == {key: before[key] for key in after}
    assert "its events were removed" in ask("status", run)
    assert [ask(*arguments) for arguments in asked] == answers
    assert ask("list", "--json") == listed

    told = cli("events", run, "--db", database)
    assert told.stdout == ""
    assert f"execution {run} was retired on" in told.stderr
    for command in ("rebuild", "retry"):
        refused = cli(command, run, "--db", database, code=2)
        assert "its events were removed" in refused.stderr
        assert "hint:" in refused.stderr


def test_again_and_at_once_does_nothing_more(cli: Cli, database: str, run: int) -> None:
    def maintain(_: int) -> int:
        done = cli("db", "maintenance", "--json", "--db", database)
        return int(json.loads(done.stdout)["executions_retired"])

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(maintain, range(3))) == [0, 0, 1]
    rows = cli("db", "maintenance", "--db", database).stdout.splitlines()
    assert "executions retired\t0" in rows
    assert "partitions ahead\t8" in rows
    table = cli("db", "maintenance", "--dry-run", "--db", database).stdout
    assert table.split() == ["executions", "0", "sessions", "0"]


def test_partition_in_use_is_told(cli: Cli, database: str, run: int) -> None:
    with psycopg.connect(database) as foreign:
        foreign.execute("select count(*) from noetl.event")
        done = cli("db", "maintenance", "--db", database)
        assert "partitions dropped\t0" in done.stdout
        assert f"{PARTITION} is in use" in done.stderr
        assert cli("status", run, "--db", database).stdout != ""
    done = cli("db", "maintenance", "--db", database)
    assert "partitions dropped\t1" in done.stdout
    assert done.stderr == ""


def test_who_may_not_is_told(cli: Cli, database: str, run: int) -> None:
    dsn = f"{database}&options=-crole%3Dnoetl_reader"
    if "?" not in database:
        dsn = f"{database}?options=-crole%3Dnoetl_reader"
    assert "executions" in cli("db", "maintenance", "--dry-run", "--db", dsn).stdout
    refused = cli("db", "maintenance", "--db", dsn, code=1)
    assert "noetl_operator" in refused.stderr
