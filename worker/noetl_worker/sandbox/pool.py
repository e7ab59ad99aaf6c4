"""A bounded set of warm child processes."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

from noetl_worker.deadline import admitted
from noetl_worker.sandbox.process import Child
from noetl_worker.services import Services

USES_MAX: Final = 1000
MEMORY_MAX: Final = 512 * 1024 * 1024
IDLE_SECONDS: Final = 120.0


class ChildPool:
    """Lends each child to one command at a time, and replaces what is worn out."""

    def __init__(self, services: Services) -> None:
        self._result_max = services.settings.result_max_bytes
        self._slots = asyncio.Semaphore(max(1, services.settings.python_processes))
        self._idle: list[tuple[float, Child]] = []

    async def call(self, request: bytes) -> tuple[dict[str, Any], bytes, str]:
        """Run a request in a child: how it went, the result, and what it printed."""
        async with admitted(self._slots):
            child = self._idle.pop()[1] if self._idle else await Child.start()
            try:
                answer, result = await child.call(request, self._result_max)
                return answer, result, child.output()
            finally:
                if _is_worn(child):
                    await child.stop()
                else:
                    self._idle.append((time.monotonic(), child))

    async def close_idle(self) -> None:
        """Stop children that nobody has needed for a while."""
        await self._stop_before(time.monotonic() - IDLE_SECONDS)

    async def close(self) -> None:
        """Stop all children that are not lent."""
        await self._stop_before(float("inf"))

    async def _stop_before(self, limit: float) -> None:
        old = [child for since, child in self._idle if since < limit]
        self._idle = [entry for entry in self._idle if entry[0] >= limit]
        for child in old:
            await child.stop()


def _is_worn(child: Child) -> bool:
    return not child.is_fit or child.uses >= USES_MAX or child.memory() > MEMORY_MAX
