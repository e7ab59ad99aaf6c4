"""Reading what references stand for: whole, or only the rows that are needed."""

from __future__ import annotations

import gzip
import zlib
from bisect import bisect_right
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from noetl_worker.cache import Cache
from noetl_worker.engine import Engine
from noetl_worker.jsonable import decode, encode
from noetl_worker.output import TaskError
from noetl_worker.results.media import TABULAR, value_of
from noetl_worker.results.objects import ObjectFile, read_whole, unpacked
from noetl_worker.results.tables import TableReader
from noetl_worker.results.writer import in_thread
from noetl_worker.settings import WorkerSettings
from noetl_worker.stores.base import StoreError, StoreTier
from noetl_worker.stores.registry import Stores
from noetl_worker.templates import placed
from noetl_worker.transport.errors import EngineRefusedError

RANGE: Final = 1000
NOT_AVAILABLE: Final = "REFERENCE_NOT_AVAILABLE"
_LOOP: Final = "/loop/"
_RESULTS: Final = "/results"


@dataclass(frozen=True, slots=True)
class Located:
    """Where a stored result is, as the engine says."""

    ref: str
    tier: StoreTier
    uri: str
    content_type: str
    bytes: int
    sha256: str
    manifest: Mapping[str, Any]
    payload: Any


