"""The ways between a process and the engine, and which of them a worker takes."""

from __future__ import annotations

from collections.abc import Callable

from noetl_worker.nats.connection import Nats
from noetl_worker.nats.doorbell import NatsDoorbell
from noetl_worker.nats.link import NatsLink
from noetl_worker.nats.settings import NatsSetupError
from noetl_worker.settings import WorkerSettings
from noetl_worker.transport.calls import Calls
from noetl_worker.transport.doorbell import Bell, Doorbell
from noetl_worker.transport.link import DirectLink, Link
from noetl_worker.transport.postgres import PostgresCalls, connect

_CALLS_AT_ONCE = 4


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
    return Nats(settings.nats, settings.name)


def make_link(settings: WorkerSettings, nats: Nats | None = None) -> Link:
    """Over which a worker registers, reports, renews and claims."""
    link = DirectLink(settings, postgres_calls(settings, "worker", size=1))
    return link if nats is None else NatsLink(nats, link)


def make_calls(settings: WorkerSettings) -> Calls:
    """Over which the commands at work ask the engine."""
    return postgres_calls(settings, "reader", size=_CALLS_AT_ONCE)


def make_doorbell(
    settings: WorkerSettings,
    ring: Callable[[str | None], None],
    free: Callable[[], int],
    nats: Nats | None = None,
) -> Bell:
    """Rings with the name of a pool that has work; with None when it begins to listen."""
    if nats is None:
        return Doorbell(settings, ring)
    return NatsDoorbell(settings, nats, ring, free)


def postgres_calls(settings: WorkerSettings, role: str, *, size: int) -> PostgresCalls:
    """Straight to the database; what it keeps open is called ``role`` there."""
    return PostgresCalls(lambda: connect(settings, role), size=size)
