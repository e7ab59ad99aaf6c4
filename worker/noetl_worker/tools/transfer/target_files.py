"""Rows into files and objects: one, or a directory of parts, each of them atomic."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from noetl_worker.output import TaskError
from noetl_worker.points import reach
from noetl_worker.results.draft import Draft
from noetl_worker.results.writer import store_error
from noetl_worker.stopping import Stop
from noetl_worker.stores.base import ObjectStore, StoreError, StoreTier
from noetl_worker.stores.pvc import PvcStore
from noetl_worker.stores.settings import S3_TIERS, S3Settings
from noetl_worker.tools import ToolContext
from noetl_worker.tools.duckdb_access import s3_fields
from noetl_worker.tools.transfer.formats import (
    CONTENT_TYPES,
    EXTENSIONS,
    Writer,
    format_of,
    open_writer,
)
from noetl_worker.tools.transfer.options import Mode, Options, Place, bad_option
from noetl_worker.tools.transfer.progress import Done, Progress, Totals
from noetl_worker.tools.transfer.rows import Chunk, Column
from noetl_worker.tools.transfer.targets import OpenTarget, Target

_PART: Final = re.compile(r"part-(\d{5,})\.\w+")
_OURS: Final = re.compile(r"_(part|transfer)-[\w]+\.json")
_SWEEP_AFTER: Final = timedelta(days=1)


class FileTarget(OpenTarget):
    """One file or object, written afresh; it is there when all of it is."""

    def __init__(self, store: ObjectStore, key: str, kind: str) -> None:
        self._store = store
        self._key = key
        self._kind = kind
        self._draft: Draft | None = None
        self._writer: Writer | None = None

    def begin(self, stop: Stop) -> Progress:  # noqa: ARG002
        """Begin an upload; what an earlier worker has begun is nobody's."""
        with _failures("target"):
            if isinstance(self._store, PvcStore):
                self._store.prepare()
            self._draft = _draft(self._store, self._key, self._kind)
            self._writer = open_writer(self._kind, self._draft)
        return Progress()

    def write(self, chunk: Chunk) -> None:
        """Append a chunk."""
        assert self._writer is not None
        with _failures(chunk.where):
            self._writer.add(chunk)
        reach("after_transfer_chunk")

    def finish(self, progress: Progress, columns: list[Column]) -> None:  # noqa: ARG002
        """Give the file its name."""
        assert self._writer is not None
        assert self._draft is not None
        with _failures("target"):
            self._writer.end(columns)
            self._draft.commit()

    def close(self) -> None:
        """Drop what was not committed."""
        if self._draft is not None:
            self._draft.__exit__(None, None, None)
        self._store.close()


