"""Whatever is killed or goes away in the middle: nothing is lost, nothing is left behind."""

from __future__ import annotations

import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from noetl_worker.transport.errors import backoff
from tests.support.databases import Databases
from tests.support.postgres import Server
from tests.support.processes import children_of
from tests.worker.conftest import Lab

ITEMS = """
- step: items
  loop: {{ in: "{{{{ {numbers} }}}}", iterator: n, spec: {{ mode: parallel, max_in_flight: 4 }} }}
  tool: {{ kind: shell, command: "echo {{{{ iter.n }}}} >> {file}; sleep {sleep}" }}
"""


def items(file: Path, count: int, sleep: float) -> str:
    numbers = list(range(count))
    return ITEMS.format(numbers=numbers, file=file, sleep=sleep)


def lines(file: Path) -> list[str]:
    return file.read_text().split() if file.exists() else []


def await_disk(lab: Lab) -> None:
    """Until what was done is on disk: a claim does not wait for that, and may be lost."""
    row = lab.conn.execute("select pg_current_wal_insert_lsn()::text as lsn").fetchone()
    assert row is not None
    flushed = "select (pg_current_wal_flush_lsn() >= %s::pg_lsn)::integer"
    lab.until(lambda: lab.count(flushed, row["lsn"]) == 1)


def test_killed_worker_restarts_and_resumes_within_seconds(
    lab: Lab, tmp_path: Path
) -> None:
    file = tmp_path / "seen"
    victim = lab.worker()
    run = lab.start(items(file, 60, 0.2))
    lab.until(lambda: len(lines(file)) >= 12)
    victim.kill()
    victim.wait()
    seen = len(lines(file))
    lab.worker()
    # Not only when the session is found dead, after 300 s.
    lab.until(lambda: len(lines(file)) > seen, 60)
    status = lab.wait(run)
    assert status["status"] == "completed"
    assert status["loops"]["items"]["done"] == 60
    # Only what was in flight at the kill may have run twice.
    assert len(lines(file)) <= 60 + 4


