"""How a playbook's Python code becomes a result. Runs in the child, stdlib only.

The code is a script that assigns ``result``, or returns at top level, or defines ``main``;
where any of these gives a generator, its values are chunks of the result.
"""

from __future__ import annotations

import ast
import asyncio
import importlib
import inspect
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from types import CodeType
from typing import Any, Final

_FUNCTION: Final = "__noetl_script__"
_SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_LEAVES: Final = (ast.Return, ast.Yield, ast.YieldFrom)
_AWAITS: Final = (ast.Await, ast.AsyncFor, ast.AsyncWith)


@dataclass(frozen=True)
class Script:
    """Compiled code, and what it does at its top level."""

    code: CodeType
    is_function: bool
    is_async: bool
    assigns_result: bool


def compile_script(source: str, filename: str) -> Script:
    """Compile; one that returns, yields or awaits at top level becomes a function."""
    tree = ast.parse(source, filename)
    top = list(_top_level(tree))
    is_async = any(isinstance(node, _AWAITS) for node in top)
    is_function = is_async or any(isinstance(node, _LEAVES) for node in top)
    names = {name for node in top for name in _bound(node)}
    if is_function:
        _wrap(tree, sorted(names), is_async=is_async)
    code = compile(tree, filename, "exec")
    return Script(code, is_function, is_async, "result" in names)


def run_script(script: Script, names: dict[str, Any], inputs: Mapping[str, Any]) -> Any:
    """Run the code with these names; the value is its result."""
    exec(script.code, names)  # noqa: S102 - running the playbook's code is the purpose
    if script.is_function:
        value = names.pop(_FUNCTION)()
        value = asyncio.run(value) if inspect.iscoroutine(value) else value
        if value is not None:
            return value
    if script.assigns_result:
        return names.get("result")
    if callable(main := names.get("main")):
        value = main(**_arguments(main, names, inputs))
        return asyncio.run(value) if inspect.iscoroutine(value) else value
    return None


def is_generator(value: Any) -> bool:
    """Whether a result is to be made chunk by chunk."""
    return inspect.isgenerator(value) or inspect.isasyncgen(value)


def drain(generator: Any, send: Callable[[Any, int], None] | None) -> Any:
    """Run a generator to its end.

    Each value is sent before the next one is made, and the result is how many there were,
    with what the generator returns; or they are gathered, and the result is their list.
    """
    values: list[Any] = []
    count, returned = 0, None
    with asyncio.Runner() if inspect.isasyncgen(generator) else nullcontext() as runner:
        while True:
            try:
                value = runner.run(_next(generator)) if runner else next(generator)
            except (StopIteration, StopAsyncIteration) as end:
                returned = getattr(end, "value", None)
                break
            if send is None:
                values.append(value)
            else:
                send(value, count)
            count += 1
            value = None  # else it would be there while the next one is made
    if send is None:
        return values
    return {"chunks": count} | ({} if returned is None else {"result": returned})


async def _next(generator: Any) -> Any:
    return await anext(generator)


def import_libs(libs: Any) -> dict[str, Any]:
    """The option ``libs``: alias → module, alias → {from, import}, or a list of modules."""
    if not libs:
        return {}
    if isinstance(libs, list):
        libs = {str(name).partition(".")[0]: name for name in libs}
    found: dict[str, Any] = {}
    for alias, wanted in libs.items():
        if isinstance(wanted, Mapping):
            module = importlib.import_module(str(wanted["from"]))
            found[alias] = getattr(module, str(wanted.get("import") or alias))
        else:
            module = importlib.import_module(str(wanted))
            is_package = alias == str(wanted).partition(".")[0]
            found[alias] = importlib.import_module(alias) if is_package else module
    return found


def describe(error: BaseException, filename: str) -> dict[str, Any]:
    """Type, message and line of the user's code."""
    line = error.lineno if isinstance(error, SyntaxError) else None
    for place in traceback.extract_tb(error.__traceback__):
        if place.filename == filename:
            line = place.lineno
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    name = type(error).__name__
    message = f"{name}: {text}" if text else name
    return {"code": name, "message": message[:4000], "line": line}


def _arguments(
    main: Any, names: Mapping[str, Any], inputs: Mapping[str, Any]
) -> dict[str, Any]:
    """What ``main`` asks for by the names of its parameters."""
    given: dict[str, Any] = {}
    for name, parameter in inspect.signature(main).parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            given = {**inputs, **given}
        elif parameter.kind is parameter.VAR_POSITIONAL:
            continue
        elif name in names and name not in ("main", "__builtins__"):
            given[name] = names[name]
        elif parameter.default is parameter.empty:
            raise TypeError(f'main() wants "{name}", which is no input of the tool')
    return given


def _wrap(tree: ast.Module, names: list[str], *, is_async: bool) -> None:
    """Move the script into a function whose names stay global."""
    kind = ast.AsyncFunctionDef if is_async else ast.FunctionDef
    nothing = ast.arguments(
        posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[]
    )
    head: list[ast.stmt] = [ast.Global(names=names)] if names else []
    function = kind(
        name=_FUNCTION, args=nothing, body=head + tree.body, decorator_list=[]
    )
    tree.body = [function]
    ast.fix_missing_locations(tree)


def _top_level(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes that are not inside a function or class of the script."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, _SCOPES):
            yield from _top_level(child)


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a statement at top level binds."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name
        case ast.ClassDef(name=name):
            yield name
        case ast.alias(name=name, asname=alias):
            if name != "*":
                yield alias or name.partition(".")[0]
        case ast.ExceptHandler(name=str(name)):
            yield name
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
