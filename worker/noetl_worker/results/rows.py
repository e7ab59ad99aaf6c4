"""Payloads that are mostly rows: the rows apart, what is left rides in the event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Parted:
    """A payload without its rows, the rows, and their places in the payload."""

    rest: Any
    rows: list[Any]
    at: tuple[str, ...]


def part(payload: Any) -> Parted | None:
    """The rows of a payload: itself, or its longest list; None when there is none.

    The same list at several places (a postgres result's ``rows`` and ``command_0.rows``)
    is told of once.
    """
    if isinstance(payload, list):
        return Parted(None, payload, ()) if payload else None
    if not isinstance(payload, Mapping):
        return None
    lists = [value for value in payload.values() if isinstance(value, list) and value]
    if not lists:
        return None
    rows = max(lists, key=len)
    places = tuple(_places(payload, rows))
    return Parted(_without(payload, rows), rows, places) if places else None


def _places(payload: Mapping[str, Any], rows: list[Any]) -> Iterator[str]:
    """Paths with dots between the keys; a key with a dot of its own has none."""
    for key, value in payload.items():
        if "." in key:
            continue
        if value is rows:
            yield key
        elif isinstance(value, Mapping):
            inner = (n for n, part in value.items() if part is rows and "." not in n)
            yield from (f"{key}.{name}" for name in inner)


def _without(payload: Mapping[str, Any], rows: list[Any]) -> dict[str, Any]:
    rest: dict[str, Any] = {}
    for key, value in payload.items():
        if value is rows:
            continue
        if isinstance(value, Mapping):
            value = {name: part for name, part in value.items() if part is not rows}
        rest[key] = value
    return rest
