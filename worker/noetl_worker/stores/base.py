"""What every store can do, and how it says that it cannot."""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self


class StoreTier(enum.StrEnum):
    """Where a result lies, as ``noetl.result_ref.store_tier`` says."""

    MEMORY = "memory"
    KV = "kv"
    OBJECT = "object"
    S3 = "s3"
    GCS = "gcs"
    DB = "db"
    DUCKDB = "duckdb"
    EVENTLOG = "eventlog"
    MINIO = "minio"
    PVC = "pvc"


class StoreError(Exception):
    """A store failed; the message names the store, the object and what to do."""


class ObjectMissingError(StoreError):
    """No object has this key."""


class StoreDownError(StoreError):
    """The store cannot be reached, or fails; later, or another store, may do."""


class StoreRefusedError(StoreError):
    """The store refuses us: wrong secret, no right, no bucket and none can be made."""


class StoreFullError(StoreError):
    """The store has no room, or the object is too large for it."""


class ObjectDamagedError(StoreError):
    """The object is there, but it is not what was stored."""


class BadKeyError(StoreError):
    """The key or address leads out of what the store keeps for us, or is unusable."""


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """One object; ``modified_at`` is in UTC."""

    key: str
    size: int
    modified_at: datetime


class Upload(ABC):
    """An object on its way: nobody can read it before ``commit`` has returned.

    A context manager that aborts what was not committed. ``commit`` is durable.
    """

    @abstractmethod
    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Take the next bytes, of any number; blocks while the store is slower."""

    @abstractmethod
    def commit(self) -> None:
        """Make the object readable, whole; it replaces one of the same key."""

    @abstractmethod
    def abort(self) -> None:
        """Drop what was written; harmless after a commit or another abort."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.abort()


class ObjectStore(Protocol):
    """A store of immutable objects under keys: paths of plain segments, ``/`` between.

    Every method raises a ``StoreError``; those that read raise ``ObjectMissingError``.
    """

    tier: StoreTier

    def prepare(self) -> None:
        """Make the bucket or directory if it is missing, and see that we may write.

        May be called again, by several processes at once.
        """

    def uri(self, key: str) -> str:
        """The physical address of a key, by which other programs read the object."""

    def key(self, uri: str) -> str:
        """The key of an address of this store; ``BadKeyError`` for any other."""

    def create(self, key: str, content_type: str) -> Upload:
        """Begin to write an object."""

    def read(
        self, key: str, start: int = 0, length: int | None = None
    ) -> Iterator[bytes]:
        """The object's bytes in blocks of at most 1 MiB, from ``start`` on.

        A range beyond the end is cut; one that begins there or later is empty. Raises at
        the first block, also in the middle when the store goes away.
        """

    def stat(self, key: str) -> ObjectInfo:
        """Size and time of an object."""

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is no error."""

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """The objects whose key begins with ``prefix``, in any order."""

    def sweep(self, before: datetime) -> int:
        """Drop uploads begun before and never finished; how many."""

    def close(self) -> None:
        """Give up connections and threads."""
