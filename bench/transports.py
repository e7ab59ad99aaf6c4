"""The same fan-out over each transport, and reports of many items at random times."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from aiohttp import web

from bench.executions import run
from bench.fanout import limit_seconds, run_fanout
from bench.percentiles import median, percentile
from bench.rig import BenchError, Connection, Dispatcher, Rig
from tests.support.nats import running_nats

ARRIVALS: Final = "bench/arrivals"
_WORKERS: Final = 2
_LOOK_SECONDS: Final = 0.05


def measure_transports(
    rig: Rig, conn: Connection, *, n: int, repeats: int
) -> dict[str, Any]:
    """Two workers and one dispatcher each time; transports alternate."""
    speeds: dict[str, list[float]] = {}
    with (
        running_nats() as nats,
        rig.running_dispatcher(NOETL_NATS_URL=nats.url()) as one,
    ):
        for _ in range(repeats):
            for transport in ("postgres", "http", "nats"):
                settings = settings_of(transport, one, nats.url())
                with rig.running_workers(_WORKERS, **settings):
                    run_fanout(rig, conn, 1_000)
                    speed = run_fanout(rig, conn, n).items_per_s
                speeds.setdefault(transport, []).append(speed)
    figures: dict[str, Any] = {"n": n, "repeats": repeats}
    for transport, found in speeds.items():
        figures[transport] = {
            "items_per_s": median(found),
            "items_per_s_of_runs": found,
        }
    for transport in ("http", "nats"):
        figures[f"{transport}_ratio"] = (
            figures[transport]["items_per_s"] / figures["postgres"]["items_per_s"]
        )
    return figures


def measure_arrivals(
    rig: Rig, conn: Connection, *, items: int, spread: float = 10.0
) -> dict[str, Any]:
    """Items in flight at once, each answered at a moment of its own: until it is logged.

    The moments lie within ``spread`` seconds.
    """
    with (
        running_nats() as nats,
        rig.running_dispatcher(NOETL_NATS_URL=nats.url()) as one,
        _answering(spread) as url,
        rig.running_workers(
            1,
            **settings_of("nats", one, nats.url()),
            NOETL_WORKER_SLOTS=str(items),
            NOETL_CLAIM_MAX=str(items),
        ),
    ):
        workload = {"n": items, "url": url}
        run(rig, conn, ARRIVALS, workload, limit=limit_seconds(items))
        with _watched_lag(rig) as lags:
            found = run(rig, conn, ARRIVALS, workload, limit=limit_seconds(items))
    rows = conn.execute(
        "select extract(epoch from e.created_at)::float8"
        " - (e.result #>> '{context,data,data,at}')::float8"
        " from noetl.event as e"
        " where e.execution_id = %s and e.event_type = 'loop.shard.done'",
        (found.execution_id,),
    ).fetchall()
    taken = [row[0] * 1000 for row in rows]
    if len(taken) != items:
        raise BenchError(f"{len(taken)} items of {items} were recorded")
    return {
        "items": items,
        "spread_s": spread,
        "p50_ms": median(taken),
        "p99_ms": percentile(taken, 0.99),
        "lag_p95_ms": percentile(lags, 0.95),
    }


def settings_of(transport: str, one: Dispatcher, nats_url: str) -> dict[str, str]:
    """Of a worker over this transport."""
    return {
        "NOETL_EVENT_TRANSPORT": transport,
        "NOETL_API_URL": one.url,
        "NOETL_API_TOKEN": one.token,
        "NOETL_NATS_URL": nats_url,
    }


@contextmanager
def _answering(spread: float) -> Iterator[str]:
    """A server that answers after a random time, with the time at which it does."""

    async def answer(_: web.Request) -> web.Response:
        await asyncio.sleep(random.uniform(0.5, spread))
        return web.json_response({"at": time.time()})

    async def serve() -> None:
        app = web.Application()
        app.router.add_get("/", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, backlog=4096)
        await site.start()
        port.append(runner.addresses[0][1])
        started.set()
        await asyncio.get_running_loop().run_in_executor(None, over.wait)
        await runner.cleanup()

    port: list[int] = []
    started, over = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        started.wait()
        yield f"http://127.0.0.1:{port[0]}/"
    finally:
        over.set()
        thread.join()


@contextmanager
def _watched_lag(rig: Rig) -> Iterator[list[float]]:
    """How far the projection is behind, of the shard that is furthest, now and then."""
    lags: list[float] = []
    over = threading.Event()

    def watch() -> None:
        with rig.connect() as conn:
            while not over.wait(_LOOK_SECONDS):
                row = conn.execute(
                    "select max(g.lag_ms) from noetl.projection_lag() as g"
                ).fetchone()
                assert row is not None
                lags.append(float(row[0]))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield lags
    finally:
        over.set()
        thread.join()
