"""What is in the streams, for Prometheus: NATS is asked at each scrape."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from noetl_shell.metrics import Gauge
from noetl_worker.nats.connection import NATS_ERRORS, Nats
from noetl_worker.nats.subjects import COMMANDS, DEAD, EVENTS
from noetl_worker.transport.errors import describe

_TIMEOUT_SECONDS: Final = 2.0
# The consumers that workers have for themselves come and go: they are one.
_OWN: Final = "worker-"
_OWN_NAME: Final = "workers"
_LABELS: Final = ("stream", "consumer")

NATS_GAUGES: Final[Mapping[str, Gauge]] = {
    "noetl_nats_stream_messages": Gauge("Messages in a stream.", ("stream",)),
    "noetl_nats_stream_bytes": Gauge("Bytes of a stream.", ("stream",)),
    "noetl_nats_stream_consumers": Gauge("Consumers of a stream.", ("stream",)),
    "noetl_nats_consumer_pending": Gauge(
        "Messages that a consumer has not had yet; workers: those for one worker, of all.",
        _LABELS,
    ),
    "noetl_nats_consumer_ack_pending": Gauge(
        "Messages that a consumer has had and not acknowledged.", _LABELS
    ),
    "noetl_nats_consumer_redelivered": Gauge(
        "Of these, those that it has had more than once.", _LABELS
    ),
}

log = logging.getLogger(__name__)

Sample = tuple[str, tuple[str, ...], float]


class NatsCollector(Collector):
    """Asks over the connection of a running event loop; ``collect`` is for other threads.

    While NATS does not answer within two seconds there are no samples.
    """

    def __init__(self, nats: Nats) -> None:
        self._nats = nats
        self._loop = asyncio.get_running_loop()

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Without samples: registering it must not ask NATS."""
        return _families().values()

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The samples of now."""
        families = _families()
        for name, labels, value in self._samples():
            families[name].add_metric(labels, value)
        return families.values()

    def _samples(self) -> list[Sample]:
        if not self._nats.is_connected or not self._loop.is_running():
            return []
        asked = asyncio.run_coroutine_threadsafe(self._ask(), self._loop)
        try:
            return asked.result(_TIMEOUT_SECONDS)
        except NATS_ERRORS as exc:
            asked.cancel()
            log.debug("no metrics of NATS: %s", describe(exc))
            return []

    async def _ask(self) -> list[Sample]:
        js = self._nats.client.jetstream(timeout=_TIMEOUT_SECONDS)
        found: list[Sample] = []
        for stream in (COMMANDS, EVENTS, DEAD):
            try:
                found += await _of_stream(js, stream)
            except NotFoundError:
                continue  # it is made again, or is told of as a difference
        return found


async def _of_stream(js: JetStreamContext, stream: str) -> list[Sample]:
    state = (await js.stream_info(stream)).state
    counts: Counter[tuple[str, str]] = Counter()
    seen = 0
    while seen < state.consumer_count:
        page = await js.consumers_info(stream, offset=seen)
        if not page:
            break
        seen += len(page)
        for one in page:
            name = _OWN_NAME if one.name.startswith(_OWN) else one.name
            counts["pending", name] += one.num_pending or 0
            counts["ack_pending", name] += one.num_ack_pending or 0
            counts["redelivered", name] += one.num_redelivered or 0
    return [
        ("noetl_nats_stream_messages", (stream,), state.messages),
        ("noetl_nats_stream_bytes", (stream,), state.bytes),
        ("noetl_nats_stream_consumers", (stream,), state.consumer_count),
        *_of_consumers(stream, counts),
    ]


def _of_consumers(
    stream: str, counts: Mapping[tuple[str, str], int]
) -> Iterator[Sample]:
    for (what, consumer), count in counts.items():
        yield f"noetl_nats_consumer_{what}", (stream, consumer), count


def _families() -> dict[str, GaugeMetricFamily]:
    return {
        name: GaugeMetricFamily(name, gauge.meaning, labels=gauge.labels)
        for name, gauge in NATS_GAUGES.items()
    }
