"""Calls the engine's maintenance functions when they have something to do.

Workers do it as long as there is no dispatcher; dispatchers have shared it out.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, LiteralString
from uuid import UUID

import psycopg

from noetl_worker.connections import Connection
from noetl_worker.metrics import (
    CONNECTED,
    TICK_FAILURES,
    TICK_RESULTS,
    TICK_SECONDS,
)
from noetl_worker.points import reach
from noetl_worker.settings import WorkerSettings
from noetl_worker.transport.errors import SessionEndedError, backoff, describe
from noetl_worker.transport.postgres import connect, is_connection_lost, refused

LOOK: Final = "select d.ticks, d.next_in from noetl.due_work(%s) as d"
# After a look that found nothing, the next comes later and later.
FIRST_SECONDS: Final = 0.05
LAST_SECONDS: Final = 1.5
GROWTH: Final = 1.5
# The least between two looks, however often it rings: a worker's own reports ring too,
# and it follows them up by itself.
LOOK_SECONDS: Final = 0.1
FAILED_SECONDS: Final = 1.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tick:
    """A function of the engine, and the least seconds between two calls of it.

    One that has done as much as its ``limit`` is called again at once.
    """

    name: str
    query: LiteralString
    pause: float
    limit: int = 1


TICKS: Final = (
    Tick("expand_loops", "select noetl.expand_loops(20)", 0.05),
    Tick("wake_runs", "select noetl.wake_runs(500)", 0.05),
    Tick("advance_changes", "select noetl.advance_changes(200)", 0.05),
    Tick("project_changes", "select noetl.project_changes(500)", 0.1, 500),
    Tick("project_shards", "select noetl.project_shards(%(session)s, 500)", 0.1, 500),
    Tick("raise_floor", "select noetl.raise_floor()", 0.25),
    Tick("reap_stale", "select noetl.reap_stale(500)", 1.0),
    Tick("fire_schedules", "select noetl.fire_schedules(20)", 0.25),
    Tick("maintain_partitions", "select noetl.maintain_partitions()", 3600.0),
    Tick("retain", "select r.done from noetl.retain() as r", 60.0),
)


class Done(IntEnum):
    """What a tick, or the most that one of several, has done."""

    NOTHING = 0
    SOME = 1
    LIMIT = 2  # there may be more


class Ticker:
    """One look tells what is due to this session; ``ring`` says that something may be.

    ``ended`` is told when the session is no more; whoever owns it begins another one.
    """

    def __init__(
        self,
        settings: WorkerSettings,
        session: Callable[[], UUID | None],
        ended: Callable[[SessionEndedError], None],
    ) -> None:
        self._settings = settings
        self._session = session
        self._ended = ended
        self._conn: Connection | None = None
        self._wake = asyncio.Event()
        self._looked_at = 0.0
        self._not_before = dict.fromkeys((tick.name for tick in TICKS), 0.0)
        self._unwell: set[str] = set()

    def ring(self) -> None:
        """Look soon: something has happened."""
        self._wake.set()

    async def run(self) -> None:
        """Tick until cancelled."""
        failures, delay = 0, FIRST_SECONDS
        try:
            while True:
                asked = self._session()
                try:
                    done, next_in = await self._round(asked)
                except (psycopg.Error, OSError) as exc:
                    error = refused(exc) if isinstance(exc, psycopg.Error) else None
                    if isinstance(error, SessionEndedError):
                        # Not of one that has been begun meanwhile.
                        if asked == self._session():
                            self._ended(error)
                    else:
                        self._complain("due_work", exc)
                    failures += 1
                    CONNECTED.labels("ticker").set(0)
                    await asyncio.sleep(backoff(failures))
                    continue
                failures = 0
                CONNECTED.labels("ticker").set(1)
                self._recover("due_work")
                if done or self._wake.is_set():
                    delay = FIRST_SECONDS
                    self._wake.clear()
                seconds = min(delay, max(next_in, FIRST_SECONDS))
                await self._rest(seconds, is_more=done is Done.LIMIT)
                delay = min(delay * GROWTH, LAST_SECONDS)
        finally:
            if self._conn is not None:
                await self._conn.close()

    async def _round(self, session: UUID | None) -> tuple[Done, float]:
        """Call what is due; the most that one did, and seconds until the next is due."""
        conn = await self._open()
        self._looked_at = time.monotonic()
        row = await (await conn.execute(LOOK, (session,))).fetchone()
        ticks, next_in = row or ([], None)
        done = Done.NOTHING
        for tick in TICKS:
            if tick.name in ticks and time.monotonic() >= self._not_before[tick.name]:
                done = max(done, await self._call(conn, tick, session))
        return done, LAST_SECONDS if next_in is None else next_in

    async def _call(self, conn: Connection, tick: Tick, session: UUID | None) -> Done:
        count, pause = 0, tick.pause
        try:
            with TICK_SECONDS.labels(tick.name).time():
                row = await (
                    await conn.execute(tick.query, {"session": session})
                ).fetchone()
            reach("after_tick")
        except psycopg.Error as exc:
            TICK_FAILURES.labels(tick.name).inc()
            if is_connection_lost(exc):
                raise
            # The others have their turn all the same.
            self._complain(tick.name, exc)
            pause = max(pause, FAILED_SECONDS)
        else:
            self._recover(tick.name)
            count = int(row[0] or 0) if row else 0
            TICK_RESULTS.labels(tick.name).inc(count)
        if count >= tick.limit:
            return Done.LIMIT
        pause *= random.uniform(0.8, 1.2)  # noqa: S311 - no secret
        self._not_before[tick.name] = time.monotonic() + pause
        return Done.SOME if count else Done.NOTHING

    async def _rest(self, seconds: float, *, is_more: bool) -> None:
        """Wait, but for a ring; while there is work, only let others have their turn."""
        if is_more:
            await asyncio.sleep(0)
            return
        try:
            # Not wait_for, which forgets a cancellation that comes with the ring.
            async with asyncio.timeout(
                seconds * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
            ):
                await self._wake.wait()
        except TimeoutError:
            return
        await asyncio.sleep(self._looked_at + LOOK_SECONDS - time.monotonic())

    async def _open(self) -> Connection:
        if self._conn is None or self._conn.closed:
            self._conn = await connect(self._settings, "ticker")
        return self._conn

    def _complain(self, what: str, error: BaseException) -> None:
        """Once per outage, not once per try."""
        if what not in self._unwell:
            log.warning("%s: %s; trying again", what, describe(error))
        self._unwell.add(what)

    def _recover(self, what: str) -> None:
        if what in self._unwell:
            log.info("%s: works again", what)
        self._unwell.discard(what)
