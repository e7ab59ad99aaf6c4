"""Persist before emit: where results go by their size, and how references are read."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from noetl_worker.cache import Cache
from noetl_worker.command import Command
from noetl_worker.engine import Engine, EngineRefusedError
from noetl_worker.jsonable import JsonText, NotJsonError, decode, encode
from noetl_worker.output import TaskError
from noetl_worker.plan import INLINE_MAX
from noetl_worker.points import reach
from noetl_worker.settings import WorkerSettings

RANGE: Final = 1000
_SCHEME: Final = "file://"
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_.-]+")
_STORES: Final = ("auto", "db", "pvc")


@dataclass(frozen=True, slots=True)
class Stored:
    """A result as a report carries it: inline JSON text, or a reference."""

    data: bytes | None
    reference: dict[str, Any] | None = None


class Store:
    """Results of commands: written once, read by reference with their checksum."""

    def __init__(self, engine: Engine, settings: WorkerSettings, cache: Cache) -> None:
        self._engine = engine
        self._settings = settings
        self._cache = cache

    async def persist(
        self,
        command: Command,
        payload: Any,
        store: str,
        inline_max: int = INLINE_MAX,
        name: str = "result",
    ) -> Stored:
        """Store a payload by its size, or where the playbook says.

        A command has one result of each name.
        """
        if store not in _STORES:
            raise TaskError(
                "unsupported",
                f'this version has no result store "{store}"; it has: '
                + ", ".join(_STORES),
            )
        text = _text(payload)
        if store == "auto" and len(text) <= inline_max:
            return Stored(text.whole())
        if len(text) > self._settings.result_max_bytes:
            raise TaskError(
                "result",
                f"the result has {len(text)} bytes of JSON, more than"
                f" NOETL_RESULT_MAX_BYTES = {self._settings.result_max_bytes}",
            )
        is_large = len(text) > self._settings.inline_max_bytes
        return await self._store(
            command,
            text,
            name,
            is_file=store == "pvc" or (store == "auto" and is_large),
        )

    async def _store(
        self, command: Command, text: JsonText, name: str, *, is_file: bool
    ) -> Stored:
        result: dict[str, Any] = {
            "execution_id": command.execution_id,
            "command_id": command.command_id,
            "step": command.step,
            "name": f"{name}{command.suffix}",
            "store_tier": "pvc" if is_file else "db",
            "content_type": "application/json",
            "bytes": len(text),
            "sha256": _digest(text),
        }
        if is_file:
            path = result_path(self._settings.results_path, command, name)
            try:
                await asyncio.to_thread(write_file, path, text.pieces)
            except OSError as exc:
                raise TaskError(
                    "result", f"cannot store the result at {path}: {exc.strerror}"
                ) from exc
            reach("after_file")
            result["physical_uri"] = _SCHEME + str(path)
        else:
            result["payload"] = orjson.Fragment(text.whole())
        ref = await self._engine.record_result(result=orjson.dumps([result]).decode())
        reference = {"ref": ref, "store": result["store_tier"]}
        return Stored(
            None, reference | {key: result[key] for key in ("bytes", "sha256")}
        )

    async def load(self, ref: str) -> Any:
        """The payload behind a reference, or all results of a loop."""
        if "/loop/" in ref:
            return await self._load_range(ref)
        return await self._cache.get(ref, lambda: self._load_result(ref))

    async def item(self, ref: str, index: int) -> Any:
        """One item of a stored collection; its neighbours are read along with it."""
        first = index - index % RANGE
        items = self._cache.peek((ref, first))
        if items is None:
            items = await self._cache.get(
                (ref, first), lambda: self._load_items(ref, first)
            )
        try:
            return items[index - first]
        except IndexError:
            raise TaskError("reference", f"{ref} has no item {index}") from None

    async def _load_range(self, ref: str) -> list[Any]:
        results: list[Any] = []
        while True:
            part, _ = await self._load_items(ref, len(results))
            results += part
            if len(part) < RANGE:
                return results

    async def _load_items(self, ref: str, first: int) -> tuple[list[Any], int]:
        try:
            items = await self._engine.read_items(ref=ref, first=first, count=RANGE)
        except EngineRefusedError as exc:
            raise _unreadable(ref, str(exc)) from exc
        return items, len(encode(items))

    async def _load_result(self, ref: str) -> tuple[Any, int]:
        try:
            found = await self._engine.read_result(ref=ref)
        except EngineRefusedError as exc:
            raise _unreadable(ref, str(exc)) from exc
        if found["store_tier"] == "db":
            return found["payload"], int(found["bytes"])
        if found["store_tier"] != "pvc":
            raise _unreadable(ref, f"this version has no store {found['store_tier']}")
        path = Path(found["physical_uri"].removeprefix(_SCHEME))
        if not path.resolve().is_relative_to(self._settings.results_path.resolve()):
            raise _unreadable(ref, f"{path} is not under NOETL_PVC_MOUNT_PATH")
        try:
            text = await asyncio.to_thread(path.read_bytes)
        except OSError as exc:
            raise _unreadable(ref, f"{path}: {exc.strerror}") from exc
        if hashlib.sha256(text).hexdigest() != found["sha256"]:
            raise _unreadable(ref, f"{path} is not what was stored (sha256 differs)")
        return decode(text), len(text)


def _text(payload: Any) -> JsonText:
    if isinstance(payload, JsonText):
        return payload
    try:
        return JsonText([encode(payload)])
    except NotJsonError as exc:
        raise TaskError("result", str(exc)) from exc


def _digest(text: JsonText) -> str:
    digest = hashlib.sha256()
    for piece in text.pieces:
        digest.update(piece)
    return digest.hexdigest()


def select_fields(payload: Any, select: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The fields that ``output_select`` keeps readable in the event."""
    chosen: dict[str, Any] = {}
    for path, name in select:
        value = payload
        for key in path.removeprefix("$").strip(".").split("."):
            if isinstance(value, Mapping) and key in value:
                value = value[key]
            elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
                value = value[int(key)]
            else:
                break
        else:
            chosen[name] = value
    if len(encode(chosen)) > INLINE_MAX:
        raise TaskError(
            "result", f"the fields of output_select have more than {INLINE_MAX} bytes"
        )
    return chosen


def result_path(root: Path, command: Command, name: str = "result") -> Path:
    """The file of a command's result; nothing that users name leads out of the root."""
    step = _UNSAFE.sub("_", command.step).strip(".")[:100] or "_"
    own = "" if name == "result" else f"_{name}"
    file = _UNSAFE.sub("_", f"{command.command_id}{command.suffix}{own}")
    return root / "exec" / str(command.execution_id) / step / f"{file}.json"


def write_file(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file so that after a crash it is whole or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with draft.open("wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _unreadable(ref: str, reason: str) -> TaskError:
    return TaskError("reference", f"cannot read {ref}: {reason}")
