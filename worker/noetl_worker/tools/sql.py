"""SQL text: where one statement ends and the next begins, and rows as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from noetl_worker.output import TaskError

# What may hold a semicolon that ends nothing. A nested comment is finished by hand.
_TOKEN: Final = re.compile(
    r"""
      (?P<comment>--[^\n]*)
    | (?P<block>/\*)
    | (?P<escape>\b[eE]'(?:[^'\\]|\\.|'')*')
    | (?P<text>'(?:[^']|'')*')
    | (?P<name>"(?:[^"]|"")*")
    | (?P<dollar>\$(?:[A-Za-z_\x80-\uffff][\w\x80-\uffff]*)?\$)
    | (?P<word>[A-Za-z_\x80-\uffff][\w$\x80-\uffff]*)
    | (?P<end>;)
    """,
    re.VERBOSE | re.DOTALL,
)
# The text of a step is mostly the same from item to item; larger ones are data.
_KEPT_CHARACTERS: Final = 10_000
_ATOMIC: Final = re.compile(r"\bbegin\s+atomic\b", re.IGNORECASE)


def split_statements(text: str) -> tuple[str, ...]:
    """The statements of a text; those with nothing but comments are left out."""
    return _split_again(text) if len(text) <= _KEPT_CHARACTERS else _split(text)


# The first of these outside of parentheses says what a statement does.
_VERBS: Final = frozenset(
    {"select", "values", "table", "insert", "update", "delete", "merge"}
    | {"create", "drop", "alter", "copy", "do", "call", "set", "show", "explain"}
)


@lru_cache(maxsize=256)
def _split_again(text: str) -> tuple[str, ...]:
    return _split(text)


def _split(text: str) -> tuple[str, ...]:
    statements, start, position = [], 0, 0
    has_code, depth = False, 0
    while match := _TOKEN.search(text, position):
        has_code = has_code or bool(text[position : match.start()].strip())
        position = match.end()
        match match.lastgroup:
            case "comment":
                continue
            case "block":
                position = _end_of_comment(text, position)
                continue
            case "dollar":
                closing = text.find(match.group(), position)
                if closing < 0:
                    raise TaskError("sql", f"the quote {match.group()} is never closed")
                position = closing + len(match.group())
            case "word":
                depth = _block_depth(depth, match.group().lower(), text, match.start())
            case "end":
                if depth == 0:
                    if has_code:
                        statements.append(text[start : match.start()].strip())
                    start, has_code = position, False
                    continue
        has_code = True
    if has_code or text[position:].strip():
        statements.append(text[start:].strip())
    return tuple(statement for statement in statements if statement)


def _block_depth(depth: int, word: str, text: str, place: int) -> int:
    """``begin atomic … end`` is one statement, with ``case … end`` inside."""
    if word == "begin" and _ATOMIC.match(text, place):
        return depth + 1
    if depth and word == "case":
        return depth + 1
    if depth and word == "end":
        return depth - 1
    return depth


def _end_of_comment(text: str, position: int) -> int:
    depth = 1
    for match in re.compile(r"/\*|\*/").finditer(text, position):
        depth += 1 if match.group() == "/*" else -1
        if depth == 0:
            return match.end()
    raise TaskError("sql", "a comment /* is never closed")


def first_words(statement: str, count: int = 3) -> list[str]:
    """The first words of a statement, in lower case, comments skipped."""
    words: list[str] = []
    position = 0
    while len(words) < count and (match := _TOKEN.search(statement, position)):
        position = match.end()
        if match.lastgroup == "block":
            position = _end_of_comment(statement, position)
        elif match.lastgroup == "word":
            words.append(match.group().lower())
        elif match.lastgroup != "comment":
            break
    return words


def outer_words(statement: str) -> list[str]:
    """The words of a statement that stand outside of parentheses, in lower case."""
    words: list[str] = []
    position, depth = 0, 0
    while match := _TOKEN.search(statement, position):
        gap = statement[position : match.start()]
        depth += gap.count("(") - gap.count(")")
        position = match.end()
        match match.lastgroup:
            case "block":
                position = _end_of_comment(statement, position)
            case "dollar":
                closing = statement.find(match.group(), position)
                position = closing + len(match.group()) if closing >= 0 else position
            case "word" if depth == 0:
                words.append(match.group().lower())
    return words


def gives_rows(statement: str) -> bool:
    """Whether a statement gives rows, which may be many; those of ``show`` are few."""
    words = outer_words(statement)
    verb = next((word for word in words if word in _VERBS), "")
    if verb == "select":
        return "into" not in words
    return verb in ("values", "table") or "returning" in words


def result_of(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], row_count: int
) -> dict[str, Any]:
    """What one statement gave; columns of one name are numbered."""
    names = distinct(columns)
    found = [dict(zip(names, row, strict=True)) for row in rows]
    return {
        "rows": found,
        "row_count": len(found) if row_count < 0 else row_count,
        "columns": names,
    }


def payload_of(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The last statement's result, and each one's under ``command_N``."""
    last = results[-1] if results else result_of((), (), 0)
    return last | {f"command_{index}": result for index, result in enumerate(results)}


def distinct(columns: Sequence[str]) -> list[str]:
    """The names of columns; those of one name are numbered."""
    names: list[str] = []
    for column in columns:
        name, number = column, 2
        while name in names:
            name, number = f"{column}_{number}", number + 1
        names.append(name)
    return names
