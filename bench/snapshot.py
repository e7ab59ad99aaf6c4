"""What a claim costs while somebody else keeps a snapshot open."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from bench.calls import logged_statements, timed_calls
from bench.executions import run
from bench.fanout import PATH, limit_seconds
from bench.percentiles import median, percentile
from bench.rig import Connection, Rig

CLAIM: Final = 100
PASSES: Final = 10


@contextmanager
def foreign_snapshot(rig: Rig) -> Iterator[None]:
    """Keep a snapshot open, as a long report of another program does."""
    with rig.connect() as other:
        other.execute("begin isolation level repeatable read")
        other.execute("select count(*) from noetl.command")
        yield
        other.execute("rollback")


def measure_snapshot(
    rig: Rig, conn: Connection, *, n: int, seconds: float
) -> dict[str, Any]:
    """Let n items finish over so many seconds, without and with the snapshot."""
    with (
        logged_statements(conn),
        rig.running_workers(2, NOETL_CLAIM_MAX=str(CLAIM)),
    ):
        _finish_items(rig, conn, n // PASSES, 0)
        free = _finish_items(rig, conn, n, seconds)
        with foreign_snapshot(rig):
            held = _finish_items(rig, conn, n, seconds)
    free_p99 = percentile(free, 0.99)
    held_p99 = percentile(held, 0.99)
    return {
        "n": n,
        "seconds": seconds,
        "claim_of": CLAIM,
        "free_claim_p50_ms": median(free),
        "free_claim_p99_ms": free_p99,
        "held_claim_p50_ms": median(held),
        "held_claim_p99_ms": held_p99,
        "ratio": held_p99 / free_p99,
    }


def _finish_items(rig: Rig, conn: Connection, n: int, seconds: float) -> list[float]:
    """Finish n items in equal passes over the given time; the claims' milliseconds."""
    started, claims = time.monotonic(), list[float]()
    for number in range(1, PASSES + 1):
        size = n // PASSES
        # Between the passes the workers only poll an empty queue: no claims of items.
        with timed_calls(rig.server_log) as calls:
            run(rig, conn, PATH, {"n": size}, limit=limit_seconds(size))
        claims += calls.claims_ms
        due = started + seconds * number / PASSES
        time.sleep(max(due - time.monotonic(), 0))
    return claims