class ResultReader:
    """Reads results and items by reference; what is read often stays in the cache."""

    def __init__(
        self, engine: Engine, settings: WorkerSettings, stores: Stores, cache: Cache
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._stores = stores
        self._cache = cache

    async def load(self, ref: str) -> Any:
        """The value behind a reference, or all results of a loop."""
        if _LOOP in ref:
            return await self._all_results(ref)
        return await self._cache.get(ref, lambda: self._load(ref))

    async def results(self, ref: str) -> AsyncIterator[list[Any]]:
        """The results of a loop, range by range in item order."""
        async for part, _ in self._result_ranges(ref):
            yield part

    async def locate(self, ref: str) -> Located:
        """Where a result is; it stays there as long as it is."""
        found: Located = await self._cache.get(
            ("where", ref), lambda: self._locate(ref)
        )
        return found

    async def item(self, ref: str, index: int) -> Any:
        """One item of a collection; its neighbours are read along with it."""
        if ref.endswith(_RESULTS):
            return await self._item_in(ref, index, self._result_range)
        if _LOOP not in ref:
            return await self._row(ref, index)
        first = index - index % RANGE
        items = self._cache.peek((ref, first))
        if items is None:
            items = await self._cache.get(
                (ref, first), lambda: self._item_range(ref, first)
            )
        if isinstance(items, Mapping):  # the items are the rows of another result
            return await self.item(items["ref"], index)
        return _nth(ref, items, index, index - first)

    def iterate(self, located: Located) -> Iterator[bytes]:
        """The object's bytes, checked when the last has been read; blocks."""
        try:
            store = self._stores.get(located.tier)
            yield from read_whole(store, located.uri, located.bytes, located.sha256)
        except StoreError as exc:
            raise unavailable(located.ref, str(exc)) from exc

    def contents(self, located: Located) -> Iterator[bytes]:
        """What the object holds, of the content type that it has; checked, blocks."""
        if located.tier is StoreTier.DB:
            yield encode(located.payload)
            return
        blocks = self.iterate(located)
        if located.manifest.get("compression") != "gzip":
            yield from blocks
            return
        try:
            yield from unpacked(blocks)
        except (OSError, EOFError, zlib.error) as exc:
            raise unavailable(
                located.ref, f"{located.uri} is not what was stored ({exc})"
            ) from exc

    def open(self, located: Located) -> ObjectFile:
        """The object as a file that can be read anywhere in it; blocks."""
        store = self._stores.get(located.tier)
        return ObjectFile(store, store.key(located.uri), located.bytes)

    async def _item_in(self, ref: str, index: int, read: Any) -> Any:
        first = index - index % RANGE
        items = await self._cache.get((ref, first), lambda: read(ref, first))
        return _nth(ref, items, index, index - first)

    async def _row(self, ref: str, index: int) -> Any:
        located = await self.locate(ref)
        if located.tier is StoreTier.DB:
            return _nth(ref, located.payload, index, index)
        starts = _starts(located)
        number = bisect_right(starts, index) - 1
        if number < 0:
            raise unavailable(ref, f"it has no row {index}")
        rows = await self._cache.get(
            (ref, "block", number), lambda: self._read_block(located, number)
        )
        return _nth(ref, rows, index, index - starts[number])

    async def _read_block(self, located: Located, number: int) -> tuple[list[Any], int]:
        if located.content_type in TABULAR:
            rows = await in_thread(self._read_group, located, number)
            return rows, len(rows) * 100
        data = await in_thread(self._read_lines, located, number)
        return [decode(line) for line in data.splitlines()], len(data) * 2

    def _read_lines(self, located: Located, number: int) -> bytes:
        _, start, length, crc = located.manifest["blocks"][number]
        try:
            store = self._stores.get(located.tier)
            data = b"".join(store.read(store.key(located.uri), start, length))
        except StoreError as exc:
            raise unavailable(located.ref, str(exc)) from exc
        if len(data) != length or zlib.crc32(data) != crc:
            raise unavailable(
                located.ref, f"{located.uri} is not what was stored (checksum differs)"
            )
        is_gzip = located.manifest.get("compression") == "gzip"
        return gzip.decompress(data) if is_gzip else data

    def _read_group(self, located: Located, number: int) -> list[Any]:
        try:
            with self.open(located) as file:
                return TableReader(located.content_type, file).rows(number)
        except (StoreError, OSError, ValueError) as exc:  # Arrow's are ValueErrors
            raise unavailable(located.ref, str(exc)) from exc

    async def _item_range(self, ref: str, first: int) -> tuple[Any, int]:
        items = await self._ask(
            ref, self._engine.read_items(ref=ref, first=first, count=RANGE)
        )
        return items, len(encode(items))

    async def _result_range(self, ref: str, first: int) -> tuple[list[Any], int]:
        """Results of a loop's items; those outside the database are read one by one."""
        found = await self._ask(
            ref, self._engine.read_results(ref=ref, first=first, count=RANGE)
        )
        items: list[Any] = found["items"]
        size = len(encode(items))
        for place, reference in found["refs"].items():
            value, more = await self._load(reference["ref"])
            at = (reference.get("rows") or {}).get("at")
            rest = items[int(place)]
            # Without a rest beside them the rows have come with it.
            if at and rest is not None:
                value = placed(rest, at, value)
            items[int(place)] = value
            size += more
        return items, size

    async def _all_results(self, ref: str) -> list[Any]:
        results: list[Any] = []
        size = 0
        async for part, more in self._result_ranges(ref):
            results += part
            size += more
            self._refuse_huge(ref, size)
        return results

    async def _result_ranges(self, ref: str) -> AsyncIterator[tuple[list[Any], int]]:
        first = 0
        while True:
            part, size = await self._result_range(ref, first)
            yield part, size
            if len(part) < RANGE:
                return
            first += RANGE

    async def _locate(self, ref: str) -> tuple[Located, int]:
        found = await self._ask(ref, self._engine.read_result(ref=ref))
        manifest = found["manifest"] or {}
        located = Located(
            ref,
            StoreTier(found["store_tier"]),
            found["physical_uri"] or "",
            found["content_type"],
            int(found["bytes"]),
            found["sha256"],
            manifest,
            found["payload"],
        )
        return located, len(encode(manifest)) + located.bytes * (not located.uri)

    async def _load(self, ref: str) -> tuple[Any, int]:
        located = await self.locate(ref)
        if located.tier is StoreTier.DB:
            return located.payload, located.bytes
        self._refuse_huge(ref, located.bytes)
        manifest = located.manifest

        def read() -> Any:
            data = b"".join(self.iterate(located))
            if manifest.get("compression") == "gzip":
                data = gzip.decompress(data)
            try:
                value = value_of(located.content_type, data)
            except ValueError as exc:
                raise TaskError(
                    "reference",
                    f"{ref} is no {located.content_type}: {exc}",
                    code="REFERENCE_UNREADABLE",
                    retryable=False,
                ) from exc
            if "rest" in manifest:
                return placed(manifest["rest"], manifest["at"], value)
            return value

        return await in_thread(read), located.bytes

    async def _ask(self, ref: str, answer: Any) -> Any:
        try:
            return await answer
        except EngineRefusedError as exc:
            raise unavailable(ref, str(exc)) from exc

    def _refuse_huge(self, ref: str, size: int) -> None:
        limit = self._settings.result_max_bytes
        if size > limit:
            raise TaskError(
                "reference",
                f"{ref} has {size} bytes, more than NOETL_RESULT_MAX_BYTES = {limit}:"
                " loop over its rows, or read it in place with the duckdb tool",
                code="REFERENCE_TOO_LARGE",
                retryable=False,
            )


def unavailable(ref: str, reason: str) -> TaskError:
    """The error that a policy can take up by producing the result again."""
    return TaskError("reference", f"cannot read {ref}: {reason}", code=NOT_AVAILABLE)


def _starts(located: Located) -> list[int]:
    """The first row of each block."""
    key = "groups" if located.content_type in TABULAR else "blocks"
    starts = [entry[0] for entry in located.manifest.get(key) or ()]
    if not starts:
        raise unavailable(located.ref, "it has no rows that can be read one by one")
    return starts


def _nth(ref: str, items: Any, index: int, place: int) -> Any:
    try:
        return items[place]
    except (IndexError, KeyError, TypeError):
        raise unavailable(ref, f"it has no item {index}") from None
