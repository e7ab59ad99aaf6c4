"""Whether this process lives, and whether it can work, for whoever starts and stops it."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from noetl_worker.metrics import CONNECTED

_BEAT_SECONDS: Final = 1.0
# Longer than anything that may hold the event loop up on a busy machine.
_SILENCE_SECONDS: Final = 60.0


class Pulse:
    """Beats while the event loop turns."""

    def __init__(self) -> None:
        self._beat_at = time.monotonic()

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            self._beat_at = time.monotonic()
            await asyncio.sleep(_BEAT_SECONDS)

    @property
    def is_beating(self) -> bool:
        """Whether the last beat, or the start of the process, was within a minute."""
        return time.monotonic() - self._beat_at < _SILENCE_SECONDS


PULSE: Final = Pulse()


def is_ready() -> bool:
    """Whether the engine answers the worker here, or where there is none the ticker."""
    roles = {
        sample.labels["role"]: sample.value
        for metric in CONNECTED.collect()
        for sample in metric.samples
    }
    return bool(roles.get("worker", roles.get("ticker", 0)))
