"""Move rows from a source to a target, chunk by chunk."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from noetl_worker.stopping import Stop
from noetl_worker.tools.transfer.options import Options, bad_option
from noetl_worker.tools.transfer.progress import (
    Done,
    Progress,
    SourceChangedError,
    Totals,
)
from noetl_worker.tools.transfer.rows import (
    Chunk,
    Column,
    Row,
    bad_row,
    columns_of,
    mapped,
    text_of,
)
from noetl_worker.tools.transfer.sources import Source
from noetl_worker.tools.transfer.targets import Target

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Moved:
    """What a transfer has moved in all, and where this call of it went on."""

    totals: Totals
    resumed_at: int | None


def move(source: Source, target: Target, options: Options, stop: Stop) -> Moved:
    """Move all rows that the target does not have yet; blocks."""
    with closing(target):
        progress = target.begin(stop)
        if progress.ended is not None:
            return Moved(progress.ended, progress.ended.chunks)
        resumed_at = progress.count or None
        try:
            _pump(source, target, options, progress, stop)
        except SourceChangedError as exc:
            if options.mode == "append":
                raise
            # What was written is replaced, or merged, by what there is now.
            log.warning("transfer starts afresh: %s", exc)
            target.forget()
            progress, resumed_at = Progress(), None
            _pump(source, target, options, progress, stop)
        return Moved(progress.totals(), resumed_at)


def _pump(
    source: Source, target: Target, options: Options, progress: Progress, stop: Stop
) -> None:
    known = progress.count
    after = progress.last_key if options.key else None
    number, first = (known, progress.rows) if after is not None else (0, 0)
    parts = source.chunks(options.chunk_size, after, stop)
    with closing(parts):
        for rows in parts:
            stop.check()
            chunk = _chunk(number, first, rows, source.columns, options)
            first, number = first + len(rows), number + 1
            if chunk.number < known:
                progress.done[chunk.number].compare(chunk)
            else:
                target.write(chunk)
                progress.done.append(Done.of(chunk))
            # Not kept while the source makes the next one.
            del rows, chunk
    if number < known:
        raise SourceChangedError(f"it has {number} chunks, and had {known} or more")
    columns = list(source.columns)
    if options.mapping:
        _, columns = mapped([], columns, options.mapping, first)
    stop.check()
    target.finish(progress, columns)


def _chunk(
    number: int,
    first: int,
    rows: list[Row],
    columns: Sequence[Column],
    options: Options,
) -> Chunk:
    last_key = _last_key(rows, options.key, first) if options.key else None
    if options.mapping:
        rows, columns = mapped(rows, columns, options.mapping, first)
    chunk = Chunk(number, first, rows, columns)
    chunk.last_key = last_key
    return chunk


def _last_key(rows: list[Row], key: str, first: int) -> str:
    """The key of the last row; every row has one, and no two neighbours the same."""
    if key not in rows[0]:
        raise bad_option(
            f'source.key: there is no column "{key}"; there are: '
            + ", ".join(c.name for c in columns_of(rows[:1]))
        )
    previous: Any = None
    for number, row in enumerate(rows):
        value = row[key]
        if value is None:
            raise bad_row(first + number, key, "source.key must not be null")
        if value == previous:
            raise bad_row(first + number, key, f"source.key is not unique: {value!r}")
        previous = value
    return previous if isinstance(previous, str) else text_of(previous)
