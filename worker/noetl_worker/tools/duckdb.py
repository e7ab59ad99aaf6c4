"""SQL on local files with DuckDB, in a thread that can be interrupted."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noetl_worker.jsonable import decode, encode
from noetl_worker.output import Output, TaskError
from noetl_worker.plan import Tool
from noetl_worker.tools import ToolContext, text_option
from noetl_worker.tools.sql import payload_of, result_of

if TYPE_CHECKING:
    import duckdb


async def run(task: Tool, options: dict[str, Any], ctx: ToolContext) -> Output:  # noqa: ARG001
    """Run the statements of ``query`` on ``database``, or in memory."""
    text = _text(options)
    if options.get("auth") is not None:
        raise TaskError(
            "unsupported",
            "this version's duckdb tool reads local files only, without auth",
        )
    database = text_option(options, "database") or ":memory:"
    conn = await asyncio.to_thread(_open, database)
    job = asyncio.get_running_loop().run_in_executor(
        None, _run, conn, text, options.get("params")
    )
    try:
        return Output(payload_of(await asyncio.shield(job)))
    except asyncio.CancelledError:
        conn.interrupt()
        await asyncio.gather(job, return_exceptions=True)
        raise
    finally:
        conn.close()


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


def _open(database: str) -> duckdb.DuckDBPyConnection:
    import duckdb

    try:
        if database != ":memory:":
            Path(database).parent.mkdir(parents=True, exist_ok=True)
        return duckdb.connect(database)
    except (duckdb.Error, OSError) as exc:
        raise TaskError("connection", f"cannot open {database}: {exc}") from exc


def _run(
    conn: duckdb.DuckDBPyConnection, text: str, params: Any
) -> list[dict[str, Any]]:
    import duckdb

    results = []
    try:
        for statement in conn.extract_statements(text):
            cursor = conn.execute(statement, params)
            columns = [column[0] for column in cursor.description or ()]
            rows = [[*map(_value, row)] for row in cursor.fetchall()] if columns else []
            results.append(result_of(columns, rows, -1))
    except duckdb.Error as exc:
        raise TaskError("sql", str(exc), code=type(exc).__name__) from exc
    return results


def _value(value: Any) -> Any:
    """As JSON; NaN and infinities as text, like the postgres tool's."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, list | tuple):
        return [_value(part) for part in value]
    if isinstance(value, dict):
        return {str(key): _value(part) for key, part in value.items()}
    return decode(encode(value))
