"""What a reference stands for: its value as the payload, or its bytes in a file."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from noetl_worker.files import whole_file
from noetl_worker.jsonable import encode
from noetl_worker.output import Output, TaskError
from noetl_worker.plan import Tool
from noetl_worker.results.writer import in_thread
from noetl_worker.tools import ToolContext, text_option

_REFERENCES: Final = ("ref", "result_ref")
_SCHEME: Final = "noetl://"
_LOOP: Final = "/loop/"


class StoppedError(Exception):
    """Nobody waits for this any more."""


async def run(task: Tool, options: dict[str, Any], ctx: ToolContext) -> Output:
    """Read ``ref``; with ``path`` into that file."""
    given = inputs(options, ctx, _REFERENCES)
    ref = _reference(given, task.kind)
    path = file_path(given)
    ctx.scope.add_source(ref)
    reader = ctx.services.reader
    if path is None:
        return Output(await reader.load(ref))
    if _LOOP in ref:
        value = encode(await reader.load(ref))
        size = await _save(path, lambda: iter((value,)))
        return Output({"ref": ref, "path": str(path), "bytes": size})
    located = await reader.locate(ref)
    size = await _save(path, lambda: reader.contents(located))
    return Output(
        {
            "ref": ref,
            "path": str(path),
            "bytes": size,
            "content_type": located.content_type,
        }
    )


def inputs(
    options: Mapping[str, Any], ctx: ToolContext, subjects: tuple[str, ...]
) -> Mapping[str, Any]:
    """The options and, under them, the task's ``input``; the step's if these lack all
    of ``subjects``."""
    own = options.get("input")
    if own is not None and not isinstance(own, Mapping):
        raise TaskError("template", 'the option "input" must be a mapping')
    given = {**(own or {}), **options}
    if any(given.get(name) is not None for name in subjects):
        return given
    return {**ctx.scope.names["input"], **given}


def file_path(given: Mapping[str, Any]) -> Path | None:
    """The option ``path``, a file of this machine."""
    text = text_option(given, "path")
    if text is None:
        return None
    if not text or "\0" in text:
        raise TaskError("file", f"{text!r} is no path of a file")
    return Path(text)


def file_error(path: Path, doing: str, error: OSError) -> TaskError:
    """What the operating system says of a file."""
    code = errno.errorcode.get(error.errno or 0)
    return TaskError("file", f"cannot {doing} {path}: {error.strerror}", code=code)


@contextmanager
def stoppable() -> Iterator[Callable[[], None]]:
    """What a thread calls between its blocks, to end there when the task is cancelled."""
    is_over = threading.Event()

    def check() -> None:
        if is_over.is_set():
            raise StoppedError

    try:
        yield check
    except BaseException:
        is_over.set()
        raise


async def _save(path: Path, blocks: Callable[[], Iterator[bytes]]) -> int:
    """Write a file that is whole or not there; its size."""

    def save() -> int:
        size = 0
        try:
            with whole_file(path) as file:
                for block in blocks():
                    check()
                    size += file.write(block)
        except OSError as exc:
            raise file_error(path, "write", exc) from exc
        return size

    with stoppable() as check:
        return await in_thread(save)


def _reference(given: Mapping[str, Any], kind: str) -> str:
    """The text of a reference, also of a mapping that has one, such as a put's payload."""
    for name in _REFERENCES:
        value = given.get(name)
        if isinstance(value, Mapping):
            value = value.get("ref")
        if isinstance(value, str) and value.startswith(_SCHEME):
            return value
        if value is not None:
            raise TaskError(
                "template", f'"{name}" is no reference such as {_SCHEME}…/result/1'
            )
    raise TaskError(
        "template",
        f'the tool {kind} needs "ref", the reference of a stored result; one of up to'
        " 1 KB is not stored: it is read by its name",
    )
