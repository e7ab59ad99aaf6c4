"""One module per tool kind, imported when first used.

A tool is an async function ``run(task, options, ctx) -> Output``: ``task`` is its compiled
form, ``options`` are rendered. It raises ``TaskError`` when it fails, and stops whatever it
has started when it is cancelled. If ``ctx.stream.is_wanted`` and it can, it gives its result
chunk by chunk to ``ctx.stream.emit``. Other distributions add kinds through the entry point
group ``noetl.tools``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Final

from noetl_worker.command import Command
from noetl_worker.output import Output, TaskError
from noetl_worker.plan import ResultSpec, Tool
from noetl_worker.results import Target
from noetl_worker.scope import Scope
from noetl_worker.services import Services
from noetl_worker.stream import Stream

GROUP: Final = "noetl.tools"
KINDS: Final = (
    *("noop", "python", "postgres", "http", "shell", "duckdb", "playbook"),
    *("wait", "artifact", "resolve", "transfer"),
)


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What a tool may need beside its options."""

    command: Command
    scope: Scope
    services: Services
    parked: Callable[[], AbstractAsyncContextManager[None]]
    is_handed_back: Callable[[], bool]
    spec: ResultSpec
    stream: Stream

    def target(self, task: Tool, name: str | None = None) -> Target:
        """Under which name what this call of a task stores is recorded."""
        name = name or task.name
        number = self.scope.count_call(f"{name} stored")
        return Target(
            self.command,
            self.spec,
            name=f"{name}-{number}",
            sources=self.scope.sources(),
        )

    async def credential(self, name: str) -> dict[str, Any]:
        """The fields of a keychain entry, or of a credential that this run may use."""
        if (fields := await self.scope.open_keychain(name)) is not None:
            return dict(fields)
        return await self.services.credentials.read(self.command.execution_id, name)


Run = Callable[[Tool, dict[str, Any], ToolContext], Awaitable[Output]]


@cache
def kinds() -> tuple[str, ...]:
    """The kinds that have a driver here, those of other distributions included."""
    others = {entry.name for entry in entry_points(group=GROUP)}
    return (*KINDS, *sorted(others - set(KINDS)))


@cache
def find_tool(kind: str) -> Run:
    """The function that runs tools of a kind."""
    if kind in KINDS:
        module = import_module(f"{__name__}.{kind}")
        run: Run = module.run
        return run
    for entry in entry_points(group=GROUP, name=kind):
        loaded: Run = entry.load()
        return loaded
    raise TaskError(
        "unsupported",
        f'this worker has no driver for tools of kind "{kind}"; it has: '
        + ", ".join(kinds()),
    )


def text_option(options: Mapping[str, Any], *names: str) -> str | None:
    """The first of these options that is given, which must be text."""
    for name in names:
        value = options.get(name)
        if value is not None:
            if not isinstance(value, str):
                raise TaskError("template", f'the option "{name}" must be text')
            return value
    return None
