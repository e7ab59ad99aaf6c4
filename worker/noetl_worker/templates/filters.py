"""Filters and tests: Jinja2's own under NoETL's rules, and the few that it lacks."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, cast

from jinja2 import Undefined
from jinja2.exceptions import UndefinedError
from jinja2.filters import do_tojson
from jinja2.utils import _PassArg, pass_eval_context
from markupsafe import Markup

from noetl_worker.templates import limits

if TYPE_CHECKING:
    from jinja2.nodes import EvalContext

    from noetl_worker.templates.environment import RuleEnvironment

_Test = Callable[..., Any]
_TRUE: Final = frozenset({"true", "yes", "on", "1", "t", "y"})
_FALSE: Final = frozenset({"false", "no", "off", "0", "f", "n", "none", "null", ""})
_SIZED: Final = ("center", "indent", "wordwrap", "batch", "slice", "truncate")
_BARE: Final = frozenset({"default", "d"})
_COMPARING: Final = {
    "eq": "eq", "==": "eq", "equalto": "eq", "ne": "ne", "!=": "ne",
    "lt": "lt", "<": "lt", "lessthan": "lt", "le": "lteq", "<=": "lteq",
    "gt": "gt", ">": "gt", "greaterthan": "gt", "ge": "gteq", ">=": "gteq", "in": "in",
}  # fmt: skip


def read_boolean(value: Any) -> bool:
    """Read text as yes or no, anything else by its truth."""
    if not isinstance(value, str):
        return bool(value)
    word = value.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError(f'filter "bool" cannot read {value[:40]!r}')


def _read_number(text: str) -> int | float:
    """Read a number as jsonb does: without fraction digits it is an integer."""
    exact = Decimal(text)
    exponent = exact.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= 0:
        return int(exact)
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number out of range")
    return number + 0.0


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is no JSON")


def _read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    from noetl_worker.templates.environment import jsonb_order

    mapping = dict(pairs)
    return {key: mapping[key] for key in sorted(mapping, key=jsonb_order)}


def _check_text(text: str) -> None:
    """Refuse what text in PostgreSQL cannot hold."""
    text.encode()
    if "\\u0000" in text:
        raise ValueError("it holds a NUL character")


def read_json(value: Any) -> Any:
    """Parse a JSON text as PostgreSQL's jsonb does."""
    if not isinstance(value, str):
        raise TypeError(f'filter "fromjson" needs text, not {type(value).__name__}')
    try:
        document = json.loads(
            value,
            parse_float=_read_number,
            parse_constant=_refuse_constant,
            object_pairs_hook=_read_object,
        )
        _check_text(json.dumps(document, ensure_ascii=False))
    except (ValueError, RecursionError) as error:
        raise ValueError(f'filter "fromjson": the text is no JSON: {error}') from error
    return document


def _mapping_filter(name: str, take: Callable[[Mapping[str, Any]], list[Any]]) -> Any:
    def read(value: Any) -> list[Any]:
        if not isinstance(value, Mapping):
            raise TypeError(
                f'filter "{name}" needs a mapping, not {type(value).__name__}'
            )
        return take(value)

    return read


@pass_eval_context
def _to_json(context: EvalContext, value: Any, indent: int | None = None) -> str:
    if indent is not None and not (type(indent) is int and 0 <= indent < 20):
        raise ValueError("tojson: indent must be an integer from 0 to 19")
    return str(do_tojson(context, value, indent))


def _tidy(value: Any) -> Any:
    """Turn iterators into lists and markup into text; one undefined item spreads."""
    from noetl_worker.templates.environment import finite

    if isinstance(value, Iterator):
        value = list(value)
    if isinstance(value, list):
        for item in value:
            if isinstance(item, Undefined):
                return item
        return value
    return str(value) if isinstance(value, Markup) else finite(value)


def _guard_filter(
    environment: RuleEnvironment, name: str, function: Callable[..., Any]
) -> Callable[..., Any]:
    skip = 0 if _PassArg.from_obj(function) is None else 1

    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        values = (*args[skip:], *kwargs.values())
        undefined = environment.first_undefined(values)
        if undefined is not None:
            return undefined
        if name in _SIZED:
            limits.check_width(values)
        elif name == "format":
            limits.check_format(str(values[0]))
        elif name == "replace" and len(values) > 2:
            text, new = str(values[0]), str(values[2])
            limits.check_text(len(text) + (len(text) + 1) * len(new))
        elif name == "join" and isinstance(values[0], list) and len(values) > 1:
            limits.check_text(len(values[0]) * len(str(values[1])))
        try:
            return _tidy(function(*args, **kwargs))
        except UndefinedError:
            # an item lacks the attribute: so the result is undefined
            return environment.undefined(name=f'the result of filter "{name}"')

    return guarded


def install_filters(environment: RuleEnvironment) -> None:
    """Put all filters of the environment under the rules and add the missing ones."""
    environment.filters.update(
        bool=read_boolean,
        fromjson=read_json,
        tojson=_to_json,
        keys=_mapping_filter("keys", lambda m: list(m)),
        values=_mapping_filter("values", lambda m: list(m.values())),
        items=_mapping_filter("items", lambda m: [list(pair) for pair in m.items()]),
    )
    for name, function in list(environment.filters.items()):
        if name not in _BARE:
            environment.filters[name] = _guard_filter(environment, name, function)


def _divides(value: Any, by: Any) -> bool:
    if not isinstance(value, int | float):
        raise TypeError(f"unsupported operand type for %: {type(value).__name__!r}")
    return bool(value % by == 0)


def _is_odd(value: Any) -> bool:
    return not _divides(value, 2) and value % 2 == 1


def _guard_test(
    environment: RuleEnvironment, name: str, function: Callable[..., Any]
) -> Callable[..., Any]:
    skip = 0 if _PassArg.from_obj(function) is None else 1

    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> bool:
        values = (*args[skip:], *kwargs.values())
        if environment.first_undefined(values) is not None:
            return name in ("ne", "!=")
        return bool(function(*args, **kwargs))

    return guarded


def install_tests(environment: RuleEnvironment) -> None:
    """Put all tests of the environment under the rule for undefined."""
    environment.tests.update(
        odd=_is_odd, even=lambda value: _divides(value, 2), divisibleby=_divides
    )
    for name, operator in _COMPARING.items():
        environment.tests[name] = _comparing(environment, operator)
    for name, test in list(environment.tests.items()):
        if name not in ("defined", "undefined"):
            environment.tests[name] = _guard_test(environment, name, cast(_Test, test))


def _comparing(
    environment: RuleEnvironment, operator: str
) -> Callable[[Any, Any], bool]:
    return lambda left, right: environment.compare(left, operator, lambda: right)
