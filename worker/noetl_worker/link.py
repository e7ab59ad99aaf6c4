"""The connection over which a worker reports, renews its session and claims."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, LiteralString
from uuid import UUID

import orjson
import psycopg
from psycopg import AsyncCursor

from noetl_worker.command import CLAIM, Command
from noetl_worker.connections import Connection
from noetl_worker.engine import (
    EngineRefusedError,
    Json,
    backoff,
    connect,
    describe,
    is_connection_lost,
    refused,
)
from noetl_worker.points import reach
from noetl_worker.settings import WorkerSettings
from noetl_worker.versions import require_version

# Up to so many reports share a transaction with the claim: longer, and other workers
# would wait for what the reports have locked.
TOGETHER_MAX: Final = 16
EXCHANGE: Final = "select noetl.exchange(%s, %s::jsonb, %s, %s, %s::jsonb)"

# undefined_function, invalid_schema_name
_NO_SUCH_FUNCTION: Final = ("42883", "3F000")

Call = tuple[LiteralString, Sequence[Any]]
Cursor = AsyncCursor[Any]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claim:
    """A request for commands; repeated under the same id until it is answered."""

    request_id: UUID
    limit: int
    marks: dict[str, int] | None = None


@dataclass(slots=True)
class Answer:
    """What the database answered; None for what it did not."""

    recorded: Json = None
    heartbeat: Json = None
    commands: list[Command] | None = None
    error: BaseException | None = field(default=None)


class Link:
    """Reports, heartbeat and claim go in one round trip.

    Few reports share a transaction and its flush with the claim (exchange). Otherwise
    each has its own, and a claim (claim_commands) does not wait for the disk.
    """

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._started_at = datetime.now(UTC)
        self._conn: Connection | None = None
        self._failures = 0

    @property
    def is_away(self) -> bool:
        """Whether the last call found the database away."""
        return self._failures > 0

    async def register(self) -> UUID:
        """Begin a session; that of an older process of the same name ends.

        Raises SupersededError when a younger process has the name, WrongVersionError
        when the database is not of this version.
        """
        await self.require_version()
        settings = self._settings
        capacity = orjson.dumps({"slots": settings.slots}).decode()
        row = await self._call(
            "select noetl.register_session(%s, %s, %s::jsonb, %s)",
            (settings.name, list(settings.pools), capacity, self._started_at),
        )
        session: UUID = row[0]
        return session

    async def require_version(self) -> None:
        """Raise WrongVersionError unless the database speaks our version of the API."""
        try:
            found = await self.call("select noetl.api_version()", ())
        except EngineRefusedError as exc:
            if exc.sqlstate not in _NO_SUCH_FUNCTION:
                raise
            found = None
        require_version(found)

    async def call(self, query: str, values: Sequence[Any]) -> Any:
        """One call whose answer is a single value; waits while the database is away."""
        return (await self._call(query, values))[0]

    async def exchange(
        self,
        session: UUID,
        events: Sequence[dict[str, Any]],
        held: Sequence[str] | None,
        claim: Claim | None,
    ) -> Answer:
        """Report, renew and claim; after an error nothing counts as answered."""
        answer = Answer()
        try:
            calls = _calls(session, events, held, claim)
            answer = await _read(await _execute(await self._open(), calls))
        except (psycopg.Error, OSError) as exc:
            answer.error = refused(exc)
            if is_connection_lost(exc):
                await self.close()
                await self._wait(exc)
        else:
            self._note_back()
        return answer

    async def close(self) -> None:
        """Close the connection."""
        if self._conn is not None:
            await self._conn.close()
            self._conn = None

    async def _call(self, query: str, values: Sequence[Any]) -> Any:
        while True:
            try:
                conn = await self._open()
                row = await (await conn.execute(query, values)).fetchone()
            except (psycopg.Error, OSError) as exc:
                if not is_connection_lost(exc):
                    raise refused(exc) from exc
                await self.close()
                await self._wait(exc)
            else:
                self._note_back()
                return row

    async def _open(self) -> Connection:
        if self._conn is None or self._conn.closed:
            self._conn = await connect(self._settings, "worker")
        return self._conn

    def _note_back(self) -> None:
        if self._failures:
            log.info("database is back")
        self._failures = 0

    async def _wait(self, error: BaseException) -> None:
        if self._failures == 0:
            log.warning("database is away, waiting: %s", describe(error))
        await asyncio.sleep(backoff(self._failures))
        self._failures += 1


def _calls(
    session: UUID,
    events: Sequence[dict[str, Any]],
    held: Sequence[str] | None,
    claim: Claim | None,
) -> dict[str, Call]:
    """What there is to say, in the order in which it must be said."""
    if claim is not None and held is None and 0 < len(events) <= TOGETHER_MAX:
        report = orjson.dumps(events).decode()
        values = (session, report, claim.request_id, claim.limit, _marks(claim))
        return {"exchange": (EXCHANGE, values)}
    calls: dict[str, Call] = {}
    if events:
        text = orjson.dumps(events).decode()
        calls["report"] = ("select noetl.record_events(%s::jsonb)", (text,))
    if held is not None:
        beat = (session, list(held))
        calls["renew"] = ("select noetl.heartbeat(%s, %s::text[])", beat)
    if claim is not None:
        request = (session, claim.request_id, claim.limit, _marks(claim))
        calls["claim"] = (CLAIM, request)
    return calls


def _marks(claim: Claim) -> str | None:
    return orjson.dumps(claim.marks).decode() if claim.marks else None


async def _execute(conn: Connection, calls: Mapping[str, Call]) -> dict[str, Cursor]:
    """All calls in one round trip; when this returns, all are committed."""
    if len(calls) == 1:  # a pipeline of one costs more than it saves
        return {name: await conn.execute(*call) for name, call in calls.items()}
    cursors: dict[str, Cursor] = {}
    async with conn.pipeline() as pipeline:
        for name, call in calls.items():
            if cursors:
                await pipeline.sync()
                reach("between_calls")
            cursors[name] = await conn.execute(*call)
    return cursors


async def _read(cursors: Mapping[str, Cursor]) -> Answer:
    answer = Answer()
    if "exchange" in cursors and (row := await cursors["exchange"].fetchone()):
        answer.recorded = row[0]["recorded"]
        answer.commands = [Command(**command) for command in row[0]["commands"]]
    if "report" in cursors and (row := await cursors["report"].fetchone()):
        answer.recorded = row[0]
    if "renew" in cursors and (row := await cursors["renew"].fetchone()):
        answer.heartbeat = row[0]
    if "claim" in cursors:
        rows = await cursors["claim"].fetchall()
        answer.commands = [Command(*row) for row in rows]
    return answer
