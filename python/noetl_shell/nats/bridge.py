"""All that a dispatcher does with NATS, and how it begins and ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final
from uuid import UUID

from prometheus_client import REGISTRY

from noetl_shell.nats.ingestion import Ingestion
from noetl_shell.nats.metrics import NatsCollector
from noetl_shell.nats.publisher import Publisher
from noetl_shell.nats.strays import Strays
from noetl_worker import metrics
from noetl_worker.nats.connection import NATS_ERRORS, Nats
from noetl_worker.nats.streams import StreamsDifferError, ensure_streams
from noetl_worker.settings import WorkerSettings
from noetl_worker.transport.errors import describe

# Connections that record reports, each a transaction at a time.
_INGESTIONS: Final = 2
_WATCH_SECONDS: Final = 5.0

log = logging.getLogger(__name__)


class Bridge:
    """Between the engine and NATS; without it, workers poll and report the other way."""

    def __init__(
        self,
        settings: WorkerSettings,
        session: Callable[[], UUID | None],
        recorded: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._nats = Nats(settings.nats, settings.name)
        self._usable = asyncio.Event()
        self._publisher = Publisher(
            settings, self._nats, session, lambda: self.is_usable
        )
        self._strays = Strays(self._nats)
        self._told_of = recorded
        self._ingestions = [
            Ingestion(settings, self._nats, self._usable, self._note_recorded)
            for _ in range(_INGESTIONS)
        ]
        self._tasks: list[asyncio.Task[None]] = []
        self._problem = ""

    @property
    def is_usable(self) -> bool:
        """Whether there is a connection, and the streams are as they should be."""
        return self._nats.is_connected and self._usable.is_set()

    async def run(self) -> None:
        """Serve until cancelled; see ``stop``.

        Raises StreamsDifferError if settings say that there is no going without.
        """
        self._nats.start()
        metrics.show(metrics.NATS)
        REGISTRY.register(NatsCollector(self._nats))
        self._tasks = [
            asyncio.create_task(self._watch_streams()),
            asyncio.create_task(self._publisher.run()),
            asyncio.create_task(self._publisher.listen()),
            asyncio.create_task(self._strays.run()),
            *(asyncio.create_task(one.run()) for one in self._ingestions),
        ]
        await asyncio.gather(*self._tasks)

    async def stop(self, seconds: float) -> None:
        """Pull no more, record what was pulled, close; at most so long."""
        for one in self._ingestions:
            one.stop()
        try:
            async with asyncio.timeout(seconds):
                while any(one.is_busy for one in self._ingestions):
                    await asyncio.sleep(0.01)
        except TimeoutError:
            log.warning("reports that were pulled are left to other dispatchers")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._nats.close()

    def _note_recorded(self) -> None:
        self._publisher.ring()
        self._told_of()

    async def _watch_streams(self) -> None:
        """Streams that are lost are made again: a server may come back without its disk."""
        while True:
            await self._nats.connected()
            await self._check_streams()
            await asyncio.sleep(_WATCH_SECONDS)

    async def _check_streams(self) -> None:
        try:
            states = await ensure_streams(
                self._nats.client.jetstream(), self._settings.nats
            )
        except NATS_ERRORS as exc:
            self._tell(f"no JetStream at {self._settings.nats.where}: {describe(exc)}")
            return
        differing = [state for state in states if state.differences]
        if differing:
            error = StreamsDifferError(differing)
            if self._settings.nats.required:
                raise error
            self._tell(str(error))
            return
        for state in states:
            if state.is_made:
                log.info("made the stream %s", state.name)
        if self._problem:
            log.info("going with NATS again")
        self._problem = ""
        self._usable.set()

    def _tell(self, problem: str) -> None:
        self._usable.clear()
        if problem != self._problem:
            log.error("going without NATS: %s", problem)
        self._problem = problem


def make_bridge(
    settings: WorkerSettings,
    session: Callable[[], UUID | None],
    recorded: Callable[[], None],
) -> Bridge | None:
    """None: settings name no NATS. Raises NatsSetupError when one cannot be used."""
    return Bridge(settings, session, recorded) if settings.nats.url else None
