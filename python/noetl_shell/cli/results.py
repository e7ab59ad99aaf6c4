"""Stored results: which there are, what they hold, what they were made from."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Final

import click

from noetl_shell import calls
from noetl_shell.cli import output
from noetl_shell.cli.options import (
    database_option,
    execution_argument,
    json_option,
    parse_execution_id,
)
from noetl_shell.cli.signals import signals_interrupt
from noetl_shell.database import Connection
from noetl_shell.errors import InputError
from noetl_shell.records import FoundResult, StoredResult, TracedResult
from noetl_shell.results import is_gzip, is_text, open_stores, read_blocks
from noetl_shell.target import Target
from noetl_worker.files import whole_file

_PAGE: Final = 1000
_TRACE_MAX: Final = 10_000
_LARGE: Final = 8 << 20
_TYPES: Final = {
    "application/json": "json",
    "application/x-ndjson": "ndjson",
    "application/vnd.apache.parquet": "parquet",
    "application/vnd.apache.arrow.file": "arrow",
    "application/octet-stream": "bytes",
}


@click.group()
def result() -> None:
    """List the stored results of a run, and read what they hold.

    Results of up to 1 KB are not stored, they ride in their events; get reads them too.
    """


@result.command()
@execution_argument
@json_option
@database_option
def ls(target: Target, execution_id: int, as_json: bool) -> None:
    """List the stored results of a run, in the order in which they were stored."""
    with target.open() as conn:
        found = list(_all_results(conn, execution_id))
        if not found:
            calls.execution_status(conn, execution_id=execution_id)  # is there one?
    if as_json:
        output.print_json(found)
        return
    if not found:
        print(
            f"execution {execution_id} has stored no results\n"
            f"hint: Small ones ride in events: noetl result get {execution_id} STEP",
            file=sys.stderr,
        )
        return
    output.print_table(
        (
            "reference",
            "step",
            "name",
            "tier",
            "type",
            "rows",
            "size",
            "stored",
            "until",
        ),
        (
            (
                item.ref,
                item.step,
                item.name,
                item.store_tier,
                _type(item.content_type),
                item.row_count,
                output.size(item.bytes),
                output.when(item.created_at),
                _until(item),
            )
            for item in found
        ),
        is_whole=True,
    )


@result.command()
@click.argument("reference", metavar="REF|ID")
@click.argument("step", required=False, metavar="[STEP]")
@click.option(
    "-o",
    "--output",
    "path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write to this file, which is there when all is well, whole, or not at all.",
)
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@database_option
def get(
    target: Target, reference: str, step: str | None, path: Path | None, force: bool
) -> None:
    """Read a result: the bytes as stored, checked against their size and sha256.

    REF is a reference as noetl result ls shows it. ID STEP is the latest result of a
    step, stored or not.
    """
    if path is not None:
        _require_place(path, force)
    with target.open() as conn:
        found = _find(conn, reference, step)
    with (
        closing(open_stores(target.settings.home)) as stores,
        signals_interrupt(),
        closing(read_blocks(stores, found)) as blocks,
    ):
        if path is None:
            _print_result(found, blocks)
        else:
            _save_result(found, blocks, path)


@click.command()
@execution_argument
@click.argument("step", metavar="STEP")
@json_option
@database_option
def trace(target: Target, execution_id: int, step: str, as_json: bool) -> None:
    """Show the stored results that a step's were made from, and so on.

    Small ones, which ride in the events, are left out. Each step is indented below
    what was made from it.
    """
    with target.open() as conn:
        found = calls.trace(
            conn, execution_id=execution_id, step=step, limit=_TRACE_MAX
        )
    if as_json:
        output.print_json(found)
    else:
        _print_trace(execution_id, found)


def _all_results(conn: Connection, execution_id: int) -> Iterator[StoredResult]:
    after = 0
    while True:
        page = calls.list_results(
            conn, execution_id=execution_id, limit=_PAGE, after=after
        )
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].ref_id


def _find(conn: Connection, reference: str, step: str | None) -> FoundResult:
    """By a reference, or as the latest result of a step."""
    if step is not None:
        return calls.find_step_result(
            conn, execution_id=parse_execution_id(reference), step=step
        )
    if reference.isdigit():
        raise InputError(
            f"{reference} is an execution: which step's result?",
            hint=f"noetl result get {reference} STEP, or: noetl result ls {reference}",
        )
    return calls.find_result(conn, ref=reference)


def _require_place(path: Path, force: bool) -> None:
    """See that the file may be written, before anything is read."""
    if path.is_dir():
        raise InputError(f"{path} is a directory", hint="Name a file in it.")
    if path.exists() and not force:
        raise InputError(f"{path} exists", hint="Replace it with --force.")
    folder = path.resolve().parent
    if not folder.is_dir():
        raise InputError(f"there is no directory {folder}")


def _print_result(found: FoundResult, blocks: Iterator[bytes]) -> None:
    """To a terminal only what people can read."""
    is_terminal = sys.stdout.isatty()
    if is_terminal and found.physical_uri is None:
        output.print_json(found.payload)
        return
    start = next(blocks, b"")
    if is_terminal and not is_text(found, start):
        raise _not_for_terminals(found, start)
    rest = blocks if is_terminal else _watched(blocks, found, len(start))
    last = b""
    for block in chain((start,), rest):
        sys.stdout.buffer.write(block)
        last = block or last
    if is_terminal and not last.endswith(b"\n"):
        sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()


def _not_for_terminals(found: FoundResult, start: bytes) -> InputError:
    if is_gzip(start):
        return InputError(
            f"the result is {_type(found.content_type)} compressed with gzip",
            hint="Unpack it: … | gunzip; or write it to a file with -o FILE.gz.",
        )
    return InputError(
        f"the result is {_type(found.content_type)}, not text",
        hint="Write it to a file with -o FILE.",
    )


def _save_result(found: FoundResult, blocks: Iterator[bytes], path: Path) -> None:
    size = 0
    with whole_file(path) as file:
        for block in _watched(blocks, found):
            size += file.write(block)
    rows = "" if found.row_count is None else f", {found.row_count} rows"
    print(f"{path}: {output.size(size)} of {_type(found.content_type)}{rows}")


def _watched(
    blocks: Iterator[bytes], found: FoundResult, done: int = 0
) -> Iterator[bytes]:
    """The blocks; of a large object with a bar on the terminal meanwhile."""
    if found.bytes < _LARGE or not sys.stderr.isatty():
        return blocks
    from noetl_shell.cli.progress import watched

    return watched(blocks, found.bytes, done, output.error_console())


def _print_trace(execution_id: int, found: list[TracedResult]) -> None:
    """As a tree on a terminal; piped, the depth is a column instead."""
    is_terminal = sys.stdout.isatty()
    steps = {item.ref: item.step or item.ref for item in found if item.ref}
    columns = ("step", "reference", "name", "tier", "rows", "size", "stored")
    rows = []
    for depth, item in _tree(found):
        step = _place(item, execution_id)
        sources = dict.fromkeys(steps.get(ref, ref) for ref in item.source_refs)
        cells = (
            *("  " * depth + step if is_terminal else step, item.ref or "in its event"),
            *(item.name, item.store_tier, item.row_count, output.size(item.bytes)),
            *(output.when(item.created_at), ", ".join(sources)),
        )
        rows.append(cells if is_terminal else (depth, *cells))
    output.print_table((*columns, "made from"), rows, is_whole=True)
    if len(found) == _TRACE_MAX:
        print(f"note: only the first {_TRACE_MAX} are shown", file=sys.stderr)


def _tree(
    found: list[TracedResult],
) -> Iterator[tuple[int, TracedResult]]:
    """Each result once, below the first that was made from it, with its depth there.

    The latest sources come first, since they may have been made from the others.
    """
    left = {item.ref: item for item in found if item.ref}
    waiting = [(0, item) for item in reversed(found) if item.depth == 0]
    while waiting:
        depth, item = waiting.pop()
        if item.ref is not None and left.pop(item.ref, None) is None:
            continue
        yield depth, item
        sources = [left[ref] for ref in item.source_refs if ref in left]
        waiting += [(depth + 1, source) for source in sorted(sources, key=_age)]


def _age(item: TracedResult) -> float:
    return item.created_at.timestamp() if item.created_at else 0.0


def _place(item: TracedResult, execution_id: int) -> str:
    """The step; of another execution with that."""
    if item.execution_id == execution_id:
        return item.step or ""
    return f"{item.step} of {item.execution_id}"


def _until(item: StoredResult) -> str | None:
    """How long it is there."""
    if item.removed_at is not None:
        return f"removed {output.when(item.removed_at)}"
    if item.expires_at is not None:
        is_over = item.expires_at <= datetime.now(UTC)
        return "expired" if is_over else output.when(item.expires_at)
    return None if item.scope == "permanent" else f"end of {item.scope}"


def _type(content_type: str) -> str:
    return _TYPES.get(content_type, content_type)
