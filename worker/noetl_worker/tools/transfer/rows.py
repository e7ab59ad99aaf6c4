"""Rows on their way: mappings of JSON values, in chunks that are counted and hashed.

JSON is what all places have in common. Numbers keep all their digits: what a float would
round is a ``Decimal``, which NDJSON holds as it is.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import Any, Final

import orjson

from noetl_worker.output import TaskError

Row = dict[str, Any]

JSON_TYPE: Final = "JSON"
NESTED_TYPES: Final = ("STRUCT", "MAP", "UNION", "VARIANT")
# A text of so many characters has no more digits than a float keeps.
_FLOAT_DIGITS: Final = 15
_LONG_NUMBER: Final = re.compile(rb"[0-9.]{16}")
_INT64: Final = range(-(1 << 63), 1 << 64)


@dataclass(frozen=True, slots=True)
class Column:
    """A column, and its type as DuckDB calls it; "" when only the values tell."""

    name: str
    type: str = ""


class Chunk:
    """Some rows that belong together, and their NDJSON; both are counted from 0."""

    def __init__(
        self, number: int, first: int, rows: list[Row], columns: Sequence[Column]
    ) -> None:
        self.number = number
        self.first = first
        self.rows = rows
        self.columns = list(columns) or columns_of(rows)
        self.last_key: str | None = None

    @property
    def where(self) -> str:
        """The chunk and its rows, for messages."""
        if not self.rows:
            return f"chunk {self.number}"
        last = self.first + len(self.rows) - 1
        return f"chunk {self.number} (rows {self.first} to {last})"

    @cached_property
    def ndjson(self) -> bytes:
        """Each row as a line of JSON."""
        lines = [line_of(row, self.first + n) for n, row in enumerate(self.rows)]
        return b"\n".join([*lines, b""])

    @cached_property
    def sha256(self) -> str:
        """Of the NDJSON, in hexadecimal."""
        return hashlib.sha256(self.ndjson).hexdigest()


def may_be_nested(kind: str) -> bool:
    """Whether values of a type are any JSON, not only texts and numbers."""
    return (
        kind in ("", JSON_TYPE) or kind.endswith("]") or kind.startswith(NESTED_TYPES)
    )


def columns_of(rows: Iterable[Row]) -> list[Column]:
    """The columns of rows that each say for themselves, in order of appearance."""
    return [Column(name) for name in dict.fromkeys(chain.from_iterable(rows))]


def line_of(row: Row, number: int) -> bytes:
    """One row as JSON text."""
    try:
        return orjson.dumps(row, default=_exact)
    except TypeError:
        pass  # most often an integer of more than 64 bits
    try:
        return orjson.dumps(_boxed(row), default=_exact)
    except TypeError as exc:
        raise bad_row(number, None, f"cannot be written as JSON: {exc}") from exc


def text_of(value: Any) -> str:
    """A value as JSON text."""
    return line_of(value, 0).decode()


def read_json(text: bytes | str) -> Any:
    """The value of a JSON text, with all digits of its numbers."""
    data = text.encode() if isinstance(text, str) else text
    if not _LONG_NUMBER.search(data):
        return orjson.loads(data)
    return json.loads(data, parse_float=number_of, parse_constant=_refuse)


def number_of(text: str) -> int | float | Decimal:
    """A number: a float if that keeps all digits, else a decimal."""
    if "." not in text and "e" not in text and "E" not in text:
        return int(text)
    value = float(text)
    if len(text) <= _FLOAT_DIGITS and abs(value) < 1e300:
        return value
    exact = Decimal(text)
    return value if Decimal(repr(value)) == exact else exact


def bad_row(number: int, column: str | None, reason: str) -> TaskError:
    """One row, or one value of it, that does not fit."""
    place = f"row {number}" if column is None else f"row {number}, column {column}"
    return TaskError("transfer", f"{place}: {reason}", code="ROW", retryable=False)


def refuse_unknown(names: Iterable[str], known: Iterable[str]) -> None:
    """Raise when the table that rows go to has not all of these columns."""
    columns = list(known)
    for name in names:
        if name not in columns:
            raise TaskError(
                "transfer",
                f'the target table has no column "{name}"; it has: {", ".join(columns)}.'
                " Say which goes where with target.mapping",
                code="COLUMN",
                retryable=False,
            )


def as_row(value: Any, number: int) -> Row:
    """A value of a list as a row."""
    if not isinstance(value, dict):
        raise bad_row(number, None, f"is no mapping but {type(value).__name__}")
    return value


def mapped(
    rows: list[Row], columns: Sequence[Column], mapping: Mapping[str, str], first: int
) -> tuple[list[Row], list[Column]]:
    """Rows and columns as the target calls them; only those in the mapping."""
    known = columns or columns_of(rows)
    types = {column.name: column.type for column in known}
    # Of rows that say for themselves what they have, only the first chunk must have it.
    if (columns or first == 0) and rows:
        for target, source in mapping.items():
            if source not in types:
                raise TaskError(
                    "transfer",
                    f'mapping: the source has no column "{source}" for "{target}";'
                    f" it has: {', '.join(types)}",
                    code="MAPPING",
                    retryable=False,
                )
    pairs = list(mapping.items())
    found = [{target: row.get(source) for target, source in pairs} for row in rows]
    if not columns:
        return found, []
    return found, [Column(target, types.get(source, "")) for target, source in pairs]


def _exact(value: Any) -> Any:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(str(value))
    raise TypeError(f"{type(value).__name__} {value} is not JSON")


def _boxed(value: Any) -> Any:
    """With integers that are too large for the encoder as text of their own."""
    if isinstance(value, dict):
        return {key: _boxed(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_boxed(part) for part in value]
    if isinstance(value, int) and value not in _INT64:
        return orjson.Fragment(str(value))
    return value


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")
