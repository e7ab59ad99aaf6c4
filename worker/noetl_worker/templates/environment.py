"""The one Jinja2 environment: sandboxed, JSON values, NoETL's rule for undefined."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Final, NoReturn

from jinja2 import StrictUndefined, Undefined
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from noetl_worker.templates import limits
from noetl_worker.templates.errors import TemplateError
from noetl_worker.templates.filters import install_filters, install_tests
from noetl_worker.templates.generator import RuleGenerator
from noetl_worker.templates.views import MISSING, ResultView

_COMPARISONS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
    "in": lambda left, right: left in right,
    "notin": lambda left, right: left not in right,
}


class Missing(StrictUndefined):
    """Undefined: raises where its value is needed; ``default`` and tests catch it."""

    __slots__ = ()


class LenientMissing(Undefined):
    """Undefined in a condition: false, equal to nothing, and so is what it makes."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True

    def _fail(self, *args: Any) -> NoReturn:
        self._fail_with_undefined_error(*args)

    __hash__ = __str__ = __iter__ = __len__ = __contains__ = _fail


def finite(value: Any) -> Any:
    """Return a computed value, refusing floats and powers that JSON cannot hold."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise TemplateError("the result is not a finite number", "value")
        return value + 0.0
    if isinstance(value, complex):
        raise TemplateError("the result is no real number", "value")
    if isinstance(value, int):
        limits.check_digits(value)
    return value


def name_of(value: Undefined) -> str:
    """Return the name under which an undefined value was looked up."""
    return str(value._undefined_name)  # noqa: SLF001 (Jinja2 has no accessor)


def jsonb_order(key: str) -> tuple[int, bytes]:
    """Sort key of a mapping's key as PostgreSQL stores it: shorter keys first."""
    encoded = key.encode("utf-8", "surrogatepass")
    return len(encoded), encoded


def text_range(*bounds: int) -> list[int]:
    """Return range(…) as a list of limited length."""
    numbers = range(*bounds)
    limits.check_items(len(numbers))
    return list(numbers)


def bounded_join(parts: Iterable[str]) -> str:
    """Join texts unless the result is too large."""
    texts = list(parts)
    limits.check_text(sum(map(len, texts)))
    return "".join(texts)


