"""Rows into a stored result, which the task's output refers to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from noetl_worker.output import Output
from noetl_worker.plan import Tool
from noetl_worker.results.writer import in_thread, store_error
from noetl_worker.stores.base import StoreError
from noetl_worker.tools import ToolContext
from noetl_worker.tools.transfer.progress import Progress
from noetl_worker.tools.transfer.rows import Chunk, Column
from noetl_worker.tools.transfer.targets import OpenTarget


class StoreTarget(OpenTarget):
    """A result like any other, in the format and store that ``spec.result`` says."""

    def __init__(self, task: Tool, ctx: ToolContext) -> None:
        self._writer = ctx.services.writer
        self._target = ctx.target(task)
        self._sink = self._writer.sink(self._target, room=0)
        self._is_whole = False

    def write(self, chunk: Chunk) -> None:
        """Append to the object that nobody can read yet."""
        try:
            self._sink.add([_plain(row) for row in chunk.rows])
        except StoreError as exc:
            raise store_error(exc) from exc

    def finish(self, progress: Progress, columns: list[Column]) -> None:  # noqa: ARG002
        """What is written is kept for ``output``."""
        self._is_whole = True

    def close(self) -> None:
        """Drop what is not whole."""
        if not self._is_whole:
            self._sink.close()

    async def output(self, payload: dict[str, object]) -> Output:
        """Record the result; its rows read as ``rows`` of the payload."""
        try:
            stored = await self._writer.save(
                self._target, self._sink, payload, ("rows",)
            )
        finally:
            await in_thread(self._sink.close)
        if stored is None:
            return Output({**payload, "rows": []})
        return Output(payload, stored=stored)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Results have floats where a transfer has decimals."""
    if not any(isinstance(value, Decimal) for value in row.values()):
        return row
    return {
        name: float(value) if isinstance(value, Decimal) else value
        for name, value in row.items()
    }
