"""The state of the database as metrics: what ``noetl.metrics()`` says when it is asked."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from noetl_worker.keepalives import keepalives
from noetl_worker.pooling import startup
from noetl_worker.settings import WorkerSettings
from noetl_worker.transport.errors import describe

QUERY: Final = "select m.name, m.labels, m.value from noetl.metrics() as m"
UP: Final = "noetl_up"

log = logging.getLogger(__name__)

Sample = tuple[str, Mapping[str, str], float]


@dataclass(frozen=True, slots=True)
class Gauge:
    """A gauge that ``noetl.metrics()`` has samples of."""

    meaning: str
    labels: tuple[str, ...] = ()


GAUGES: Final[Mapping[str, Gauge]] = {
    "noetl_queue_commands": Gauge(
        "Open commands; held: their run is paused.", ("pool", "status")
    ),
    "noetl_queue_oldest_seconds": Gauge(
        "Seconds since the queued command that is next in line was issued, or the oldest"
        " leased one was claimed.",
        ("pool", "status"),
    ),
    "noetl_runs": Gauge("Runs that have not ended.", ("status",)),
    "noetl_outbox_changes": Gauge(
        "Changes that nobody has followed up yet.", ("kind",)
    ),
    "noetl_outbox_oldest_seconds": Gauge(
        "Seconds since the oldest of them was marked.", ("kind",)
    ),
    "noetl_projection_lag_seconds": Gauge(
        "Seconds since the oldest change of a shard was marked that readers do not see yet.",
        ("shard",),
    ),
    "noetl_checkpoint_age_seconds": Gauge(
        "Seconds since the last checkpoint of a shard; it grows while nothing changes"
        " there.",
        ("shard",),
    ),
    "noetl_sessions": Gauge("Live sessions of workers and dispatchers.", ("kind",)),
    "noetl_sessions_silent_seconds": Gauge(
        "Seconds since the last heartbeat of the most silent live session.", ("kind",)
    ),
    "noetl_sessions_ended": Gauge(
        "Sessions that have ended and are still kept.", ("kind",)
    ),
    "noetl_pool_workers": Gauge("Live workers that serve a pool.", ("pool",)),
    "noetl_pool_slots": Gauge("Slots of the workers that serve a pool.", ("pool",)),
    "noetl_dispatcher_duties": Gauge(
        "Ticks that a dispatcher holds; no name: those that no dispatcher does.",
        ("dispatcher",),
    ),
    "noetl_dispatcher_shards": Gauge(
        "Shards of the projection that a dispatcher holds; no name: that none does.",
        ("dispatcher",),
    ),
    "noetl_timers": Gauge(
        "Waits for a time, timeouts of other waits included; active schedules.",
        ("kind",),
    ),
    "noetl_timers_due": Gauge("Those whose time has come.", ("kind",)),
    "noetl_timers_late_seconds": Gauge(
        "Seconds since the time of the one that is due for the longest.", ("kind",)
    ),
    "noetl_schedules_failing": Gauge(
        "Active schedules whose last firing could not start a run."
    ),
    "noetl_concurrency_places": Gauge(
        "Places under concurrency keys that are held or waited for.", ("state",)
    ),
    "noetl_table_bytes": Gauge(
        "Size of a table or a partition of the event log with its indexes, as the last"
        " vacuum or analyze saw it.",
        ("table",),
    ),
    "noetl_event_partitions_ahead": Gauge(
        "Weekly partitions of the event log after this week's; at 0 runs will soon fail"
        " to start."
    ),
}


class DatabaseCollector(Collector):
    """Asks the database at each scrape, at most once in ``fresh`` seconds.

    A scrape waits ``timeout`` seconds at most; then, as when the database is away,
    ``noetl_up`` is 0 and the rest is missing.
    """

    def __init__(
        self, settings: WorkerSettings, *, timeout: float = 3.0, fresh: float = 1.0
    ) -> None:
        self._settings = settings
        self._timeout = timeout
        self._fresh = fresh
        self._lock = threading.Lock()
        self._reading: Future[list[Sample]] = Future()
        self._reading.set_exception(OSError("not asked yet"))
        self._begun_at = -fresh
        self._conn: psycopg.Connection[Any] | None = None
        self._is_away = False

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Without samples: registering it must not ask the database."""
        return [_up(), *_families().values()]

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The samples of now."""
        up, families = _up(), _families()
        samples = self._samples()
        up.add_metric([], samples is not None)
        for name, labels, value in samples or ():
            # A database of a later version may have more.
            if gauge := GAUGES.get(name):
                families[name].add_metric([labels[key] for key in gauge.labels], value)
        return [up, *families.values()]

    def _samples(self) -> list[Sample] | None:
        with self._lock:
            now = time.monotonic()
            # An answer is used again for a while; a question is never asked twice at once.
            if self._reading.done() and now - self._begun_at >= self._fresh:
                self._reading, self._begun_at = Future(), now
                # Not of a pool: the process may end while the database does not answer.
                threading.Thread(
                    target=self._read, args=(self._reading,), daemon=True
                ).start()
            reading = self._reading
            left = self._begun_at + self._timeout - now
        try:
            samples = reading.result(max(left, 0.0))
        except (psycopg.Error, OSError, TimeoutError) as exc:
            if not self._is_away:
                log.warning("no metrics of the database: %s", describe(exc))
            self._is_away = True
            return None
        self._is_away = False
        return samples

    def _read(self, reading: Future[list[Sample]]) -> None:
        try:
            if self._conn is None or self._conn.closed:
                self._conn = self._connect()
            samples = self._conn.execute(QUERY).fetchall()
        except BaseException as exc:  # noqa: BLE001 - told to whoever waits for it
            if self._conn is not None:
                self._conn.close()
            reading.set_exception(exc)
        else:
            reading.set_result(samples)

    def _connect(self) -> psycopg.Connection[Any]:
        settings = self._settings
        limit = f"{round(self._timeout * 1000)}ms"
        parameters = {
            **keepalives(settings.dsn),
            **startup(settings.dsn, prepare=settings.prepare, statement_timeout=limit),
            "prepare_threshold": None,
        }
        return psycopg.connect(
            settings.dsn,
            autocommit=True,
            connect_timeout=max(round(self._timeout), 2),
            application_name=f"noetl metrics {settings.name}"[:63],
            **parameters,
        )


def _up() -> GaugeMetricFamily:
    return GaugeMetricFamily(UP, "1 when the database has answered this scrape.")


def _families() -> dict[str, GaugeMetricFamily]:
    return {
        name: GaugeMetricFamily(name, gauge.meaning, labels=gauge.labels)
        for name, gauge in GAUGES.items()
    }
