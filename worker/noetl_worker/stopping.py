"""Work in a thread that can be stopped while it blocks."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from functools import partial
from typing import Any, Final, TypeVar

from noetl_worker.services import Services

T = TypeVar("T")

_AGAIN_SECONDS: Final = 0.2


class StoppedError(Exception):
    """The work was stopped; nobody waits for what it gives."""


class Stop:
    """A thread's view of whether it is to stop, and what then ends that which blocks it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._is_set = threading.Event()
        self._breaks: dict[int, Callable[[], object]] = {}

    def check(self) -> None:
        """Raise if the work is to stop."""
        if self._is_set.is_set():
            raise StoppedError

    @contextmanager
    def breaking(self, call: Callable[[], object]) -> Iterator[None]:
        """Within the block ``call``, from another thread, ends what blocks."""
        self.check()
        self._breaks[id(call)] = call
        try:
            yield
        finally:
            del self._breaks[id(call)]

    def wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        """What a coroutine of the event loop gives."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            with self.breaking(future.cancel):
                return future.result()
        except concurrent.futures.CancelledError:
            raise StoppedError from None
        except StoppedError:
            future.cancel()
            raise

    def finally_do(self, work: Coroutine[Any, Any, object]) -> None:
        """Let the event loop do what closes something; nobody waits for it."""
        asyncio.run_coroutine_threadsafe(work, self._loop)

    def set(self) -> None:
        """Stop the work; to be called again until it has ended."""
        self._is_set.set()
        for call in list(self._breaks.values()):
            with suppress(Exception):
                call()


class Threads:
    """Threads for tools that block for long: as many as commands at once.

    The event loop's own few are for short calls; a thread that waits there for what one of
    those would do would wait for ever.
    """

    def __init__(self, services: Services) -> None:
        self.executor = ThreadPoolExecutor(services.settings.slots, "noetl-tool")

    async def close_idle(self) -> None:
        """Threads cost little."""

    async def close(self) -> None:
        """Take nothing more; what runs was stopped with its command."""
        self.executor.shutdown(wait=False, cancel_futures=True)


async def run_stoppable(threads: Threads, work: Callable[[Stop], T]) -> T:
    """Run in a thread; a cancellation stops it, and returns when it has ended."""
    loop = asyncio.get_running_loop()
    stop = Stop(loop)
    # With the time limits of the task, which stand still while it waits for others.
    run = partial(copy_context().run, work, stop)
    job = loop.run_in_executor(threads.executor, run)
    try:
        return await asyncio.shield(job)
    except asyncio.CancelledError:
        while not job.done():
            # Between two statements there is nothing to break: again.
            await asyncio.to_thread(stop.set)
            await asyncio.wait([job], timeout=_AGAIN_SECONDS)
        if not job.cancelled():
            job.exception()
        raise
