"""A process that does the engine's ticks, shared out among all of its kind by leases."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from uuid import UUID

from noetl_shell.api.server import ApiServer
from noetl_shell.nats.bridge import make_bridge
from noetl_worker.settings import WorkerSettings
from noetl_worker.ticker import Ticker
from noetl_worker.transport.doorbell import Doorbell
from noetl_worker.transport.errors import SessionEndedError, SupersededError, describe
from noetl_worker.transport.link import DirectLink
from noetl_worker.transport.make import postgres_calls

log = logging.getLogger(__name__)


class Dispatcher:
    """Under one session at a time; asking what is due keeps its session and its duties."""

    def __init__(self, settings: WorkerSettings, api: ApiServer | None = None) -> None:
        self._settings = settings
        self._api = api
        self._started_at = datetime.now(UTC)
        self._link = DirectLink(
            settings, postgres_calls(settings, "dispatcher", size=1)
        )
        self._ticker = Ticker(settings, lambda: self._session, self._note_end)
        self._bridge = make_bridge(
            settings, lambda: self._session, lambda: self._ticker.ring()
        )
        self._session: UUID | None = None
        self._ended: SessionEndedError | None = None
        self._wake = asyncio.Event()
        self._is_stopping = False
        self.is_registering = True

    async def run(self) -> None:
        """Tick until ``stop`` has been called; then let others have the duties.

        The HTTP API, if any, answers from the beginning to the end.

        Raises SupersededError when another process has taken this dispatcher's name,
        WrongVersionError when the database is not of this version.
        """
        serving = [] if self._api is None else [asyncio.create_task(self._api.run())]
        try:
            await self._begin_session()
            await self._work(serving)
        finally:
            if self._api is not None:
                self._api.stop()
            await asyncio.gather(*serving, return_exceptions=True)
            await self._end_session()

    def stop(self) -> None:
        """Tick no more."""
        self._is_stopping = True
        self._wake.set()

    async def _work(self, serving: list[asyncio.Task[None]]) -> None:
        doorbell = Doorbell(self._settings, self._hear)
        helpers = [
            asyncio.create_task(doorbell.run()),
            asyncio.create_task(self._ticker.run()),
        ]
        if self._bridge is not None:
            helpers.append(asyncio.create_task(self._bridge.run()))
        try:
            while not self._is_stopping:
                await self._until_something_ends([*helpers, *serving])
        finally:
            if self._bridge is not None:
                await self._bridge.stop(self._settings.grace_seconds)
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)

    def _hear(self, pool: str | None) -> None:
        self._ticker.ring()
        if self._api is not None:
            self._api.ring(pool)

    def _note_end(self, error: SessionEndedError) -> None:
        self._ended = error
        self._wake.set()

    async def _until_something_ends(self, helpers: list[asyncio.Task[None]]) -> None:
        """The process's work, its session, or a helper, which nothing should end."""
        waking = asyncio.create_task(self._wake.wait())
        await asyncio.wait([waking, *helpers], return_when=asyncio.FIRST_COMPLETED)
        waking.cancel()
        self._wake.clear()
        for helper in helpers:
            if helper.done():
                helper.result()
        if self._ended is None or self._is_stopping:
            return
        if isinstance(self._ended, SupersededError):
            raise self._ended
        log.warning("the session has ended; beginning another")
        await self._begin_session()

    async def _begin_session(self) -> None:
        self.is_registering = True
        self._session = await self._link.begin(
            "register_dispatcher",
            name=self._settings.name,
            started_at=self._started_at,
            capacity='{"nats": true}' if self._bridge else "{}",
        )
        self._ended = None
        self.is_registering = False
        log.info("session %s as %s", self._session, self._settings.name)

    async def _end_session(self) -> None:
        if self._session is None:
            return
        try:
            await asyncio.wait_for(
                self._link.call("end_session", session=self._session), 5.0
            )
        except Exception as exc:  # noqa: BLE001 - the leases run out by themselves
            log.warning("could not end the session: %s", describe(exc))
        await self._link.close()
