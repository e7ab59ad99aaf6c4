"""Where rows come from: one class per way of reading, opened by the type of the source."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import AsyncExitStack
from typing import Any, Protocol

from noetl_worker.stopping import Stop
from noetl_worker.tools import ToolContext
from noetl_worker.tools.transfer.options import Options, bad_option
from noetl_worker.tools.transfer.rows import Column, Row, as_row


class Source(Protocol):
    """Gives rows in an order that is the same each time; blocks."""

    # Known with the first chunk; empty when each row says for itself what it has.
    columns: Sequence[Column]
    takes_key: bool

    def chunks(self, size: int, after: str | None, stop: Stop) -> Generator[list[Row]]:
        """All rows, ``size`` at a time, or those whose key is beyond ``after``."""


class ListSource:
    """Rows that are here already."""

    takes_key = False

    def __init__(self, rows: Sequence[Any]) -> None:
        self.columns: Sequence[Column] = ()
        self._rows = rows

    def chunks(self, size: int, after: str | None, stop: Stop) -> Generator[list[Row]]:  # noqa: ARG002
        """Slices of the list."""
        for first in range(0, len(self._rows), size):
            part = self._rows[first : first + size]
            yield [as_row(row, first + n) for n, row in enumerate(part)]


async def open_source(
    options: Options, ctx: ToolContext, stack: AsyncExitStack
) -> Source:
    """The source that the options describe; nothing is read yet."""
    source = await _source(options, ctx, stack)
    if options.key and not source.takes_key:
        raise bad_option(
            f"a source {options.source.type} of this form has no key to go on from:"
            " leave source.key out, and it is read again when it must be"
        )
    return source


async def _source(options: Options, ctx: ToolContext, stack: AsyncExitStack) -> Source:
    place = options.source
    # Imported here: each brings a library with it.
    if place.type == "postgres":
        from noetl_worker.tools.transfer.source_postgres import open_postgres

        return await open_postgres(place, options.key, ctx)
    if place.type == "http":
        from noetl_worker.tools.transfer.source_http import HttpSource

        return HttpSource(place, ctx)
    from noetl_worker.tools.transfer.source_duckdb import open_duckdb

    return await open_duckdb(place, options.key, ctx, stack)
