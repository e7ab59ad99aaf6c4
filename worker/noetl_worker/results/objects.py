"""Objects of stores: read whole and checked, or as a file to read from anywhere in it."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from typing import Final

from noetl_worker.results.digest import Sha256
from noetl_worker.stores.base import ObjectDamagedError, ObjectStore

AHEAD: Final = 1 << 20


def read_whole(store: ObjectStore, uri: str, size: int, sha256: str) -> Iterator[bytes]:
    """The bytes of an object, which must be those that were stored; the last block is
    not followed by another one, but by ObjectDamagedError, if they are not."""
    digest, seen = Sha256(), 0
    try:
        for data in store.read(store.key(uri)):
            digest.update(data)
            seen += len(data)
            if seen > size:
                break
            yield data
        if seen > size:
            raise ObjectDamagedError(f"{uri} is not what was stored (it is longer)")
        if seen < size:
            raise ObjectDamagedError(f"{uri} is not what was stored (it is shorter)")
        if digest.hexdigest() != sha256:
            raise ObjectDamagedError(f"{uri} is not what was stored (sha256 differs)")
    finally:
        digest.close()


def unpacked(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """What gzip has packed into these bytes; raises OSError, EOFError or zlib.error."""
    with gzip.GzipFile(fileobj=_Blocks(blocks), mode="rb") as file:
        while data := file.read(AHEAD):
            yield data


class _Blocks:
    """Blocks of bytes as the file that gzip wants to read."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._rest = memoryview(b"")

    def seek(self, offset: int) -> None:
        """Never: it is read once."""
        raise io.UnsupportedOperation(f"seek to {offset}")

    def read(self, count: int) -> bytes:
        """Up to ``count`` bytes; none at the end."""
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return b""
            self._rest = memoryview(block)
        part, self._rest = self._rest[:count], self._rest[count:]
        return bytes(part)


class ObjectFile(io.RawIOBase):
    """Reads ranges of an object; small reads next to each other share one request."""

    def __init__(self, store: ObjectStore, key: str, size: int) -> None:
        super().__init__()
        self._store = store
        self._key = key
        self._size = size
        self._position = 0
        self._start = 0
        self._data = b""

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """The position of the next read."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move the position."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}
        self._position = max(0, base[whence] + offset)
        return self._position

    def read(self, count: int | None = -1) -> bytes:
        """Up to ``count`` bytes; all that are left without one."""
        left = max(0, self._size - self._position)
        wanted = left if count is None or count < 0 else min(count, left)
        if wanted == 0:
            return b""
        offset = self._position - self._start
        if not (self._data and offset >= 0 and offset + wanted <= len(self._data)):
            length = min(max(wanted, AHEAD), left)
            self._data = b"".join(self._store.read(self._key, self._position, length))
            self._start, offset = self._position, 0
        part = self._data[offset : offset + wanted]
        self._position += len(part)
        return part

    def readall(self) -> bytes:
        """Everything from the position on."""
        return self.read()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer."""
        part = self.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)
