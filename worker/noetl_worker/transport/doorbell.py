"""Listens for NOTIFY: a doorbell, no more. Without it, polling finds the work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

import psycopg

from noetl_worker.settings import WorkerSettings
from noetl_worker.transport.errors import backoff, describe
from noetl_worker.transport.postgres import listening

log = logging.getLogger(__name__)


class Bell(Protocol):
    """Rings when there may be work, and says how much of it this worker should ask for."""

    async def run(self) -> None:
        """Listen until cancelled."""

    def allow(self, free: int, reports: int) -> int:
        """How many commands to claim, of ``free`` slots, together with so many reports."""

    def answered(self, *, is_full: bool) -> bool:
        """What was allowed has been claimed; whether to claim again at once."""

    def wake(self) -> None:
        """There may be free slots again."""


class FirstCome:
    """A doorbell that all hear alike: whoever comes first has the work."""

    def allow(self, free: int, reports: int) -> int:  # noqa: ARG002
        """As many as there is room for: whoever comes first has the work."""
        return free

    def answered(self, *, is_full: bool) -> bool:
        """A claim that brought all it asked for may have left something."""
        return is_full

    def wake(self) -> None:
        """It rings whether there is room or not."""


class Doorbell(FirstCome):
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
                async with listening(self._settings, "doorbell", "noetl_pool") as conn:
                    failures = 0
                    self._ring(None)  # what was rung before is not heard
                    async for notice in conn.notifies():
                        self._ring(notice.payload)
            except (psycopg.Error, OSError) as exc:
                log.debug("doorbell: %s", describe(exc))
                await asyncio.sleep(backoff(failures))
                failures += 1
