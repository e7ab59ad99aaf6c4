"""The link over which a worker reports, renews its session and claims."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, Protocol
from uuid import UUID

import orjson

from noetl_worker.settings import WorkerSettings
from noetl_worker.transport.calls import Answer, Beat, Calls, Claim, Event, Json, Outage
from noetl_worker.transport.errors import (
    ApiUnusableError,
    EngineAwayError,
    EngineRefusedError,
    describe,
)
from noetl_worker.versions import require_version

# For the answer to what was asked before a cancellation, and for undoing it.
_UNDO_SECONDS: Final = 2.0
# undefined_function, invalid_schema_name
_NO_SUCH_FUNCTION: Final = ("42883", "3F000")

log = logging.getLogger(__name__)


class Link(Protocol):
    """A worker's session with the engine, whichever way it takes."""

    @property
    def is_away(self) -> bool:
        """Whether the last call found the engine away."""

    async def register(self, capacity: Json) -> UUID:
        """Begin a session; that of an older process of the same name ends.

        Raises SupersededError when a younger process has the name, WrongVersionError
        when the engine is not of this version.
        """

    async def call(self, function: str, **arguments: Any) -> Json:
        """One call by name; waits while the engine is away.

        Raises EngineRefusedError, and ApiUnusableError before the first answer.
        """

    async def exchange(
        self,
        session: UUID,
        events: Sequence[Event],
        beat: Beat | None,
        claim: Claim | None,
    ) -> Answer:
        """Report, renew and claim; after an error nothing counts as answered."""

    async def close(self) -> None:
        """Close the connections."""


class DirectLink:
    """Says each thing to the engine itself, and waits for its answer."""

    def __init__(self, settings: WorkerSettings, calls: Calls) -> None:
        self._settings = settings
        self._calls = calls
        self._started_at = datetime.now(UTC)
        self._outage = Outage(calls.peer)
        self._was_answered = False

    @property
    def is_away(self) -> bool:
        """Whether the last call found the engine away."""
        return self._outage.is_on

    async def register(self, capacity: Json) -> UUID:
        """Begin a session; see Link."""
        settings = self._settings
        return await self.begin(
            "register_session",
            name=settings.name,
            pools=list(settings.pools),
            capacity=orjson.dumps(capacity).decode(),
            started_at=self._started_at,
        )

    async def begin(self, function: str, **arguments: Any) -> UUID:
        """Begin a session by a function; raises as ``register``.

        When cancelled, a session that has been begun all the same ends.
        """
        await self.require_version()
        beginning = asyncio.create_task(self.call(function, **arguments))
        try:
            session = await asyncio.shield(beginning)
        except asyncio.CancelledError:
            try:
                async with asyncio.timeout(_UNDO_SECONDS):
                    await self.call("end_session", session=UUID(str(await beginning)))
            except Exception as exc:  # noqa: BLE001 - its lease, if any, runs out by itself
                log.debug("nothing to end, or not to be ended: %s", describe(exc))
            raise
        return UUID(str(session))

    async def require_version(self) -> None:
        """Raise WrongVersionError unless the engine speaks our version of the API."""
        try:
            found = await self.call("api_version")
        except EngineRefusedError as exc:
            if exc.sqlstate not in _NO_SUCH_FUNCTION:
                raise
            found = None
        require_version(found)

    async def call(self, function: str, **arguments: Any) -> Json:
        """One call by name; see Link."""
        while True:
            try:
                found = await self._calls.call(function, **arguments)
            except ApiUnusableError as exc:
                if not self._was_answered:
                    raise
                await self._outage.wait(exc)
            except EngineAwayError as exc:
                await self._outage.wait(exc)
            else:
                self._note_answer()
                return found

    async def exchange(
        self,
        session: UUID,
        events: Sequence[Event],
        beat: Beat | None,
        claim: Claim | None,
    ) -> Answer:
        """Report, renew and claim; see Link."""
        try:
            answer = await self._calls.exchange(session, events, beat, claim)
        except EngineAwayError as exc:
            await self._outage.wait(exc)
            return Answer(error=exc)
        except EngineRefusedError as exc:
            return Answer(error=exc)
        self._note_answer()
        return answer

    async def close(self) -> None:
        """Close the connections."""
        await self._calls.close()

    def _note_answer(self) -> None:
        self._was_answered = True
        self._outage.end()
