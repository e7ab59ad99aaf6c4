"""One method per SQL function that workers call. No decision is taken here."""

from __future__ import annotations

import asyncio
import base64
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import tuple_row
from psycopg.types.json import set_json_loads

from noetl_worker.connections import Connection, Connections
from noetl_worker.jsonable import decode, encode
from noetl_worker.keepalives import keepalives
from noetl_worker.settings import WorkerSettings

Json = Any
T = TypeVar("T")

_BACKOFF_FIRST: Final = 0.05
_BACKOFF_LAST: Final = 2.0  # work goes on within 5 s of a restart
_TRANSIENT: Final = frozenset({"40001", "40P01", "55P03"})
_TIMEOUTS: Final = "-c lock_timeout=5s -c statement_timeout=60s"

log = logging.getLogger(__name__)


class EngineRefusedError(Exception):
    """The engine refused a call. Match on ``sqlstate``; the wording may change."""

    def __init__(self, cause: psycopg.Error) -> None:
        super().__init__(cause.diag.message_primary or str(cause))
        self.sqlstate = cause.sqlstate or ""
        self.hint = cause.diag.message_hint


class SessionEndedError(EngineRefusedError):
    """NE401: the session has ended; drop what it held and register again."""


class SupersededError(SessionEndedError):
    """NE410: another process works under this worker's name; stop."""


