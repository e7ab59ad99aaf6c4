"""What retention removes is over, whoever is at work beside it, and nobody waits for it.

Runs of a week in 2025 stand for old ones: ``tests/support/past.sql``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.races.rig import Connection, Rig, loop, step
from tests.support.past import PARTITION, PAST, PRESENT, open_past
from tools.flatten_sql import ROOT

# Seconds; whoever waited for retention would do so for the lock_timeout of 30 s.
WAIT_MAX = 25.0
QUIET = ROOT / "tests/model/quiet.sql"


@pytest.fixture
def old(rig: Rig) -> Rig:
    open_past(rig.conn)
    rig.conn.execute(QUIET.read_bytes())  # retention gives way to autovacuum
    return rig


def ended(rig: Rig, count: int = 3) -> list[int]:
    """Runs that began and ended in the old week."""
    rig.conn.execute(PAST.encode())
    runs = [
        rig.start(step("items", loop=loop(5, mode="parallel"))) for _ in range(count)
    ]
    for run in runs:
        assert rig.value("select noetl_test.work(%s)", run) == "completed"
    rig.conn.execute(PRESENT.encode())
    return runs


def live(rig: Rig) -> int:
    """A run that began in the old week and lives."""
    rig.conn.execute(PAST.encode())
    run = rig.start(step("wait", tool={"kind": "wait", "signal": "go"}))
    rig.conn.execute(PRESENT.encode())
    return run


def retain(conn: Connection, limit: int = 20000) -> dict[str, int]:
    """Retain until nothing is left; what was done."""
    total = {"executions": 0, "events": 0, "partitions": 0}
    while True:
        row = conn.execute(
            "select done, executions, events, partitions, is_busy"
            " from noetl.retain(%s)",
            (limit,),
        ).fetchone()
        assert row is not None
        done, *counts, is_busy = row
        for name, count in zip(total, counts, strict=True):
            total[name] += count
        if not done and not is_busy:
            return total


def has_partition(rig: Rig) -> bool:
    return bool(rig.value("select to_regclass(%s) is not null", PARTITION))


def events(rig: Rig, run: int) -> int:
    return int(
        rig.value("select count(*) from noetl.event where execution_id = %s", run)
    )


def in_time(work: Future[Any]) -> Any:
    return work.result(WAIT_MAX)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)


def waits_for_a_lock(rig: Rig, conn: Connection) -> bool:
    return bool(
        rig.value(
            "select exists (select from pg_stat_activity"
            " where pid = %s and wait_event_type = 'Lock')",
            conn.info.backend_pid,
        )
    )


@pytest.mark.accept("S.F")
def test_a_week_whose_runs_are_all_retired_is_dropped(old: Rig) -> None:
    runs = ended(old)
    before = [
        old.value(
            "select to_jsonb(s) - 'retired_at' from noetl.execution_status(%s) as s",
            run,
        )
        for run in runs
    ]
    trace = old.value("select jsonb_agg(t) from noetl.trace(%s, 'items') as t", runs[0])
    assert (
        old.value(
            "select count(*) from noetl.retention_plan() where name = %s", PARTITION
        )
        == 1
    )
    assert retain(old.conn) == {"executions": 3, "events": 0, "partitions": 1}
    assert not has_partition(old)
    assert [events(old, run) for run in runs] == [0, 0, 0]
    after = [
        old.value(
            "select to_jsonb(s) - 'retired_at' from noetl.execution_status(%s) as s",
            run,
        )
        for run in runs
    ]
    assert after == before
    assert trace == old.value(
        "select jsonb_agg(t) from noetl.trace(%s, 'items') as t", runs[0]
    )
    assert old.finish(old.start(step("new"))) == "completed"
    assert retain(old.conn) == {"executions": 0, "events": 0, "partitions": 0}


@pytest.mark.accept("S.F")
def test_a_run_that_lives_for_longer_keeps_its_week(old: Rig) -> None:
    runs = ended(old)
    run = live(old)
    kept = events(old, run)
    assert retain(old.conn, 20) == {
        "executions": 3,
        "events": pytest.approx(100, abs=60),
        "partitions": 0,
    }
    assert has_partition(old)
    assert [events(old, run) for run in runs] == [0, 0, 0]
    assert events(old, run) == kept
    old.conn.execute("select noetl.rebuild(%s)", (run,))
    assert old.value("select noetl.signal_execution(%s, 'go')", run) == "delivered"
    assert old.finish(run) == "completed"
    assert retain(old.conn)["executions"] == 0, "it has ended only now"
    old.conn.execute(
        b"select set_config('noetl.test_now', (now() + interval '30 days 1 minute')::text, false)"
    )
    assert retain(old.conn)["executions"] == 1
    assert not has_partition(old)


def test_events_without_a_run_keep_their_week(old: Rig) -> None:
    (run,) = ended(old, 1)
    old.conn.execute("delete from noetl.run")
    assert retain(old.conn) == {"executions": 0, "events": 0, "partitions": 0}
    assert has_partition(old)
    old.conn.execute("select noetl.rebuild(%s)", (run,))
    assert retain(old.conn) == {"executions": 1, "events": 0, "partitions": 1}


def test_an_open_transaction_holds_up_the_drop_and_nobody_else(old: Rig) -> None:
    ended(old)
    path = old.value("select noetl_test.playbook(%s)", Jsonb([step("a")]))
    foreign = old.session(autocommit=False)
    foreign.execute("select noetl.start_execution(%s)", (path,))
    keeper, other = old.session(), old.session()
    with ThreadPoolExecutor(2) as pool:
        for _ in range(3):
            work = pool.submit(retain, keeper)
            while not work.done():
                in_time(
                    pool.submit(
                        other.execute, b"select noetl.start_execution(%s)", (path,)
                    )
                )
            in_time(work)
    assert has_partition(old)
    foreign.commit()
    assert retain(keeper)["partitions"] == 1
    old.conn.execute(
        "select noetl.cancel_execution(r.execution_id) from noetl.run as r"
    )


def test_a_start_that_commits_late_keeps_its_week(old: Rig) -> None:
    """The drop looks again when it has the lock: what it waited for may have begun a run."""
    ended(old)
    old.conn.execute(
        "alter function noetl_internal.drop_partition(regclass, bigint, bigint)"
        " set lock_timeout = '20s'"
    )
    path = old.value("select noetl_test.playbook(%s)", Jsonb([step("a")]))
    late = old.session(autocommit=False)
    late.execute(PAST.encode())
    row = late.execute("select noetl.start_execution(%s)", (path,)).fetchone()
    assert row is not None
    keeper = old.session()
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(retain, keeper)
        until(lambda: waits_for_a_lock(old, keeper))
        late.commit()
        assert work.result(30)["partitions"] == 0
    assert has_partition(old)
    assert old.finish(row[0]) == "completed"


def test_several_at_once_do_it_once(old: Rig) -> None:
    runs = ended(old, 12)
    sessions = [old.session() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        did = list(pool.map(lambda conn: retain(conn, 30), sessions))
    assert sum(part["executions"] for part in did) == len(runs)
    assert sum(part["partitions"] for part in did) == 1
    assert (
        old.value("select count(*) from noetl.manifest where kind = 'execution'") == 12
    )


def test_who_comes_second_is_told_that_another_is_at_it(old: Rig) -> None:
    ended(old, 1)
    first = old.session(autocommit=False)
    look = b"select done > 0, is_busy from noetl.retain()"
    assert first.execute(look).fetchone() == (True, False)
    assert old.conn.execute(look).fetchone() == (False, True)
    first.commit()
    assert old.conn.execute(look).fetchone() == (True, False)


def test_a_kill_between_two_parts_changes_nothing(old: Rig) -> None:
    runs = ended(old, 2)
    counts = {run: events(old, run) for run in runs}
    killed = 0
    while True:
        victim = old.session(autocommit=False)
        row = victim.execute("select done from noetl.retain(7)").fetchone()
        assert row is not None
        if not row[0]:
            break
        killed += 1
        old.conn.execute(
            "select pg_terminate_backend(%s, 10000)", (victim.info.backend_pid,)
        )
        with pytest.raises(psycopg.OperationalError):
            victim.commit()
        old.conn.execute("select noetl.retain(7)")
    victim.rollback()
    assert killed > 3
    assert not has_partition(old)
    kept = old.conn.execute(
        "select execution_id, (summary ->> 'events')::integer,"
        " summary #>> '{steps,items,completed}', summary #>> '{loops,items,done}'"
        " from noetl.manifest where kind = 'execution' order by 1"
    ).fetchall()
    assert kept == [(run, counts[run], "5", "5") for run in runs]


@pytest.mark.parametrize("is_retry_first", [True, False])
def test_retry_and_retirement_of_a_run_exclude_each_other(
    old: Rig, is_retry_first: bool
) -> None:
    old.conn.execute(PAST.encode())
    run = old.start(step("a"))
    worker = old.worker()
    old.report(worker, old.claim(worker), error={"message": "no"})
    old.conn.execute("select noetl_test.tick()")
    old.conn.execute(PRESENT.encode())
    assert old.value("select status from noetl.execution_status(%s)", run) == "failed"
    first, second = old.session(autocommit=False), old.session()
    if is_retry_first:
        first.execute("select noetl.retry_execution(%s)", (run,))
        assert retain(second)["executions"] == 0, "it passes by"
        first.commit()
        assert retain(second)["executions"] == 0, "it lives"
        assert old.finish(run) == "completed"
        return
    first.execute("select noetl.retain()")
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(second.execute, b"select noetl.retry_execution(%s)", (run,))
        until(lambda: waits_for_a_lock(old, second))
        first.commit()
        with pytest.raises(psycopg.DatabaseError) as refused:
            work.result(30)
    assert refused.value.sqlstate == "NE412"
    assert retain(second)["executions"] == 1


@pytest.mark.parametrize("is_page", [True, False])
def test_a_row_that_is_made_again_meanwhile_stays(old: Rig, is_page: bool) -> None:
    runs = ended(old, 2)
    first, second = old.session(autocommit=False), old.session()
    first.execute("select noetl.retain()")
    query = b"select noetl.rebuild_execution_projection(%s)"
    if is_page:
        query = b"select noetl.rebuild_projection(%s - 1)"
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(second.execute, query, (runs[0],))
        until(lambda: waits_for_a_lock(old, second))
        first.commit()
        if is_page:
            assert work.result(30).fetchone() == (None,)
        else:
            with pytest.raises(psycopg.DatabaseError) as refused:
                work.result(30)
            assert refused.value.sqlstate == "NE412"
    for run in runs:
        status = "select retired_at is not null from noetl.execution_status(%s)"
        assert old.value(status, run)
    retain(old.conn)


def test_the_log_is_analyzed_once(rig: Rig) -> None:
    rig.conn.execute(QUIET.read_bytes())
    rig.conn.execute(
        "insert into noetl.event (execution_id, event_type, created_at)"
        " select noetl_internal.execution_id_at(now()), 'signal.received', now()"
        " from generate_series(1, 3000)"
    )
    rig.conn.execute("analyze noetl.event")
    rig.conn.execute(
        "update pg_class set reltuples = 0 where oid = 'noetl.event'::regclass"
    )
    assert rig.value("select noetl_internal.analyze_log()") is True
    assert rig.value("select noetl_internal.analyze_log()") is False
    rig.conn.execute("delete from noetl.event")
