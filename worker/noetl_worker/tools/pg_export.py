"""Large tables out of PostgreSQL: binary COPY, read into Arrow record batches by ADBC."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import sql
from psycopg.pq import ExecStatus

from noetl_worker.output import TaskError
from noetl_worker.stopping import Stop

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH_SIZE: Final = 4 << 20
_DECIMAL_MAX: Final = 38
# What Arrow has no type for goes as its text.
_AS_TEXT: Final = frozenset(
    {
        *("interval", "inet", "cidr", "macaddr", "macaddr8", "bit", "varbit", "money"),
        *("xml", "point", "line", "lseg", "box", "path", "polygon", "circle", "timetz"),
        *("json", "jsonb", "uuid", "tsvector", "tsquery", "pg_lsn", "int4range"),
        *("int8range", "numrange", "daterange", "tsrange", "tstzrange"),
        *("int4multirange", "int8multirange", "nummultirange", "datemultirange"),
        *("tsmultirange", "tstzmultirange"),
    }
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a statement's result; ``digits`` are precision and scale of a numeric."""

    name: str
    type: str
    digits: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Export:
    """A statement whose rows are wanted as record batches, with its parameters bound."""

    text: str
    columns: tuple[Column, ...]


async def plan_export(
    conn: psycopg.AsyncConnection[Any], statement: str, params: Any
) -> Export | None:
    """How to export a statement; None for one that gives no rows, or cannot be copied."""
    text = statement
    if params is not None:
        text = psycopg.AsyncClientCursor(conn).mogrify(statement, params)
    async with conn.transaction():  # a pooler keeps to one server for so long
        columns = await _describe(conn, text)
    names = [column.name for column in columns]
    if not columns or len(set(names)) < len(names):
        return None
    if any(column.type in _AS_TEXT for column in columns):
        text = _with_texts(text, columns).as_string(conn)
    return Export(text, columns)


def run_export(
    conninfo: str, export: Export, take: Callable[[pa.RecordBatch], None], stop: Stop
) -> None:
    """Copy the rows; ``take`` gets each batch. Blocks until all are there, or stopped."""
    import adbc_driver_postgresql.dbapi as adbc

    size = {"adbc.postgresql.batch_size_hint_bytes": str(_BATCH_SIZE)}
    try:
        with (
            adbc.connect(conninfo, autocommit=True) as conn,
            conn.cursor(adbc_stmt_kwargs=size) as cursor,
            stop.breaking(cursor.adbc_cancel),
        ):
            cursor.execute(export.text)
            for batch in cursor.fetch_record_batch():
                stop.check()
                take(_cast(batch, export.columns))
    except adbc.Error as exc:
        stop.check()
        raise _task_error(exc) from exc


async def _describe(
    conn: psycopg.AsyncConnection[Any], text: str
) -> tuple[Column, ...]:
    """The columns that a statement would give, without running it."""
    from psycopg import generators, waiting

    pgconn = conn.pgconn
    async with conn.lock:
        pgconn.send_prepare(b"", text.encode())
        (prepared,) = await waiting.wait_async(
            generators.execute(pgconn), pgconn.socket
        )
        if prepared.status != ExecStatus.COMMAND_OK:
            raise psycopg.errors.error_from_result(prepared)
        pgconn.send_describe_prepared(b"")
        (result,) = await waiting.wait_async(generators.execute(pgconn), pgconn.socket)
    types = conn.adapters.types
    columns = []
    for index in range(result.nfields):
        oid, modifier = result.ftype(index), result.fmod(index)
        info = types.get(oid)
        name = (result.fname(index) or b"").decode()
        kind = info.name if info is not None else "unknown"
        columns.append(Column(name, kind, _digits(kind, modifier)))
    return tuple(columns)


def _digits(kind: str, modifier: int) -> tuple[int, int] | None:
    """Precision and scale of ``numeric(p, s)``."""
    if kind != "numeric" or modifier < 4:
        return None
    precision, scale = (modifier - 4) >> 16, (modifier - 4) & 0x7FF
    return (precision, scale) if scale <= precision <= _DECIMAL_MAX else None


def _with_texts(text: str, columns: Sequence[Column]) -> sql.Composed:
    chosen = [
        sql.SQL("{}::text").format(sql.Identifier(column.name))
        if column.type in _AS_TEXT or column.type == "unknown"
        else sql.Identifier(column.name)
        for column in columns
    ]
    inner = sql.SQL(text.rstrip().rstrip(";"))
    # A line of its own: the statement may end in a comment.
    return sql.SQL("select {} from ({}\n) as q").format(
        sql.SQL(", ").join(chosen), inner
    )


def _cast(batch: pa.RecordBatch, columns: Sequence[Column]) -> pa.RecordBatch:
    """Numerics are numbers; nothing else that Arrow calls an extension is left."""
    import pyarrow as pa
    import pyarrow.compute as pc

    arrays, fields = [], []
    for array, field, column in zip(batch.columns, batch.schema, columns, strict=True):
        if column.type == "numeric":
            kind = pa.decimal128(*column.digits) if column.digits else pa.float64()
            array = pc.cast(array, kind)
        arrays.append(array)
        fields.append(pa.field(field.name, array.type))
    return pa.record_batch(arrays, schema=pa.schema(fields))


def _task_error(error: Any) -> TaskError:
    state = getattr(error, "sqlstate", None)
    lost = state is None or state.startswith(("08", "57P"))
    kind = "connection" if lost else "sql"
    message = str(error).strip().splitlines()[0]
    return TaskError(kind, message, code=state, retryable=True if lost else None)
