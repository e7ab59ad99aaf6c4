"""The one place where values become JSON text, and JSON text values.

What is not JSON becomes it like this; everything else is refused, with its place named:

- date, time, datetime → ISO 8601 text; timedelta → seconds
- Decimal → integer if it has no fraction, else a float; UUID, Path → text; Enum → its value
- bytes → base64 text; set → sorted list; tuple → list; dataclass → mapping
- numpy scalars and arrays → numbers and lists (through their ``tolist``)
- keys that are numbers, booleans or None → text, as JSON spells them
- NaN, infinities, NUL characters and lone surrogates are refused: jsonb has none of them
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import decimal
import enum
import json
import math
import pathlib
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

PIECE: Final = 1 << 18
_DEPTH: Final = 3
_NUL: Final = b"\\u0000"
# What 64 bits may not hold; with a sign one less.
_BIG_INTEGER: Final = re.compile(rb"\d{20}|-9\d{18}")


class NotJsonError(ValueError):
    """A value cannot be JSON; the message names its place."""


@dataclasses.dataclass(frozen=True, slots=True)
class JsonText:
    """A value that is JSON text already, in the pieces that ``encode_pieces`` made."""

    pieces: Sequence[bytes]

    def __len__(self) -> int:
        return sum(map(len, self.pieces))

    def whole(self) -> bytes:
        """The text in one piece."""
        return self.pieces[0] if len(self.pieces) == 1 else b"".join(self.pieces)


def encode(value: Any, what: str = "result") -> bytes:
    """JSON text of a value, or ``NotJsonError`` that says which part cannot be JSON."""
    try:
        text = _ENCODER.encode(value).encode()
    except (TypeError, ValueError, RecursionError, AttributeError) as exc:
        raise NotJsonError(_explain(value, what, exc)) from None
    if _NUL in text and (place := _find_nul(value, what)):
        raise NotJsonError(f"{place} contains a NUL character, which jsonb cannot hold")
    return text


def encode_pieces(value: Any, what: str = "result") -> Iterator[bytes]:
    """The same text in pieces of about 256 KB, so that it is never there as a whole."""
    text = bytearray()
    try:
        for part in _parts(value, what, 0):
            text += part
            if len(text) >= PIECE:
                yield bytes(text)
                text.clear()
    except NotJsonError:
        encode(value, what)  # names the place in the whole
        raise
    if text:
        yield bytes(text)


def _parts(value: Any, what: str, depth: int) -> Iterator[bytes]:
    if isinstance(value, str) and len(value) > PIECE:
        yield b'"'
        for start in range(0, len(value), PIECE):
            yield encode(value[start : start + PIECE], what)[1:-1]
        yield b'"'
    elif isinstance(value, list | tuple) and value:
        yield b"["
        yield from _elements(value, what)
        yield b"]"
    elif isinstance(value, dict) and value and depth < _DEPTH:
        opening = b"{"
        for key, part in value.items():
            yield opening + encode({key: 0}, what)[1:-2]
            yield from _parts(part, what, depth + 1)
            opening = b","
        yield b"}"
    else:
        yield encode(value, what)


def _elements(values: Sequence[Any], what: str) -> Iterator[bytes]:
    """The elements of a list, as many at a time as make about a piece."""
    start, count = 0, 1
    while start < len(values):
        text = encode(values[start : start + count], what)[1:-1]
        yield b"," + text if start else text
        start += count
        count = max(1, min(2 * count, count * PIECE // (len(text) + 1)))


def decode(text: bytes | str) -> Any:
    """The value of a JSON text; integers of any size stay exact."""
    if isinstance(text, str):
        text = text.encode()
    if _loads is None or _BIG_INTEGER.search(text):
        return json.loads(text)
    return _loads(text)


def _convert(value: Any) -> Any:
    """What the encoder itself does not know."""
    match value:
        case datetime.datetime() | datetime.date() | datetime.time():
            return value.isoformat()
        case datetime.timedelta():
            return value.total_seconds()
        case decimal.Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case uuid.UUID() | pathlib.PurePath():
            return str(value)
        case enum.Enum():
            return value.value
        case bytes() | bytearray() | memoryview():
            return base64.b64encode(bytes(value)).decode()
        case AbstractSet():
            return sorted(value, key=repr)
        case Mapping():
            return dict(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if callable(tolist := getattr(value, "tolist", None)):
        return tolist()
    raise TypeError(f"{type(value).__name__} is not JSON")


_ENCODER: Final = json.JSONEncoder(
    allow_nan=False, default=_convert, ensure_ascii=False, separators=(",", ":")
)


def _explain(value: Any, place: str, cause: Exception) -> str:
    """Walk to the first part that cannot be JSON; only called when encoding failed."""
    if isinstance(cause, RecursionError) or "ircular" in str(cause):
        return f"{place} is nested too deeply or contains itself"
    return _fault(value, place) or f"{place} cannot be written as JSON: {cause}"


def _fault(value: Any, place: str) -> str | None:
    if value is None or isinstance(value, bool | int):
        return None
    if isinstance(value, str):
        if value.isascii() or _is_unicode(value):
            return None
        return f"{place} contains half of a surrogate pair, which is no character"
    if isinstance(value, float):
        return (
            None if math.isfinite(value) else f"{place} is {value}, not a JSON number"
        )
    if isinstance(value, dict):
        for key, part in value.items():
            if key is not None and not isinstance(key, str | int | float):
                return f"{place} has a key of type {type(key).__name__}; keys are text"
            if fault := _fault(part, f"{place}.{key}"):
                return fault
        return None
    if isinstance(value, list | tuple):
        parts = ((_fault(p, f"{place}[{i}]")) for i, p in enumerate(value))
        return next((fault for fault in parts if fault), None)
    try:
        return _fault(_convert(value), place)
    except (TypeError, ValueError, OverflowError) as exc:
        return f"{place} is a {type(value).__name__}, which is not JSON ({exc})"


def _find_nul(value: Any, place: str) -> str | None:
    if isinstance(value, str):
        return place if "\0" in value else None
    if isinstance(value, dict):
        if any(isinstance(key, str) and "\0" in key for key in value):
            return f"a key of {place}"
        parts = ((_find_nul(p, f"{place}.{k}")) for k, p in value.items())
    elif isinstance(value, list | tuple):
        parts = ((_find_nul(p, f"{place}[{i}]")) for i, p in enumerate(value))
    else:
        return None
    return next((found for found in parts if found), None)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


# The child processes that run user code stay free of third-party modules.
try:
    from orjson import loads as _loads
except ImportError:  # pragma: no cover - orjson is a dependency of the worker itself
    _loads = None  # type: ignore[assignment]
