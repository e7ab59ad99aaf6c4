"""Rows of a tool's last statement: few stay, many go away while they come.

They go into a store, or, when arcs of the step want chunks, to the steps behind those.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from noetl_worker.output import Output, TaskError
from noetl_worker.plan import Tool
from noetl_worker.results import RowSink
from noetl_worker.results.writer import in_thread, store_error
from noetl_worker.stopping import Stop
from noetl_worker.stores.base import StoreError
from noetl_worker.stream import Waiting
from noetl_worker.tools import ToolContext
from noetl_worker.tools.sql import distinct, payload_of

if TYPE_CHECKING:
    import pyarrow as pa

BATCH: Final = 100
CHUNK_ROWS: Final = 1_000
_TABULAR: Final = ("parquet", "arrow")

Rows = list[dict[str, Any]]


class RowStream:
    """Takes the rows of one result; drops what was not told of by ``output``."""

    def __init__(
        self, task: Tool, options: Mapping[str, Any], ctx: ToolContext
    ) -> None:
        self._writer = ctx.services.writer
        self._target = ctx.target(task)
        self._stream = ctx.stream
        self._chunk_rows = chunk_size(options, CHUNK_ROWS)
        self._sink: RowSink | None = None
        self._chunk_count = 0

    @property
    def is_wanted(self) -> bool:
        """Whether rows are delivered in chunks."""
        return self._stream.is_wanted

    @property
    def is_table(self) -> bool:
        """Whether the playbook wants a table, Parquet or Arrow."""
        return not self.is_wanted and self._target.spec.format in _TABULAR

    @property
    def count(self) -> int:
        """Rows taken so far, unless they were few."""
        return 0 if self._sink is None else self._sink.count

    async def take(
        self, columns: Callable[[], list[str]], rows: AsyncIterable[Sequence[Any]]
    ) -> dict[str, Any]:
        """What one statement gave, without its rows if they went away.

        ``columns`` is asked when the first row is there, or none will come.
        """
        names: list[str] = []
        count, batch = 0, Rows()
        size = self._chunk_rows if self.is_wanted else BATCH
        async for row in rows:
            names = names or distinct(columns())
            if len(batch) == size:
                await self._pass_on(names, batch, has_more=True)
                batch = []
            batch.append(dict(zip(names, row, strict=True)))
            count += 1
        names = names or distinct(columns())
        if not self.is_wanted and self._sink is None and not (self.is_table and batch):
            return {"rows": batch, "row_count": count, "columns": names}
        if batch:
            await self._pass_on(names, batch, has_more=False)
        return {"rows": [], "row_count": count, "columns": names}

    def take_all(
        self,
        columns: Sequence[str],
        batches: Iterable[Sequence[Sequence[Any]]],
        stop: Stop,
        waiting: Waiting,
    ) -> dict[str, Any]:
        """The same in a thread that is not the loop's, of batches of rows.

        ``waiting`` is entered while chunks wait for room.
        """

        def pass_on(rows: Rows, *, has_more: bool) -> None:
            if self.is_wanted:
                stop.wait_for(self._emit(names, rows, has_more, waiting))
            else:
                stop.check()
                self._add(rows)

        names = distinct(columns)
        count, batch = 0, Rows()
        size = self._chunk_rows if self.is_wanted else CHUNK_ROWS
        for found in batches:
            for row in found:
                if len(batch) == size:
                    pass_on(batch, has_more=True)
                    batch = []
                batch.append(dict(zip(names, row, strict=True)))
                count += 1
        if not self.is_wanted and self._sink is None:
            return {"rows": batch, "row_count": count, "columns": names}
        if batch:
            pass_on(batch, has_more=False)
        return {"rows": [], "row_count": count, "columns": names}

    def take_batch(self, batch: pa.RecordBatch) -> None:
        """Append a record batch; blocks."""
        try:
            self._open().add_batch(batch)
        except StoreError as exc:
            raise store_error(exc) from exc

    async def output(self, results: Sequence[dict[str, Any]]) -> Output:
        """The output of all statements, the last of which gave these rows."""
        sink = self._sink
        if not results:
            return Output(payload_of(results))
        *others, last = results
        if self.is_wanted:
            given = {**last, "chunks": self._chunk_count}
            return Output(payload_of([*others, given]))
        if sink is None:
            return Output(payload_of(results))
        if not sink.is_stored:
            return Output(payload_of([*others, {**last, "rows": sink.rows}]))
        name = f"command_{len(others)}"
        rest = _without_rows(payload_of([*others, last]), name)
        at = ("rows", f"{name}.rows")
        return Output(
            rest, stored=await self._writer.save(self._target, sink, rest, at)
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._sink is not None:
            await in_thread(self._sink.close)

    async def _pass_on(self, names: list[str], rows: Rows, *, has_more: bool) -> None:
        if self.is_wanted:
            await self._emit(names, rows, has_more)
        else:
            await in_thread(self._add, rows)

    async def _emit(
        self,
        names: list[str],
        rows: Rows,
        has_more: bool,
        waiting: Waiting = nullcontext,
    ) -> None:
        self._chunk_count += 1
        chunk = {"rows": rows, "row_count": len(rows), "columns": names}
        await self._stream.emit(chunk, has_more, waiting=waiting)

    def _add(self, rows: Rows) -> None:
        try:
            self._open().add(rows)
        except StoreError as exc:
            raise store_error(exc) from exc

    def _open(self) -> RowSink:
        if self._sink is None:
            self._sink = self._writer.sink(self._target)
        return self._sink


def chunk_size(options: Mapping[str, Any], default: int) -> int:
    """The option ``chunk_size``: how many rows or events make a chunk."""
    given = options.get("chunk_size")
    if given is None:
        return default
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise TaskError("template", f"chunk_size is no whole number from 1: {given!r}")
    return given


def _without_rows(payload: Mapping[str, Any], name: str) -> dict[str, Any]:
    rest = {key: value for key, value in payload.items() if key != "rows"}
    rest[name] = {key: value for key, value in rest[name].items() if key != "rows"}
    return rest
