"""Which way a worker takes to the engine: the only place that knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from noetl_worker.nats.settings import NatsSetupError
from noetl_worker.settings import WorkerSettings
from noetl_worker.transport.calls import Calls
from noetl_worker.transport.doorbell import Bell, Doorbell
from noetl_worker.transport.link import DirectLink, Link
from noetl_worker.transport.postgres import PostgresCalls, connect

# What one way needs is loaded by who takes it: a short run should start soon.
if TYPE_CHECKING:
    from noetl_worker.nats.connection import Nats

_CALLS_AT_ONCE: Final = 4
# What a worker sends at once without a connection to the database for each.
_REQUESTS_AT_ONCE: Final = 16


def make_nats(settings: WorkerSettings) -> Nats | None:
    """The connection that link and doorbell share, for a worker that reports over it.

    Raises NatsSetupError when a setting cannot be used.
    """
    if settings.transport != "nats":
        return None
    if not settings.nats.url:
        raise NatsSetupError(
            "NOETL_EVENT_TRANSPORT is nats, so NOETL_NATS_URL is needed"
        )
    from noetl_worker.nats.connection import Nats

    return Nats(settings.nats, settings.name)


def make_link(settings: WorkerSettings, nats: Nats | None = None) -> Link:
    """Over which a worker registers, reports, renews and claims."""
    link = DirectLink(settings, _calls(settings, "worker", at_once=1, requests=1))
    if nats is None:
        return link
    from noetl_worker.nats.link import NatsLink

    return NatsLink(nats, link)


def make_calls(settings: WorkerSettings) -> Calls:
    """Over which the commands at work ask the engine."""
    return _calls(
        settings, "reader", at_once=_CALLS_AT_ONCE, requests=_REQUESTS_AT_ONCE
    )


def make_doorbell(
    settings: WorkerSettings,
    ring: Callable[[str | None], None],
    free: Callable[[], int],
    nats: Nats | None = None,
) -> Bell:
    """Rings with the name of a pool that has work; with None when it begins to listen."""
    if nats is not None:
        from noetl_worker.nats.doorbell import NatsDoorbell

        return NatsDoorbell(settings, nats, ring, free)
    if has_database(settings):
        return Doorbell(settings, ring)
    from noetl_worker.transport.http import HttpDoorbell

    return HttpDoorbell(settings, ring)


def has_database(settings: WorkerSettings) -> bool:
    """Whether this process speaks to the database itself, and so may do ticks.

    A worker over NATS claims from the database, or through the API if it knows only that.
    """
    if settings.transport == "nats":
        return bool(settings.dsn) or not settings.api_url
    return settings.transport != "http"


def _calls(
    settings: WorkerSettings, role: str, *, at_once: int, requests: int
) -> Calls:
    if has_database(settings):
        return postgres_calls(settings, role, size=at_once)
    from noetl_worker.transport.http import HttpCalls

    return HttpCalls(settings, size=requests)


def postgres_calls(settings: WorkerSettings, role: str, *, size: int) -> PostgresCalls:
    """Straight to the database; what it keeps open is called ``role`` there."""
    return PostgresCalls(lambda: connect(settings, role), size=size, role=role)
