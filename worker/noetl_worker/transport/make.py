"""The ways between a process and the engine, and which of them a worker takes."""

from __future__ import annotations

from collections.abc import Callable

from noetl_worker.settings import WorkerSettings
from noetl_worker.transport.calls import Calls
from noetl_worker.transport.doorbell import Doorbell
from noetl_worker.transport.link import DirectLink, Link
from noetl_worker.transport.postgres import PostgresCalls, connect

_CALLS_AT_ONCE = 4


def make_link(settings: WorkerSettings) -> Link:
    """Over which a worker registers, reports, renews and claims."""
    return DirectLink(settings, postgres_calls(settings, "worker", size=1))


def make_calls(settings: WorkerSettings) -> Calls:
    """Over which the commands at work ask the engine."""
    return postgres_calls(settings, "reader", size=_CALLS_AT_ONCE)


def make_doorbell(
    settings: WorkerSettings, ring: Callable[[str | None], None]
) -> Doorbell:
    """Rings with the name of a pool that has work; with None when it begins to listen."""
    return Doorbell(settings, ring)


def postgres_calls(settings: WorkerSettings, role: str, *, size: int) -> PostgresCalls:
    """Straight to the database; what it keeps open is called ``role`` there."""
    return PostgresCalls(lambda: connect(settings, role), size=size)
