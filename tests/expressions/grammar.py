"""Strategies for expressions over the whole subset, mostly but not always well typed."""
# ruff: noqa: E501, C901 (tables of shapes read best as lines)

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

from noetl_worker.templates.environment import jsonb_order
from tests.expressions.evaluators import Case


def ordered(value: Any) -> Any:
    """Return a document with its keys in the order in which jsonb keeps them."""
    if isinstance(value, list):
        return [ordered(item) for item in value]
    if isinstance(value, dict):
        return {key: ordered(value[key]) for key in sorted(value, key=jsonb_order)}
    return value


ROWS: Final = [
    {"id": 1, "name": "Zoë", "s": "ok", "v": 2.5, "tags": ["a", "b"], "in": {"k": 1}},
    {"id": 2, "name": "bob", "s": "failed", "v": 1, "tags": [], "in": {"k": 0}},
    {"id": 3, "name": "Bob", "s": "ok", "v": -4.0, "tags": ["A"], "in": {}},
]
NAMES: Final[dict[str, Any]] = ordered({
    "ctx": {
        "day": "2030-01-01", "n": 3, "f": 2.5, "t": True, "z": None, "l": [1, 2, 3],
        "big": 12345678901234567890123, "s": "Straße \U0001f600 it's \"q\"", "e": "",
        "o": {"a": {"b": [1, {"c": "x"}]}, "items": 4, "0": "zero"}, "el": [], "eo": {},
    },
    "workload": {"limit": 10, "enabled": False, "api": "http://x/y", "rate": 0.1},
    "iter": {"index": 0, "item": {"id": 7, "name": "Ann"}},
    "rows": ROWS,
    "words": ["beta", "Alpha", "gamma", "alpha", "Beta"],
    "nums": [3, 1.5, -2, 0, 3.0, 10, True],
    "lists": [[2, 1], [1, 5], [1], []],
    "n": 5, "m": -3, "f": 0.5, "g": -2.675, "s": " Hello, wörld\n", "t": "42", "b": True,
})  # fmt: skip
VIEWS: Final[dict[str, Any]] = ordered({
    "fetch": {
        "payload": {"total": 3, "rows": [1, 2, 3], "status": "own", "nul": None},
        "envelope": {"status": "ok", "ref": "noetl://1", "error": None, "http": {"status": 200}},
        "first": "payload",
    },
    "output": {
        "payload": {"data": {"day": "mon"}, "status": 201, "x": 1},
        "envelope": {"status": "error", "ref": None, "error": {"kind": "http"}},
        "first": "envelope",
    },
    "far": {"envelope": {"status": "ok", "ref": "noetl://2"}, "first": "payload"},
    "scalar": {"payload": 7, "envelope": {"status": "ok"}, "first": "payload"},
    "n": {"payload": {"shadowed": 1}, "envelope": {}, "first": "payload"},
})  # fmt: skip

_PATHS: Final = {
    "num": [
        "n", "m", "f", "g", "ctx.n", "ctx.f", "ctx.big", "workload.limit", "workload.rate",
        "iter.index", "iter.item.id", "fetch.total", "rows[1].id", "ctx.l[-1]", "scalar",
        "output.x", "ctx.o.items", "nums[2]", "fetch.http.status", "b",
    ],
    "text": [
        "s", "t", "ctx.day", "ctx.s", "ctx.e", "workload.api", "iter.item.name", "fetch.status",
        "output.status", "rows[0].name", "words[1]", "ctx['day']", "output.data.day", "far.status",
        "output.error.kind", "ctx.o['0']",
    ],
    "seq": [
        "rows", "words", "nums", "ctx.l", "ctx.el", "lists", "fetch.rows", "rows[0].tags",
        "ctx.o.a.b", "fetch.data.rows",
    ],
    "obj": ["ctx.o", "ctx.eo", "rows[0]", "iter.item", "fetch", "fetch.data", "output.data", "ctx.o.a"],
    "any": [
        "nope", "ctx.nope", "nope.a.b", "ctx.day.x", "rows[9]", "ctx.z", "fetch.nul", "fetch.error",
        "output.ref", "far", "far.x", "far.data", "rows.x", "n.shadowed", "ctx['no']", "ctx.o.a.b.c",
        "ctx.l.0", "words.upper", "ctx.t", "workload.enabled",
    ],
}  # fmt: skip
_KINDS: Final = ["num", "text", "seq", "obj", "any"]
_CHARS: Final = "abzABZ019 _-,.'\"\\\n\tßéİıſΩжЖ\U0001f600\x7f\xa0<&{}%"
_SIZES: Final = [3, 12, 10**6, 10**30]
_FLOATS: Final = [
    0.0,
    0.5,
    1.0,
    2.5,
    0.1,
    1e-7,
    1e16,
    123456.789,
    2.675,
    1e22,
    1e-5,
    100.0,
]


