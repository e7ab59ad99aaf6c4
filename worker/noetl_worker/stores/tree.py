"""Directories and files below a root, reached so that nothing leads out of it."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from noetl_worker.stores.base import (
    BadKeyError,
    ObjectMissingError,
    StoreDownError,
    StoreError,
    StoreFullError,
    StoreRefusedError,
)

_ROOT: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_DIRECTORY: Final = _ROOT | os.O_NOFOLLOW
# Not blocking, for somebody may have put a pipe there.
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_REFUSED: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_ELSEWHERE: Final = frozenset(
    {errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG}
)


class Tree:
    """A root directory, and what is below it.

    Directories are entered one by one and no symbolic link below the root is followed,
    whoever may have put it there.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def directory(self, segments: Sequence[str]) -> Iterator[int]:
        """Open a directory, step by step from the root."""
        directory = self.enter(segments)
        try:
            yield directory
        finally:
            os.close(directory)

    def enter(self, segments: Sequence[str], *, make: bool = False) -> int:
        """Open a directory for the caller to close; with ``make`` it is made."""
        try:
            directory = os.open(self.root, _ROOT)
        except FileNotFoundError:
            raise StoreDownError(f"{self.root} is gone; is it mounted?") from None
        for name in segments:
            try:
                if make:
                    _make_directory(name, directory)
                inner = os.open(name, _DIRECTORY, dir_fd=directory)
            finally:
                os.close(directory)
            directory = inner
        return directory

    def open(self, parents: Sequence[str], name: str) -> int:
        """Open a regular file for reading."""
        with self.directory(parents) as directory:
            file = os.open(name, _READ, dir_fd=directory)
        if stat.S_ISREG(os.fstat(file).st_mode):
            return file
        os.close(file)
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)

    def walk(self, parents: list[str]) -> Iterator[tuple[str, os.stat_result]]:
        """All files under a directory, also unfinished ones, with what they are."""
        key = "/".join(parents)
        try:
            with self.failures(key), self.directory(parents) as directory:
                entries = list(_entries(directory))
        except (ObjectMissingError, BadKeyError):
            return  # it has just been removed, or is no directory of ours
        for name, found in entries:
            if stat.S_ISDIR(found.st_mode):
                yield from self.walk([*parents, name])
            elif stat.S_ISREG(found.st_mode):
                yield "/".join([*parents, name]), found

    @contextmanager
    def failures(self, key: str) -> Iterator[None]:
        """Say what an error of the operating system means."""
        try:
            yield
        except OSError as exc:
            raise self._failure(exc, key) from exc

    def _failure(self, exc: OSError, key: str) -> StoreError:
        path, reason = self.root / key, exc.strerror
        if isinstance(exc, FileNotFoundError):
            return ObjectMissingError(f"there is no {path}")
        if exc.errno in _ELSEWHERE:
            return BadKeyError(f"{path} is not an object under {self.root}: {reason}")
        if exc.errno in _FULL:
            return StoreFullError(f"no room for {path}: {reason}")
        if exc.errno in _REFUSED:
            return StoreRefusedError(
                f"{path}: {reason}; workers need the right to read and write below"
                f" {self.root} (NOETL_PVC_MOUNT_PATH)"
            )
        return StoreDownError(f"{path}: {reason}")


def _make_directory(name: str, directory: int) -> None:
    with suppress(FileExistsError):
        os.mkdir(name, dir_fd=directory)
        os.fsync(directory)


def _entries(directory: int) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(directory) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                yield entry.name, entry.stat(follow_symlinks=False)
