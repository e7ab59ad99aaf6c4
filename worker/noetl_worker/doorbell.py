"""Listens for NOTIFY: a doorbell, no more. Without it, polling finds the work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import psycopg

from noetl_worker.engine import backoff, connect, describe
from noetl_worker.settings import WorkerSettings

log = logging.getLogger(__name__)


class Doorbell:
    """Rings when one of the worker's pools has work."""

    def __init__(self, settings: WorkerSettings, ring: Callable[[], None]) -> None:
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
                    self._ring()  # what was rung before is not heard
                    async for notice in conn.notifies():
                        if notice.payload in self._settings.pools:
                            self._ring()
            except (psycopg.Error, OSError) as exc:
                log.debug("doorbell: %s", describe(exc))
                await asyncio.sleep(backoff(failures))
                failures += 1