class RuleEnvironment(ImmutableSandboxedEnvironment):
    """Jinja2 with the rules of docs/expressions.md; see RuleGenerator for the calls."""

    code_generator_class = RuleGenerator
    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})
    intercepted_unops = frozenset({"+", "-"})
    counted: ClassVar = staticmethod(limits.counted)

    def __init__(self, undefined: type[Undefined]) -> None:
        super().__init__(
            undefined=undefined,
            autoescape=False,
            keep_trailing_newline=True,
            optimized=False,
            cache_size=0,
        )
        self.concat = bounded_join  # type: ignore[method-assign]
        self.globals.pop("lipsum")
        self.globals["range"] = text_range
        install_filters(self)
        install_tests(self)

    def spread(self, value: Undefined) -> Undefined:
        """Return an undefined operand, or raise its error: the result is undefined."""
        if isinstance(value, LenientMissing):
            return value
        str(value)
        return value

    def first_undefined(self, values: Iterable[Any]) -> Undefined | None:
        """Return the first undefined value, or raise its error when strict."""
        for value in values:
            if isinstance(value, Undefined):
                return self.spread(value)
        return None

    @staticmethod
    def whole(value: Any) -> Any:
        """Return the payload of a result that is used as a whole."""
        return value.whole() if isinstance(value, ResultView) else value

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Read a key of a mapping or view; JSON values have no attributes but keys."""
        if isinstance(obj, ResultView):
            value = obj.read(attribute)
        elif isinstance(obj, Undefined):
            return self.undefined(name=f"{name_of(obj)}.{attribute}")
        elif isinstance(obj, Mapping):
            value = obj.get(attribute, MISSING)
        elif obj is None or isinstance(obj, str | int | float | list):
            value = MISSING
        else:
            return super().getattr(obj, attribute)
        return self.undefined(name=attribute) if value is MISSING else value

    def getmethod(self, obj: Any, attribute: str) -> Any:
        """Find what ``obj.attribute(…)`` calls, within the sandbox."""
        obj = self.whole(obj)
        if isinstance(obj, Undefined):
            return self.spread(obj)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Read an item; what is not there is undefined."""
        if isinstance(argument, Undefined):
            return self.spread(argument)
        if isinstance(obj, ResultView):
            if isinstance(argument, str):
                return self.getattr(obj, argument)
            obj = obj.whole()
        if isinstance(obj, Undefined):
            return self.undefined(name=f"{name_of(obj)}[{argument!r}]")
        if isinstance(obj, Mapping | list | tuple | str):
            try:
                return obj[argument]
            except (LookupError, TypeError):
                return self.undefined(name=str(argument))
        return super().getitem(obj, argument)

    def getslice(self, obj: Any, *bounds: Any) -> Any:
        """Slice a list or text."""
        if (undefined := self.first_undefined((*bounds, obj))) is not None:
            return undefined
        if not isinstance(obj, list | tuple | str):
            raise TypeError(f"{type(obj).__name__!r} object cannot be sliced")
        return obj[slice(*bounds)]

    def compare(self, left: Any, *rest: Any) -> bool:
        """Compare a chain of operands, each given as operator and function."""
        for name, right_of in zip(rest[::2], rest[1::2], strict=True):
            right = right_of()
            if self.first_undefined((left, right)) is not None:
                holds = name in ("ne", "notin")
            else:
                holds = bool(_COMPARISONS[name](left, right))
            if not holds:
                return False
            left = right
        return True

    def join_text(self, values: tuple[Any, ...]) -> Any:
        """Join values as ``~`` does."""
        if (undefined := self.first_undefined(values)) is not None:
            return undefined
        return bounded_join(str(value) for value in values)

    def make_list(self, values: list[Any]) -> Any:
        """Return a list literal; with an undefined item it is undefined."""
        undefined = self.first_undefined(values)
        return values if undefined is None else undefined

    def make_dict(self, values: list[Any]) -> Any:
        """Return a mapping literal of alternating keys and values."""
        if (undefined := self.first_undefined(values)) is not None:
            return undefined
        if bad := [key for key in values[::2] if not isinstance(key, str)]:
            raise TypeError(f"a mapping's keys are text, not {type(bad[0]).__name__}")
        pairs = dict(zip(values[::2], values[1::2], strict=True))
        return {key: pairs[key] for key in sorted(pairs, key=jsonb_order)}

    def call_binop(
        self,
        context: Context,  # noqa: ARG002
        operator: str,
        left: Any,
        right: Any,
    ) -> Any:
        """Compute an arithmetic operation within the limits."""
        if (undefined := self.first_undefined((left, right))) is not None:
            return undefined
        if operator == "*" and isinstance(left, int) and isinstance(right, str | list):
            left, right = right, left
        if operator == "*" and isinstance(right, int):
            limits.check_repeat(left, right)
        elif operator == "**":
            limits.check_power(left, right)
        elif operator == "%" and isinstance(left, str):
            limits.check_format(left)
        elif operator == "+" and isinstance(left, str) and isinstance(right, str):
            limits.check_text(len(left) + len(right))
        elif operator == "+" and isinstance(left, list) and isinstance(right, list):
            limits.check_items((len(left) + len(right)) // 10)
        return finite(self.binop_table[operator](left, right))

    def call_unop(self, context: Context, operator: str, arg: Any) -> Any:  # noqa: ARG002
        """Compute a sign."""
        if isinstance(arg, Undefined):
            return self.spread(arg)
        return finite(self.unop_table[operator](arg))

    def call(
        __self,  # noqa: N805
        __context: Context,  # noqa: PYI063
        __obj: Any,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """Call within the sandbox, the budget and the limits of text methods."""
        if isinstance(__obj, Undefined):
            return __self.spread(__obj)
        if __obj is limits.counted:
            return limits.counted(*args)
        limits.BUDGET.spend()
        limits.check_method(__obj, args)
        return super().call(__context, __obj, *args, **kwargs)


STRICT: Final = RuleEnvironment(Missing)
LENIENT: Final = RuleEnvironment(LenientMissing)
