"""Five steps in a row: how long one playbook takes, and how many end per second."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any, Final

from bench.executions import start, wait
from bench.percentiles import median, percentile
from bench.rig import Connection, Rig

PATH: Final = "bench/five_steps"
_LIMIT: Final = 60.0
# No run ends sooner, and looking takes time from the two cores that are measured.
_FIRST_LOOK: Final = 0.005
_STARTERS: Final = 4  # at_once is a multiple of it


def measure_five_steps(
    rig: Rig, conn: Connection, *, times: int, at_once: int
) -> dict[str, Any]:
    """Measure the latency of one after the other, then the rate of many at once."""
    # What was measured before must not be cleaned up meanwhile: an idle system has done.
    conn.execute("vacuum (analyze)")
    conn.execute("checkpoint")
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
    time.sleep(_FIRST_LOOK)
    wait(rig, conn, execution_id, limit=_LIMIT, pause=0.0005)
    elapsed = time.perf_counter() - started
    time.sleep(0.02)  # idle again
    return elapsed


def _seconds_of_many(rig: Rig, conn: Connection, count: int) -> float:
    """Seconds from the first start until the last end, started by several sessions."""

    def start_share(_: int) -> list[int]:
        with rig.connect() as own:
            return [start(own, PATH, {}) for _ in range(count // _STARTERS)]

    started = time.perf_counter()
    with ThreadPoolExecutor(_STARTERS) as pool:
        shares = list(pool.map(start_share, range(_STARTERS)))
    for execution_id in chain.from_iterable(shares):
        wait(rig, conn, execution_id, limit=_LIMIT, pause=0.005)
    return time.perf_counter() - started
