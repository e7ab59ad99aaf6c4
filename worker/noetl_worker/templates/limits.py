"""Limits on what one render may produce and how long it may take."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterable, Iterator
from threading import local
from typing import Any, Final

from noetl_worker.templates.errors import TemplateError

MAX_TEXT: Final = 64 * 1024 * 1024
MAX_ITEMS: Final = 1_000_000
MAX_DIGITS: Final = 1000
MAX_WIDTH: Final = 100_000
MAX_STEPS: Final = 5_000_000
MAX_SECONDS: Final = 5.0

_TOO_MANY_DIGITS: Final = 10**MAX_DIGITS
_WIDE_FORMAT: Final = re.compile(r"\*|\d{6,}")
_PADDING: Final = frozenset({"ljust", "rjust", "center", "zfill", "expandtabs"})


class Budget(local):
    """Steps and time that are left to the render that runs in this thread."""

    def __init__(self) -> None:
        self.steps = MAX_STEPS
        self.deadline = 0.0

    def open(self) -> None:
        """Start a render with a full budget."""
        self.steps = MAX_STEPS
        self.deadline = time.monotonic() + MAX_SECONDS

    def spend(self) -> None:
        """Count one step: an iteration of a loop or a call."""
        self.steps -= 1
        if self.steps < 0:
            raise TemplateError(f"more than {MAX_STEPS} steps", "limit")
        if self.steps % 64 == 0 and time.monotonic() > self.deadline:
            raise TemplateError(f"runs longer than {MAX_SECONDS:g} s", "limit")


BUDGET: Final = Budget()


def counted(items: Iterable[Any]) -> Iterator[Any]:
    """Yield the items of a loop, each against the budget."""
    for item in items:
        BUDGET.spend()
        yield item


def check_text(length: int) -> None:
    """Refuse a text of more than MAX_TEXT characters before it is made."""
    if length > MAX_TEXT:
        raise TemplateError(f"makes a text of more than {MAX_TEXT} characters", "limit")


def check_items(count: int) -> None:
    """Refuse a list of more than MAX_ITEMS items before it is made."""
    if count > MAX_ITEMS:
        raise TemplateError(f"makes a list of more than {MAX_ITEMS} items", "limit")


def check_digits(number: int) -> None:
    """Refuse an integer of more than MAX_DIGITS digits."""
    if not -_TOO_MANY_DIGITS < number < _TOO_MANY_DIGITS:
        raise TemplateError(f"makes a number of more than {MAX_DIGITS} digits", "limit")


def check_repeat(value: Any, times: int) -> None:
    """Refuse ``value * times`` when the product is too large."""
    if isinstance(value, str):
        check_text(len(value) * max(times, 0))
    elif isinstance(value, list):
        check_items(len(value) * max(times, 0))


def check_power(base: Any, exponent: Any) -> None:
    """Refuse ``base ** exponent`` of integers when the power has too many digits."""
    if not (isinstance(base, int) and isinstance(exponent, int)) or abs(base) < 2:
        return
    if exponent * math.log10(abs(base)) > MAX_DIGITS + 1:
        raise TemplateError(f"makes a number of more than {MAX_DIGITS} digits", "limit")


def check_format(text: str) -> None:
    """Refuse a format whose width is computed or huge."""
    if _WIDE_FORMAT.search(text):
        raise TemplateError("a format with a width this large", "limit")


def check_width(arguments: Iterable[Any]) -> None:
    """Refuse numbers over MAX_WIDTH where they decide the size of a result."""
    for argument in arguments:
        if isinstance(argument, int) and abs(argument) > MAX_WIDTH:
            raise TemplateError(f"an argument over {MAX_WIDTH}", "limit")


def check_method(method: Any, arguments: tuple[Any, ...]) -> None:
    """Refuse a text method whose result would be too large."""
    method = getattr(method, "__wrapped__", method)  # the sandbox wraps format
    text, name = getattr(method, "__self__", None), getattr(method, "__name__", "")
    if not isinstance(text, str):
        return
    if name in _PADDING:
        check_width(arguments)
    elif name in ("format", "format_map"):
        check_format(text)
    elif name == "replace" and len(arguments) > 1:
        check_text((len(text) + 1) * len(str(arguments[1])) + len(text))
    elif name == "join" and arguments and isinstance(arguments[0], list | tuple | str):
        check_text(len(text) * len(arguments[0]))
