"""PostgreSQL's values as JSON, as ``to_jsonb`` writes them.

Numbers stay numbers, with NaN and infinities as text; times become ISO 8601; types that
JSON does not have become their text.
"""

from __future__ import annotations

from typing import Any, Final

from psycopg import adapters
from psycopg.adapt import AdaptersMap, Buffer, Loader
from psycopg.types.json import set_json_loads
from psycopg.types.string import TextLoader

from noetl_worker.jsonable import decode

_AS_TEXT: Final = (
    *("uuid", "interval", "time", "timetz", "inet", "cidr", "macaddr", "bit", "varbit"),
    *("money", "bytea", "xml", "point", "int4range", "int8range", "numrange"),
    *("daterange", "tsrange", "tstzrange", "int4multirange", "int8multirange"),
    *("nummultirange", "datemultirange", "tsmultirange", "tstzmultirange"),
)


class NumberLoader(Loader):
    """Numeric: an integer without a fraction, a float with one, else text."""

    def load(self, data: Buffer) -> int | float | str:
        """Exact as long as it is an integer."""
        text = bytes(data).decode()
        try:
            return float(text) if "." in text else int(text)
        except ValueError:
            return text


class FloatLoader(Loader):
    """Float: text where JSON has no number for it."""

    def load(self, data: Buffer) -> float | str:
        """NaN, Infinity and -Infinity as text."""
        text = bytes(data).decode()
        return text if text[-1] in "Nny" else float(text)


class TimeLoader(Loader):
    """Dates and timestamps in ISO 8601; infinity and years BC as PostgreSQL has them."""

    def load(self, data: Buffer) -> str:
        """``2024-01-31T10:00:00+00:00``."""
        text = bytes(data).decode().replace(" ", "T", 1)
        return (
            f"{text}:00" if len(text) > 3 and text[-3] in "+-" and "T" in text else text
        )


def json_adapters() -> AdaptersMap:
    """Adapters of a connection whose rows are JSON."""
    found = AdaptersMap(adapters)
    known = {info.name for info in found.types}
    for name in _AS_TEXT:
        if name in known:
            found.register_loader(name, TextLoader)
    found.register_loader("numeric", NumberLoader)
    for name in ("float4", "float8"):
        found.register_loader(name, FloatLoader)
    for name in ("date", "timestamp", "timestamptz"):
        found.register_loader(name, TimeLoader)
    set_json_loads(decode, _Holder(found))
    return found


class _Holder:
    """What ``set_json_loads`` wants of a context: its adapters."""

    connection: Any = None

    def __init__(self, held: AdaptersMap) -> None:
        self.adapters = held
