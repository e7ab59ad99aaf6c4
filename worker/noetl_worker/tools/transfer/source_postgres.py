"""Rows of a PostgreSQL query, fetched from a cursor of the server."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.adapt import AdaptersMap, Buffer, Loader
from psycopg.types.json import set_json_loads

from noetl_worker.output import TaskError
from noetl_worker.stopping import Stop
from noetl_worker.tools import ToolContext
from noetl_worker.tools.pg_values import json_adapters
from noetl_worker.tools.postgres import (
    AdaptersOf,
    bound_params,
    conninfo_of,
    task_error,
)
from noetl_worker.tools.sql import distinct, gives_rows, split_statements
from noetl_worker.tools.transfer.options import Place, bad_option
from noetl_worker.tools.transfer.pg_names import breaking, connect, table_name
from noetl_worker.tools.transfer.rows import (
    JSON_TYPE,
    Column,
    Row,
    number_of,
    read_json,
)

_CURSOR: Final = "noetl_transfer"
_TYPES: Final = {
    "bool": "BOOLEAN",
    "int2": "SMALLINT",
    "int4": "INTEGER",
    "int8": "BIGINT",
    "oid": "BIGINT",
    "float4": "FLOAT",
    "float8": "DOUBLE",
    "numeric": "DOUBLE",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
    "bytea": "BLOB",
    "json": JSON_TYPE,
    "jsonb": JSON_TYPE,
}
_DECIMAL_MAX: Final = 38


class PostgresSource:
    """One statement, in one snapshot that nothing is written to."""

    takes_key = True

    def __init__(self, conninfo: str, text: str, params: Any, key: str) -> None:
        self.columns: Sequence[Column] = ()
        self._conninfo = conninfo
        self._text = text
        self._params = params
        self._key = key

    def chunks(self, size: int, after: str | None, stop: Stop) -> Generator[list[Row]]:
        """Rows as the cursor gives them."""
        try:
            with (
                connect(self._conninfo, AdaptersOf(_adapters())) as conn,
                breaking(conn, stop),
                conn.transaction(),
            ):
                conn.execute(
                    "set transaction isolation level repeatable read, read only"
                )
                # All rows are wanted, not the first ones soon.
                conn.execute("set local cursor_tuple_fraction = 1")
                with conn.cursor(_CURSOR) as cursor:
                    cursor.execute(self._statement(conn, after))
                    yield from self._fetch(cursor, size)
        except psycopg.Error as exc:
            stop.check()
            raise _read_error(exc) from exc

    def _fetch(
        self, cursor: psycopg.ServerCursor[Any], size: int
    ) -> Generator[list[Row]]:
        described = cursor.description or []
        names = distinct([column.name for column in described])
        self.columns = [
            Column(name, _type(column, cursor.adapters))
            for name, column in zip(names, described, strict=True)
        ]
        while found := cursor.fetchmany(size):
            rows = [dict(zip(names, row, strict=True)) for row in found]
            del found
            yield rows
            del rows

    def _statement(
        self, conn: psycopg.Connection[Any], after: str | None
    ) -> sql.Composed:
        text = self._text
        if self._params is not None:
            text = psycopg.ClientCursor(conn).mogrify(text, self._params)
        inner = sql.SQL(text)
        if not self._key:
            return sql.Composed([inner])
        key = sql.Identifier(self._key)
        condition = sql.Composed([])
        if after is not None:
            # A literal without a type takes that of the column.
            condition = sql.SQL(" where q.{} > {}").format(key, sql.Literal(after))
        return sql.SQL("select q.* from ({}) as q{} order by q.{}").format(
            inner, condition, key
        )


async def open_postgres(place: Place, key: str, ctx: ToolContext) -> PostgresSource:
    """The source of ``query``, or all of ``table``."""
    conninfo = await conninfo_of(place.options, ctx)
    params = bound_params(place.options)
    if text := place.text("query"):
        statements = split_statements(text)
        if len(statements) != 1 or not gives_rows(statements[0]):
            raise bad_option("source.query must be one select")
        return PostgresSource(conninfo, statements[0], params, key)
    table = table_name(place.text("table"), place.text("schema"))
    text = sql.SQL("select * from {}").format(table).as_string(None)
    return PostgresSource(conninfo, text, None, key)


class _NumberLoader(Loader):
    """Numeric: with all its digits; NaN and infinities as text."""

    def load(self, data: Buffer) -> Any:
        text = bytes(data).decode()
        return text if text[-1] in "Nny" else number_of(text)


def _adapters() -> AdaptersMap:
    found = json_adapters()
    found.register_loader("numeric", _NumberLoader)
    set_json_loads(read_json, AdaptersOf(found))
    return found


def _type(column: psycopg.Column, adapters: AdaptersMap) -> str:
    info = adapters.types.get(column.type_code)
    name = "" if info is None else info.name
    if info is not None and column.type_code == info.array_oid:
        return JSON_TYPE
    if name == "numeric" and column.precision and column.precision <= _DECIMAL_MAX:
        scale = column.scale or 0
        if 0 <= scale <= column.precision:
            return f"DECIMAL({column.precision},{scale})"
    return _TYPES.get(name, "VARCHAR")


def _read_error(error: psycopg.Error) -> TaskError:
    found = task_error(error)
    found.message = f"source: {found.message}"
    return found
