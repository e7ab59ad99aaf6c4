"""Five steps in a row: how long one playbook takes, and how many end per second."""

from __future__ import annotations

import threading
import time
from typing import Any

from bench.executions import start, wait
from bench.percentiles import median, percentile
from bench.rig import BenchError, Connection, Rig

PATH = "bench/five_steps"
_LIMIT = 60.0
_STARTERS = 4


def measure_five_steps(
    rig: Rig, conn: Connection, *, times: int, at_once: int
) -> dict[str, Any]:
    """Measure the latency of one after the other, then the rate of many at once."""
    for _ in range(10):
        _latency(rig, conn)
    latencies = [_latency(rig, conn) for _ in range(times)]
    return {
        "times": times,
        "p50_ms": median(latencies) * 1000,
        "p99_ms": percentile(latencies, 0.99) * 1000,
        "at_once": at_once,
        "per_s": at_once / _seconds_of_many(rig, conn, at_once),
    }


def _latency(rig: Rig, conn: Connection) -> float:
    """Seconds from the call that starts a playbook until its end is seen."""
    started = time.perf_counter()
    execution_id = start(conn, PATH, {})
    wait(rig, conn, execution_id, limit=_LIMIT, pause=0.0002)
    elapsed = time.perf_counter() - started
    time.sleep(0.02)  # idle again
    return elapsed


def _seconds_of_many(rig: Rig, conn: Connection, count: int) -> float:
    """Seconds from the first start until the last end, started by several sessions."""
    failures: list[Exception] = []

    def start_some() -> None:
        try:
            with rig.connect() as own:
                for _ in range(count // _STARTERS):
                    start(own, PATH, {})
        except Exception as exc:  # noqa: BLE001 - raised again by the main thread
            failures.append(exc)

    row = conn.execute("select count(*) from noetl.run").fetchone()
    assert row is not None
    known = row[0]
    starters = [threading.Thread(target=start_some) for _ in range(_STARTERS)]
    started = time.perf_counter()
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    if failures:
        raise BenchError(f"starting playbooks failed: {failures[0]}") from failures[0]
    ended = known + count // _STARTERS * _STARTERS
    deadline = time.monotonic() + _LIMIT
    with conn.transaction():
        while _completed(conn) < ended:
            if time.monotonic() > deadline:
                raise BenchError(f"{count} playbooks did not end within {_LIMIT:.0f} s")
            rig.check_workers()
            time.sleep(0.005)
    return time.perf_counter() - started


def _completed(conn: Connection) -> int:
    row = conn.execute(
        "select count(*) from noetl.run as r where r.status = 'completed'"
    ).fetchone()
    assert row is not None
    return int(row[0])
