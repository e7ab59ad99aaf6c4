"""Time limits of tasks and steps; waiting for this worker's own resources is not counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
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


@asynccontextmanager
async def admitted(slots: asyncio.Semaphore) -> AsyncIterator[None]:
    """Hold one of the slots; the time limits stand still until there is one."""
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
        await slots.acquire()
    finally:
        for timer, when in timers:
            timer.reschedule(when + clock() - since)
    try:
        yield
    finally:
        slots.release()


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
