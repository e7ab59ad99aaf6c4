"""Run the tasks of one command in order, as their policies say."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, Protocol

from noetl_worker import metrics
from noetl_worker.deadline import seconds, within
from noetl_worker.output import Output, TaskError
from noetl_worker.plan import Each, Plan, Tool
from noetl_worker.policy import Decision, decide
from noetl_worker.scope import Scope

Call = Callable[[Tool, Any], Awaitable[Output]]

JUMPS_MAX: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a pipeline ended: the last task's output, or the error that stands."""

    output: Output
    error: TaskError | None = None
    task: str | None = None


class Chunks(Protocol):
    """What a pipeline has yielded so far."""

    @property
    def position(self) -> int:
        """How many chunks there are."""

    def rewind(self, position: int) -> None:
        """Begin again after so many."""


async def run_pipeline(plan: Plan, scope: Scope, call: Call, chunks: Chunks) -> Outcome:
    """Run all tasks; the outcome is the last one's, or the failure that a policy let
    stand."""
    position, jumps = 0, 0
    output = Output()
    while position < len(plan.tools):
        tool = plan.tools[position]
        output, decision = await _run_task(tool, scope, call, chunks)
        if decision.do == "fail":
            return Outcome(output, decision.error, tool.name)
        if decision.rule is not None:
            await scope.apply(decision.rule.assigns)
        scope.pass_on(tool.name)
        if decision.do == "break":
            break
        if decision.do == "jump" and decision.rule is not None:
            jumps += 1
            if jumps > JUMPS_MAX:
                error = TaskError("policy", f"jumped more than {JUMPS_MAX} times")
                return Outcome(output, error, tool.name)
            position = decision.rule.jump_to or 0
            # A loop of instant tasks must leave room for heartbeats and cancellation.
            await asyncio.sleep(0)
        else:
            position += 1
    return Outcome(output)


async def _run_task(
    tool: Tool, scope: Scope, call: Call, chunks: Chunks
) -> tuple[Output, Decision]:
    attempt = 1
    begin = chunks.position
    while True:
        chunks.rewind(begin)  # a retry yields the same chunks again
        output = await _attempt(tool, attempt, scope, call)
        scope.see(tool.name, output)
        try:
            if output.error is None:
                await scope.apply(tool.assigns)
            decision = await decide(tool, output, attempt, scope)
            if decision.do == "retry" and decision.rule is not None:
                await scope.apply(decision.rule.assigns)
        except TaskError as exc:
            return output, Decision("fail", error=exc)
        if decision.do != "retry":
            return output, decision
        metrics.RETRIES.labels(tool.kind).inc()
        await asyncio.sleep(decision.delay)
        attempt += 1


async def _attempt(tool: Tool, attempt: int, scope: Scope, call: Call) -> Output:
    """One call of the tool; whatever it raises is an output with an error."""
    started = time.monotonic()
    try:
        work: Callable[[], Awaitable[Output]]
        if tool.each is None:
            work = partial(call, tool, await scope.render(tool.options))
        else:
            work = partial(_call_each, tool, tool.each, scope, call)
        limit = seconds(await scope.render(tool.timeout), f"timeout of {tool.name}")
        output = await within(limit, work)
    except TaskError as exc:
        output = Output(error=exc)
    output.meta.update(
        attempt=attempt, duration_ms=round((time.monotonic() - started) * 1000)
    )
    return output


async def _call_each(tool: Tool, each: Each, scope: Scope, call: Call) -> Output:
    """Call the tool for one item after the other; the first that fails ends it."""
    items = await scope.render(each.items)
    if not isinstance(items, list):
        raise TaskError("template", f"iterator.items of {tool.name} is no list")
    results = []
    for index, item in enumerate(items):
        with scope.nested(each.item, item, index, len(items)):
            try:
                output = await call(tool, await scope.render(tool.options))
            except TaskError as exc:
                output = Output(error=exc)
        if output.error is not None:
            return replace(output, error=_of_item(output.error, index))
        results.append(output.payload)
        # A loop of instant calls must leave room for heartbeats and cancellation.
        await asyncio.sleep(0)
    count = len(results)
    return Output(
        {
            "status": "complete",
            "total": count,
            "done": count,
            "failed": 0,
            "stats": {"total": count, "success": count, "failed": 0},
            "results": results,
        }
    )


def _of_item(error: TaskError, index: int) -> TaskError:
    return TaskError(
        error.kind,
        f"item {index}: {error.message}",
        code=error.code,
        retryable=error.retryable,
        line=error.line,
    )