class PartsTarget(OpenTarget):
    """A directory of parts. ``_transfer-….json`` says whose they are, and
    ``_part-….json`` beside each part what is in it, until the transfer has ended."""

    def __init__(
        self, store: ObjectStore, prefix: str, kind: str, mode: Mode, transfer: str
    ) -> None:
        self._store = store
        self._prefix = prefix
        self._kind = kind
        self._mode = mode
        self._transfer = transfer
        name = hashlib.sha256(transfer.encode()).hexdigest()[:16]
        self._claim = f"_transfer-{name}.json"
        self._first = 0

    def begin(self, stop: Stop) -> Progress:  # noqa: ARG002
        """Look which parts of this transfer are there; else claim the directory."""
        with _failures("target"):
            if isinstance(self._store, PvcStore):
                self._store.prepare()
                self._store.sweep(datetime.now(UTC) - _SWEEP_AFTER)
            sizes = self._list()
            if self._claim in sizes:
                claim = self._read(self._claim)
                if "sha256" in claim:
                    return Progress(ended=Totals.from_mapping(claim))
                self._first = claim["first"]
                progress = self._done(sizes)
            else:
                progress = Progress()
                self._begin(sizes)
            if self._mode == "replace" and not progress.count:
                self._clear()
            return progress

    def forget(self) -> None:
        """Nothing of the directory is kept."""
        with _failures("target"):
            self._clear()

    def write(self, chunk: Chunk) -> None:
        """Write a part, then its record; one without the other is written again."""
        name = self._part(chunk.number)
        with _failures(chunk.where):
            with _draft(self._store, self._prefix + name, self._kind) as draft:
                writer = open_writer(self._kind, draft)
                writer.add(chunk)
                writer.end(chunk.columns)
                draft.commit()
            reach("after_transfer_part")
            done = Done.of(chunk)
            self._write(
                self._record(chunk.number),
                {
                    "transfer": self._transfer,
                    "part": name,
                    "size": draft.size,
                    "rows": done.rows,
                    "bytes": done.bytes,
                    "sha256": done.sha256,
                    "last_key": done.last_key,
                },
            )
        reach("after_transfer_chunk")

    def finish(self, progress: Progress, columns: list[Column]) -> None:
        """Say that all parts are there; their records are not needed any more."""
        with _failures("target"):
            if not progress.count and columns:
                # So that who reads the directory sees columns without rows.
                self.write(Chunk(0, 0, [], columns))
            totals = progress.totals().as_mapping()
            self._write(self._claim, self._claimed() | totals)
            for number in range(max(progress.count, 1)):
                self._delete(self._record(number))

    def close(self) -> None:
        """Close the store; parts are whole or not there."""
        self._store.close()

    def _done(self, sizes: dict[str, int]) -> Progress:
        """The chunks whose part and record are both there and whole."""
        progress = Progress()
        while (record := self._record(progress.count)) in sizes:
            found = self._read(record)
            is_ours = found["transfer"] == self._transfer
            if not is_ours or sizes.get(found["part"]) != found["size"]:
                break
            progress.done.append(
                Done(found["rows"], found["bytes"], found["sha256"], found["last_key"])
            )
        return progress

    def _begin(self, sizes: dict[str, int]) -> None:
        """Claim the directory, then look whether another transfer has done so too."""
        numbers = [int(m[1]) for name in sizes if (m := _PART.fullmatch(name))]
        if self._mode == "append":
            self._first = max(numbers, default=-1) + 1
        self._write(self._claim, self._claimed())
        if self._mode == "replace":
            return
        for other in self._list():
            if not other.startswith("_transfer-") or other == self._claim:
                continue
            if "sha256" not in self._read(other):
                self._delete(self._claim)
                raise TaskError(
                    "transfer",
                    f"another transfer writes into {self._store.uri(self._prefix + other)},"
                    " or was left unfinished: give each its own directory, remove that"
                    " file, or use mode: replace",
                    code="BUSY",
                    retryable=True,
                )

    def _clear(self) -> None:
        """Remove all parts and what is said of them, but for the claim."""
        for name in self._list():
            if name != self._claim and (_PART.fullmatch(name) or _OURS.fullmatch(name)):
                self._delete(name)

    def _claimed(self) -> dict[str, Any]:
        return {"transfer": self._transfer, "first": self._first, "format": self._kind}

    def _part(self, number: int) -> str:
        return f"part-{self._first + number:05}.{EXTENSIONS[self._kind]}"

    def _record(self, number: int) -> str:
        return f"_part-{self._first + number:05}.json"

    def _list(self) -> dict[str, int]:
        """The names in the directory, with their sizes."""
        found = self._store.list(self._prefix)
        names = {info.key.removeprefix(self._prefix): info.size for info in found}
        return {name: size for name, size in names.items() if "/" not in name}

    def _read(self, name: str) -> dict[str, Any]:
        data = b"".join(self._store.read(self._prefix + name))
        found: dict[str, Any] = orjson.loads(data)
        return found

    def _write(self, name: str, value: dict[str, Any]) -> None:
        with self._store.create(self._prefix + name, "application/json") as upload:
            upload.write(orjson.dumps(value))
            upload.commit()

    def _delete(self, name: str) -> None:
        self._store.delete(self._prefix + name)


async def open_files(options: Options, ctx: ToolContext, transfer: str) -> Target:
    """One file or object; or parts, if the address ends with a slash."""
    place = options.target
    store, key = await _open_store(place, ctx)
    if key and not key.endswith("/") and not place.text("path", "uri").endswith("/"):
        return FileTarget(store, key, format_of(place, key))
    kind = format_of(place, key.rstrip("/"))
    return PartsTarget(store, key, kind, options.mode, transfer)


async def _open_store(place: Place, ctx: ToolContext) -> tuple[ObjectStore, str]:
    if place.type == "file":
        address = place.text("path", "uri").removeprefix("file://")
        path = Path(address).absolute()
        if address.endswith("/"):
            return PvcStore(path), ""
        return PvcStore(path.parent), path.name
    parts = urlsplit(place.text("uri"))
    if parts.scheme not in ("s3", "gs", "gcs") or not parts.netloc:
        raise bad_option(
            f"target.uri must be s3://bucket/key, not {place.text('uri')!r}"
        )
    return await _bucket(place, parts.netloc, ctx), parts.path.lstrip("/")


async def _bucket(place: Place, bucket: str, ctx: ToolContext) -> ObjectStore:
    from noetl_worker.stores.s3 import S3Store

    auth = place.options.get("auth", place.options.get("credential"))
    if not auth:
        raise TaskError("auth", f'a target {place.type} needs "auth": a credential')
    fields = await s3_fields(auth, ctx)
    tier = next(t for t in S3_TIERS if t == StoreTier(place.type))
    base = ctx.services.settings.stores.of(tier)
    endpoint = str(fields.get("endpoint") or "")
    if endpoint and "//" not in endpoint:
        endpoint = f"https://{endpoint}"
    settings = S3Settings(
        endpoint=endpoint or (base.endpoint if tier == StoreTier.GCS else ""),
        access_key=str(fields.get("key_id") or ""),
        secret_key=str(fields.get("secret") or ""),
        bucket=bucket,
        region=str(fields.get("region") or ""),
        origin=f"the credential of target {place.type}",
    )
    return S3Store(tier, settings, ctx.services.settings.stores.timeout_seconds)


def _draft(store: ObjectStore, key: str, kind: str) -> Draft:
    return Draft(store.tier, store.uri(key), store.create(key, CONTENT_TYPES[kind]))


@contextmanager
def _failures(where: str) -> Iterator[None]:
    try:
        yield
    except StoreError as exc:
        error = store_error(exc)
        error.message = f"{where}: {error.message}"
        raise error from exc
