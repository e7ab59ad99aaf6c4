"""Connections to one database: bounded, opened when needed, closed when idle."""

from __future__ import annotations

import asyncio
import select
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus

from noetl_worker.deadline import Place
from noetl_worker.metrics import POOL_SIZE, POOL_USED, POOL_WAITING

Connection = AsyncConnection[Any]


class Connections:
    """Lends connections, newest first, so that those not needed grow old and close.

    One with a role tells its size and use in metrics, under that.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        *,
        size: int,
        idle_seconds: float = 60.0,
        role: str = "",
    ) -> None:
        self._connect = connect
        self._slots = asyncio.Semaphore(size)
        self._idle: list[tuple[float, Connection]] = []
        self._idle_seconds = idle_seconds
        self._asking = 0
        self._used = 0
        if role:
            POOL_SIZE.labels(role).set(size)
            POOL_USED.labels(role).set_function(lambda: self._used)
            POOL_WAITING.labels(role).set_function(lambda: self._asking - self._used)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection in autocommit mode; it comes back only if it is still usable."""
        # One generator, not one for each thing to undo: every report and claim comes here.
        place = Place(self._slots)
        self._asking += 1
        try:
            await place.take()
            self._used += 1
            try:
                conn = await self._take() or await self._connect()
                try:
                    yield conn
                finally:
                    await self._give_back(conn)
            finally:
                self._used -= 1
                place.give_up()
        finally:
            self._asking -= 1

    async def close_idle(self, now: float | None = None) -> None:
        """Close what nobody has used for a while."""
        limit = (time.monotonic() if now is None else now) - self._idle_seconds
        old = [conn for since, conn in self._idle if since < limit]
        self._idle = [entry for entry in self._idle if entry[0] >= limit]
        for conn in old:
            await conn.close()

    async def close(self) -> None:
        """Close all connections that are not lent."""
        await self.close_idle(float("inf"))

    async def _give_back(self, conn: Connection) -> None:
        if _is_usable(conn):
            self._idle.append((time.monotonic(), conn))
        else:
            await conn.close()

    async def _take(self) -> Connection | None:
        while self._idle:
            _, conn = self._idle.pop()
            if not _has_news(conn):
                return conn
            await conn.close()
        return None


def _is_usable(conn: Connection) -> bool:
    return not conn.closed and conn.info.transaction_status == TransactionStatus.IDLE


def _has_news(conn: Connection) -> bool:
    """Whether an idle connection has something to read: the server has closed it."""
    poll = select.poll()
    poll.register(conn.fileno(), select.POLLIN)
    return bool(poll.poll(0))
