"""Stores of results, made before anybody needs them, and seen from where workers run.

A shared directory carries a mark: whoever does not find it has mounted something else.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from noetl_shell.errors import InputError, ShellError
from noetl_worker.stores.base import (
    StoreError,
    StoreRefusedError,
    StoreTier,
)
from noetl_worker.stores.registry import Stores
from noetl_worker.stores.settings import StoreSettings

MARK: Final = ".noetl-volume"
_AGAIN_SECONDS: Final = 1.0
_WRITING_SECONDS: Final = 0.05
_ABSENT_PREFIX: Final = "noetl-check/"


class StoreNotReadyError(ShellError):
    """A store cannot be made or reached; trying again may help."""


class StoreNotOursError(InputError):
    """A store does not let us in, or is somebody else's; trying again does not help."""


class StoreSet:
    """Some of the stores that settings name, and the name of the shared directory."""

    def __init__(
        self,
        settings: StoreSettings,
        root: Path,
        tiers: tuple[StoreTier, ...],
        volume: str = "",
    ) -> None:
        self._settings = settings
        self._root = root
        self.tiers = tiers or Stores(settings, root).configured()
        self._volume = volume

    def make(self, seconds: float) -> None:
        """Make what is missing, and see that we may write; safe to repeat.

        A store that is down is tried again for ``seconds``. Raises StoreNotReadyError, or
        StoreNotOursError for what trying again does not make better.
        """
        stores = Stores(self._settings, self._root)
        deadline = time.monotonic() + seconds
        try:
            for tier in self.tiers:
                _patiently(partial(stores.get, tier), tier, deadline, StoreRefusedError)
                if tier == StoreTier.PVC and self._volume:
                    self._write_mark(deadline)
        finally:
            stores.close()

    def check(self, seconds: float) -> None:
        """See that all are there and let us in; changes nothing.

        What is missing or down is looked for again for ``seconds``. Raises as ``make``.
        """
        stores = Stores(self._settings, self._root, is_reader=True)
        deadline = time.monotonic() + seconds
        try:
            for tier in self.tiers:
                _patiently(partial(_look, stores, tier), tier, deadline, ())
                if tier == StoreTier.PVC:
                    self._check_directory(deadline)
        finally:
            stores.close()

    def _write_mark(self, deadline: float) -> None:
        path = self._root / MARK
        with suppress(FileExistsError):
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            with os.fdopen(file, "w", encoding="utf-8") as mark:
                mark.write(f"{self._volume}\n")
                mark.flush()
                os.fsync(mark.fileno())
        while not self._read_mark() and time.monotonic() < deadline:
            time.sleep(_WRITING_SECONDS)  # who has made it is at it
        if (found := self._read_mark()) != self._volume:
            raise self._foreign(found)

    def _check_directory(self, deadline: float) -> None:
        if not os.access(self._root, os.W_OK | os.X_OK):
            raise StoreNotOursError(
                f"user {os.geteuid()} may not write to {self._root}",
                hint="Give it the right, on the volume itself or by fsGroup.",
            )
        while self._volume and not self._read_mark():
            if time.monotonic() > deadline:
                raise StoreNotReadyError(
                    f"{self._root} is not the volume that 'noetl store init' has"
                    f" prepared: it holds no {MARK}",
                    hint="Is it shared? All pods and hosts must mount one and the same"
                    " directory there (ReadWriteMany); hostPath does so on one node"
                    " only, emptyDir never. Or did 'noetl store init' fail?",
                )
            time.sleep(_AGAIN_SECONDS)
        if self._volume and (found := self._read_mark()) != self._volume:
            raise self._foreign(found)

    def _read_mark(self) -> str:
        """Empty: there is none, or it is just being written."""
        try:
            return (self._root / MARK).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return ""
        except OSError as exc:
            raise StoreNotReadyError(
                f"cannot read {self._root / MARK}: {exc.strerror}"
            ) from exc

    def _foreign(self, found: str) -> StoreNotOursError:
        return StoreNotOursError(
            f"the volume at {self._root} belongs to {found!r}, not to {self._volume!r}",
            hint="Give each installation a directory of its own. If this one was moved"
            f" here on purpose, remove {self._root / MARK}.",
        )


def _look(stores: Stores, tier: StoreTier) -> None:
    """Ask for what is not there: the answer needs the store, and the right to read."""
    next(iter(stores.get(tier).list(_ABSENT_PREFIX)), None)


def _patiently(
    attempt: Callable[[], object],
    tier: StoreTier,
    deadline: float,
    final: type[StoreError] | tuple[()],
) -> None:
    """Try until it works or the deadline has passed; what is ``final`` is not repeated."""
    while True:
        try:
            attempt()
        except StoreError as exc:
            if time.monotonic() > deadline or isinstance(exc, final):
                raise _explained(exc, tier) from exc
        else:
            return
        time.sleep(_AGAIN_SECONDS)


def _explained(error: StoreError, tier: StoreTier) -> ShellError:
    if not isinstance(error, StoreRefusedError):
        return StoreNotReadyError(
            f"{tier}: {error}", hint="Is it up, and reachable here?"
        )
    hint = None
    if tier in {StoreTier.MINIO, StoreTier.S3, StoreTier.GCS}:
        hint = (
            "If the bucket is there, it may belong to others: choose another name with"
            f" NOETL_{tier.upper()}_BUCKET, or let its owner grant these keys the rights."
        )
    return StoreNotOursError(f"{tier}: {error}", hint=hint)
