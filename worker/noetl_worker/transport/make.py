"""Which way a worker takes to the engine: the only place that knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from noetl_worker.settings import WorkerSettings
from noetl_worker.transport.calls import Calls
from noetl_worker.transport.doorbell import Doorbell
from noetl_worker.transport.http import HttpCalls, HttpDoorbell
from noetl_worker.transport.link import DirectLink, Link
from noetl_worker.transport.postgres import PostgresCalls, connect

_CALLS_AT_ONCE: Final = 4
# What a worker sends at once without a connection to the database for each.
_REQUESTS_AT_ONCE: Final = 16


def make_link(settings: WorkerSettings) -> Link:
    """Over which a worker registers, reports, renews and claims."""
    if not has_database(settings):
        return DirectLink(settings, HttpCalls(settings, size=1))
    return DirectLink(settings, postgres_calls(settings, "worker", size=1))


def make_calls(settings: WorkerSettings) -> Calls:
    """Over which the commands at work ask the engine."""
    if not has_database(settings):
        return HttpCalls(settings, size=_REQUESTS_AT_ONCE)
    return postgres_calls(settings, "reader", size=_CALLS_AT_ONCE)


def make_doorbell(
    settings: WorkerSettings, ring: Callable[[str | None], None]
) -> Doorbell | HttpDoorbell:
    """Rings with the name of a pool that has work; with None when it begins to listen."""
    if not has_database(settings):
        return HttpDoorbell(settings, ring)
    return Doorbell(settings, ring)


def has_database(settings: WorkerSettings) -> bool:
    """Whether this process speaks to the database itself, and so may do ticks.

    Raises ValueError for a transport that this version does not have.
    """
    if settings.transport == "nats":
        raise ValueError(
            "NOETL_EVENT_TRANSPORT=nats is not built yet: use postgres or http"
        )
    return settings.transport != "http"


def postgres_calls(settings: WorkerSettings, role: str, *, size: int) -> PostgresCalls:
    """Straight to the database; what it keeps open is called ``role`` there."""
    return PostgresCalls(lambda: connect(settings, role), size=size)
