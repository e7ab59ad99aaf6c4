"""The parts that take dispatchers, at a small size: what they do, not how long it takes.

``make bench`` gives the figures, at the size that docs/benchmarks.md names.
"""

from __future__ import annotations

import pytest

from bench.rig import Connection, Rig
from bench.status import measure_status
from bench.transports import ARRIVALS, measure_arrivals, measure_transports

ITEMS = 50
EVENTS = 10_000


@pytest.mark.accept("P4.1-6")
def test_arrivals_over_nats_are_all_recorded(rig: Rig, bench_conn: Connection) -> None:
    found = measure_arrivals(rig, bench_conn, items=ITEMS, spread=2.0)
    assert 0 < found["p50_ms"] <= found["p99_ms"]
    assert found["lag_p95_ms"] >= 0
    # Twice: a warm-up comes first.
    assert bench_conn.execute(
        "select count(*), count(distinct (e.execution_id, e.current_index))"
        " from noetl.event as e join noetl.execution as x using (execution_id)"
        " where x.path = %s and e.event_type = 'loop.shard.done'",
        (ARRIVALS,),
    ).fetchone() == (2 * ITEMS, 2 * ITEMS)


def test_transports_alternate(rig: Rig, bench_conn: Connection) -> None:
    found = measure_transports(rig, bench_conn, n=200, repeats=1)
    for transport in ("postgres", "http", "nats"):
        assert found[transport]["items_per_s"] > 0
    assert found["http_ratio"] > 0
    assert found["nats_ratio"] > 0


@pytest.mark.accept("P5.1-2")
def test_status_answers_beside_a_large_log(rig: Rig, bench_conn: Connection) -> None:
    found = measure_status(rig, bench_conn, events=EVENTS, seconds=1)
    assert 0 < found["sql_p50_ms"] <= found["sql_p99_ms"]
    assert 0 < found["http_p50_ms"] <= found["http_p99_ms"]
    row = bench_conn.execute("select count(*) from noetl.event").fetchone()
    assert row is not None
    assert row[0] > EVENTS
