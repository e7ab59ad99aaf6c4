"""A step's compiled task, made ready once: every template parsed, every rule resolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from noetl_worker.command import FRAME, RUN
from noetl_worker.jsonable import encode
from noetl_worker.keychain import Entry, make_entries
from noetl_worker.templates import Condition, Renderer, compile_template, condition

NOOP: Final = "noop"
INLINE_MAX: Final = 1024
PREVIOUS: Final = "previous"


@dataclass(frozen=True, slots=True)
class Assign:
    """One ``target: value`` of a set."""

    target: str
    value: Renderer


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a policy; ``when`` is None for else."""

    when: Condition | None
    do: str
    attempts: Renderer
    delay: Renderer
    backoff: str
    jump_to: int | None
    assigns: tuple[Assign, ...]
    message: Renderer


@dataclass(frozen=True, slots=True)
class Each:
    """A task's own loop: it runs once per item."""

    items: Renderer
    item: str


@dataclass(frozen=True, slots=True)
class Tool:
    """One task of the pipeline."""

    name: str
    kind: str
    options: Renderer
    source: Mapping[str, Any]
    rules: tuple[Rule, ...]
    assigns: tuple[Assign, ...]
    timeout: Renderer
    each: Each | None = None


@dataclass(frozen=True, slots=True)
class ResultSpec:
    """``spec.result``: where and how a result is kept; ``ttl`` in seconds."""

    store: str = "auto"
    format: str = ""
    scope: str = "permanent"
    ttl: float | None = None
    compression: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a worker does for each command of a step."""

    is_loop: bool
    iterator: str
    items: Renderer
    cursor: Renderer
    input: Renderer
    tools: tuple[Tool, ...]
    assigns: tuple[Assign, ...]
    key: Renderer | None
    timeout: Renderer
    result: ResultSpec
    select: tuple[tuple[str, str], ...]
    names: tuple[str, ...]
    partials: bool
    keychain: Mapping[str, Entry]
    instant_result: Mapping[str, Any] | None

    def kinds_of(self, task: str) -> frozenset[str]:
        """The kinds of tool that a command with this task runs."""
        runs_tools = task in (RUN, FRAME)
        return frozenset(tool.kind for tool in self.tools if runs_tools)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of its tools, in order."""
        return tuple(tool.kind for tool in self.tools)

    @property
    def own_result(self) -> ResultSpec:
        """How what a command makes is kept; a loop's format is that of all its items'."""
        if not self.is_loop:
            return self.result
        return replace(self.result, format="", compression="")


def make_plan(task: Mapping[str, Any]) -> Plan:
    """Prepare a compiled task; raises TemplateError when a template cannot be read."""
    names = [tool["name"] for tool in task["tools"]]
    positions = {name: index for index, name in enumerate(names)}
    tools = tuple(
        _tool(tool, {PREVIOUS: index - 1, **positions})
        for index, tool in enumerate(task["tools"])
    )
    result = task.get("result") or {}
    step_input = compile_template(task.get("input"), "input")
    assigns = _assigns(task.get("set"))
    key = task.get("key")
    return Plan(
        is_loop=bool(task.get("loop")),
        iterator=task.get("iterator") or "item",
        items=compile_template(task.get("in"), "loop.in"),
        cursor=compile_template(task.get("cursor"), "loop.cursor"),
        input=step_input,
        tools=tools,
        assigns=assigns,
        key=None if key is None else compile_template(key, "spec.fanout.key"),
        timeout=compile_template(task.get("timeout"), "spec.timeout"),
        result=_result_spec(result),
        select=tuple((s["path"], s["as"]) for s in result.get("select") or ()),
        names=tuple(task.get("names") or ()),
        partials=bool(task.get("partials")),
        keychain=make_entries(task.get("keychain") or ()),
        instant_result=(
            _instant_result(tools)
            if step_input.is_constant
            and not (assigns or key is not None or result.get("select"))
            else None
        ),
    )


def _result_spec(result: Mapping[str, Any]) -> ResultSpec:
    names = ("store", "format", "scope", "ttl", "compression")
    given = {name: result[name] for name in names if result.get(name) is not None}
    return ResultSpec(**given)


def _instant_result(tools: Sequence[Tool]) -> Mapping[str, Any] | None:
    """The result of tasks that do and decide nothing that depends on their command."""
    if not all(
        tool.kind == NOOP
        and tool.options.is_constant
        and not (tool.rules or tool.assigns or tool.each)
        for tool in tools
    ):
        return None
    payload = tools[-1].options.render({}).get("result") if tools else None
    if payload is not None and len(encode(payload)) > INLINE_MAX:
        return None
    context = {} if payload is None else {"data": payload}
    return {"status": "ok", "reference": None, "context": context}


def _tool(tool: Mapping[str, Any], positions: Mapping[str, int]) -> Tool:
    name, options = tool["name"], tool.get("options") or {}
    return Tool(
        name=name,
        kind=tool["kind"],
        options=compile_template(options, name),
        source=options,
        rules=tuple(_rule(rule, positions, name) for rule in tool.get("rules") or ()),
        assigns=_assigns(tool.get("set")),
        timeout=compile_template(tool.get("timeout"), f"{name}.timeout"),
        each=_each(tool.get("iterator"), name),
    )


def _each(iterator: Mapping[str, Any] | None, name: str) -> Each | None:
    if iterator is None:
        return None
    return Each(
        items=compile_template(iterator.get("items"), f"{name}.iterator.items"),
        item=iterator.get("item") or "item",
    )


def _rule(rule: Mapping[str, Any], positions: Mapping[str, int], name: str) -> Rule:
    when = rule.get("when")
    target = rule.get("to")
    return Rule(
        when=None if when is None else condition(when, f"{name}: when"),
        do=rule["do"],
        attempts=compile_template(rule.get("attempts"), f"{name}: attempts"),
        delay=compile_template(rule.get("delay"), f"{name}: delay"),
        backoff=rule.get("backoff") or "fixed",
        jump_to=positions[target] if target is not None else None,
        assigns=_assigns(rule.get("set")),
        message=compile_template(rule.get("message"), f"{name}: message"),
    )


def _assigns(entries: Sequence[Mapping[str, Any]] | None) -> tuple[Assign, ...]:
    return tuple(
        Assign(entry["target"], compile_template(entry["value"], entry["target"]))
        for entry in entries or ()
    )
