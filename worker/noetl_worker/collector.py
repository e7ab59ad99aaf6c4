"""Removes from stores what nobody needs or knows: expired results, orphans, half uploads.

A worker that dies between a write and its row leaves an orphan, and so does one that
dies between an expired result's row and its bytes: nothing refers to them, and the
engine says which they are.

Every worker looks for them, at a moment of its own in each period, so that a fleet does
not ask a store all at once. None leaves it to another, since a directory may be its own.
"""

from __future__ import annotations

import asyncio
import logging
import random
import threading
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, Final, TypeVar

from noetl_worker.engine import Engine
from noetl_worker.metrics import COLLECTOR_FAILURES, OBJECTS_REMOVED
from noetl_worker.points import reach
from noetl_worker.stores.base import BadKeyError, ObjectStore, StoreTier
from noetl_worker.stores.registry import Stores
from noetl_worker.stores.settings import StoreSettings
from noetl_worker.transport.errors import SessionEndedError, describe

T = TypeVar("T")

BATCH: Final = 500
EXPIRE_SECONDS: Final = 60.0
# A worker that lives for one short run has other things to do.
FIRST_SECONDS: Final = 1.0
LOOK_SECONDS: Final = 3600.0
# An upload may take hours, and only its begin is known of some.
UPLOAD_AGES: Final = 24
PREFIX: Final = "exec/"
_ID_MAX: Final = 2**63 - 1

log = logging.getLogger(__name__)


class Collector:
    """Takes its turns beside the worker's loop; store calls go to a thread of its own."""

    def __init__(self, engine: Engine, stores: Stores, settings: StoreSettings) -> None:
        self._engine = engine
        self._stores = stores
        self._age = timedelta(seconds=settings.orphan_seconds)
        self._thread = ThreadPoolExecutor(1, "noetl-collector")
        self._is_over = threading.Event()
        self._unwell: set[str] = set()

    async def run(self) -> None:
        """Collect until cancelled; what fails is tried again at the next turn."""
        age = self._age.total_seconds()
        look_seconds = min(LOOK_SECONDS, age)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(
                    self._repeat(self._expire, min(EXPIRE_SECONDS, age), FIRST_SECONDS)
                )
                first = look_seconds * random.uniform(0, 1)  # noqa: S311 - no secret
                group.create_task(self._repeat(self._look, look_seconds, first))
        finally:
            self._is_over.set()
            self._thread.shutdown(wait=False, cancel_futures=True)

    async def _repeat(
        self, turn: Callable[[], Awaitable[None]], period: float, delay: float
    ) -> None:
        while True:
            await asyncio.sleep(delay)
            await self._guarded("the collector", turn)
            delay = period * random.uniform(0.8, 1.2)  # noqa: S311 - no secret

    async def _guarded(self, what: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do it, or complain: once per outage, not once per try."""
        try:
            await work()
        except SessionEndedError:
            return  # the worker begins another one
        except Exception as exc:  # noqa: BLE001 - nothing here may end the worker's help
            COLLECTOR_FAILURES.labels(what).inc()
            if what not in self._unwell:
                log.warning("%s: %s; trying again later", what, describe(exc))
            self._unwell.add(what)
        else:
            self._unwell.discard(what)

    async def _expire(self) -> None:
        """Remove the results whose time has come, rows first."""
        while True:
            found = await self._engine.expire_results(limit=BATCH)
            reach("after_expire")
            uris: dict[str, list[str]] = defaultdict(list)
            for tier, uri in found:
                if uri is not None:
                    uris[tier].append(uri)
            for tier in uris:
                # What stays in a store that is down is an orphan from now on.
                await self._guarded(
                    f"store {tier}",
                    partial(self._remove, StoreTier(tier), uris[tier], "expired"),
                )
            if len(found) < BATCH:
                return

    async def _look(self) -> None:
        """Look through every store that the settings name."""
        for tier in self._stores.configured():
            await self._guarded(f"store {tier}", partial(self._clean, tier))

    async def _clean(self, tier: StoreTier) -> None:
        """Remove a store's orphans, and the uploads that nobody will finish."""
        store = await self._in_thread(self._stores.get, tier)
        now = datetime.now(UTC)
        objects = self._old_objects(store, now - self._age)
        while batch := await self._in_thread(lambda: list(islice(objects, BATCH))):
            unknown = await self._engine.unknown_objects(objects=batch)
            await self._remove(tier, unknown, "orphan")
        count = await self._in_thread(store.sweep, now - self._age * UPLOAD_AGES)
        _tell(tier, "unfinished", count)

    def _old_objects(
        self, store: ObjectStore, before: datetime
    ) -> Iterator[dict[str, Any]]:
        """Objects written before, as the engine is asked about them; blocks."""
        for found in store.list(PREFIX):
            if self._is_over.is_set():
                return
            execution_id = execution_of(found.key)
            if execution_id is not None and found.modified_at < before:
                yield {"execution_id": execution_id, "uri": store.uri(found.key)}

    async def _remove(self, tier: StoreTier, uris: list[str], reason: str) -> None:
        if uris:
            await self._in_thread(self._delete, tier, uris, reason)

    def _delete(self, tier: StoreTier, uris: list[str], reason: str) -> None:
        store = self._stores.get(tier)
        count = 0
        try:
            for uri in uris:
                if self._is_over.is_set():
                    return
                try:
                    key = store.key(uri)
                except BadKeyError:
                    continue  # in a directory or bucket of other workers
                store.delete(key)
                count += 1
        finally:
            _tell(tier, reason, count)

    async def _in_thread(self, work: Callable[..., T], *arguments: Any) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, work, *arguments)


def execution_of(key: str) -> int | None:
    """Whose object it is; None for one that is not named as results are."""
    parts = key.split("/")
    if len(parts) != 4 or not (parts[1].isascii() and parts[1].isdigit()):
        return None
    execution_id = int(parts[1])
    return execution_id if execution_id <= _ID_MAX else None


def _tell(tier: StoreTier, reason: str, count: int) -> None:
    if count:
        log.info("store %s: removed %d objects (%s)", tier, count, reason)
        OBJECTS_REMOVED.labels(str(tier), reason).inc(count)
