"""Writing results: measured, put where they belong, recorded before they are reported."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

import orjson

from noetl_worker.command import Command
from noetl_worker.engine import Engine
from noetl_worker.jsonable import JsonText, NotJsonError, encode
from noetl_worker.output import TaskError
from noetl_worker.plan import INLINE_MAX, ResultSpec
from noetl_worker.points import reach
from noetl_worker.results.draft import Draft
from noetl_worker.results.media import (
    BY_FORMAT,
    BYTES,
    COMPRESSIONS,
    EXTENSIONS,
    JSON,
    NDJSON,
    TABULAR,
)
from noetl_worker.results.reference import Reference, Stored
from noetl_worker.results.rows import Parted, part
from noetl_worker.results.sink import RowSink
from noetl_worker.results.tiers import Tiers
from noetl_worker.settings import WorkerSettings
from noetl_worker.stores.base import (
    BadKeyError,
    ObjectStore,
    StoreDownError,
    StoreError,
    StoreTier,
)
from noetl_worker.stores.keys import segment
from noetl_worker.stores.registry import Stores

T = TypeVar("T")

BLOCK: Final = 1 << 20
PREVIEW_SIZE: Final = 200
_IN_DATABASE: Final = ("db", "eventlog")


@dataclass(frozen=True, slots=True)
class Target:
    """Whose result it is, how the playbook wants it kept, and what it was made from."""

    command: Command
    spec: ResultSpec = field(default_factory=ResultSpec)
    name: str = "result"
    sources: Sequence[str] = ()
    inline_max: int = INLINE_MAX

    @property
    def full_name(self) -> str:
        """The name under which the result is recorded, once per command."""
        return f"{self.name}{self.command.suffix}"


class ResultWriter:
    """Puts results of commands where they belong; each is recorded once."""

    def __init__(
        self, engine: Engine, settings: WorkerSettings, stores: Stores
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._stores = stores
        self._tiers = Tiers(settings, stores)

    async def persist(self, target: Target, payload: Any) -> Stored:
        """Store a value, or JSON text, by its size or where the playbook says."""
        if isinstance(payload, bytes | bytearray | memoryview):
            data = bytes(payload)
            self._refuse_huge(len(data))
            return Stored(reference=await self._put(target, BYTES, [data], None))
        text = _text(payload)
        spec = target.spec
        is_free = spec.format in ("", "json") and spec.store in ("auto", "eventlog")
        if is_free and len(text) <= target.inline_max:
            return Stored(text.whole())
        self._refuse_huge(len(text))
        is_small = len(text) <= self._settings.inline_max_bytes
        if spec.store == "db" or (is_free and is_small):
            return Stored(reference=await self._to_database(target, text.whole()))
        if spec.format != "json" and (parted := _parted(payload, spec)) is not None:
            return await self._persist_rows(target, parted)
        return await self._persist_document(target, text)

    async def put(self, target: Target, value: Any) -> Reference:
        """Store a value, whole and whatever its size; a list may be stored as rows."""
        spec = target.spec
        if not isinstance(value, list):
            if spec.format not in ("", "json"):
                raise TaskError("result", f"only a list has a form as {spec.format}")
            spec = replace(spec, format="json")
        stored = await self.persist(replace(target, spec=spec, inline_max=-1), value)
        if stored.reference is None:
            raise AssertionError("a value that was to be stored was not")
        return stored.reference

    async def put_blocks(
        self,
        target: Target,
        content_type: str,
        size: int,
        blocks: Callable[[], Iterator[bytes]],
    ) -> Reference:
        """Store bytes of about this number, which may be asked for once more if a store
        is down; ``blocks`` is called in a thread."""
        if target.spec.store in _IN_DATABASE:
            raise TaskError(
                "unsupported",
                f"the store {target.spec.store} takes JSON, no {content_type}",
            )
        draft = await self._write(target, content_type, size, blocks)
        return await self._record(target, draft, content_type, None, None, ())

    def sink(self, target: Target, *, room: int | None = None) -> RowSink:
        """Where rows of a large result go while they come; ``save`` ends it.

        Rows of up to ``room`` bytes stay in the sink, for a payload like any other.
        """
        spec = target.spec
        content_type = BY_FORMAT.get(spec.format, NDJSON)
        if content_type == JSON:
            content_type = NDJSON
        if room is None:
            room = self._settings.inline_max_bytes
        return RowSink(
            lambda kind, size: self._draft(target, kind, size),
            content_type,
            _compression(spec, content_type),
            room,
        )

    @asynccontextmanager
    async def collecting(
        self, target: Target, *, room: int | None = None
    ) -> AsyncIterator[RowSink]:
        """Such a sink, closed at the end."""
        sink = self.sink(target, room=room)
        try:
            yield sink
        finally:
            await in_thread(sink.close)

    async def save(
        self, target: Target, sink: RowSink, rest: Any, at: Sequence[str]
    ) -> Stored | None:
        """Record the rows of a sink; None when they are few and stayed in ``sink.rows``."""
        manifest = await in_thread(sink.finish)
        if manifest is None or sink.draft is None:
            return None
        reach("after_file")
        data = None if rest is None else encode(rest)
        if data is not None and len(data) > INLINE_MAX:
            # Too much for an event: it is read together with the rows.
            manifest |= {"rest": rest, "at": list(at)}
            data = None
        reference = await self._record(
            target, sink.draft, sink.content_type, manifest, sink.count, tuple(at)
        )
        return Stored(data, reference, sink.preview)

    async def _persist_document(self, target: Target, text: JsonText) -> Stored:
        compression = _compression(target.spec, JSON)
        pieces = text.pieces
        if compression == "gzip":
            pieces = [gzip.compress(text.whole(), mtime=0)]
        manifest = {"compression": compression}
        reference = await self._put(target, JSON, pieces, manifest)
        preview = text.pieces[0][:PREVIEW_SIZE].decode(errors="ignore")
        return Stored(reference=reference, preview=preview)

    async def _persist_rows(self, target: Target, parted: Parted) -> Stored:
        async with self.collecting(target, room=0) as sink:
            await in_thread(sink.add, parted.rows)
            stored = await self.save(target, sink, parted.rest, parted.at)
        if stored is None:
            raise AssertionError("a large result stayed small")
        return stored

    async def _put(
        self,
        target: Target,
        content_type: str,
        pieces: Sequence[bytes],
        manifest: dict[str, Any] | None,
    ) -> Reference:
        def blocks() -> Iterator[bytes]:
            for piece in pieces:
                for start in range(0, len(piece), BLOCK):
                    yield piece[start : start + BLOCK]

        size = sum(map(len, pieces))
        draft = await self._write(target, content_type, size, blocks)
        return await self._record(target, draft, content_type, manifest, None, ())

    async def _write(
        self,
        target: Target,
        content_type: str,
        size: int,
        blocks: Callable[[], Iterator[bytes]],
    ) -> Draft:
        def write(store: ObjectStore) -> Draft:
            with self._begin(store, target, content_type) as draft:
                for block in blocks():
                    draft.write(block)
                draft.commit()
                return draft

        tier = self._tiers.tier(target.spec.store, size)
        draft: Draft = await in_thread(self._tiers.on_first, tier, size, write)
        reach("after_file")
        return draft

    def _draft(self, target: Target, content_type: str, size: int) -> Draft:
        tier = self._tiers.tier(target.spec.store, size)
        return self._tiers.on_first(
            tier, size, lambda store: self._begin(store, target, content_type)
        )

    def _begin(self, store: ObjectStore, target: Target, content_type: str) -> Draft:
        key = object_key(target, content_type)
        return Draft(store.tier, store.uri(key), store.create(key, content_type))

    async def _to_database(self, target: Target, text: bytes) -> Reference:
        sha256 = hashlib.sha256(text).hexdigest()
        described = _described(target, StoreTier.DB, JSON, len(text), sha256)
        described["payload"] = orjson.Fragment(text)
        ref, _ = await self._engine.record_result(
            result=orjson.dumps([described]).decode()
        )
        return Reference(ref, StoreTier.DB, len(text), sha256, JSON)

    async def _record(
        self,
        target: Target,
        draft: Draft,
        content_type: str,
        manifest: dict[str, Any] | None,
        count: int | None,
        at: tuple[str, ...],
    ) -> Reference:
        described = _described(
            target, draft.tier, content_type, draft.size, draft.sha256
        )
        described |= {
            "physical_uri": draft.uri,
            "row_count": count,
            "manifest": manifest,
        }
        ref, uri = await self._engine.record_result(
            result=orjson.dumps([described]).decode()
        )
        if uri != draft.uri:
            # An earlier attempt of this command has recorded its own: ours is nobody's.
            await in_thread(self._drop, draft.tier, draft.uri)
        return Reference(
            *(ref, draft.tier, draft.size, draft.sha256, content_type, count, at),
            uri=draft.uri,
        )

    def _drop(self, tier: StoreTier, uri: str) -> None:
        store = self._stores.get(tier)
        store.delete(store.key(uri))

    def _refuse_huge(self, size: int) -> None:
        if size > self._settings.result_max_bytes:
            raise TaskError(
                "result",
                f"the result has {size} bytes, more than NOETL_RESULT_MAX_BYTES ="
                f" {self._settings.result_max_bytes}: write it to a store in parts"
                " (docs/results.md)",
            )


def object_key(target: Target, content_type: str) -> str:
    """The key of a result; a new one at each call, since objects never change."""
    command = target.command
    name = segment(f"{command.command_id}.{target.full_name}")
    unique = f"{name}-{secrets.token_hex(4)}.{EXTENSIONS.get(content_type, 'bin')}"
    return f"exec/{command.execution_id}/{segment(command.step)}/{unique}"


async def in_thread(work: Callable[..., T], *arguments: Any) -> T:
    """Call what may block; what a store refuses becomes the task's error.

    A cancellation does not wait for the thread.
    """
    try:
        return await asyncio.to_thread(work, *arguments)
    except StoreError as exc:
        raise store_error(exc) from exc


def store_error(error: StoreError) -> TaskError:
    """What a store refuses, as the error of a task."""
    retryable: bool | None = None
    if isinstance(error, StoreDownError):
        retryable = True
    elif isinstance(error, BadKeyError):
        retryable = False
    code = type(error).__name__.removesuffix("Error")
    return TaskError("store", str(error), code=code, retryable=retryable)


def _text(payload: Any) -> JsonText:
    if isinstance(payload, JsonText):
        return payload
    try:
        return JsonText([encode(payload)])
    except NotJsonError as exc:
        raise TaskError("result", str(exc)) from exc


def _parted(payload: Any, spec: ResultSpec) -> Parted | None:
    """The rows apart from what rides in the event, if that is little."""
    parted = part(payload)
    if parted is None:
        if BY_FORMAT.get(spec.format) in TABULAR:
            raise TaskError(
                "result", f"a result without rows has no form as {spec.format}"
            )
        return None
    if parted.rest is not None and len(encode(parted.rest)) > INLINE_MAX:
        return None
    return parted


def _compression(spec: ResultSpec, content_type: str) -> str:
    known = COMPRESSIONS[content_type]
    if not spec.compression:
        return known[0]
    if spec.compression not in known:
        raise TaskError(
            "unsupported",
            f'{content_type} has no compression "{spec.compression}"; it has: '
            + ", ".join(known),
        )
    return spec.compression


def _described(
    target: Target, tier: StoreTier, content_type: str, size: int, sha256: str
) -> dict[str, Any]:
    command = target.command
    return {
        "execution_id": command.execution_id,
        "command_id": command.command_id,
        "step": command.step,
        "name": target.full_name,
        "store_tier": str(tier),
        "content_type": content_type,
        "bytes": size,
        "sha256": sha256,
        "scope": target.spec.scope,
        "ttl": target.spec.ttl,
        "sources": list(target.sources),
    }
