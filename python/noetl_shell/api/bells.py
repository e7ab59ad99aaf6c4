"""Doorbells for workers without a database: who listens, and what has rung."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Final

import orjson

# Something is said at least so often, so that both sides notice a lost connection.
QUIET_SECONDS: Final = 15.0
# A stream ends after so long, and its token is looked at again with the next.
STREAM_SECONDS: Final = 300.0


class Bells:
    """Passes on what the process's one LISTEN hears; a bell missed costs latency only."""

    def __init__(self) -> None:
        self._listeners: set[_Listener] = set()
        self._is_closed = False

    def ring(self, pool: str | None) -> None:
        """A pool has work; None: any may have, since something may have been missed."""
        for listener in self._listeners:
            listener.hear(pool)

    def close(self) -> None:
        """End all streams, and those to come."""
        self._is_closed = True
        for listener in self._listeners:
            listener.wake.set()

    async def listen(self, pools: Iterable[str]) -> AsyncIterator[bytes]:
        """Server-sent events: a pool of these that has work, as JSON text."""
        listener = _Listener(frozenset(pools))
        loop = asyncio.get_running_loop()
        end = loop.time() + STREAM_SECONDS
        self._listeners.add(listener)
        try:
            yield b": listening\n\n"
            while not self._is_closed and loop.time() < end:
                timer = loop.call_later(QUIET_SECONDS, listener.wake.set)
                await listener.wake.wait()
                timer.cancel()
                listener.wake.clear()
                rung, listener.rung = listener.rung, set()
                yield (
                    b"".join(
                        b"data: %s\n\n" % orjson.dumps(pool) for pool in sorted(rung)
                    )
                    or b": still here\n\n"
                )
        finally:
            self._listeners.discard(listener)


class _Listener:
    def __init__(self, pools: frozenset[str]) -> None:
        self._pools = pools
        self.rung: set[str] = set()
        self.wake = asyncio.Event()

    def hear(self, pool: str | None) -> None:
        if pool is None:
            self.rung |= self._pools
        elif pool in self._pools:
            self.rung.add(pool)
        else:
            return
        self.wake.set()
