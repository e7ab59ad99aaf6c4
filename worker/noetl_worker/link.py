"""The connection over which a worker reports, renews its session and claims."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
import psycopg

from noetl_worker.command import CLAIM, Command
from noetl_worker.connections import Connection
from noetl_worker.engine import (
    Json,
    backoff,
    connect,
    describe,
    is_connection_lost,
    refused,
)
from noetl_worker.settings import WorkerSettings

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
    """Reports, heartbeat and claim go in one round trip, each its own transaction.

    A claim does not wait for the disk (claim_commands), a report must: in one transaction
    the claim would make the report as volatile as itself.
    """

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._conn: Connection | None = None
        self._failures = 0

    @property
    def is_away(self) -> bool:
        """Whether the last call found the database away."""
        return self._failures > 0

    async def register(self) -> UUID:
        """Begin a session; an older one of the same name ends."""
        settings = self._settings
        capacity = orjson.dumps({"slots": settings.slots}).decode()
        row = await self._call(
            "select noetl.register_session(%s, %s, %s::jsonb)",
            (settings.name, list(settings.pools), capacity),
        )
        session: UUID = row[0]
        return session

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
            # What is read before the pipeline ends is not committed yet: all or nothing.
            answer = await self._pipeline(
                await self._open(), session, events, held, claim
            )
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

    async def _pipeline(
        self,
        conn: Connection,
        session: UUID,
        events: Sequence[dict[str, Any]],
        held: Sequence[str] | None,
        claim: Claim | None,
    ) -> Answer:
        answer = Answer()
        async with conn.pipeline() as pipeline:
            reported = renewed = claimed = None
            if events:
                text = orjson.dumps(events).decode()
                reported = await conn.execute(
                    "select noetl.record_events(%s::jsonb)", (text,)
                )
                await pipeline.sync()
            if held is not None:
                renewed = await conn.execute(
                    "select noetl.heartbeat(%s, %s::text[])", (session, list(held))
                )
                await pipeline.sync()
            if claim is not None:
                marks = claim.marks and orjson.dumps(claim.marks).decode()
                claimed = await conn.execute(
                    CLAIM, (session, claim.request_id, claim.limit, marks)
                )
                await pipeline.sync()
            if reported is not None and (row := await reported.fetchone()):
                answer.recorded = row[0]
            if renewed is not None and (row := await renewed.fetchone()):
                answer.heartbeat = row[0]
            if claimed is not None:
                answer.commands = [Command(*row) for row in await claimed.fetchall()]
        return answer

    def _note_back(self) -> None:
        if self._failures:
            log.info("database is back")
        self._failures = 0

    async def _wait(self, error: BaseException) -> None:
        if self._failures == 0:
            log.warning("database is away, waiting: %s", describe(error))
        await asyncio.sleep(backoff(self._failures))
        self._failures += 1
