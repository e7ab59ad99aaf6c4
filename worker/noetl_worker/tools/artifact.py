"""Results stored, and read, by a task of its own: ``put`` gives a reference."""

from __future__ import annotations

import asyncio
import errno
import mimetypes
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, Final

from noetl_worker.output import Output, TaskError
from noetl_worker.plan import Tool
from noetl_worker.results import BYTES, JSON, Reference, Target
from noetl_worker.results.media import BY_EXTENSION
from noetl_worker.results.writer import BLOCK
from noetl_worker.stores.settings import AUTO, RESULT_TIERS
from noetl_worker.tools import ToolContext, resolve, text_option
from noetl_worker.tools.resolve import file_error, file_path, inputs, stoppable

_SUBJECTS: Final = ("data", "text", "path")
NAME_MAX: Final = 200
_TEXT: Final = "text/plain; charset=utf-8"
_CONTENT_TYPE: Final = r"[\w.+-]{1,60}/[\w.+-]{1,100}(; ?[\w.+-]+=[\w.+\"-]{1,60})?"
# Not blocking, for there may be a pipe.
_READ: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC


async def run(task: Tool, options: dict[str, Any], ctx: ToolContext) -> Output:
    """Store ``data``, ``text`` or the file ``path``; or read ``ref``."""
    action = text_option(options, "action")
    if action == "get":
        return await resolve.run(task, options, ctx)
    if action != "put":
        raise TaskError("template", 'an artifact tool needs "action": get or put')
    given = inputs(options, ctx, _SUBJECTS)
    target = _target(task, given, ctx)
    reference = await _put(given, target, ctx)
    payload = {**reference.as_report(), "uri": reference.uri}
    payload.pop("rows", None)
    if reference.count is not None:
        payload["row_count"] = reference.count
    return Output({name: value for name, value in payload.items() if value != ""})


def _target(task: Tool, given: Mapping[str, Any], ctx: ToolContext) -> Target:
    name = text_option(given, "name")
    if name is not None and not (len(name) <= NAME_MAX and name.isprintable()):
        raise TaskError(
            "template", f'"name" must be printable, of up to {NAME_MAX} characters'
        )
    target = ctx.target(task, name)
    store = text_option(given, "store")
    if store is None:
        return target
    if store not in (AUTO, *RESULT_TIERS):
        known = ", ".join((AUTO, *RESULT_TIERS))
        raise TaskError("template", f'there is no store "{store}"; there are: {known}')
    return replace(target, spec=replace(target.spec, store=store))


async def _put(given: Mapping[str, Any], target: Target, ctx: ToolContext) -> Reference:
    chosen = [name for name in _SUBJECTS if given.get(name) is not None]
    if len(chosen) != 1:
        raise TaskError(
            "template",
            'put needs one of "data", "text" and "path"; it has '
            + (" and ".join(chosen) or "none of them"),
        )
    content_type = _content_type(given)
    if chosen == ["data"]:
        if content_type not in (None, JSON):
            raise TaskError(
                "template", f'"data" is stored as JSON: give {content_type} as "text"'
            )
        return await ctx.services.writer.put(target, given["data"])
    if chosen == ["text"]:
        text = text_option(given, "text") or ""
        return await _put_text(text, content_type or _TEXT, target, ctx)
    path = file_path(given)
    assert path is not None
    return await _put_file(path, content_type or _kind_of(path), target, ctx)


async def _put_text(
    text: str, content_type: str, target: Target, ctx: ToolContext
) -> Reference:
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise TaskError("result", "the text contains half a character") from None
    return await ctx.services.writer.put_blocks(
        target, content_type, len(data), lambda: iter((data,))
    )


async def _put_file(
    path: Path, content_type: str, target: Target, ctx: ToolContext
) -> Reference:
    """Copy a file into a store, block by block."""
    with stoppable() as check:

        def blocks() -> Iterator[bytes]:
            try:
                with _open(path) as file:
                    while block := file.read(BLOCK):
                        check()
                        yield block
            except OSError as exc:
                raise file_error(path, "read", exc) from exc

        size = await asyncio.to_thread(_size, path)
        return await ctx.services.writer.put_blocks(target, content_type, size, blocks)


def _size(path: Path) -> int:
    try:
        with _open(path) as file:
            return os.fstat(file.fileno()).st_size
    except OSError as exc:
        raise file_error(path, "read", exc) from exc


def _open(path: Path) -> BinaryIO:
    """A regular file, to read; raises OSError for anything else."""
    file = os.open(path, _READ)
    mode = os.fstat(file).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(file, "rb")
    os.close(file)
    code = errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL
    raise OSError(code, "it is no file", str(path))


def _content_type(given: Mapping[str, Any]) -> str | None:
    text = text_option(given, "content_type")
    if text is not None and not re.fullmatch(_CONTENT_TYPE, text):
        raise TaskError("template", f'"{text[:100]}" is no content type')
    return text


def _kind_of(path: Path) -> str:
    """The content type that a file's name tells."""
    if (known := BY_EXTENSION.get(path.suffix[1:])) is not None:
        return known
    kind, packing = mimetypes.guess_type(path.name)
    return BYTES if kind is None or packing is not None else kind
