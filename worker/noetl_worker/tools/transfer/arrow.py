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
    return pa.array([None if v is None else _text(v) for v in values], pa.string())


def typed_array(kind: pa.DataType, values: list[Any]) -> pa.Array:
    """Values as a type has them; most are as they are, and the others one by one."""
    import pyarrow as pa

    if pa.types.is_temporal(kind):
        return pa.array(values, pa.string()).cast(kind)
    try:
        if pa.types.is_decimal(kind):
            # A value that is a float has no more digits than one keeps.
            return pa.array(values, pa.float64()).cast(kind)
        if not pa.types.is_binary(kind):
            return pa.array(values, kind)
    except (pa.ArrowException, TypeError):
        pass
    make = _maker(kind)
    return pa.array([None if v is None else make(v) for v in values], kind)


def typed_table(chunk: Chunk, schema: pa.Schema) -> pa.Table:
    """A chunk in a schema; the error names the first value that does not fit."""
    import pyarrow as pa

    arrays = []
    for field in schema:
        values = [row.get(field.name) for row in chunk.rows]
        try:
            arrays.append(typed_array(field.type, values))
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


def _maker(kind: pa.DataType) -> Callable[[Any], Any]:
    """What makes a value of this type of a JSON value."""
    import pyarrow as pa

    if pa.types.is_string(kind):
        return _text
    if pa.types.is_decimal(kind):
        return lambda value: (
            value if isinstance(value, Decimal) else Decimal(str(value))
        )
    if pa.types.is_floating(kind):
        return float
    return bytes_of if pa.types.is_binary(kind) else lambda value: value


def bytes_of(text: str) -> bytes:
    """The bytes that PostgreSQL's text of them stands for."""
    return bytes.fromhex(text[2:]) if text.startswith("\\x") else text.encode()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else text_of(value)
