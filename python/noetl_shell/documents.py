"""Read YAML and JSON as the JSON that the engine takes, knowing each value's place.

YAML is read as version 1.1, as PyYAML does (``yes`` is true), with three differences:
keys are taken literally (``on:`` stays ``on``), a key may stand only once, and dates
become ISO strings. What JSON cannot hold is refused with line and column.
"""

from __future__ import annotations

import datetime
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn

from noetl_shell.errors import InputError

_MAX_BYTES: Final = 16 * 1024 * 1024
# Aliases let a small file grow without end.
_MAX_NODES: Final = 1_000_000
_MAX_DEPTH: Final = 200

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Document:
    """A document's value, and the line and column of each path in it."""

    source: str
    value: Any
    places: dict[str, Place] = field(repr=False)

    def place(self, path: str) -> Place | None:
        """Where a path such as ``workflow[3].next`` is, or its nearest parent."""
        while path:
            if path in self.places:
                return self.places[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.places.get("")


class DocumentError(InputError):
    """A document cannot be read; the message begins with file, line and column."""

    def __init__(
        self, source: str, message: str, place: Place | None = None, **options: Any
    ) -> None:
        where = f"{source}:{place[0]}:{place[1]}" if place else source
        super().__init__(f"{where}: {message}", **options)
        self.source = source
        self.reason = message
        self.place = place


def read_document(path: Path) -> Document:
    """Read a file of one YAML or JSON document."""
    return parse_document(_read_text(path), str(path))


def parse_document(text: str, source: str) -> Document:
    """Read the text of one YAML or JSON document."""
    if source.endswith(".json"):
        return Document(source, _parse_json(text, source), {})
    return _Reader(source).read(text)


def parse_value(text: str, source: str) -> Any:
    """Read one value that was given on the command line."""
    return _Reader(source).read(text).value if text.strip() else ""


def _read_text(path: Path) -> str:
    source = str(path)
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise DocumentError(source, "is a directory, not a file")
        if size > _MAX_BYTES:
            raise DocumentError(source, f"is larger than {_MAX_BYTES >> 20} MB")
        data = path.read_bytes()
    except OSError as exc:
        raise DocumentError(
            source, exc.strerror.lower() if exc.strerror else "cannot be read"
        ) from exc
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        raise DocumentError(
            source, f"is not UTF-8 text (byte {data[exc.start]:#04x})", (line, 1)
        ) from exc
    if "\0" in text:
        raise DocumentError(source, "is a binary file, not YAML")
    if not text.strip():
        raise DocumentError(source, "is empty")
    return text


def _parse_json(text: str, source: str) -> Any:
    def refuse(name: str) -> NoReturn:
        raise DocumentError(source, f"{name} is not JSON")

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise DocumentError(source, f'the key "{twice}" stands twice')
        return result

    try:
        return json.loads(text, parse_constant=refuse, object_pairs_hook=unique)
    except json.JSONDecodeError as exc:
        raise DocumentError(source, exc.msg, (exc.lineno, exc.colno)) from exc
    except ValueError as exc:  # Python reads no integers of thousands of digits
        raise DocumentError(source, f"cannot be read: {exc}") from exc
    except RecursionError as exc:
        raise DocumentError(source, "is nested too deeply") from exc


class _Reader:
    """Turns YAML's nodes, which know their place, into values."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._places: dict[str, Place] = {}
        self._count = 0

    def read(self, text: str) -> Document:
        import yaml

        loader_class = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            self._loader = loader_class(text)
            try:
                node = self._loader.get_single_node()
                if node is None:
                    raise DocumentError(self._source, "is empty")
                value = self._value(node, "", 0)
            finally:
                self._loader.dispose()
        except yaml.MarkedYAMLError as exc:
            self._refuse_yaml(exc, text)
        except yaml.reader.ReaderError as exc:
            before = text[: exc.position]
            place = before.count("\n") + 1, exc.position - before.rfind("\n")
            message = f"broken YAML: the control character {exc.character:#04x}"
            raise DocumentError(self._source, message, place) from exc
        return Document(self._source, value, self._places)

    def _refuse_yaml(self, exc: Any, text: str) -> NoReturn:
        mark = exc.problem_mark or exc.context_mark
        line = text.splitlines()[mark.line : mark.line + 1] if mark else []
        if "expected a single document" in (exc.context or ""):
            message = "a second document begins here: one file holds one"
        elif line and line[0][mark.column : mark.column + 1] == "\t":
            message = "a tab stands where YAML wants spaces"
        else:
            message = ", ".join(part for part in (exc.context, exc.problem) if part)
        place = (mark.line + 1, mark.column + 1) if mark else None
        raise DocumentError(
            self._source, f"broken YAML: {message}", place, hint=_hint(message)
        ) from exc

    def _value(self, node: Any, path: str, depth: int) -> Any:
        import yaml

        self._count += 1
        if self._count > _MAX_NODES:
            raise self._error(node, f"holds more than {_MAX_NODES} values (aliases?)")
        if depth > _MAX_DEPTH:
            raise self._error(node, f"is nested deeper than {_MAX_DEPTH} levels")
        self._places.setdefault(path, _place(node))
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        kind = node.tag.rpartition(":")[2]
        if isinstance(node, yaml.SequenceNode) and kind == "seq":
            return [
                self._value(item, f"{path}[{index}]", depth + 1)
                for index, item in enumerate(node.value)
            ]
        if isinstance(node, yaml.MappingNode) and kind == "map":
            return self._mapping(node, path, depth)
        raise self._error(node, f"the tag {node.tag} is not JSON")

    def _mapping(self, node: Any, path: str, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                for part in self._merge_parts(value_node, path, depth):
                    merged = {**part, **merged}
                continue
            key = self._key(key_node)
            if key in result:
                raise self._error(key_node, f'the key "{key}" stands twice')
            inner = f"{path}.{key}" if path else key
            self._places[inner] = _place(key_node)
            result[key] = self._value(value_node, inner, depth + 1)
        return {**merged, **result}

    def _merge_parts(self, node: Any, path: str, depth: int) -> list[dict[str, Any]]:
        value = self._value(node, path, depth + 1)
        parts = value if isinstance(value, list) else [value]
        if not all(isinstance(part, dict) for part in parts):
            raise self._error(node, "<< merges mappings only")
        return parts

    def _key(self, node: Any) -> str:
        import yaml

        if not isinstance(node, yaml.ScalarNode):
            raise self._error(
                node,
                "a key must be a string",
                hint='Quote values that begin with a brace: "{{ name }}".',
            )
        return str(node.value)

    def _scalar(self, node: Any) -> Any:
        if not node.tag.startswith("tag:yaml.org,2002:"):
            raise self._error(node, f"the tag {node.tag} is not JSON")
        try:
            value = self._loader.construct_object(node)
        except (ValueError, OverflowError) as exc:
            message = f"cannot read {node.value!r}: {exc}"
            raise self._error(node, message) from exc
        if isinstance(value, (datetime.date, datetime.datetime)):
            return value.isoformat()
        if isinstance(value, float) and not math.isfinite(value):
            raise self._error(node, f"{node.value} is not JSON")
        if isinstance(value, str) and "\0" in value:
            raise self._error(node, "a string may not hold the character NUL")
        if value is None or isinstance(value, (str, bool, int, float)):
            return value
        raise self._error(node, f"the tag {node.tag} is not JSON")

    def _error(self, node: Any, message: str, hint: str | None = None) -> DocumentError:
        return DocumentError(self._source, message, _place(node), hint=hint)


def _place(node: Any) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _hint(message: str) -> str | None:
    if "a tab" in message:
        return "Indent with spaces, not tabs."
    if "flow mapping" in message:
        return 'Quote values that begin with a brace: "{{ name }}".'
    if "mapping values are not allowed" in message:
        return "Quote values that hold a colon, or check the indentation."
    return None
