"""Objects as files under one directory, which workers on several machines may share."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from noetl_worker.stores.base import (
    ObjectInfo,
    ObjectMissingError,
    StoreDownError,
    StoreError,
    StoreTier,
    Upload,
)
from noetl_worker.stores.keys import is_key, key_of, split
from noetl_worker.stores.tree import Tree

# Larger writes leave the processor's cache: they took three times as long.
BLOCK: Final = 1 << 18
_PUSH: Final = 8 << 20
_DRAFT: Final = ".draft-"
_SYNC_FILE_RANGE_WRITE: Final = 2
_ATTEMPTS: Final = 20
_WRITE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class PvcStore:
    """Files under a root directory."""

    tier = StoreTier.PVC

    def __init__(self, root: Path) -> None:
        self._tree = Tree(root.absolute())
        self._base = f"file://{str(self._tree.root).rstrip('/')}/"

    def prepare(self) -> None:
        """Make the root, and see that files can be made there."""
        name = f"{_DRAFT}{secrets.token_hex(8)}"
        with self._tree.failures(""):
            self._tree.root.mkdir(parents=True, exist_ok=True)
            with self._tree.directory([]) as directory:
                os.close(os.open(name, _WRITE, 0o666, dir_fd=directory))
                os.unlink(name, dir_fd=directory)

    def uri(self, key: str) -> str:
        """The address of the file, plain as DuckDB reads it, without %-escapes."""
        split(key)
        return self._base + key

    def key(self, uri: str) -> str:
        """The key of a file's address."""
        return key_of(uri, self._base)

    def create(self, key: str, content_type: str) -> PvcUpload:  # noqa: ARG002
        """Begin a file; files carry no content type."""
        return PvcUpload(self._tree, key)

    def read(
        self, key: str, start: int = 0, length: int | None = None
    ) -> Iterator[bytes]:
        """The file's bytes; one that is replaced meanwhile is read as it was."""
        with self._tree.failures(key):
            file = self._tree.open(*_place(key))
        try:
            size = os.fstat(file).st_size
            end = size if length is None else min(size, start + length)
            with self._tree.failures(key):
                os.lseek(file, start, os.SEEK_SET)
            while start < end:
                with self._tree.failures(key):
                    block = os.read(file, min(BLOCK, end - start))
                if not block:
                    raise StoreDownError(
                        f"{self._tree.root / key} lost its end while it was read"
                    )
                start += len(block)
                yield block
        finally:
            os.close(file)

    def stat(self, key: str) -> ObjectInfo:
        """Size and time of the file."""
        with self._tree.failures(key):
            file = self._tree.open(*_place(key))
            try:
                return _info(key, os.fstat(file))
            finally:
                os.close(file)

    def delete(self, key: str) -> None:
        """Remove the file, and the directories that are empty without it."""
        parents, name = _place(key)
        try:
            with self._tree.failures(key), self._tree.directory(parents) as directory:
                os.unlink(name, dir_fd=directory)
        except ObjectMissingError:
            return
        while parents:
            *above, last = parents
            try:
                with self._tree.directory(above) as directory:
                    os.rmdir(last, dir_fd=directory)
            except OSError:
                return  # there is something else in it
            parents = above

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """The files whose key begins with the prefix."""
        parents = prefix.split("/")[:-1]
        if parents:
            split("/".join(parents))
        for key, found in self._tree.walk(parents):
            if key.startswith(prefix) and is_key(key):
                yield _info(key, found)

    def sweep(self, before: datetime) -> int:
        """Remove unfinished files that nobody has written to since."""
        count = 0
        for key, found in self._tree.walk([]):
            *parents, name = key.split("/")
            if name.startswith(_DRAFT) and found.st_mtime < before.timestamp():
                with (
                    suppress(ObjectMissingError),
                    self._tree.failures(key),
                    self._tree.directory(parents) as directory,
                ):
                    os.unlink(name, dir_fd=directory)
                    count += 1
        return count

    def close(self) -> None:
        """Nothing is kept open."""


class PvcUpload(Upload):
    """A file under another name, in the directory where it will be."""

    def __init__(self, tree: Tree, key: str) -> None:
        self._tree = tree
        self._key = key
        self._parents, self._name = _place(key)
        self._draft = f"{_DRAFT}{secrets.token_hex(8)}"
        with tree.failures(key):
            self._directory, self._file = self._begin()
        self._written = self._pushed = 0
        self._is_open = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write to the file."""
        self._check()
        rest = memoryview(data).cast("B")
        try:
            with self._tree.failures(self._key):
                while rest:
                    count = os.write(self._file, rest[:BLOCK])
                    rest = rest[count:]
                    self._written += count
                    if self._written - self._pushed >= _PUSH:
                        _push(self._file, self._pushed, self._written)
                        self._pushed = self._written
        except StoreError:
            self.abort()
            raise

    def commit(self) -> None:
        """Let the file be whole on the disk, then give it its name."""
        self._check()
        with self._tree.failures(self._key):
            os.fsync(self._file)
            os.rename(
                self._draft,
                self._name,
                src_dir_fd=self._directory,
                dst_dir_fd=self._directory,
            )
            os.fsync(self._directory)
        self._close()

    def abort(self) -> None:
        """Remove the file."""
        if self._is_open:
            with suppress(OSError):
                os.unlink(self._draft, dir_fd=self._directory)
            self._close()

    def _begin(self) -> tuple[int, int]:
        """Make directory and file; a delete may remove the still empty directory."""
        for _ in range(_ATTEMPTS):
            try:
                directory = self._tree.enter(self._parents, make=True)
                try:
                    file = os.open(self._draft, _WRITE, 0o666, dir_fd=directory)
                except BaseException:
                    os.close(directory)
                    raise
            except FileNotFoundError:
                continue
            return directory, file
        raise StoreDownError(f"{self._tree.root / self._key}: its directory vanishes")

    def _check(self) -> None:
        if not self._is_open:
            raise ValueError("the upload has ended")

    def _close(self) -> None:
        self._is_open = False
        os.close(self._directory)
        os.close(self._file)


def _push(file: int, start: int, stop: int) -> None:
    """Let the disk begin with these bytes, so that the commit has less to wait for."""
    if (function := _sync_file_range()) is not None:
        function(
            file, start, stop - start, _SYNC_FILE_RANGE_WRITE
        )  # or fails: no matter


@cache
def _sync_file_range() -> Any:
    """Linux has it, Python has not."""
    import ctypes

    try:
        function = ctypes.CDLL(None).sync_file_range
    except (AttributeError, OSError):
        return None
    function.argtypes = [ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint]
    return function


def _place(key: str) -> tuple[list[str], str]:
    *parents, name = split(key)
    return parents, name


def _info(key: str, found: os.stat_result) -> ObjectInfo:
    return ObjectInfo(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))
