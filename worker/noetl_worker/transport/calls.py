"""What every way to the engine offers, and how its users wait while it is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import UUID

import orjson

from noetl_worker.command import Command
from noetl_worker.metrics import REPORT_BYTES
from noetl_worker.transport.errors import EngineAwayError, backoff, describe

Json = Any
Event = dict[str, Any]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claim:
    """A request for commands; repeated under the same id until it is answered."""

    request_id: UUID
    limit: int
    marks: dict[str, int] | None = None
    room: dict[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign of life: the commands that are held, and what the worker can take."""

    held: Sequence[str]
    capacity: Json


@dataclass(slots=True)
class Answer:
    """What the engine answered; None for what it did not."""

    recorded: Json = None
    heartbeat: Json = None
    commands: list[Command] | None = None
    error: BaseException | None = None


class Calls(Protocol):
    """One attempt per call.

    Raises EngineAwayError when nobody answers and EngineRefusedError when the engine
    says no.
    """

    peer: str

    async def call(self, function: str, **arguments: Any) -> Json:
        """Call a function of transport/functions.py: its value, or a list of its rows."""

    async def exchange(
        self,
        session: UUID,
        events: Sequence[Event],
        beat: Beat | None,
        claim: Claim | None,
    ) -> Answer:
        """Report, renew and claim, in this order, as far as there is something to say."""

    async def close_idle(self) -> None:
        """Close connections that have not been used for a while."""

    async def close(self) -> None:
        """Close all connections."""


def report_text(events: Sequence[Event]) -> bytes:
    """Events as JSON, and counted as sent."""
    text = orjson.dumps(events)
    REPORT_BYTES.inc(len(text))
    return text


class Outage:
    """Tells once that the engine is away, and of each new reason, and that it is back."""

    def __init__(self, peer: str) -> None:
        self._peer: Final = peer
        self._reason: type[EngineAwayError] | None = None
        self._failures = 0

    @property
    def is_on(self) -> bool:
        """Whether the last call found the engine away."""
        return self._reason is not None

    def tell(self, error: EngineAwayError) -> None:
        """A call found the engine away."""
        if type(error) is not self._reason:
            log.warning("%s is away, waiting: %s", self._peer, describe(error))
        self._reason = type(error)

    async def wait(self, error: EngineAwayError) -> None:
        """Tell, and wait until it makes sense to try again, longer each time."""
        self.tell(error)
        self._failures += 1
        await asyncio.sleep(backoff(self._failures - 1))

    def end(self) -> None:
        """The engine has answered."""
        if self.is_on:
            log.info("%s is back", self._peer)
        self._reason, self._failures = None, 0
