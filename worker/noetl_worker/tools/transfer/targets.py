"""Where rows go: one class per way of writing, opened by the type of the target."""

from __future__ import annotations

from typing import Protocol

from noetl_worker.output import Output
from noetl_worker.plan import Tool
from noetl_worker.stopping import Stop
from noetl_worker.tools import ToolContext
from noetl_worker.tools.transfer.options import Options
from noetl_worker.tools.transfer.progress import Progress
from noetl_worker.tools.transfer.rows import Chunk, Column


class Target(Protocol):
    """Takes chunks in order; all but ``output`` blocks, and is called from one thread."""

    def begin(self, stop: Stop) -> Progress:
        """Open it; which chunks of this transfer it has already."""

    def forget(self) -> None:
        """Drop what is known of this transfer: it starts afresh."""

    def write(self, chunk: Chunk) -> None:
        """Take a chunk, as a whole or not at all where the target can do that."""

    def finish(self, progress: Progress, columns: list[Column]) -> None:
        """All chunks are written, perhaps none."""

    def close(self) -> None:
        """Give up what is open; what was not finished is dropped."""

    async def output(self, payload: dict[str, object]) -> Output:
        """The output of the task, when all has ended well."""


class OpenTarget:
    """What targets share that remember nothing and report nothing of their own."""

    def begin(self, stop: Stop) -> Progress:  # noqa: ARG002
        """From the beginning."""
        return Progress()

    def forget(self) -> None:
        """Nothing is known."""

    def finish(self, progress: Progress, columns: list[Column]) -> None:
        """Nothing is left to do."""

    def close(self) -> None:
        """Nothing is open."""

    async def output(self, payload: dict[str, object]) -> Output:
        """The payload alone."""
        return Output(payload)


async def open_target(
    options: Options, task: Tool, ctx: ToolContext, transfer: str
) -> Target:
    """The target that the options describe, for the transfer of this name."""
    kind = options.target.type
    # Imported here: each brings a library with it.
    if kind == "postgres":
        from noetl_worker.tools.postgres import conninfo_of
        from noetl_worker.tools.transfer.target_postgres import PostgresTarget

        conninfo = await conninfo_of(options.target.options, ctx)
        return PostgresTarget(conninfo, options, transfer)
    if kind == "duckdb":
        from noetl_worker.tools.transfer.target_duckdb import DuckDbTarget

        return DuckDbTarget(options, ctx, transfer)
    if kind == "store":
        from noetl_worker.tools.transfer.target_store import StoreTarget

        return StoreTarget(task, ctx)
    if kind == "http":
        from noetl_worker.tools.transfer.target_http import HttpTarget

        return HttpTarget(options.target, ctx, transfer)
    from noetl_worker.tools.transfer.target_files import open_files

    return await open_files(options, ctx, transfer)
