"""Listens for NOTIFY: a doorbell, no more. Without it, polling finds the work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import psycopg

from noetl_worker.settings import WorkerSettings
from noetl_worker.transport.errors import backoff, describe
from noetl_worker.transport.postgres import connect

log = logging.getLogger(__name__)


class Doorbell:
    """Rings with the name of a pool that has work; with None when it begins to listen."""

    def __init__(
        self, settings: WorkerSettings, ring: Callable[[str | None], None]
    ) -> None:
        self._settings = settings
        self._ring = ring

    async def run(self) -> None:
        """Listen until cancelled; connect again when the connection is lost."""
        failures = 0
        while True:
            try:
                async with await connect(self._settings, "doorbell") as conn:
                    await conn.execute("listen noetl_pool")
                    failures = 0
                    self._ring(None)  # what was rung before is not heard
                    async for notice in conn.notifies():
                        self._ring(notice.payload)
            except (psycopg.Error, OSError) as exc:
                log.debug("doorbell: %s", describe(exc))
                await asyncio.sleep(backoff(failures))
                failures += 1
