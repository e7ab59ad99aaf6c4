"""Calls of SQL functions for requests: one per request, never waiting for long."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any, Final, LiteralString, TypeAlias

import orjson
import psycopg
from fastapi import Depends, Request
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool

from noetl_shell.api.settings import ApiSettings
from noetl_worker.keepalives import keepalives
from noetl_worker.pooling import startup
from noetl_worker.transport.calls import Outage
from noetl_worker.transport.errors import EngineAwayError
from noetl_worker.transport.postgres import is_connection_lost

Row: TypeAlias = dict[str, Any]
Values: TypeAlias = Sequence[Any] | Mapping[str, Any]

_SESSION: Final = {
    "lock_timeout": "5s",
    "statement_timeout": "30s",
    "timezone": "UTC",
}
# A connection that cannot be made is given up after so long; the next request begins anew.
_RECONNECT_SECONDS: Final = 3.0
_WAITING_MAX: Final = 500

log = logging.getLogger(__name__)


class Database:
    """A pool of connections in autocommit; JSON passes through it as it is.

    A column of JSON becomes an ``orjson.Fragment``. Every method raises psycopg's errors;
    psycopg_pool's, such as PoolTimeout when the database is away, are among them.
    """

    def __init__(self, settings: ApiSettings) -> None:
        self._pool = AsyncConnectionPool(
            settings.dsn,
            kwargs={
                "autocommit": True,
                "connect_timeout": 3,
                "prepare_threshold": 1,
                "application_name": "noetl api",
                "row_factory": dict_row,
                **keepalives(settings.dsn),
                **startup(settings.dsn, prepare=settings.prepare, **_SESSION),
            },
            min_size=1,
            max_size=settings.connections,
            max_waiting=_WAITING_MAX,
            timeout=settings.wait_seconds,
            reconnect_timeout=_RECONNECT_SECONDS,
            configure=_pass_json_through,
            open=False,
            name="api",
        )
        self._checks: set[asyncio.Task[None]] = set()
        self._outage = Outage("database of the API")

    async def open(self) -> None:
        """Begin to connect; the database may be away."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Close all connections."""
        for check in self._checks:
            check.cancel()
        await self._pool.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection[Row]]:
        """A connection for a request that says several things at once."""
        try:
            async with self._pool.connection() as conn:
                yield conn
            self._outage.end()
        except psycopg.OperationalError as exc:
            if is_connection_lost(exc):
                self._check()
            raise

    async def rows(self, query: LiteralString, values: Values = ()) -> list[Row]:
        """All rows."""
        async with self.connection() as conn:
            return await (await conn.execute(query, values)).fetchall()

    async def row(self, query: LiteralString, values: Values = ()) -> Row:
        """The row of a function that returns exactly one."""
        (row,) = await self.rows(query, values)
        return row

    async def value(self, query: LiteralString, values: Values = ()) -> Any:
        """The value of a function that returns one."""
        (value,) = (await self.row(query, values)).values()
        return value

    def tell_away(self, error: psycopg.Error) -> None:
        """Log that the database is away: once, not for each request."""
        self._outage.tell(EngineAwayError(str(error)))

    def _check(self) -> None:
        """Look at the idle connections: when one is broken, others may be too."""
        if not self._checks:
            check = asyncio.create_task(self._pool.check())
            self._checks.add(check)
            check.add_done_callback(self._checks.discard)


async def _pass_json_through(conn: AsyncConnection[Any]) -> None:
    set_json_loads(orjson.Fragment, conn)


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


Db = Annotated[Database, Depends(_database)]
