"""SQL with DuckDB on files, objects and stored results, in a thread that can be interrupted.

References in the text, ``noetl://…``, become the addresses of what they stand for, read in
place. What opens a store are DuckDB secrets, which the text never holds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from noetl_worker.deadline import admitted
from noetl_worker.output import Output, TaskError
from noetl_worker.plan import Tool
from noetl_worker.results.values import plain
from noetl_worker.services import Services
from noetl_worker.stopping import Stop, Threads, run_stoppable
from noetl_worker.tools import ToolContext, text_option
from noetl_worker.tools.duckdb_access import Access, access_of
from noetl_worker.tools.row_stream import RowStream
from noetl_worker.tools.sql import distinct, result_of

if TYPE_CHECKING:
    import duckdb

SPILL: Final = "tmp"  # the directory below the home that queries spill to
AT_ONCE: Final = 4
_BATCH: Final = 1_000
_TABLE_ROWS: Final = 50_000

Result = dict[str, Any]


class Queries:
    """How many queries of this tool run at once: each has all processors, and memory."""

    def __init__(self, services: Services) -> None:  # noqa: ARG002
        self.slots = asyncio.Semaphore(AT_ONCE)

    async def close_idle(self) -> None:
        """Nothing is kept."""

    async def close(self) -> None:
        """Nothing is kept."""


async def run(task: Tool, options: dict[str, Any], ctx: ToolContext) -> Output:
    """Run the statements of ``query`` on ``database``, or in memory."""
    database = text_option(options, "database") or ":memory:"
    rows = RowStream(task, options, ctx)
    async with (
        access_of(_text(options), options.get("auth"), ctx) as access,
        rows,
        admitted(ctx.services.use(Queries).slots) as place,
    ):

        def query(stop: Stop) -> list[dict[str, Any]]:
            with closing(open_database(database, ctx)) as conn:
                take = partial(rows.take_all, stop=stop, waiting=place.lent)
                with stop.breaking(conn.interrupt):
                    return _run(conn, access, options.get("params"), rows, take, stop)

        results = await run_stoppable(ctx.services.use(Threads), query)
        return await rows.output(results)


def _text(options: dict[str, Any]) -> str:
    for name in ("query", "command", "commands"):
        given = options.get(name)
        if isinstance(given, list) and all(isinstance(part, str) for part in given):
            given = ";\n".join(given)
        if given is not None:
            if isinstance(given, str) and given.strip():
                return given
            raise TaskError("template", f'the option "{name}" must be SQL text')
    raise TaskError("template", 'a duckdb tool needs "query"')


def open_database(database: str, ctx: ToolContext) -> duckdb.DuckDBPyConnection:
    """Connect to a file, or memory, within this worker's limits; blocks."""
    import duckdb

    settings = ctx.services.settings
    spill = settings.home / SPILL
    try:
        if database != ":memory:":
            Path(database).parent.mkdir(parents=True, exist_ok=True)
        conn = duckdb.connect(database)
        # What does not fit is spilled there, not swapped.
        conn.execute("set memory_limit = ?", [f"{settings.duckdb_memory_bytes}B"])
        conn.execute("set temp_directory = ?", [str(spill)])
    except (duckdb.Error, OSError, ValueError) as exc:
        raise TaskError("connection", f"cannot open {database!r}: {exc}") from exc
    return conn


def _run(
    conn: duckdb.DuckDBPyConnection,
    access: Access,
    params: Any,
    rows: RowStream,
    take: Callable[..., Result],
    stop: Stop,
) -> list[Result]:
    import duckdb

    try:
        access.grant(conn)
        statements = conn.extract_statements(access.text)
        results = [_fetch_all(conn.execute(each, params)) for each in statements[:-1]]
        for last in statements[-1:]:
            results.append(_take(conn.execute(last, params), rows, take))
    except duckdb.Error as exc:
        stop.check()
        raise TaskError("sql", str(exc), code=type(exc).__name__) from exc
    return results


def _fetch_all(cursor: duckdb.DuckDBPyConnection) -> Result:
    columns = [column[0] for column in cursor.description or ()]
    rows = [[*map(plain, row)] for row in cursor.fetchall()] if columns else []
    return result_of(columns, rows, -1)


def _take(
    cursor: duckdb.DuckDBPyConnection, rows: RowStream, take: Callable[..., Result]
) -> Result:
    """What the last statement gives, which may be much."""
    columns = [column[0] for column in cursor.description or ()]
    if rows.is_table and columns:
        for batch in cursor.to_arrow_reader(_TABLE_ROWS):
            rows.take_batch(batch)
        return {"rows": [], "row_count": rows.count, "columns": distinct(columns)}
    return take(columns, _batches(cursor) if columns else ())


def _batches(cursor: duckdb.DuckDBPyConnection) -> Iterator[list[list[Any]]]:
    while found := cursor.fetchmany(_BATCH):
        yield [[*map(plain, row)] for row in found]
