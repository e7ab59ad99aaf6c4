"""What dispatchers and workers ask the database while nothing happens, by statement."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Final

from bench.rig import Connection, running_rig
from bench.transports import settings_of
from tests.support.nats import running_nats

TRANSPORTS: Final = ("postgres", "http", "nats")
SECONDS: Final = 20.0
SETTLE_SECONDS: Final = 10.0
_NAMED: Final = 5
# A worker has two connections and more while it works; nothing pools those of a hundred.
_SERVER: Final = {
    "max_connections": "600",
    "shared_preload_libraries": "pg_stat_statements",
}
_COUNT: Final = """
select s.query, s.calls from pg_stat_statements as s
where s.query not like '%pg_stat_statements%'
order by s.calls desc
"""


def measure_idle_fleets(
    sizes: tuple[int, ...],
    *,
    transports: tuple[str, ...] = TRANSPORTS,
    seconds: float = SECONDS,
    settle: float = SETTLE_SECONDS,
) -> Iterator[dict[str, Any]]:
    """For each number of workers: statements a second and process, of the worst transport.

    One dispatcher serves them, with the HTTP API and NATS; its own statements count too.
    """
    with (
        running_rig(**_SERVER) as rig,
        rig.connect() as conn,
        running_nats() as nats,
    ):
        conn.execute("create extension pg_stat_statements")
        for workers in sizes:
            found: dict[str, Any] = {}
            for transport in transports:
                with (
                    rig.running_dispatcher(NOETL_NATS_URL=nats.url()) as one,
                    rig.running_workers(
                        workers, **settings_of(transport, one, nats.url())
                    ),
                ):
                    found[transport] = _count(conn, workers + 1, seconds, settle)
            rates = (entry["per_s_and_process"] for entry in found.values())
            yield {"workers": workers, "per_s_and_process": max(rates), **found}


def _count(
    conn: Connection, processes: int, seconds: float, settle: float
) -> dict[str, Any]:
    """The rate, and what is asked most."""
    time.sleep(settle)
    conn.execute("select pg_stat_statements_reset()")
    begun = time.monotonic()
    time.sleep(seconds)
    rows = conn.execute(_COUNT).fetchall()
    scale = 1 / (time.monotonic() - begun) / processes
    return {
        "per_s_and_process": sum(calls for _, calls in rows) * scale,
        "most": [[query, calls * scale] for query, calls in rows[:_NAMED]],
    }
