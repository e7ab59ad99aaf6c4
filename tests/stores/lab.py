"""One kind of store, where its server is, and how to hurt it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from noetl_worker.stores.base import ObjectStore, StoreTier
from noetl_worker.stores.registry import Stores
from noetl_worker.stores.settings import StoreSettings

_TIMEOUT: Final = "NOETL_STORE_TIMEOUT_SECONDS"
HASTY: Final = {_TIMEOUT: "4"}
# Until an error has been raised with HASTY, on a slow machine; the default takes 18 s.
BOUND_SECONDS: Final = 16.0


class Server(Protocol):
    """A server that can go away and come back."""

    def suspend(self) -> None: ...
    def resume(self) -> None: ...
    def kill(self) -> None: ...
    def restart(self) -> None: ...


@dataclass(slots=True)
class Lab:
    """An empty store of one tier; everything that was opened is closed at the end."""

    tier: StoreTier
    root: Path
    variables: dict[str, str]
    large: int  # bytes of an object that needs several parts, if the tier has parts
    huge: int  # bytes of one that is not read ahead as a whole
    server: Server | None = None
    opened: list[Stores] = field(default_factory=list)
    children: list[subprocess.Popen[str]] = field(default_factory=list)

    def stores(self, **changes: str) -> Stores:
        """All stores of the settings, with some variables changed."""
        environment = self.variables | changes
        stores = Stores(StoreSettings.from_environment(environment), self.root)
        self.opened.append(stores)
        return stores

    def open(self, **changes: str) -> ObjectStore:
        """The store of the tier."""
        return self.stores(**changes).get(self.tier)

    def child(self, *arguments: object) -> subprocess.Popen[str]:
        """Another process that does something with the store: tests/stores/child.py."""
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.stores.child", self.tier, self.root),
                *map(str, arguments),
            ],
            env=_clean(os.environ) | self.variables,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.children.append(process)
        return process

    def close(self) -> None:
        """End what was begun."""
        for process in self.children:
            with process:
                process.kill()
        for stores in self.opened:
            stores.close()


def _clean(environment: Mapping[str, str]) -> dict[str, str]:
    return {k: v for k, v in environment.items() if not k.startswith("NOETL_")}


def put(store: ObjectStore, key: str, data: bytes, step: int = 1 << 20) -> None:
    """Store an object, written in steps."""
    with store.create(key, "application/octet-stream") as upload:
        for start in range(0, len(data), step):
            upload.write(data[start : start + step])
        upload.commit()


def get(
    store: ObjectStore, key: str, start: int = 0, length: int | None = None
) -> bytes:
    """Read an object."""
    return b"".join(store.read(key, start, length))


def keys(store: ObjectStore, prefix: str = "") -> set[str]:
    """The keys of a store."""
    return {found.key for found in store.list(prefix)}
