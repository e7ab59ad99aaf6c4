"""Compile a document of templates once, render it many times."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import TracebackType
from typing import Any, Final, Protocol

from jinja2 import Template, TemplateSyntaxError, Undefined, UndefinedError, nodes
from jinja2.meta import TrackingCodeGenerator
from jinja2.parser import Parser
from markupsafe import Markup

from noetl_worker.templates import limits
from noetl_worker.templates.environment import (
    LENIENT,
    STRICT,
    RuleEnvironment,
    bounded_join,
)
from noetl_worker.templates.errors import TemplateError
from noetl_worker.templates.views import MISSING, ResultView

UNDEFINED: Final = MISSING
_TAGS: Final = ("{{", "{%", "{#")
_RESULT: Final = "result"


class _Node(Protocol):
    names: frozenset[str]

    def evaluate(self, names: Mapping[str, Any]) -> Any: ...


class _Constant:
    """A part of a document without templates."""

    names: frozenset[str] = frozenset()

    def __init__(self, value: Any) -> None:
        self.value = value

    def evaluate(self, names: Mapping[str, Any]) -> Any:  # noqa: ARG002
        return self.value


class _Sequence:
    """A list with templates in it; an undefined item is null."""

    def __init__(self, items: list[_Node]) -> None:
        self.items = items
        self.names = frozenset().union(*(item.names for item in items))

    def evaluate(self, names: Mapping[str, Any]) -> Any:
        return [_null(item.evaluate(names)) for item in self.items]


class _Object:
    """A mapping with templates in its values; an undefined value is null."""

    def __init__(self, members: dict[str, _Node]) -> None:
        self.members = members
        self.names = frozenset().union(*(node.names for node in members.values()))

    def evaluate(self, names: Mapping[str, Any]) -> Any:
        return {key: _null(node.evaluate(names)) for key, node in self.members.items()}


class _Text:
    """One string: an expression that keeps its type, or text with templates in it."""

    def __init__(self, environment: RuleEnvironment, tree: nodes.Template) -> None:
        self._globals = environment.globals
        self.names = _undeclared(environment, tree)
        expression = _single_expression(tree)
        if expression is not None:
            target = nodes.Name(_RESULT, "store", lineno=1)
            tree = nodes.Template(
                [nodes.Assign(target, expression, lineno=1)], lineno=1
            )
            tree.set_environment(environment)
        self._is_native = expression is not None
        self.path = _path(expression)
        self._template: Template = environment.from_string(tree)

    def evaluate(self, names: Mapping[str, Any]) -> Any:
        scope = {**self._globals, **{n: names[n] for n in self.names if n in names}}
        limits.BUDGET.open()
        try:
            context = self._template.new_context(scope, shared=True)
            output = self._template.root_render_func(context)
            if not self._is_native:
                return _limited(output)
            for _ in output:
                pass
            value = context.vars[_RESULT]
            if isinstance(value, Undefined):
                return UNDEFINED
            return value if self.path else to_json(value)
        except TemplateError as error:
            error.line = error.line or self._line(error.__traceback__)
            raise
        except UndefinedError as error:
            raise self._explain(error, "undefined") from error
        except (RecursionError, MemoryError) as error:
            raise self._explain(error, "limit") from error
        except Exception as error:  # whatever the template's own code raises
            raise self._explain(error, "value") from error

    def _explain(self, error: BaseException, kind: Any) -> TemplateError:
        reason = str(error) or type(error).__name__
        return TemplateError(reason, kind, line=self._line(error.__traceback__))

    def _line(self, trace: TracebackType | None) -> int | None:
        line = None
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == "<template>":
                line = self._template.get_corresponding_lineno(trace.tb_lineno)
            trace = trace.tb_next
        return line


def _undeclared(environment: RuleEnvironment, tree: nodes.Template) -> frozenset[str]:
    tracker = TrackingCodeGenerator(environment)
    tracker.optimizer = None  # it would fold constants by Python's rules, in the tree
    tracker.visit(tree)
    return frozenset(tracker.undeclared_identifiers)


def _null(value: Any) -> Any:
    return None if value is UNDEFINED else value


def _limited(parts: Any) -> str:
    size, texts = 0, []
    for part in parts:
        size += len(part)
        limits.check_text(size)
        texts.append(part)
    return bounded_join(texts)


def _single_expression(tree: nodes.Template) -> nodes.Expr | None:
    """Return the expression of a template that is nothing else, but for white space."""
    found: list[nodes.Expr] = []
    for statement in tree.body:
        if not isinstance(statement, nodes.Output):
            return None
        for child in statement.nodes:
            if not isinstance(child, nodes.TemplateData):
                found.append(child)
            elif child.data.strip():
                return None
    return found[0] if len(found) == 1 else None


def _path(node: nodes.Expr | None) -> tuple[str, ...]:
    """The names of an expression that is a name with attributes, else none."""
    names: list[str] = []
    while isinstance(node, nodes.Getattr):
        names.append(node.attr)
        node = node.node
    return (node.name, *reversed(names)) if isinstance(node, nodes.Name) else ()


def to_json(value: Any) -> Any:
    """Return a rendered value as plain JSON; refuse what has no JSON form."""
    if value is None or type(value) in (str, int, float, bool):
        return value
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, Mapping):
        if bad := [key for key in value if not isinstance(key, str)]:
            raise TypeError(f"a mapping's keys are text, not {type(bad[0]).__name__}")
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, ResultView):
        return value.whole()
    if isinstance(value, Markup | str):
        return str(value)
    if isinstance(value, Undefined):
        str(value)
    raise TypeError(f"a value of type {type(value).__name__} has no JSON form")


def _parse(environment: RuleEnvironment, text: str) -> nodes.Template:
    try:
        return environment.parse(text)
    except TemplateSyntaxError as error:
        reason = error.message or "syntax error"
        raise TemplateError(reason, "syntax", line=error.lineno) from error
    except RecursionError as error:
        raise TemplateError("nests too deep", "syntax") from error


@lru_cache(maxsize=4096)
def _compile_text(text: str) -> _Node:
    if not any(tag in text for tag in _TAGS):
        return _Constant(text)
    return _build(STRICT, _parse(STRICT, text))


def _build(environment: RuleEnvironment, tree: nodes.Template) -> _Text:
    try:
        return _Text(environment, tree)
    except TemplateSyntaxError as error:  # unknown filters and tests
        reason = error.message or "syntax error"
        raise TemplateError(reason, "syntax", line=error.lineno) from error
    except (RecursionError, SyntaxError) as error:
        raise TemplateError("nests too deep", "syntax") from error


def _compile_value(value: Any) -> _Node:
    if isinstance(value, str):
        return _compile_text(value)
    if isinstance(value, list):
        items = [_compile_value(item) for item in value]
        if all(isinstance(item, _Constant) for item in items):
            return _Constant(value)
        return _Sequence(items)
    if isinstance(value, dict):
        members = {key: _compile_value(item) for key, item in value.items()}
        if all(isinstance(item, _Constant) for item in members.values()):
            return _Constant(value)
        return _Object(members)
    return _Constant(value)


class Renderer:
    """A compiled document: ``render`` gives its value for the names of a command."""

    def __init__(self, node: _Node, name: str = "") -> None:
        self._node = node
        self._name = name

    @property
    def is_constant(self) -> bool:
        """Whether the document holds no template."""
        return isinstance(self._node, _Constant)

    @property
    def path(self) -> tuple[str, ...]:
        """The names of a document that is one path, such as ``{{ load.rows }}``."""
        return self._node.path if isinstance(self._node, _Text) else ()

    @property
    def names(self) -> frozenset[str]:
        """The variables that the templates may read."""
        return self._node.names

    def evaluate(self, names: Mapping[str, Any]) -> Any:
        """Return the value, UNDEFINED when it is undefined as a whole."""
        try:
            return self._node.evaluate(names)
        except TemplateError as error:
            error.name = error.name or self._name
            raise

    def render(self, names: Mapping[str, Any], *, required: bool = False) -> Any:
        """Return the value; undefined as a whole is null, or an error if required."""
        value = self.evaluate(names)
        if value is UNDEFINED and required:
            raise TemplateError("the value is undefined", "undefined", name=self._name)
        return _null(value)


class Condition:
    """A compiled condition, lenient about what is undefined."""

    def __init__(self, node: _Node, name: str = "") -> None:
        self._renderer = Renderer(node, name)

    @property
    def names(self) -> frozenset[str]:
        """The variables that the condition may read."""
        return self._renderer.names

    def holds(self, names: Mapping[str, Any]) -> bool:
        """Return whether the condition holds; undefined is false."""
        value = self._renderer.evaluate(names)
        return value is not UNDEFINED and bool(value)


def compile_template(value: Any, name: str = "") -> Renderer:
    """Compile a JSON document whose strings may hold templates."""
    try:
        return Renderer(_compile_value(value), name)
    except TemplateError as error:
        error.name = error.name or name
        raise


def condition(value: str | bool, name: str = "") -> Condition:
    """Compile a condition: one expression, with or without braces, or a boolean."""
    if isinstance(value, bool):
        return Condition(_Constant(value), name)
    try:
        return Condition(_compile_condition(value), name)
    except TemplateError as error:
        error.name = error.name or name
        raise


@lru_cache(maxsize=4096)
def _compile_condition(text: str) -> _Node:
    if any(tag in text for tag in _TAGS):
        tree = _parse(LENIENT, text)
        if _single_expression(tree) is None:
            raise TemplateError("a condition is one expression", "syntax", line=1)
        return _build(LENIENT, tree)
    try:
        parser = Parser(LENIENT, text, state="variable")
        expression = parser.parse_expression()
        parser.stream.expect("eof")
    except TemplateSyntaxError as error:
        reason = error.message or "syntax error"
        raise TemplateError(reason, "syntax", line=error.lineno) from error
    expression.set_environment(LENIENT)
    tree = nodes.Template([nodes.Output([expression], lineno=1)], lineno=1)
    tree.set_environment(LENIENT)
    return _build(LENIENT, tree)
