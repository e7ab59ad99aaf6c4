"""Checksums that are made while the bytes move: a disk and a core work at once."""

from __future__ import annotations

import hashlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

# Less is hashed sooner than handed to a thread.
_SMALL: Final = 1 << 16
_AHEAD: Final = 8 << 20


class Sha256:
    """The sha256 of what it is given; large pieces are hashed in a thread, in order.

    Up to 8 MiB of them wait there. Not thread-safe; to be closed by its owner.
    """

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._thread: ThreadPoolExecutor | None = None
        self._waiting: deque[tuple[int, Future[None]]] = deque()
        self._ahead = 0

    def update(self, data: bytes | bytearray | memoryview) -> None:
        """Append bytes; they may change once this has returned."""
        size = len(data)
        if size < _SMALL:
            self._wait(0)
            self._digest.update(data)
            return
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "noetl-sha256")
        job = self._thread.submit(self._digest.update, bytes(data))
        self._waiting.append((size, job))
        self._ahead += size
        self._wait(_AHEAD)

    def hexdigest(self) -> str:
        """Of all that was given so far."""
        self._wait(0)
        return self._digest.hexdigest()

    def close(self) -> None:
        """Take no more; the thread ends when it has hashed what it was given."""
        if self._thread is not None:
            self._thread.shutdown(wait=False)

    def _wait(self, most: int) -> None:
        """Until no more than so many bytes are ahead."""
        while self._ahead > most:
            size, job = self._waiting.popleft()
            job.result()
            self._ahead -= size
