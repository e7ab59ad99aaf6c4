"""What psql starts, a worker elsewhere carries out; what is rolled back never was."""

from __future__ import annotations

import signal

import psycopg
import pytest

from tests.cli.support import Cli, wait_for
from tests.cli.test_commands import HELLO


@pytest.mark.accept("D-1")
def test_psql_starts_a_run_and_a_worker_takes_it(cli: Cli, database: str) -> None:
    file = cli.write("psql.yaml", HELLO.replace("t/hello", "t/psql"))
    statement = cli("playbook", "sql", file).stdout
    start = "select noetl.start_execution('t/psql', '{\"name\": \"psql\"}')"
    with psycopg.connect(database) as conn:
        conn.execute(statement.encode())
        conn.commit()
        conn.execute(start)
        conn.rollback()
        row = conn.execute(start).fetchone()
        assert row is not None
        conn.commit()
    options = ("--db", database, "--name", "taker", "--slots", "3")
    with cli.start("worker", *options) as worker:
        done = wait_for(lambda: cli("list", "--db", database).stdout.strip())
        assert len(done.splitlines()) == 1, "the run that was rolled back"
        ended = cli.json("status", row[0], "--watch", "--db", database)
        assert ended["result"]["name"] == "psql"
        (shown,) = cli.json("workers", "--db", database)
        assert (shown["name"], shown["capacity"]["slots"]) == ("taker", 3)
        name, kind, state, pools, slots, tools, version = (
            cli("workers", "--db", database).stdout.rstrip("\n").split("\t")
        )
        assert (name, kind, pools) == ("taker", "worker", "default")
        assert (state, shown["state"]) == ("live", "live")
        assert slots.endswith("/3 free")
        assert "python" in tools
        assert version
        worker.send_signal(signal.SIGTERM)
        worker.wait(30)
        assert worker.returncode == 0
    assert cli.json("workers", "--db", database) == []


def test_who_is_silent_is_told_until_the_session_has_run_out(
    cli: Cli, database: str
) -> None:
    with psycopg.connect(database, autocommit=True) as conn:
        for name, seconds in (("silent", 60), ("gone", 600)):
            conn.execute("select noetl.register_dispatcher(%s)", (name,))
            conn.execute(
                "update noetl.runtime set heartbeat_at = now() - make_interval(secs => %s)"
                " where name = %s",
                (seconds, name),
            )
    (line,) = cli("workers", "--db", database).stdout.splitlines()
    assert line.startswith("silent\tdispatcher\tsilent since 20")


def test_worker_without_schema_says_so(cli: Cli, empty_database: str) -> None:
    done = cli("worker", "--db", empty_database, code=1)
    assert "schema" in done.stderr


def test_commands_that_nobody_can_take_are_told_of(cli: Cli, database: str) -> None:
    text = HELLO.replace("t/hello", "t/alone")
    where = ("--db", database)
    file = cli.write("alone.yaml", text)
    run = cli("run", file, "--detach", *where).stdout.strip()
    told = wait_for(lambda: cli("status", run, *where).stderr.strip())
    assert told.startswith("hint: 1 command of step ")
    assert told.endswith(" in pool default: start one with noetl worker")
    with cli.start("resume", run, "--workers", "0", *where) as following:
        assert following.stderr is not None
        assert following.stderr.readline().strip() == told  # though it is no terminal
    (entry,) = cli.json("status", run, *where)["unserved"]
    assert (entry["pool"], entry["commands"]) == ("default", 1)
    kinds = " and ".join(entry["kinds"])
    hint = f"hint: 1 command waits for a worker that runs {kinds} in pool default"
    assert hint in cli("workers", *where).stderr
    with cli.start("worker", "--name", "late", *where) as worker:
        ended = cli.json("status", run, "--watch", *where)
        assert (ended["status"], ended["unserved"]) == ("completed", [])
        assert cli("workers", *where).stderr == ""
        worker.send_signal(signal.SIGTERM)
        worker.wait(30)
