"""``python -m tests.stores.child TIER ROOT ACTION …``: another process at the same store.

``hang KEY SIZE``    write so many bytes, say "ready", and never commit
``fill KEY BYTE N``  store an object of that byte alone N times
``prepare``          open the store
``pass KEY SIZE``    store and read an object of so many bytes; print the peak of memory
                     above what it was before, in megabytes, for both
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from noetl_worker.stores.base import ObjectStore, StoreTier
from noetl_worker.stores.registry import Stores
from noetl_worker.stores.settings import StoreSettings
from tests.stores.lab import put

_BLOCK: Final = os.urandom(1 << 20)
_RESET_PEAK: Final = "5"  # proc(5), clear_refs


def hang(store: ObjectStore, key: str, size: str) -> None:
    with store.create(key, "application/octet-stream") as upload:
        for block in _blocks(int(size)):
            upload.write(block)
        time.sleep(3)  # so that parts are there
        print("ready", flush=True)
        time.sleep(600)


def fill(store: ObjectStore, key: str, byte: str, times: str, size: str) -> None:
    for _ in range(int(times)):
        put(store, key, byte.encode() * int(size))


def prepare(store: ObjectStore) -> None:
    assert store.uri("a/b").endswith("/a/b")


def pass_(store: ObjectStore, key: str, size: str) -> None:
    put(store, "warm", b"up")
    assert b"".join(store.read("warm")) == b"up"
    written, read = hashlib.sha256(), hashlib.sha256()
    base = _memory("VmRSS")
    _reset()
    with store.create(key, "application/octet-stream") as upload:
        for block in _blocks(int(size)):
            written.update(block)
            upload.write(block)
        upload.commit()
    put_mb = _memory("VmHWM") - base
    _reset()
    for data in store.read(key):
        assert len(data) <= 1 << 20
        read.update(data)
    assert read.digest() == written.digest()
    print(f"{put_mb:.1f} {_memory('VmHWM') - base:.1f}", flush=True)


def main() -> None:
    tier, root, action, *arguments = sys.argv[1:]
    actions: dict[str, Callable[..., None]] = {
        "hang": hang,
        "fill": fill,
        "prepare": prepare,
        "pass": pass_,
    }
    stores = Stores(StoreSettings.from_environment(os.environ), Path(root))
    try:
        actions[action](stores.get(StoreTier(tier)), *arguments)
    finally:
        stores.close()


def _blocks(size: int) -> Iterator[bytes]:
    for start in range(0, size, len(_BLOCK)):
        yield _BLOCK[: size - start]


def _reset() -> None:
    Path("/proc/self/clear_refs").write_text(_RESET_PEAK)


def _memory(name: str) -> float:
    text = Path("/proc/self/status").read_text()
    match = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    assert match is not None
    return int(match[1]) / 1024


if __name__ == "__main__":
    main()
