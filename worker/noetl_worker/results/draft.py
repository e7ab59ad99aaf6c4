"""A result on its way into a store: counted, hashed and indexed as it is written."""

from __future__ import annotations

import zlib
from typing import Any, Final

from noetl_worker.results.digest import Sha256
from noetl_worker.stores.base import StoreTier, Upload

CRC_MASK: Final = 0xFFFFFFFF


class Draft(Upload):
    """An object that nobody can read yet; ``commit`` makes it one, leaving aborts it.

    Not thread-safe; every method may block and belongs into a thread.
    """

    def __init__(self, tier: StoreTier, uri: str, upload: Upload) -> None:
        self.tier = tier
        self.uri = uri
        self.size = 0
        self.blocks: list[list[int]] = []
        self._upload = upload
        self._digest = Sha256()

    @property
    def sha256(self) -> str:
        """Of what has been written so far, in hexadecimal."""
        return self._digest.hexdigest()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Append bytes."""
        self._digest.update(data)
        self._upload.write(data)
        self.size += len(data)

    def write_block(self, first_row: int, data: bytes) -> None:
        """Append a block of rows that can be read, and checked, without the others."""
        self.blocks.append([first_row, self.size, len(data), zlib.crc32(data)])
        self.write(data)

    def commit(self) -> None:
        """Make the object readable and durable."""
        self._upload.commit()
        self._digest.close()

    def abort(self) -> None:
        """Drop what was written; harmless after ``commit``."""
        self._digest.close()
        self._upload.abort()


class DraftFile:
    """A draft as the file object that Arrow's writers want."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self.closed = False

    def write(self, data: Any) -> int:
        """Append what supports the buffer protocol."""
        view = memoryview(data).cast("B")
        self._draft.write(view)
        return len(view)

    def tell(self) -> int:
        """How much has been written."""
        return self._draft.size

    def flush(self) -> None:
        """Nothing: the draft keeps no buffer of its own."""

    def close(self) -> None:
        """Only that: the draft's owner commits it."""
        self.closed = True

    def readable(self) -> bool:
        """No."""
        return False

    def writable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """No."""
        return False
