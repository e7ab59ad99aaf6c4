"""Reports go over JetStream, everything else another way; so do they while NATS is away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from noetl_worker.nats.connection import Nats
from noetl_worker.nats.reporter import Reporter
from noetl_worker.transport.calls import Answer, Beat, Claim, Event, Json
from noetl_worker.transport.link import Link


class NatsLink:
    """A report counts as answered when a dispatcher has recorded it, not before.

    The claim comes after that, since reports make commands ready; it is synchronous.
    """

    def __init__(self, nats: Nats, inner: Link) -> None:
        self._nats = nats
        self._inner = inner
        self._reporter = Reporter(nats)

    @property
    def is_away(self) -> bool:
        """Whether the last call found the engine away."""
        return self._inner.is_away

    async def register(self, capacity: Json) -> UUID:
        """Begin a session; see Link."""
        self._nats.start()
        return await self._inner.register(capacity)

    async def call(self, function: str, **arguments: Any) -> Json:
        """One call by name; see Link."""
        return await self._inner.call(function, **arguments)

    async def exchange(
        self,
        session: UUID,
        events: Sequence[Event],
        beat: Beat | None,
        claim: Claim | None,
    ) -> Answer:
        """Report, renew and claim; after an error only ``recorded`` counts as answered."""
        recorded = await self._reporter.send(events) if events else None
        if events and recorded is None:
            return await self._inner.exchange(session, events, beat, claim)
        if beat is None and claim is None:
            return Answer(recorded=recorded)
        answer = await self._inner.exchange(session, (), beat, claim)
        answer.recorded = recorded
        return answer

    async def close(self) -> None:
        """Close the connections."""
        await self._nats.close()
        await self._inner.close()
