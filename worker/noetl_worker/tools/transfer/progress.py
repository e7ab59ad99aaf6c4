"""How far a transfer has come, as its target remembers it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from noetl_worker.output import TaskError
from noetl_worker.tools.transfer.rows import Chunk

# What a finished transfer leaves behind is needed as long as its command may come again.
KEEP_DAYS: Final = 7
# The number of the record that stands for the whole, when the transfer has ended.
WHOLE: Final = -1


class SourceChangedError(TaskError):
    """The source gives other rows than those that were written before."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            "transfer",
            f"the source has changed since the transfer began: {reason}. Give source.key,"
            " a unique and ordered column, to go on after the last row written; or start"
            " afresh with mode: replace",
            code="SOURCE_CHANGED",
            retryable=False,
        )


@dataclass(frozen=True, slots=True)
class Done:
    """A chunk that the target has for good."""

    rows: int
    bytes: int
    sha256: str
    last_key: str | None = None

    @staticmethod
    def of(chunk: Chunk) -> Done:
        """What is remembered of a chunk."""
        return Done(len(chunk.rows), len(chunk.ndjson), chunk.sha256, chunk.last_key)

    def compare(self, chunk: Chunk) -> None:
        """Raise when the chunk reads differently now."""
        if self.sha256 != chunk.sha256:
            raise SourceChangedError(
                f"{chunk.where} has the sha256 {chunk.sha256[:12]}…, and had"
                f" {self.sha256[:12]}… with {self.rows} rows when it was written"
            )


@dataclass(frozen=True, slots=True)
class Totals:
    """All of a transfer; ``sha256`` is that of the chunks' checksums, one after another."""

    rows: int
    chunks: int
    bytes: int
    sha256: str

    def as_mapping(self) -> dict[str, Any]:
        """As the payload has it."""
        return {
            "rows": self.rows,
            "chunks": self.chunks,
            "bytes": self.bytes,
            "sha256": self.sha256,
        }

    @staticmethod
    def from_mapping(given: Mapping[str, Any]) -> Totals:
        """What ``as_mapping`` has made."""
        return Totals(given["rows"], given["chunks"], given["bytes"], given["sha256"])


@dataclass(slots=True)
class Progress:
    """The chunks done so far, in order, or the totals of a transfer that has ended."""

    done: list[Done] = field(default_factory=list)
    ended: Totals | None = None

    @property
    def count(self) -> int:
        """How many chunks are done."""
        return len(self.done) if self.ended is None else self.ended.chunks

    @property
    def rows(self) -> int:
        """How many rows are done."""
        return sum(done.rows for done in self.done)

    @property
    def last_key(self) -> str | None:
        """The key of the last row done."""
        return self.done[-1].last_key if self.done else None

    def totals(self) -> Totals:
        """The sums over all chunks."""
        if self.ended is not None:
            return self.ended
        checksums = "".join(done.sha256 for done in self.done)
        return Totals(
            self.rows,
            len(self.done),
            sum(done.bytes for done in self.done),
            hashlib.sha256(checksums.encode()).hexdigest(),
        )
