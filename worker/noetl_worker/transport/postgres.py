"""Calls of the engine over connections to its database."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final, LiteralString
from uuid import UUID

import psycopg
from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import tuple_row
from psycopg.types.json import set_json_loads

from noetl_worker.command import Command
from noetl_worker.connections import Connection, Connections
from noetl_worker.jsonable import decode
from noetl_worker.keepalives import keepalives
from noetl_worker.points import reach
from noetl_worker.pooling import is_pooled, startup
from noetl_worker.settings import WorkerSettings
from noetl_worker.transport.calls import Answer, Beat, Claim, Event, Json, report_text
from noetl_worker.transport.errors import (
    EngineAwayError,
    EngineRefusedError,
    describe,
    refusal,
)
from noetl_worker.transport.functions import FUNCTIONS

# Up to so many reports share a transaction with the claim: longer, and other workers
# would wait for what the reports have locked.
TOGETHER_MAX: Final = 16
_TIMEOUTS: Final = {"lock_timeout": "5s", "statement_timeout": "60s"}

log = logging.getLogger(__name__)

Cursor = AsyncCursor[Any]


def is_connection_lost(error: BaseException) -> bool:
    """Whether the database is away, as opposed to refusing the call."""
    return isinstance(error, psycopg.OperationalError | OSError) and (
        (state := getattr(error, "sqlstate", None)) is None
        or state.startswith(("08", "57P", "53"))
    )


def refused(error: psycopg.Error) -> EngineRefusedError:
    """The engine's refusal as an exception of ours."""
    return refusal(
        error.diag.message_primary or str(error),
        sqlstate=error.sqlstate or "",
        hint=error.diag.message_hint,
    )


async def connect(
    settings: WorkerSettings, role: str, *, loads: Callable[[str | bytes], Any] = decode
) -> Connection:
    """Open a connection of ours, in autocommit mode; ``loads`` reads its JSON."""
    parameters = {
        "prepare_threshold": 1,
        **keepalives(settings.dsn),
        **startup(settings.dsn, prepare=settings.prepare, **_TIMEOUTS),
    }
    conn = await AsyncConnection.connect(
        settings.dsn,
        autocommit=True,
        connect_timeout=10,
        application_name=f"noetl {role} {settings.name}"[:63],
        row_factory=tuple_row,
        **parameters,
    )
    set_json_loads(loads, conn)
    return conn


@asynccontextmanager
async def listening(
    settings: WorkerSettings, role: str, channel: LiteralString
) -> AsyncIterator[Connection]:
    """A connection that hears a channel: to the server itself (``NOETL_DB_DIRECT``)."""
    if settings.direct_dsn:
        settings = replace(settings, dsn=settings.direct_dsn, prepare=True)
    async with await connect(settings, role) as conn:
        await conn.execute(f"listen {channel}")
        (pid,) = await (await conn.execute("select pg_backend_pid()")).fetchall()
        if is_pooled(conn, *pid):
            log.warning(
                "%s: a pooler is between this process and the database; unless it pools"
                " sessions, work is found by polling only: set NOETL_DB_DIRECT to the"
                " address of the server itself",
                role,
            )
        yield conn


class PostgresCalls:
    """Over at most ``size`` connections at once, opened when needed.

    ``role``: what metrics call them.
    """

    peer = "database"

    def __init__(
        self,
        open_connection: Callable[[], Awaitable[Connection]],
        *,
        size: int,
        role: str,
    ) -> None:
        self._connections = Connections(open_connection, size=size, role=role)

    async def call(self, function: str, **arguments: Any) -> Json:
        """One statement in a transaction of its own."""
        return (await self._ask({function: arguments}))[function]

    async def exchange(
        self,
        session: UUID,
        events: Sequence[Event],
        beat: Beat | None,
        claim: Claim | None,
    ) -> Answer:
        """All in one round trip.

        Few reports share a transaction and its flush with the claim (exchange). Otherwise
        each has its own, and a claim (claim_commands) does not wait for the disk.
        """
        report = report_text(events).decode() if events else None
        calls = exchange_calls(session, report, len(events), beat, claim)
        found = await self._ask(calls)
        if (both := found.get("exchange")) is not None:
            commands = [Command(**command) for command in both["commands"]]
            return Answer(recorded=both["recorded"], commands=commands)
        rows = found.get("claim_commands")
        return Answer(
            recorded=found.get("record_events"),
            heartbeat=found.get("heartbeat"),
            commands=None if rows is None else [Command(*row) for row in rows],
        )

    async def close_idle(self) -> None:
        """Close connections that are not needed now."""
        await self._connections.close_idle()

    async def close(self) -> None:
        """Close the connections."""
        await self._connections.close()

    async def _ask(self, calls: Mapping[str, Mapping[str, Any]]) -> dict[str, Json]:
        """Make calls in one round trip; their answers."""
        try:
            async with self._connections.connection() as conn:
                return await read_answers(await execute(conn, calls))
        except OSError as exc:
            raise EngineAwayError(describe(exc)) from exc
        except psycopg.Error as exc:
            if is_connection_lost(exc):
                raise EngineAwayError(describe(exc)) from exc
            raise refused(exc) from exc


def exchange_calls(
    session: UUID,
    report: str | None,
    count: int,
    beat: Beat | None,
    claim: Claim | None,
) -> dict[str, dict[str, Any]]:
    """What there is to say, in the order in which it must be said.

    ``report`` is JSON text of ``count`` events, None when there are none. Numbers may be
    larger than the engine takes: that is for it to say.
    """
    request: dict[str, Any] = {}
    if claim is not None:
        marks = json.dumps(claim.marks) if claim.marks else None
        request = {
            "session": session,
            "request_id": claim.request_id,
            "limit": claim.limit,
            "marks": marks,
            "room": None if claim.room is None else json.dumps(claim.room),
        }
    if claim is not None and beat is None and 0 < count <= TOGETHER_MAX:
        return {"exchange": {**request, "events": report}}
    calls: dict[str, dict[str, Any]] = {}
    if report is not None:
        calls["record_events"] = {"events": report}
    if beat is not None:
        calls["heartbeat"] = {
            "session": session,
            "held": list(beat.held),
            "capacity": json.dumps(beat.capacity),
        }
    if claim is not None:
        calls["claim_commands"] = request
    return calls


async def execute(
    conn: Connection, calls: Mapping[str, Mapping[str, Any]]
) -> dict[str, Cursor]:
    """All calls in one round trip; when this returns, all are committed."""
    cursors: dict[str, Cursor] = {}
    if len(calls) == 1:  # a pipeline of one costs more than it saves
        for name, arguments in calls.items():
            called = FUNCTIONS[name]
            cursors[name] = await conn.execute(called.query, called.values(arguments))
        return cursors
    async with conn.pipeline() as pipeline:
        for name, arguments in calls.items():
            if cursors:
                await pipeline.sync()
                reach("between_calls")
            called = FUNCTIONS[name]
            cursors[name] = await conn.execute(called.query, called.values(arguments))
    return cursors


async def read_answers(cursors: Mapping[str, Cursor]) -> dict[str, Json]:
    """By function: its value, or a list of its rows."""
    answers: dict[str, Json] = {}
    for name, cursor in cursors.items():
        rows = await cursor.fetchall()
        answers[name] = rows if FUNCTIONS[name].columns else rows[0][0]
    return answers
