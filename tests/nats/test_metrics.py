"""What processes tell of NATS, also while it is away."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest
from prometheus_client import Gauge

from noetl_shell.nats.metrics import NATS_GAUGES
from noetl_worker.connections import Connections
from noetl_worker.metrics import POOL_USED, POOL_WAITING
from tests.nats.conftest import COMMANDS, EVENTS, NatsLab
from tests.support.metrics import scrape, value
from tests.worker.test_metrics import LISTEN, address

POOL = {"stream": COMMANDS, "consumer": "pool-default"}
PENDING = "noetl_nats_consumer_pending"


def test_streams_and_connections_are_told_of(lab: NatsLab) -> None:
    lab.dispatcher(**LISTEN)
    lab.ready()
    url = address(lab, "d1")
    one = lab.over_nats(**LISTEN)
    workers = address(lab)
    lab.until(lambda: value(scrape(workers), "noetl_nats_connected") == 1)
    own = {"stream": COMMANDS, "consumer": "workers"}
    lab.until(lambda: value(scrape(url), PENDING, **own) == 0)
    one.kill()
    one.wait()
    for _ in range(3):
        lab.start("[{step: a, tool: {kind: noop}}]")
    samples = scrape(url)

    def are_announced_to_the_pool() -> bool:
        """And no longer to the worker that is gone."""
        nonlocal samples
        samples = scrape(url)
        there = value(samples, "noetl_nats_stream_messages", stream=COMMANDS)
        return value(samples, PENDING, **POOL) == there == 3

    lab.until(are_announced_to_the_pool)
    assert value(samples, "noetl_nats_connected") == 1
    assert value(samples, "noetl_nats_reconnects_total") == 0
    assert (value(samples, "noetl_nats_stream_bytes", stream=COMMANDS) or 0) > 200
    assert value(samples, "noetl_nats_stream_messages", stream=EVENTS) == 0
    ingestion = {"stream": EVENTS, "consumer": "ingestion"}
    for name in ("pending", "ack_pending", "redelivered"):
        assert value(samples, f"noetl_nats_consumer_{name}", **ingestion) == 0
    told = {sample.name for sample in samples}
    assert set(NATS_GAUGES) <= told

    lab.nats.kill()
    lab.until(lambda: value(scrape(url), "noetl_nats_connected") == 0)
    assert not {sample.name for sample in scrape(url)} & set(NATS_GAUGES)
    lab.nats.restart()
    lab.until(lambda: value(scrape(url), PENDING, **POOL) == 3)
    assert value(scrape(url), "noetl_nats_reconnects_total") == 1


def test_scrape_goes_on_while_nats_does_not_answer(lab: NatsLab) -> None:
    lab.dispatcher(**LISTEN)
    lab.ready()
    url = address(lab, "d1")
    lab.nats.suspend()
    try:
        assert value(scrape(url, 20), "noetl_up") == 1
    finally:
        lab.nats.resume()


@pytest.mark.parametrize("size", [1, 2])
def test_pool_tells_who_uses_it_and_who_waits(database: str, size: int) -> None:
    role = f"tested-{size}"

    def value_of(gauge: Gauge) -> float:
        (family,) = gauge.labels(role).collect()
        return family.samples[0].value

    def told() -> tuple[float, float]:
        return value_of(POOL_USED), value_of(POOL_WAITING)

    async def use() -> None:
        async def connect() -> Any:
            return await psycopg.AsyncConnection.connect(database, autocommit=True)

        pool = Connections(connect, size=size, role=role)
        over = asyncio.Event()

        async def hold() -> None:
            async with pool.connection():
                await over.wait()

        tasks = [asyncio.create_task(hold()) for _ in range(3)]
        async with asyncio.timeout(30):
            while told() != (size, 3 - size):
                await asyncio.sleep(0.01)
        tasks[-1].cancel()  # one that waits
        async with asyncio.timeout(30):
            while told() != (size, 2 - size):
                await asyncio.sleep(0.01)
        over.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert told() == (0, 0)
        await pool.close()

    asyncio.run(use())
