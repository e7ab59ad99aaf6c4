"""What stored results hold: read from the stores that the workers use, and checked."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Final

from noetl_shell.errors import ShellError
from noetl_shell.records import FoundResult
from noetl_worker.results.objects import read_whole
from noetl_worker.settings import WorkerSettings
from noetl_worker.stores.base import (
    BadKeyError,
    ObjectDamagedError,
    ObjectMissingError,
    StoreError,
    StoreRefusedError,
    StoreTier,
)
from noetl_worker.stores.registry import Stores

_GZIP: Final = b"\x1f\x8b"
_SETTINGS_HINT: Final = (
    "Give this command the NOETL_* settings that the workers have (docs/settings.md)."
)
_LOST_HINT: Final = "Make it again: run its playbook once more."


class ResultUnavailable(ShellError):  # noqa: N818 - it says what happened
    """The bytes of a result cannot be read, or are not what was stored."""


def open_stores(home: Path) -> Stores:
    """The stores as workers of this environment see them, for reading."""
    settings = WorkerSettings.from_environment({**os.environ, "NOETL_HOME": str(home)})
    return Stores(settings.stores, settings.results_path, is_reader=True)


def read_blocks(stores: Stores, found: FoundResult) -> Generator[bytes]:
    """The bytes of a result as stored; raises, at the latest at their end, if they are
    not what was stored."""
    if found.physical_uri is None:
        yield json.dumps(found.payload, ensure_ascii=False).encode() + b"\n"
        return
    try:
        store = stores.get(StoreTier(found.store_tier))
        yield from read_whole(store, found.physical_uri, found.bytes, found.sha256)
    except StoreError as exc:
        name = found.ref or "the result"
        raise ResultUnavailable(f"cannot read {name}: {exc}", hint=_hint(exc)) from exc


def is_text(found: FoundResult, start: bytes) -> bool:
    """Whether a person can read it; ``start`` is how its bytes begin."""
    kind = found.content_type.partition(";")[0].strip()
    is_readable = kind.startswith("text/") or kind.endswith(("json", "/xml", "/yaml"))
    return is_readable and not is_gzip(start)


def is_gzip(start: bytes) -> bool:
    """Whether bytes that begin so are compressed."""
    return start.startswith(_GZIP)


def _hint(error: StoreError) -> str | None:
    if isinstance(error, BadKeyError | StoreRefusedError):
        return _SETTINGS_HINT
    if isinstance(error, ObjectMissingError | ObjectDamagedError):
        return _LOST_HINT
    return None