def quoted(text: str) -> str:
    """Return a literal whose value is the text."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{escaped}'"


def _float(value: float) -> str:
    text = repr(value)
    return text if "." in text or "e" not in text else text.replace("e", ".0e")


class Grammar:
    """Draws expressions as text; depth bounds how far they nest."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def pick(self, choices: list[Any]) -> Any:
        """Draw one of the choices."""
        return self.random.choice(choices)

    def chars(self) -> str:
        """Draw a short text of letters that are apt to go wrong."""
        return "".join(self.random.choices(_CHARS, k=self.random.randint(0, 6)))

    def float(self) -> str:
        """Draw a literal of a float."""
        if self.random.random() < 0.5:
            return _float(self.pick(_FLOATS))
        scale = 10.0 ** self.random.randint(-6, 9)
        return _float(round(self.random.random() * scale, self.random.randint(1, 12)))

    def any(self, depth: int) -> str:
        """Draw an expression of any type."""
        return self.of(self.pick(_KINDS), depth)

    def of(self, kind: str, depth: int) -> str:
        """Draw an expression that mostly has the type ``kind``."""
        roll = self.random.randint(0, 19)
        if roll == 0:
            kind = self.pick(_KINDS)
        if depth <= 0 or roll < 5:
            return self.leaf(kind)
        if roll == 5:
            return f"({self.of(kind, depth - 1)})"
        if roll == 6:
            return (
                f"({self.of(kind, depth - 1)} if {self.truth(depth - 1)}"
                f" else {self.of(kind, depth - 1)})"
            )
        if roll == 7:
            flag = self.pick(["", ", true"])
            return f"({self.any(depth - 1)})|default({self.of(kind, depth - 1)}{flag})"
        if roll == 8:
            return f"({self.any(depth - 1)} {self.pick(['and', 'or'])} {self.any(depth - 1)})"
        make: Callable[[int], str] = getattr(self, kind)
        return make(depth - 1)

    def leaf(self, kind: str) -> str:
        """Draw a path or a literal."""
        if self.random.randint(0, 2):
            return str(self.pick(_PATHS[kind]))
        if kind == "num":
            if self.random.random() < 0.5:
                return str(self.random.randint(-(size := self.pick(_SIZES)), size))
            return self.float()
        if kind == "text":
            return quoted(self.chars())
        return str(self.pick(
            {
                "seq": ["[]", "[1, 'a', none]", "(1, 2)", "[3, 1, 2]", "[[1], [2]]", "range(4)"],
                "obj": ["{}", "{'a': 1, 'bb': [2]}", "{'z': {'y': 0.5}, 'b': none}"],
                "any": ["none", "true", "false", "None", "True", "0", "''"],
            }[kind]
        ))  # fmt: skip

    def num(self, depth: int) -> str:
        """Draw a number."""
        shape = self.random.randint(0, 13)
        if shape < 6:
            operator = self.pick(["+", "-", "*", "/", "//", "%", "**"])
            left, right = self.of("num", depth), self.of("num", depth)
            return (
                f"{left} {operator} {right}"
                if shape
                else f"({left} {operator} {right})"
            )
        if shape == 6:
            return f"{self.pick(['-', '+', '- -'])}{self.leaf('num')}"
        if shape == 7:
            return f"({self.of(self.pick(['seq', 'obj', 'text']), depth)})|{self.pick(['length', 'count'])}"
        if shape == 8:
            source = self.of(self.pick(["text", "num", "any"]), depth)
            tail = self.pick(["", "(7)", "(default=-1)", "(0, 16)", "(0, 2)"])
            return f"({source})|int{tail}"
        if shape == 9:
            return f"({self.of(self.pick(['text', 'num', 'any']), depth)})|float{self.pick(['', '(1.5)'])}"
        if shape == 10:
            return f"({self.of('num', depth)})|abs"
        if shape == 11:
            tail = self.pick(
                [
                    "",
                    "(1)",
                    "(2)",
                    "(-1)",
                    "(1, 'floor')",
                    "(0, 'ceil')",
                    "(method='floor')",
                ]
            )
            return f"({self.of('num', depth)})|round{tail}"
        if shape == 12:
            tail = self.pick(
                [
                    "",
                    "(start=10)",
                    "(attribute='id')",
                    "('v')",
                    "(attribute='in.k', start=1)",
                ]
            )
            return f"({self.of('seq', depth)})|sum{tail}"
        tail = self.pick(["", "(attribute='v')", "(true)", "(attribute='name')"])
        return f"({self.of('seq', depth)})|{self.pick(['min', 'max'])}{tail}"

    def text(self, depth: int) -> str:
        """Draw a text."""
        shape = self.random.randint(0, 11)
        if shape < 3:
            return f"{self.any(depth)} ~ {self.of('text', depth)}"
        if shape == 3:
            return f"{self.of('text', depth)} {self.pick(['+', '*'])} {self.of(self.pick(['text', 'num']), 0)}"
        if shape == 4:
            return (
                f"({self.any(depth)})|{self.pick(['string', 'lower', 'upper', 'trim'])}"
            )
        if shape == 5:
            tail = self.pick(
                ["", "(', ')", "('-', attribute='name')", "(attribute='id')"]
            )
            return f"({self.of('seq', depth)})|join{tail}"
        if shape == 6:
            old, new = quoted(self.chars()), quoted(self.chars())
            return f"({self.of('text', depth)})|replace({old}, {new}{self.pick(['', ', 1', ', -1'])})"
        if shape == 7:
            return f"({self.any(depth)})|tojson{self.pick(['', '(2)', '(indent=1)'])}"
        if shape == 8:
            return f"({self.of('text', depth)}){self.subscript(depth)}"
        if shape == 9:
            return f"({self.of('text', depth)})|{self.pick(['first', 'last'])}"
        if shape == 10:
            return f"({self.of('text', depth)})|trim({quoted(self.chars())})"
        return f"{self.leaf('text')}{self.subscript(depth)}"

    def subscript(self, depth: int) -> str:
        """Draw an index or a slice."""
        bounds = ["", "0", "1", "-1", "2", "-3", "99", "n", "m"]
        if self.random.random() < 0.5:
            return f"[{self.of('num', min(depth, 1)) if depth > 1 else self.pick(['0', '-1', '1', 'n', 'm', 'true', '1.0'])}]"
        parts = [self.pick(bounds) for _ in range(self.random.randint(2, 3))]
        return f"[{':'.join(parts)}]"

    def seq(self, depth: int) -> str:
        """Draw a list."""
        shape = self.random.randint(0, 13)
        source = f"({self.of('seq', depth)})"
        if shape == 0:
            return f"[{self.any(depth)}, {self.any(depth)}]"
        if shape == 1:
            return f"{source} + {self.of('seq', depth)}"
        if shape == 2:
            return f"{source}{self.subscript(depth)}"
        if shape == 3:
            tail = self.pick(
                [
                    "",
                    "(true)",
                    "(reverse=true)",
                    "(case_sensitive=true)",
                    "(attribute='name')",
                    "(attribute='s,id')",
                    "(false, true)",
                ]
            )
            return f"{source}|sort{tail}"
        if shape == 4:
            return f"{source}|unique{self.pick(['', '(true)', '(attribute=' + repr('s') + ')'])}"
        if shape == 5:
            name = self.pick(
                [
                    "upper",
                    "string",
                    "int",
                    "length",
                    "first",
                    "abs",
                    "tojson",
                    "float",
                    "trim",
                    "list",
                    "sum",
                    "round",
                ]
            )
            return f"{source}|map('{name}')"
        if shape == 6:
            name = self.pick(["id", "name", "tags", "in.k", "tags.0", "nope", "0"])
            return f"{source}|map(attribute='{name}'{self.pick(['', ', default=0', ', default=none'])})"
        if shape == 7:
            test = self.pick(
                [
                    "",
                    "'odd'",
                    "'even'",
                    "'number'",
                    "'string'",
                    "'gt', 1",
                    "'eq', 3",
                    "'in', [1, 2, 'beta']",
                    "'defined'",
                    "'none'",
                    "'mapping'",
                    "'divisibleby', 3",
                    "'lower'",
                ]
            )
            return f"{source}|{self.pick(['select', 'reject'])}({test})|list"
        if shape == 8:
            test = self.pick(
                [
                    "'id', 'gt', 1",
                    "'s', 'equalto', 'ok'",
                    "'tags'",
                    "'v', 'lt', 2",
                    "'in.k', 'defined'",
                    "'nope', 'undefined'",
                    "'name', 'eq', 'bob'",
                    "'nope', 'eq', 1",
                    "'s', 'in', ['ok']",
                ]
            )
            return f"{source}|{self.pick(['selectattr', 'rejectattr'])}({test})|list"
        if shape == 9:
            return f"({self.of('obj', depth)})|{self.pick(['keys', 'values', 'items', 'list'])}"
        if shape == 10:
            return f"({self.of('text', depth)})|list"
        if shape == 11:
            return f"range({self.pick(['3', 'n', '1, 4', '5, 0, -2', 'n, 9', 'm, 3', '0, 5, 2', 'f'])})"
        if shape == 12:
            return f"{source} * {self.pick(['2', 'n', 'm', '0', 'true'])}"
        return f"{source}|list"

    def obj(self, depth: int) -> str:
        """Draw a mapping."""
        shape = self.random.randint(0, 3)
        if shape == 0:
            return (
                f"{{{quoted(self.chars())}: {self.any(depth)}, 'k': {self.any(depth)}}}"
            )
        if shape == 1:
            return f"({self.of('seq', depth)})|{self.pick(['first', 'last'])}"
        if shape == 2:
            return f"(({self.of(self.pick(['obj', 'seq', 'any']), depth)})|tojson)|fromjson"
        return f"({self.of('obj', depth)}){self.pick(['.a', '.items', '.total', '[s]', '.b.c'])}"

    def truth(self, depth: int) -> str:
        """Draw a condition."""
        shape = self.random.randint(0, 9)
        kind = self.pick(_KINDS)
        if shape < 3:
            operator = self.pick(["==", "!=", "<", "<=", ">", ">="])
            return f"{self.of(kind, depth)} {operator} {self.of(kind, depth)}"
        if shape == 3:
            return f"{self.any(depth)} {self.pick(['in', 'not in'])} {self.of(self.pick(['seq', 'text', 'obj']), depth)}"
        if shape == 4:
            low, high = self.of("num", depth), self.of("num", depth)
            return f"{low} {self.pick(['<', '<=', '=='])} {self.of('num', 0)} {self.pick(['<', '>', '!='])} {high}"
        if shape == 5:
            return f"not {self.any(depth)}"
        if shape == 6:
            test = self.pick(
                [
                    "defined",
                    "undefined",
                    "none",
                    "true",
                    "false",
                    "number",
                    "string",
                    "mapping",
                    "sequence",
                    "odd",
                    "even",
                    "in [1, 2, 'ok']",
                    "divisibleby 3",
                    "boolean",
                    "integer",
                    "float",
                    "iterable",
                    "eq 1",
                    "lower",
                    "upper",
                    "gt(1)",
                    "in(words)",
                ]
            )
            return f"{self.any(depth)} is {self.pick(['', 'not '])}{test}"
        if shape == 7:
            return f"{self.truth(depth - 1) if depth > 0 else 'b'} {self.pick(['and', 'or'])} {self.truth(depth - 1) if depth > 0 else 'nope'}"
        if shape == 8:
            return f"({self.of('text', depth)})|bool"
        return f"({self.of('seq', depth)})|length > {self.of('num', 0)}"


def draw_case(random: Random, depth: int = 3) -> Case:
    """Draw a template, a text around templates, a document or a condition."""
    grammar = Grammar(random)
    shape = random.randint(0, 9)
    if shape < 4:
        text = grammar.truth(depth)
        source: Any = (
            text if "{" not in text and random.random() < 0.5 else f"{{{{ {text} }}}}"
        )
        return Case(source, NAMES, VIEWS, kind="condition")
    if shape < 8:
        return Case(f"{{{{ {grammar.any(depth)} }}}}", NAMES, VIEWS)
    if shape == 8:
        space = random.choice(["{{ %s }}", "{{- %s }}", "{{ %s -}}", " \n{{%s}}\r\n"])
        text = f"a {space % grammar.any(depth - 1)} {{# c #}}b{space % grammar.any(1)}"
        return Case(text, NAMES, VIEWS)
    return Case(
        {"a": [f"{{{{ {grammar.any(depth - 1)} }}}}", 1], "k": "x"}, NAMES, VIEWS
    )
