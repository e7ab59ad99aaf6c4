"""What several commands need at once is read once, and kept while there is room."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any


class Cache:
    """Least recently used values, bounded by their size; one reader per missing key."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._size = 0
        self._values: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._pending: dict[Hashable, asyncio.Future[Any]] = {}

    def peek(self, key: Hashable) -> Any | None:
        """The value if it is here."""
        entry = self._values.get(key)
        if entry is None:
            return None
        self._values.move_to_end(key)
        return entry[0]

    async def get(
        self, key: Hashable, read: Callable[[], Awaitable[tuple[Any, int]]]
    ) -> Any:
        """The value, read together with its size if it is not here."""
        while True:
            if (value := self.peek(key)) is not None:
                return value
            if (pending := self._pending.get(key)) is None:
                return await self._read(key, read)
            # The reader may be cancelled with its command; then it is our turn.
            await asyncio.wait([pending])
            if not pending.cancelled() and pending.exception() is None:
                return pending.result()

    async def _read(
        self, key: Hashable, read: Callable[[], Awaitable[tuple[Any, int]]]
    ) -> Any:
        pending = asyncio.get_running_loop().create_future()
        self._pending[key] = pending
        try:
            value, size = await read()
        except BaseException:
            pending.cancel()
            raise
        finally:
            del self._pending[key]
        pending.set_result(value)
        self._keep(key, value, size)
        return value

    def _keep(self, key: Hashable, value: Any, size: int) -> None:
        if size > self._capacity:
            return
        self._values[key] = (value, size)
        self._size += size
        while self._size > self._capacity:
            _, (_, freed) = self._values.popitem(last=False)
            self._size -= freed
