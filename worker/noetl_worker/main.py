"""Run a worker process until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

import uvloop

from noetl_worker import metrics, tracing
from noetl_worker.health import PULSE
from noetl_worker.logs import configure_logging
from noetl_worker.metrics_server import serve_metrics
from noetl_worker.points import arm
from noetl_worker.settings import WorkerSettings
from noetl_worker.transport.errors import ApiUnusableError, EngineRefusedError, describe
from noetl_worker.versions import WrongVersionError
from noetl_worker.worker import Worker

log = logging.getLogger(__name__)


class Service(Protocol):
    """What runs until it is told to stop."""

    @property
    def is_registering(self) -> bool:
        """Whether it has nothing yet that it would have to settle."""

    async def run(self) -> None:
        """Work until ``stop`` has been called and all is settled."""

    def stop(self) -> None:
        """Take nothing new, and end."""


def run(settings: WorkerSettings) -> int:
    """A worker, with its metrics and traces; 1 when it cannot start."""
    try:
        metrics.show((*metrics.COMMON, *metrics.WORKER))
        if settings.transport == "nats":
            metrics.show(metrics.NATS)
        serve_metrics(settings.metrics_listen)
        tracing.begin(settings.name)
    except (OSError, ValueError) as exc:
        log.error("cannot start: %s", exc)  # noqa: TRY400
        return 1
    try:
        return run_service(lambda: Worker(settings), settings.grace_seconds)
    finally:
        tracing.end()


def run_service(make: Callable[[], Service], grace_seconds: float) -> int:
    """Work until SIGTERM or SIGINT; a second signal ends the process at once."""
    try:
        uvloop.run(_serve(make, grace_seconds))
    except ApiUnusableError as exc:
        log.error("this process cannot work: %s (%s)", exc, exc.hint)  # noqa: TRY400
        return 1
    except (EngineRefusedError, WrongVersionError) as exc:
        log.error("the database refused this process: %s (%s)", exc, exc.hint)  # noqa: TRY400
        return 1
    return 0


async def _serve(make: Callable[[], Service], grace_seconds: float) -> None:
    service = make()
    # What has been loaded stays. A full collection that looks at it all, a hundred thousand
    # objects with the API, keeps everybody waiting for up to a tenth of a second.
    gc.freeze()
    loop = asyncio.get_running_loop()
    signals: list[int] = []

    def on_signal(number: int) -> None:
        signals.append(number)
        if len(signals) > 1:
            os._exit(128 + number)
        log.info("stopping: at most %g seconds", grace_seconds)
        service.stop()
        if working is not None and not working.done() and service.is_registering:
            working.cancel()

    working: asyncio.Task[None] | None = None
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal, number)
    working = asyncio.create_task(service.run())
    beating = asyncio.create_task(PULSE.run())
    try:
        await working
    except asyncio.CancelledError:
        if not signals:
            raise
    finally:
        beating.cancel()


def main(arguments: Sequence[str] | None = None) -> int:
    """``python -m noetl_worker``; other settings come from ``NOETL_*`` variables."""
    parser = argparse.ArgumentParser(prog="noetl_worker", description=__doc__)
    parser.add_argument("--db", help="database to work for (NOETL_DB)")
    parser.add_argument("--name", help="name of this worker (NOETL_WORKER_NAME)")
    parser.add_argument("--slots", help="commands at work at once")
    parser.add_argument("--pools", help="comma-separated pools to claim from")
    given = parser.parse_args(arguments)
    try:
        configure_logging(
            os.environ.get("NOETL_LOG_LEVEL") or "info",
            os.environ.get("NOETL_LOG_FORMAT") or "text",
        )
        settings = WorkerSettings.from_environment({**os.environ, **_told(given)})
        arm(os.environ.get("NOETL_KILL_AT", ""))
    except ValueError as exc:
        parser.error(str(exc))
    if given.db and given.db != os.environ.get("NOETL_DB"):
        settings = replace(settings, direct_dsn="")  # of the other database
    try:
        return run(settings)
    except Exception as exc:
        log.debug("worker ended", exc_info=exc)
        sys.stderr.write(f"error: {describe(exc)}\n")
        return 1


def _told(given: argparse.Namespace) -> dict[str, str]:
    """The arguments as the variables whose place they take."""
    told = {
        "NOETL_DB": given.db,
        "NOETL_WORKER_NAME": given.name,
        "NOETL_WORKER_SLOTS": given.slots,
        "NOETL_WORKER_POOLS": given.pools,
    }
    return {variable: text for variable, text in told.items() if text is not None}
