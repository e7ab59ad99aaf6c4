"""Calls the engine's maintenance functions, until a dispatcher does it."""

from __future__ import annotations

import asyncio
import logging
import random
from typing import Final

import psycopg

from noetl_worker.connections import Connection
from noetl_worker.engine import backoff, connect, describe
from noetl_worker.points import reach
from noetl_worker.settings import WorkerSettings

TICKS: Final = (
    ("select noetl.expand_loops(20)", 0.05),
    ("select noetl.advance_changes(200)", 0.1),
    ("select noetl.project_changes(500)", 0.1),
    ("select noetl.raise_floor()", 0.25),
    ("select noetl.wake_runs(500)", 0.25),
    ("select noetl.reap_stale(500)", 1.0),
    ("select noetl.fire_schedules(20)", 1.0),
    ("select noetl.maintain_partitions()", 3600.0),
)

log = logging.getLogger(__name__)


class Ticker:
    """Each function at its own pace, at once again while it finds work."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._conn: Connection | None = None
        self._turn = asyncio.Lock()
        self._is_well = True

    async def run(self) -> None:
        """Tick until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                for query, period in TICKS:
                    group.create_task(self._repeat(query, period))
        finally:
            if self._conn is not None:
                await self._conn.close()

    async def _repeat(self, query: str, period: float) -> None:
        failures = 0
        while True:
            try:
                found = await self._call(query)
            except (psycopg.Error, OSError) as exc:
                self._complain(query, exc)
                failures += 1
                await asyncio.sleep(max(period, backoff(failures)))
            else:
                failures, self._is_well = 0, True
                if not found:
                    await asyncio.sleep(period * random.uniform(0.8, 1.2))  # noqa: S311

    async def _call(self, query: str) -> int:
        async with self._turn:
            if self._conn is None or self._conn.closed:
                self._conn = await connect(self._settings, "ticker")
            row = await (await self._conn.execute(query)).fetchone()
            reach("after_tick")
        return int(row[0] or 0) if row else 0

    def _complain(self, query: str, error: BaseException) -> None:
        """Once per outage, not once per try."""
        if self._is_well:
            log.warning("%s: %s; trying again", query, describe(error))
        self._is_well = False