def test_stopped_worker_finishes_what_it_can(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "seen"
    first = lab.worker()
    run = lab.start(items(file, 12, 0.3))
    lab.until(lambda: len(lines(file)) >= 2)
    first.send_signal(signal.SIGTERM)
    assert first.wait(60) == 0
    assert lab.count("select count(*) from noetl.command where status = 'leased'") == 0
    lab.worker("two")
    assert lab.wait(run)["status"] == "completed"
    assert sorted(lines(file), key=int) == [str(n) for n in range(12)]


def test_stopped_worker_hands_back_what_takes_too_long(
    lab: Lab, tmp_path: Path
) -> None:
    file = tmp_path / "seen"
    first = lab.worker(NOETL_GRACE_SECONDS="0.5")
    run = lab.start(items(file, 2, 60))
    lab.until(lambda: len(lines(file)) == 2)
    first.send_signal(signal.SIGTERM)
    assert first.wait(60) == 0
    assert lab.count("select count(*) from noetl.command where status = 'queued'") == 2
    assert lab.count("select max(infra_attempt) from noetl.command") == 1
    assert "handed 2 commands back" in lab.log()
    assert lab.status(run)["status"] == "running"


def test_nothing_asks_under_a_session_that_ends(lab: Lab) -> None:
    """Its answer, that the session is over, would reach what has been told to end."""
    worker = lab.worker()
    ticker = "select count(*) from pg_stat_activity where application_name = %s"
    lab.until(lambda: lab.count(ticker, "noetl ticker one") == 1)
    with lab.connect() as holder, holder.transaction():
        holder.execute("select from noetl.runtime for update")
        worker.send_signal(signal.SIGTERM)
        ending = """
            select count(*) from pg_stat_activity
            where query like '%%end_session%%' and wait_event_type = 'Lock'"""
        lab.until(lambda: lab.count(ending) == 1)
        lab.until(lambda: lab.count(ticker, "noetl ticker one") == 0)
        assert lab.count(ending) == 1
    assert worker.wait(60) == 0
    assert "WARNING" not in lab.log()


def test_second_signal_ends_at_once(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "seen"
    first = lab.worker(NOETL_GRACE_SECONDS="60")
    lab.start(items(file, 1, 60))
    lab.until(lambda: len(lines(file)) == 1)
    first.send_signal(signal.SIGTERM)
    lab.until(lambda: "stopping: at most" in lab.log())
    assert first.poll() is None
    first.send_signal(signal.SIGTERM)
    assert first.wait(30) == 128 + signal.SIGTERM


def test_reports_survive_a_restart_of_the_database(
    own_server: Server, tmp_path: Path
) -> None:
    dsn = Databases(own_server).create()
    lab = Lab(dsn, tmp_path)
    file = tmp_path / "seen"
    try:
        lab.worker()
        run = lab.start(items(file, 8, 1.0))
        lab.until(lambda: len(lines(file)) >= 4)
        await_disk(lab)
        lab.conn.close()
        own_server.crash()
        time.sleep(2)  # the items at work end while nobody can be told
        own_server.start()
        lab.conn = lab.connect()
        status = lab.wait(run)
        assert status["status"] == "completed"
        assert sorted(lines(file), key=int) == [str(n) for n in range(8)]
        assert lab.log().count("database is away") <= 3
    finally:
        lab.close()


def test_a_long_outage_makes_no_worker_wait_long() -> None:
    assert max(backoff(failures) for failures in range(100)) <= 2


def test_worker_stops_while_the_database_is_away(
    own_server: Server, tmp_path: Path
) -> None:
    lab = Lab(Databases(own_server).create(), tmp_path)
    file = tmp_path / "seen"
    try:
        worker = lab.worker(NOETL_GRACE_SECONDS="1")
        lab.start(items(file, 1, 0.2))
        lab.until(lambda: len(lines(file)) == 1)
        lab.conn.close()
        own_server.crash()
        time.sleep(0.5)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0
    finally:
        own_server.start()
        lab.close()


def test_cancelled_execution_kills_its_processes(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "seen"
    worker = lab.worker(NOETL_HEARTBEAT_SECONDS="0.5")
    run = lab.start(items(file, 2, 60))
    lab.until(lambda: len(lines(file)) == 2)
    assert len(children_of(worker.pid)) == 2
    lab.conn.execute("select noetl.cancel_execution(%s, 'enough')", (run,))
    lab.until(lambda: not children_of(worker.pid), 10)
    assert lab.wait(run)["status"] == "cancelled"


def test_worker_whose_session_ended_registers_again(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "seen"
    worker = lab.worker(NOETL_HEARTBEAT_SECONDS="0.3")
    run = lab.start(items(file, 1, 6))
    lab.until(lambda: len(lines(file)) == 1)
    lab.conn.execute("select noetl.end_session(s.session_id) from noetl.runtime as s")
    status = lab.wait(run)
    assert status["status"] == "completed"
    assert worker.poll() is None
    assert len(lines(file)) == 2


def test_worker_whose_name_another_process_takes_stops(
    lab: Lab, tmp_path: Path
) -> None:
    file = tmp_path / "seen"
    older = lab.worker(NOETL_HEARTBEAT_SECONDS="0.3")
    run = lab.start(items(file, 4, 1))
    lab.until(lambda: len(lines(file)) == 4)
    lab.worker(NOETL_HEARTBEAT_SECONDS="0.3")
    assert older.wait(60) == 1
    assert 'another process has started as worker "one"' in lab.log()
    assert "Give each process a name of its own" in lab.log()
    assert lab.wait(run)["status"] == "completed"


def test_late_call_of_a_killed_process_does_not_take_the_name(lab: Lab) -> None:
    started_at = datetime.now(UTC)
    worker = lab.worker(NOETL_HEARTBEAT_SECONDS="0.3")
    sessions = "select count(*) from noetl.runtime where registered_at > %s"
    lab.until(lambda: lab.count(sessions, started_at) == 1)
    with pytest.raises(psycopg.Error) as refused:
        lab.conn.execute(
            "select noetl.register_session('one', '{default}', '{}', %s)", (started_at,)
        )
    assert refused.value.sqlstate == "NE410"
    run = lab.start("- { step: a, tool: { kind: noop } }")
    assert lab.wait(run)["status"] == "completed"
    assert worker.poll() is None
    assert lab.count("select count(*) from noetl.runtime") == 1


def test_a_claim_that_a_crash_lost_is_made_again_at_once(
    lab: Lab, tmp_path: Path
) -> None:
    """The heartbeat that tells of the loss may bring the same command again."""
    file = tmp_path / "seen"
    lab.worker(NOETL_HEARTBEAT_SECONDS="0.3")
    # Without what comes only at a start, and claims with no heartbeat.
    beaten = "select count(*) from noetl.runtime where heartbeat_at > registered_at"
    lab.until(lambda: lab.count(beaten) == 1)
    run = lab.start(items(file, 1, 6))
    lab.until(lambda: len(lines(file)) == 1)
    lab.conn.execute(
        "update noetl.command set status = 'queued', session_id = null,"
        " request_id = null, claimed_at = null"
    )
    # Not only when it is found missing in the list of what the session holds.
    assert lab.wait(run, 14)["status"] == "completed"
    assert len(lines(file)) == 2


def test_long_command_leaves_signs_of_life(lab: Lab, tmp_path: Path) -> None:
    lab.worker(NOETL_HEARTBEAT_SECONDS="0.2", NOETL_LONG_COMMAND_SECONDS="1")
    run = lab.start(items(tmp_path / "seen", 1, 2.8))
    assert lab.wait(run)["status"] == "completed"
    # One a second, not one with each heartbeat.
    signs, took_s = signs_of_life(lab, run)
    assert 1 <= signs <= took_s + 1
    short = lab.start(items(tmp_path / "seen", 1, 0.1))
    assert lab.wait(short)["status"] == "completed"
    signs, took_s = signs_of_life(lab, short)
    assert signs <= took_s


def signs_of_life(lab: Lab, run: int) -> tuple[int, int]:
    """How many a run's only command has left, and the whole seconds that it took."""
    signs = lab.count(
        "select count(*) from noetl.event"
        " where execution_id = %s and event_type = 'command.heartbeat'",
        run,
    )
    took_ms = lab.count(
        "select (meta ->> 'duration_ms')::numeric from noetl.event"
        " where execution_id = %s and event_type = 'command.completed'",
        run,
    )
    return signs, took_ms // 1000
