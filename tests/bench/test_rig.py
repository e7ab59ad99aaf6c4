"""What the benchmark does when something that it measures does not work."""

from __future__ import annotations

import os
import signal

import psutil
import pytest

from bench.calls import logged_statements, timed_calls
from bench.executions import run, start, wait
from bench.fanout import PATH, run_fanout
from bench.five_steps import measure_five_steps
from bench.limit import measure_limit
from bench.rig import BenchError, Connection, Rig
from bench.snapshot import foreign_snapshot


def test_a_run_that_does_not_end_is_an_error(rig: Rig, bench_conn: Connection) -> None:
    execution_id = start(bench_conn, PATH, {"n": 1})
    with pytest.raises(BenchError, match=r"did not end within 0 s: running"):
        wait(rig, bench_conn, execution_id, limit=0, pause=0.001)
    bench_conn.execute("select noetl.cancel_execution(%s, 'test')", (execution_id,))


def test_a_run_that_fails_is_an_error(rig: Rig, bench_conn: Connection) -> None:
    execution_id = start(bench_conn, PATH, {"n": "many"})
    bench_conn.execute("select noetl.advance_changes(100)")
    with pytest.raises(BenchError, match=f"{execution_id} failed: .*integer"):
        wait(rig, bench_conn, execution_id, limit=5, pause=0.001)


def test_an_unknown_execution_is_an_error(rig: Rig, bench_conn: Connection) -> None:
    with pytest.raises(BenchError, match="7 does not exist"):
        wait(rig, bench_conn, 7, limit=5, pause=0.001)


def test_a_worker_that_cannot_start_is_an_error(rig: Rig) -> None:
    with (
        pytest.raises(
            BenchError, match=r"bench-\d+ ended with code \d+:\n(.|\n)*SLOTS"
        ),
        rig.running_workers(1, NOETL_WORKER_SLOTS="many"),
    ):
        pytest.fail("it started")
    assert rig.workers == []


def test_a_worker_that_is_killed_is_an_error(rig: Rig, bench_conn: Connection) -> None:
    with rig.running_workers(2):
        os.kill(rig.workers[0].pid, signal.SIGKILL)
        rig.workers.pop().stop()
        with pytest.raises(BenchError, match=r"bench-\d+ ended with code -9"):
            run(rig, bench_conn, PATH, {"n": 10}, limit=10)
        rig.workers.clear()


def test_an_error_leaves_no_worker_behind(rig: Rig) -> None:
    pids: list[int] = []

    def fail_while_working() -> None:
        with rig.running_workers(2):
            pids.extend(worker.pid for worker in rig.workers)
            raise BenchError("no reason")

    with pytest.raises(BenchError, match="no reason"):
        fail_while_working()
    assert len(pids) == 2
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_a_pass_measures_what_it_names(rig: Rig, bench_conn: Connection) -> None:
    with rig.running_workers(2):
        with logged_statements(bench_conn):
            measured = run_fanout(rig, bench_conn, 300)
        steps = measure_five_steps(rig, bench_conn, times=3, at_once=8)
    assert measured.items_per_s > 0
    assert measured.cost.wal_bytes > 300 * 500
    assert measured.cost.commits > 2
    assert measured.cost.syncs > 0
    assert measured.calls.claims_ms
    assert measured.calls.reports_ms
    assert measured.peaks.worker_mb > 10
    assert measured.peaks.server_mb > 10
    assert 0 < steps["p50_ms"] <= steps["p99_ms"]


def test_the_limit_leaves_the_log_as_it_was(rig: Rig, bench_conn: Connection) -> None:
    execution_id = start(bench_conn, PATH, {"n": 100})
    count = "select count(*), sum(event_id) from noetl.event"
    before = bench_conn.execute(count).fetchone()
    assert measure_limit(bench_conn, execution_id, 2) > 0
    assert bench_conn.execute(count).fetchone() == before
    bench_conn.execute("select noetl.cancel_execution(%s, 'test')", (execution_id,))


def test_calls_are_read_from_the_log(rig: Rig, bench_conn: Connection) -> None:
    with logged_statements(bench_conn), timed_calls(rig.server_log) as times:
        bench_conn.execute("select noetl.record_events(%s::jsonb)", ("[]",))
        bench_conn.execute("select 1")
    assert len(times.reports_ms) == 1
    assert times.claims_ms == []


def test_the_foreign_snapshot_holds_back_the_horizon(
    rig: Rig, bench_conn: Connection
) -> None:
    held = (
        "select count(*) from pg_stat_activity as a where a.backend_xmin is not null"
        " and a.state = 'idle in transaction'"
    )
    with foreign_snapshot(rig):
        assert bench_conn.execute(held).fetchone() == (1,)
    assert bench_conn.execute(held).fetchone() == (0,)
