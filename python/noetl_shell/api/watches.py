"""Executions that somebody follows: one look at a time for all who follow the same."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from noetl_shell.api.database import Database, Row
from noetl_shell.api.executions import STATUS
from noetl_worker.transport.postgres import is_connection_lost

log = logging.getLogger(__name__)


class Watch:
    """The latest state of an execution that somebody follows."""

    def __init__(self) -> None:
        self._state: Row | None = None
        self._error: psycopg.Error | None = None
        self._changed = asyncio.Event()

    @property
    def is_over(self) -> bool:
        """Whether no other state will come."""
        return self._error is not None or (
            self._state is not None and self._state["finished_at"] is not None
        )

    async def newer(self, version: int) -> Row:
        """The first state with another progress_version; raises what a look raised."""
        while True:
            changed = self._changed
            if self._error is not None:
                raise self._error
            if self._state is not None and self._state["progress_version"] != version:
                return self._state
            await changed.wait()

    def note(self, state: Row) -> None:
        """Tell those who wait."""
        self._state = state
        self._tell()

    def fail(self, error: psycopg.Error) -> None:
        """There will be no more."""
        self._error = error
        self._tell()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


class Watches:
    """Looks at each execution that is followed, every ``seconds`` at most."""

    def __init__(self, database: Database, seconds: float) -> None:
        self._database = database
        self._seconds = seconds
        self._watches: dict[str, tuple[Watch, asyncio.Task[None]]] = {}
        self._followers: dict[str, int] = {}
        self._stopping = asyncio.Event()

    @asynccontextmanager
    async def follow(self, execution_id: str) -> AsyncIterator[Watch]:
        """The watch over an execution; the last who leaves ends it."""
        if execution_id not in self._watches:
            watch = Watch()
            looking = asyncio.create_task(self._look(execution_id, watch))
            self._watches[execution_id] = watch, looking
        watch, looking = self._watches[execution_id]
        self._followers[execution_id] = self._followers.get(execution_id, 0) + 1
        try:
            yield watch
        finally:
            self._followers[execution_id] -= 1
            if self._followers[execution_id] == 0:
                looking.cancel()
                del self._watches[execution_id], self._followers[execution_id]

    def stop(self) -> None:
        """Let those who follow go."""
        self._stopping.set()

    async def stopping(self) -> None:
        """Wait until ``stop`` is called."""
        await self._stopping.wait()

    async def _look(self, execution_id: str, watch: Watch) -> None:
        while not watch.is_over:
            try:
                watch.note(await self._database.row(STATUS, (execution_id,)))
            except psycopg.Error as exc:
                if (exc.sqlstate or "").startswith(("NE", "22", "42")):
                    watch.fail(exc)
                    return
                if is_connection_lost(exc):
                    self._database.tell_away(exc)
                else:
                    log.warning("cannot look at execution %s: %s", execution_id, exc)
            await asyncio.sleep(self._seconds)
