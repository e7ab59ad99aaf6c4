"""Chunks of a running step in the hands of another: how soon the first, and each."""

from __future__ import annotations

from typing import Any, Final

from bench.executions import run
from bench.percentiles import median, percentile
from bench.rig import BenchError, Connection, Rig

PATH: Final = "bench/stream"
_LIMIT: Final = 120.0
# Until both workers have the two processes that run the code of both steps.
_WARM_UP: Final = 5


def measure_stream(
    rig: Rig, conn: Connection, *, chunks: int, repeats: int
) -> dict[str, Any]:
    """Measure runs of one producer each; workers must be running on the rig."""
    for _ in range(_WARM_UP):
        run(rig, conn, PATH, {"count": chunks}, limit=_LIMIT)
    taken = [_latencies_ms(rig, conn, chunks) for _ in range(repeats)]
    firsts = [latencies[0] for latencies in taken]
    everything = [latency for latencies in taken for latency in latencies]
    return {
        "chunks": chunks,
        "repeats": repeats,
        "first_p50_ms": median(firsts),
        "first_max_ms": max(firsts),
        "p50_ms": median(everything),
        "p99_ms": percentile(everything, 0.99),
    }


def _latencies_ms(rig: Rig, conn: Connection, chunks: int) -> list[float]:
    """From the yield until the code of the next step runs, chunk by chunk."""
    execution = run(rig, conn, PATH, {"count": chunks}, limit=_LIMIT)
    rows = conn.execute(
        "select (e.result #>> '{context,data}')::float8 from noetl.event as e"
        " where e.execution_id = %s and e.event_type = 'call.done'"
        " and e.node_name = 'each' order by e.event_id",
        (execution.execution_id,),
    ).fetchall()
    if len(rows) != chunks:
        raise BenchError(f"{len(rows)} chunks of {chunks} were taken")
    return [row[0] * 1000 for row in rows]
