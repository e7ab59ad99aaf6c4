"""Rows of a tool's last statement: few stay, many go into a store while they come."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from noetl_worker.output import Output
from noetl_worker.results import ResultWriter, RowSink, Target
from noetl_worker.results.writer import in_thread
from noetl_worker.tools.sql import distinct, payload_of

if TYPE_CHECKING:
    import pyarrow as pa

BATCH: Final = 100
_TABULAR: Final = ("parquet", "arrow")


class RowStream:
    """Takes the rows of one result; drops what was not told of by ``output``."""

    def __init__(self, writer: ResultWriter, target: Target) -> None:
        self._writer = writer
        self._target = target
        self._sink: RowSink | None = None

    @property
    def is_table(self) -> bool:
        """Whether the playbook wants a table, Parquet or Arrow."""
        return self._target.spec.format in _TABULAR

    @property
    def count(self) -> int:
        """Rows taken so far, unless they were few."""
        return 0 if self._sink is None else self._sink.count

    async def take(
        self, columns: Callable[[], list[str]], rows: AsyncIterable[Sequence[Any]]
    ) -> dict[str, Any]:
        """What one statement gave, without its rows if they went into the sink.

        ``columns`` is asked when the first row is there, or none will come.
        """
        names: list[str] = []
        batch: list[dict[str, Any]] = []
        async for row in rows:
            names = names or distinct(columns())
            batch.append(dict(zip(names, row, strict=True)))
            if len(batch) >= BATCH:
                await in_thread(self._open().add, batch)
                batch = []
        names = names or distinct(columns())
        if self._sink is None and not (self.is_table and batch):
            return {"rows": batch, "row_count": len(batch), "columns": names}
        await in_thread(self._open().add, batch)
        return {"rows": [], "row_count": self.count, "columns": names}

    def take_batch(self, batch: pa.RecordBatch) -> None:
        """Append a record batch; blocks."""
        self._open().add_batch(batch)

    def take_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Append rows; blocks."""
        self._open().add(rows)

    async def output(self, results: Sequence[dict[str, Any]]) -> Output:
        """The output of all statements, the last of which gave these rows."""
        sink = self._sink
        if sink is None:
            return Output(payload_of(results))
        *others, last = results
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
            await in_thread(self._sink.__exit__, kind, error, trace)

    def _open(self) -> RowSink:
        if self._sink is None:
            self._sink = self._writer.sink(self._target)
        return self._sink


def _without_rows(payload: Mapping[str, Any], name: str) -> dict[str, Any]:
    rest = {key: value for key, value in payload.items() if key != "rows"}
    rest[name] = {key: value for key, value in rest[name].items() if key != "rows"}
    return rest