_BY_SQLSTATE: Final[dict[str, type[EngineRefusedError]]] = {
    "NE401": SessionEndedError,
    "NE410": SupersededError,
}


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures in a row; random, so that fleets spread."""
    longest = min(_BACKOFF_LAST, _BACKOFF_FIRST * 2 ** min(failures, 10))
    return random.uniform(longest / 2, longest)  # noqa: S311 - no secret


def is_connection_lost(error: BaseException) -> bool:
    """Whether the database is away, as opposed to refusing the call."""
    return isinstance(error, psycopg.OperationalError | OSError) and (
        (state := getattr(error, "sqlstate", None)) is None
        or state.startswith(("08", "57P", "53"))
    )


async def connect(settings: WorkerSettings, role: str) -> Connection:
    """Open a connection of ours, in autocommit mode."""
    own = str(conninfo_to_dict(settings.dsn).get("options") or "")
    options = {"options": f"{own} {_TIMEOUTS}".strip()} if settings.prepare else {}
    conn = await AsyncConnection.connect(
        settings.dsn,
        autocommit=True,
        connect_timeout=10,
        prepare_threshold=1 if settings.prepare else None,
        application_name=f"noetl {role} {settings.name}"[:63],
        row_factory=tuple_row,
        **keepalives(settings.dsn),
        **options,  # type: ignore[arg-type]
    )
    set_json_loads(decode, conn)
    return conn


class Engine:
    """The engine's functions for commands at work; waits while the database is away."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._connections = Connections(lambda: connect(settings, "reader"), size=4)
        self._is_away = False
        self.session: UUID | None = None

    async def close(self) -> None:
        """Close the connections."""
        await self._connections.close()

    async def close_idle(self) -> None:
        """Close connections that are not needed now."""
        await self._connections.close_idle()

    async def read_step(self, *, catalog_id: int, step: str) -> Json:
        """The compiled task of a step."""
        return await self._value(
            "select noetl.read_step(%s, %s, %s)", (self.session, catalog_id, step)
        )

    async def read_context(self, *, execution_id: int, names: Sequence[str]) -> Json:
        """The names of a run that a task's templates read."""
        return await self._value(
            "select noetl.read_context(%s, %s, %s)",
            (self.session, execution_id, list(names)),
        )

    async def read_items(self, *, ref: str, first: int, count: int) -> Json:
        """A range of a loop's items or results."""
        return await self._value(
            "select noetl.read_items(%s, %s, %s, %s)", (self.session, ref, first, count)
        )

    async def store_items(
        self, *, execution_id: int, command_id: str, first: int, items: Json
    ) -> None:
        """Store a chunk of a collection."""
        await self._value(
            "select noetl.store_items(%s, %s, %s, %s, %s::jsonb)",
            (self.session, execution_id, command_id, first, encode(items).decode()),
        )

    async def read_results(self, *, ref: str, first: int, count: int) -> Json:
        """A range of the results of a loop's items."""
        return await self._value(
            "select noetl.read_results(%s, %s, %s, %s)",
            (self.session, ref, first, count),
        )

    async def record_result(self, *, result: str) -> tuple[str, str | None]:
        """Store one result, or where it is; its reference, and where it was first."""
        ref, uri = await self._value(
            "select array[r.ref, r.physical_uri]"
            " from noetl.record_results(%s, %s::jsonb) as r",
            (self.session, result),
        )
        return ref, uri

    async def expire_results(self, *, limit: int) -> list[tuple[str, str | None]]:
        """Take results whose time has come out of reach: tiers, addresses of bytes."""
        return await self._rows(
            "select e.store_tier, e.physical_uri from noetl.expire_results(%s, %s) as e",
            (self.session, limit),
        )

    async def unknown_objects(self, *, objects: Json) -> list[str]:
        """Which objects in stores are recorded by no result."""
        rows = await self._rows(
            "select * from noetl.unknown_objects(%s, %s::jsonb)",
            (self.session, encode(objects).decode()),
        )
        return [row[0] for row in rows]

    async def read_result(self, *, ref: str) -> Json:
        """Where a stored result is, its checksum and, in tier db, its payload."""
        return await self._value(
            "select noetl.read_result(%s, %s)", (self.session, ref)
        )

    async def stream_state(self, *, execution_id: int, command_id: str) -> Json:
        """Which chunk of a command comes next, and how many may; None: not ours."""
        return await self._value(
            "select noetl.stream_state(%s, %s, %s)",
            (self.session, execution_id, command_id),
        )

    async def read_credential(self, *, execution_id: int, name: str) -> bytes:
        """The sealed fields of a credential."""
        found = await self._value(
            "select noetl.read_credential(%s, %s, %s)",
            (self.session, execution_id, name),
        )
        return base64.b64decode(found["secret"])

    async def start_execution(
        self, *, path: str, workload: Json, options: Mapping[str, Any]
    ) -> int:
        """Start a playbook."""
        return int(
            await self._value(
                "select noetl.start_execution(%s, %s::jsonb, %s::jsonb)",
                (path, encode(workload).decode(), encode(dict(options)).decode()),
            )
        )

    async def child_status(
        self, *, execution_ids: Sequence[int]
    ) -> dict[int, tuple[str, Json, Json]]:
        """Status, error and result of child executions."""

        async def call(conn: Connection) -> dict[int, tuple[str, Json, Json]]:
            cursor = await conn.execute(
                "select c.execution_id, c.status, c.error, c.result"
                " from noetl.child_status(%s, %s::bigint[]) as c",
                (self.session, list(execution_ids)),
            )
            return {row[0]: row[1:] async for row in cursor}

        return await self._patiently(call)

    async def cancel_execution(self, *, execution_id: int, reason: str) -> bool:
        """Cancel an execution; false when it had ended."""
        return bool(
            await self._value(
                "select noetl.cancel_execution(%s, %s)", (execution_id, reason)
            )
        )

    async def _rows(self, query: str, values: Sequence[Any]) -> list[Any]:
        async def call(conn: Connection) -> list[Any]:
            return await (await conn.execute(query, values)).fetchall()

        return await self._patiently(call)

    async def _value(self, query: str, values: Sequence[Any]) -> Any:
        async def call(conn: Connection) -> Any:
            row = await (await conn.execute(query, values)).fetchone()
            return row[0] if row else None

        return await self._patiently(call)

    async def _patiently(self, call: Callable[[Connection], Awaitable[T]]) -> T:
        """Call; repeat it while the database is away, since every call may be repeated."""
        failures = 0
        while True:
            try:
                async with self._connections.connection() as conn:
                    result = await call(conn)
            except (psycopg.Error, OSError) as exc:
                if not (is_connection_lost(exc) or _is_transient(exc)):
                    raise refused(exc) from exc
                if not self._is_away:
                    log.warning("database is away, waiting: %s", describe(exc))
                    self._is_away = True
                await asyncio.sleep(backoff(failures))
                failures += 1
            else:
                self._is_away = False
                return result


def refused(error: BaseException) -> BaseException:
    """The engine's refusal as an exception of ours; other errors as they are."""
    if not isinstance(error, psycopg.Error):
        return error
    return _BY_SQLSTATE.get(error.sqlstate or "", EngineRefusedError)(error)


def describe(error: BaseException) -> str:
    """One line of an error, for a log."""
    return " ".join(str(error).split())[:300] or type(error).__name__


def _is_transient(error: BaseException) -> bool:
    return getattr(error, "sqlstate", None) in _TRANSIENT
