"""Time limits of tasks and steps; waiting for this worker's own resources is not counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from noetl_worker.output import TaskError

T = TypeVar("T")

_TIMERS: ContextVar[tuple[asyncio.Timeout, ...]] = ContextVar("timers", default=())


async def within(limit: float | None, run: Callable[[], Awaitable[T]]) -> T:
    """Run under a time limit; what runs too long is stopped and fails."""
    try:
        async with asyncio.timeout(limit) as timer:
            token = _TIMERS.set((*_TIMERS.get(), timer))
            try:
                return await run()
            finally:
                _TIMERS.reset(token)
    except TimeoutError:
        if not timer.expired():
            raise
        raise TaskError(
            "timeout", f"not finished after {limit:g} seconds", retryable=True
        ) from None


@contextmanager
def standing_still() -> Iterator[None]:
    """The time limits of what runs here stand still meanwhile."""
    clock = asyncio.get_running_loop().time
    since = clock()
    timers = [
        (timer, when)
        for timer in _TIMERS.get()
        if not timer.expired() and (when := timer.when()) is not None
    ]
    for timer, _ in timers:
        timer.reschedule(None)
    try:
        yield
    finally:
        for timer, when in timers:
            timer.reschedule(when + clock() - since)


class Place:
    """One of a number of slots, which can be given up for a while."""

    def __init__(self, slots: asyncio.Semaphore) -> None:
        self._slots = slots
        self._is_held = False

    async def take(self) -> None:
        """Wait for a slot; the time limits stand still until there is one."""
        if self._slots.locked():
            with standing_still():
                await self._slots.acquire()
        else:
            await self._slots.acquire()  # at once
        self._is_held = True

    def give_up(self) -> None:
        """Let another have the slot, if it is held."""
        if self._is_held:
            self._is_held = False
            self._slots.release()

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[None]:
        """Let another have the slot meanwhile; what fails does not wait for it again."""
        self.give_up()
        yield
        await self.take()


@asynccontextmanager
async def admitted(slots: asyncio.Semaphore) -> AsyncIterator[Place]:
    """Hold one of the slots."""
    place = Place(slots)
    await place.take()
    try:
        yield place
    finally:
        place.give_up()


def seconds(value: Any, what: str) -> float | None:
    """A time limit as a number, None for no limit."""
    if value is None or value == "":
        return None
    try:
        limit = float(value)
    except (TypeError, ValueError):
        limit = 0.0
    if not limit > 0:
        raise TaskError("template", f"{what} is not a positive number: {value!r}")
    return limit
