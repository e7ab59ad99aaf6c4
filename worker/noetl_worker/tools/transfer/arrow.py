"""Chunks as Arrow tables, for DuckDB, Parquet and CSV."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from noetl_worker.output import TaskError
from noetl_worker.tools.transfer.rows import Chunk, Column, text_of

if TYPE_CHECKING:
    import pyarrow as pa

_DECIMAL: Final = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")
_DECIMAL_MAX: Final = 38


def loose_array(values: list[Any]) -> pa.Array:
    """Values as they are; as text where they are nested or differ in kind."""
    import pyarrow as pa

    try:
        if not any(isinstance(value, dict | list) for value in values):
            return pa.array(values)
    except (pa.ArrowException, TypeError, OverflowError):
        pass  # of several kinds, or an integer of more than 64 bits
    return pa.array([_text(value) for value in values], pa.string())


def typed_array(column: Column, values: list[Any]) -> pa.Array:
    """Values as the type of the column has them."""
    kind = arrow_type(column.type)
    import pyarrow as pa

    if pa.types.is_temporal(kind):
        return pa.array(values, pa.string()).cast(kind)
    return pa.array([_as(kind, value) for value in values], kind)


def typed_table(chunk: Chunk, schema: pa.Schema) -> pa.Table:
    """A chunk in a schema; the error names the first value that does not fit."""
    import pyarrow as pa

    types = {column.name: column for column in chunk.columns}
    arrays = []
    for field in schema:
        values = [row.get(field.name) for row in chunk.rows]
        column = types.get(field.name, Column(field.name))
        try:
            arrays.append(_fitted(column, values, field.type))
        except (
            pa.ArrowException,
            ValueError,
            TypeError,
            OverflowError,
            ArithmeticError,
        ) as exc:
            reason = str(exc).splitlines()[0]
            raise TaskError(
                "transfer",
                f"{chunk.where}, column {field.name}: {reason}",
                code="ROW",
                retryable=False,
            ) from exc
    return pa.Table.from_arrays(arrays, schema=schema)


def schema_for(columns: Sequence[Column], chunk: Chunk | None) -> pa.Schema:
    """The schema of a file: types as the source says, else as the first chunk shows."""
    import pyarrow as pa

    fields = []
    for column in columns:
        if column.type:
            kind = arrow_type(column.type)
        else:
            values = (
                [] if chunk is None else [row.get(column.name) for row in chunk.rows]
            )
            kind = loose_array(values).type
            kind = pa.string() if pa.types.is_null(kind) else kind
        fields.append(pa.field(column.name, kind))
    return pa.schema(fields)


def arrow_type(kind: str) -> pa.DataType:
    """Arrow's name for a type of DuckDB; what it has none for is text."""
    import pyarrow as pa

    simple: dict[str, Callable[[], pa.DataType]] = {
        "BOOLEAN": pa.bool_,
        "TINYINT": pa.int8,
        "SMALLINT": pa.int16,
        "INTEGER": pa.int32,
        "BIGINT": pa.int64,
        "UTINYINT": pa.uint8,
        "USMALLINT": pa.uint16,
        "UINTEGER": pa.uint32,
        "UBIGINT": pa.uint64,
        "FLOAT": pa.float32,
        "DOUBLE": pa.float64,
        "DATE": pa.date32,
        "BLOB": pa.binary,
    }
    if kind in simple:
        return simple[kind]()
    if kind == "TIMESTAMP WITH TIME ZONE":
        return pa.timestamp("us", "UTC")
    if kind.startswith("TIMESTAMP"):
        return pa.timestamp("ns" if kind.endswith("_NS") else "us")
    if match := _DECIMAL.fullmatch(kind):
        return pa.decimal128(int(match[1]), int(match[2]))
    return pa.decimal128(_DECIMAL_MAX, 0) if "HUGEINT" in kind else pa.string()


def _fitted(column: Column, values: list[Any], kind: pa.DataType) -> pa.Array:
    if column.type:
        return typed_array(column, values)
    import pyarrow as pa

    if pa.types.is_string(kind):
        return pa.array([_text(value) for value in values], kind)
    return pa.array(values, kind)


def _as(kind: pa.DataType, value: Any) -> Any:
    import pyarrow as pa

    if value is None:
        return None
    if pa.types.is_string(kind):
        return _text(value)
    if pa.types.is_decimal(kind):
        return value if isinstance(value, Decimal | int) else Decimal(str(value))
    if pa.types.is_floating(kind):
        return float(value)
    if pa.types.is_binary(kind) and isinstance(value, str):
        return bytes_of(value)
    return value


def bytes_of(text: str) -> bytes:
    """The bytes that PostgreSQL's text of them stands for."""
    return bytes.fromhex(text[2:]) if text.startswith("\\x") else text.encode()


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else text_of(value)
