"""JSON values as the columns of a PostgreSQL table take them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final

from noetl_worker.tools.transfer.rows import Column, may_be_nested, read_json, text_of

Convert = Callable[[Any], Any]

ARRAY: Final = "[]"
_JSON: Final = ("json", "jsonb")


def converters(
    columns: Sequence[Column], types: Mapping[str, str]
) -> list[Convert | None]:
    """What to do with the values of each column; None where they are fine as they are."""
    return [_converter(column.type, types.get(column.name, "")) for column in columns]


def _converter(source: str, target: str) -> Convert | None:
    if target == ARRAY:
        return array_text
    if not may_be_nested(source):
        return None  # for a column of JSON, a text that holds JSON
    return text_of if target in _JSON else _scalar_text


def _scalar_text(value: Any) -> Any:
    return text_of(value) if isinstance(value, dict | list) else value


def array_text(value: Any) -> Any:
    """A list, or JSON text of one, as PostgreSQL writes arrays; others are let through."""
    if isinstance(value, str) and value.startswith("["):
        with suppress(ValueError):  # PostgreSQL writes bounds so: [0:1]={1,2}
            value = read_json(value)
    if not isinstance(value, list):
        return value
    return "{" + ",".join(map(_element, value)) + "}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return str(array_text(value))
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, int | float | Decimal):
        return str(value)
    text = text_of(value) if isinstance(value, dict) else str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
