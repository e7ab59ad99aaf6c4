"""A bounded set of warm child processes."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

from noetl_worker.deadline import admitted
from noetl_worker.jsonable import JsonText
from noetl_worker.sandbox.process import Child
from noetl_worker.services import Services
from noetl_worker.stream import Stream

USES_MAX: Final = 1000
MEMORY_MAX: Final = 512 * 1024 * 1024
IDLE_SECONDS: Final = 120.0


class ChildPool:
    """Lends each child to one command at a time, and replaces what is worn out."""

    def __init__(self, services: Services) -> None:
        self._result_max = services.settings.result_max_bytes
        self._slots = asyncio.Semaphore(max(1, services.settings.python_processes))
        self._idle: list[tuple[float, Child]] = []

    async def call(
        self, request: bytes, stream: Stream | None = None
    ) -> tuple[dict[str, Any], bytes, str]:
        """Run a request in a child: how it went, the result, and what it printed.

        The chunks of a generator go to ``stream``. While that has to wait, the child
        does nothing, and another may run in its place.
        """
        async with admitted(self._slots) as place:

            async def take(chunk: JsonText) -> None:
                if stream is not None:
                    await stream.emit(chunk, waiting=place.lent)

            child = self._idle.pop()[1] if self._idle else await Child.start()
            try:
                answer, result = await child.call(request, self._result_max, take)
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
