"""The options of a transfer, checked before anything is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from noetl_worker.output import TaskError

Mode = Literal["append", "replace", "upsert"]
MODES: Final[tuple[Mode, ...]] = get_args(Mode)
CHUNK_SIZE: Final = 10_000
PROGRESS_TABLE: Final = "noetl_transfer"

# What each type needs: of each group one.
SOURCES: Final[Mapping[str, Sequence[Sequence[str]]]] = {
    "postgres": [("query", "table")],
    "duckdb": [("query", "table")],
    "file": [("path", "uri")],
    "s3": [("uri",)],
    "minio": [("uri",)],
    "gcs": [("uri",)],
    "ref": [("ref", "uri")],
    "http": [("url", "endpoint")],
}
TARGETS: Final[Mapping[str, Sequence[Sequence[str]]]] = {
    "postgres": [("table",)],
    "duckdb": [("database",), ("table",)],
    "file": [("path", "uri")],
    "s3": [("uri",)],
    "minio": [("uri",)],
    "gcs": [("uri",)],
    "store": [],
    "http": [("url", "endpoint")],
}
SQL_TARGETS: Final = ("postgres", "duckdb")


@dataclass(frozen=True, slots=True)
class Place:
    """Where rows come from or go to."""

    side: str
    type: str
    options: Mapping[str, Any]

    def text(self, *names: str) -> str:
        """The first of these options that is given; "" when none is."""
        for name in names:
            value = self.options.get(name)
            if value not in (None, ""):
                if not isinstance(value, str):
                    raise bad_option(f"{self.side}.{name} must be text")
                return value
        return ""


@dataclass(frozen=True, slots=True)
class Options:
    """What is to be moved, and how."""

    source: Place
    target: Place
    mode: Mode
    chunk_size: int
    progress_table: str
    key: str
    conflict: tuple[str, ...]
    mapping: Mapping[str, str]

    def as_mapping(self) -> dict[str, Any]:
        """Where from and where to, for the payload; nothing secret."""
        return {
            place.side: {
                "type": place.type,
                **{n: place.options[n] for n in _SHOWN if place.options.get(n)},
            }
            for place in (self.source, self.target)
        }


_SHOWN: Final = ("table", "schema", "database", "path", "uri", "ref")


def read_options(given: Mapping[str, Any]) -> Options:
    """The options as given; raises what is wrong with them."""
    source = _place("source", given.get("source"), SOURCES)
    target = _place("target", given.get("target"), TARGETS)
    mode = given.get("mode") or "append"
    if mode not in MODES:
        raise bad_option(f"mode must be one of {', '.join(MODES)}, not {mode!r}")
    conflict = _names(target.options.get("key"))
    if mode == "upsert" and target.type not in SQL_TARGETS:
        raise bad_option(f"mode upsert needs a table, not a target {target.type}")
    if mode == "upsert" and not conflict:
        raise bad_option(
            "mode upsert needs target.key: the columns that tell rows apart"
        )
    return Options(
        source=source,
        target=target,
        mode=mode,
        chunk_size=_chunk_size(given.get("chunk_size")),
        progress_table=str(given.get("progress_table") or PROGRESS_TABLE),
        key=source.text("key"),
        conflict=conflict,
        mapping=_mapping(target.options.get("mapping")),
    )


def bad_option(reason: str) -> TaskError:
    """An option is missing or cannot be used."""
    return TaskError("template", f"transfer: {reason}")


def _place(
    side: str, given: Any, known: Mapping[str, Sequence[Sequence[str]]]
) -> Place:
    if not isinstance(given, Mapping):
        raise bad_option(f'"{side}" must be a mapping with "type"')
    kind = given.get("type")
    if kind not in known:
        raise bad_option(f"{side}.type must be one of {', '.join(known)}, not {kind!r}")
    place = Place(side, str(kind), given)
    for names in known[place.type]:
        if not place.text(*names):
            needed = " or ".join(f'"{name}"' for name in names)
            raise bad_option(f"a {side} {kind} needs {needed}")
    return place


def _chunk_size(given: Any) -> int:
    if given is None:
        return CHUNK_SIZE
    text = str(given)
    if isinstance(given, bool) or not text.isdecimal() or int(text) < 1:
        raise bad_option(f"chunk_size must be a number of rows, not {given!r}")
    return int(text)


def _names(given: Any) -> tuple[str, ...]:
    names = [given] if isinstance(given, str) else given or []
    if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
        raise bad_option("target.key must be a list of columns")
    return tuple(names)


def _mapping(given: Any) -> Mapping[str, str]:
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not given:
        raise bad_option("target.mapping must be {target column: source column}")
    for target, source in given.items():
        if not isinstance(source, str) or not source:
            raise bad_option(f'target.mapping: "{target}" must name a source column')
    return given
