"""Reads settings from environment variables, and says what is wrong with a bad one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

T = TypeVar("T")
Variables = Mapping[str, tuple[str, Callable[[str], Any]]]

_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_FALSE: Final = frozenset({"0", "false", "no", "off"})
_DAY: Final = 86_400
# Settings whose text may hold a secret, such as the password in a URL.
_SECRET: Final = ("_DB", "_URL", "_ENDPOINT", "_TOKEN", "_PASSWORD", "_KEY")


def read(variable: str, text: str, parse: Callable[[str], T]) -> T:
    """What a variable says.

    Raises ValueError that names the variable, its text unless that may be secret, and
    what is allowed.
    """
    try:
        return parse(text)
    except ValueError as exc:
        shown = "" if variable.endswith(_SECRET) else f" {text[:80]!r}"
        raise ValueError(f"{variable}{shown} is bad: {exc}") from None


def read_all(environ: Mapping[str, str], variables: Variables) -> dict[str, Any]:
    """By field: what the variables say that are set and not empty; see ``read``."""
    return {
        field: read(variable, text, parse)
        for variable, (field, parse) in variables.items()
        if (text := environ.get(variable))
    }


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """A parser of whole numbers in a range."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if not least <= number <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return number

    return parse


def seconds(least: float, most: float) -> Callable[[str], float]:
    """A parser of times in seconds, fractions allowed, in a range."""

    def parse(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not least <= number <= most:  # so for what is no number, too
            raise ValueError(f"must be a number of seconds from {least:g} to {most:g}")
        return number

    return parse


def flag(text: str) -> bool:
    """Whether something is so; raises ValueError for what says neither."""
    word = text.strip().lower()
    if word not in _TRUE | _FALSE:
        raise ValueError("must be 1 or 0")
    return word in _TRUE


count: Final = whole_number(1, 100_000)
size: Final = whole_number(1, 2**53)  # bytes
interval: Final = seconds(0.001, _DAY)
