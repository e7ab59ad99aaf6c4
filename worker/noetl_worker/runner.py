"""From a claimed command to the event that reports it."""

from __future__ import annotations

import datetime
import logging
import os
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import partial
from typing import Any, Final
from uuid import UUID

import orjson

from noetl_worker import metrics, tracing
from noetl_worker.cache import Cache
from noetl_worker.command import FRAME, Command
from noetl_worker.deadline import seconds, within
from noetl_worker.engine import Engine
from noetl_worker.frames import claim, frame_of, work_off
from noetl_worker.jsonable import NotJsonError, encode
from noetl_worker.loops import COLLECT, GATHER, collect, gather
from noetl_worker.output import Output, TaskError
from noetl_worker.pipeline import Outcome, run_pipeline
from noetl_worker.plan import INLINE_MAX, Plan, Tool, make_plan
from noetl_worker.points import reach
from noetl_worker.results import Stored, Target, select_fields
from noetl_worker.scope import Scope, run_names
from noetl_worker.services import Services
from noetl_worker.settings import WorkerSettings
from noetl_worker.stream import Report, Stream
from noetl_worker.templates import TemplateError
from noetl_worker.tools import ToolContext, find_tool
from noetl_worker.transport.errors import EngineRefusedError, SessionEndedError

RESULTS_MAX: Final = 2048
_PLANS_MAX: Final = 1000
_CONTEXT_SIZE: Final = 32_768

log = logging.getLogger(__name__)
Event = dict[str, Any]
MakeContext = Callable[[Command, Scope], ToolContext]


class Runner:
    """Runs commands; everything it needs of a run is read once and cached."""

    def __init__(
        self, settings: WorkerSettings, engine: Engine, services: Services, cache: Cache
    ) -> None:
        self._engine = engine
        self._services = services
        self._cache = cache
        self._plans = Cache(_PLANS_MAX)
        self._env = {n: os.environ[n] for n in settings.template_env if n in os.environ}

    def instant_event(self, command: Command, started_at: str) -> Event | None:
        """The report of a command that does nothing, if its plan is known to.

        None while spans are made: then it is to have its own.
        """
        if tracing.is_on():
            return None
        plan: Plan | None = self._plans.peek((command.catalog_id, command.step))
        if plan is None or plan.instant_result is None or command.task != "run":
            return None
        return {
            "execution_id": command.execution_id,
            "command_id": command.command_id,
            "type": "command.completed",
            "result": plan.instant_result,
            "meta": {
                "attempt": command.attempt,
                "duration_ms": 0,
                "started_at": started_at,
            },
        }

    async def run(
        self,
        command: Command,
        parked: Callable[[], AbstractAsyncContextManager[None]],
        is_handed_back: Callable[[], bool],
        report_chunk: Report,
        learn_kinds: Callable[[frozenset[str]], None],
    ) -> Event:
        """Run a command to its report; only cancellation and a lost session raise.

        ``learn_kinds`` is told of what kinds its tools are, before they run.
        """
        started = time.monotonic()
        event: Event = {
            "execution_id": command.execution_id,
            "command_id": command.command_id,
            "meta": {"attempt": command.attempt, "started_at": now_text()},
        }
        kinds: tuple[str, ...] = ()

        async def report() -> Event:
            nonlocal kinds
            plan = await self._plan(command)
            kinds = plan.kinds
            tracing.note_kinds(kinds)
            learn_kinds(plan.kinds_of(command.task))
            if command.task == COLLECT:
                scope = await self._scope(command, plan)
                return await collect(command, plan, scope, self._engine)
            if command.task == GATHER:
                return await gather(command, plan, self._services)
            context = partial(
                ToolContext,
                services=self._services,
                parked=parked,
                is_handed_back=is_handed_back,
                spec=plan.own_result,
                stream=Stream(
                    command,
                    plan,
                    self._engine,
                    self._services.writer,
                    report_chunk,
                    parked,
                ),
            )
            if command.task == FRAME:
                return await self._run_frame(command, plan, context, event["meta"])
            return await self._run(command, plan, context)

        outcome = "cancelled"
        try:
            event |= await self._safely(command, report)
            outcome = event["type"].removeprefix("command.")
        finally:
            if outcome == "cancelled" and is_handed_back():
                outcome = "handed_back"
            metrics.COMMANDS.labels(kinds[0] if kinds else "", outcome).inc()
            tracing.note_outcome(outcome, (event.get("error") or {}).get("kind"))
        event["meta"]["duration_ms"] = round((time.monotonic() - started) * 1000)
        return event

    async def _safely(
        self, command: Command, work: Callable[[], Awaitable[Event]]
    ) -> Event:
        """What the work gives, or the failure that it raises as such."""
        try:
            return await work()
        except TaskError as exc:
            error = exc
        except SessionEndedError:
            raise
        except EngineRefusedError as exc:
            error = TaskError("engine", str(exc), code=exc.sqlstate)
        except Exception as exc:  # noqa: BLE001 - a fault of ours fails the command alone
            # Not log.exception: the trace may quote a secret.
            trace = self._services.credentials.scrub(traceback.format_exc())
            log.error("command %s of %s\n%s", command.command_id, command.step, trace)  # noqa: TRY400
            error = TaskError("worker", f"{type(exc).__name__}: {exc}")
        return self._failure(error, None, {"status": "error"})

    async def _run_frame(
        self, command: Command, plan: Plan, context: MakeContext, meta: Event
    ) -> Event:
        """Claim rows and run the pipeline for each; the engine decides what follows."""
        frame = frame_of(command)
        more = {"frame": frame.names}
        # Before the claim there is no item.
        scope = await self._scope(replace(command, item=None, iter_index=None), plan)
        scope.names |= more

        async def take() -> list[Any]:
            options = await scope.render(plan.cursor)
            limit = seconds(await scope.render(plan.timeout), "spec.timeout")
            ctx = context(command, scope)
            # Imported here, as tools are: few workers ever need it.
            from noetl_worker.tools.postgres import claim_rows

            return await within(limit, lambda: claim_rows(options, ctx, frame.max_rows))

        async def run(row: Command, size: int) -> Event:
            return await self._safely(
                row, lambda: self._run(row, plan, context, more, size)
            )

        rows, may_return = await claim(frame, take, context(command, scope).parked)
        meta["rows"] = len(rows)
        items, has_left = await work_off(frame, command, rows, run)
        return {
            "type": "command.completed",
            "result": {"status": "ok", "reference": None, "context": {}},
            "frame": {"items": items, "rows_may_return": may_return or has_left},
        }

    async def _run(
        self,
        command: Command,
        plan: Plan,
        context: MakeContext,
        more: Mapping[str, Any] | None = None,
        inline_max: int = INLINE_MAX,
    ) -> Event:
        scope = await self._scope(command, plan)
        scope.names |= more or {}
        ctx = context(command, scope)

        async def call(tool: Tool, options: Any) -> Output:
            reach("before_tool")
            with metrics.TOOL_SECONDS.labels(tool.kind).time():
                output = await find_tool(tool.kind)(tool, options or {}, ctx)
            reach("after_tool")
            return output

        async def work() -> tuple[Outcome, str | None]:
            key = None
            if plan.key is not None:
                key = await scope.render(plan.key)
                key = key if isinstance(key, str) else encode(key).decode()
            scope.names["input"] = await self._input(command, plan, scope)
            outcome = await run_pipeline(plan, scope, call, ctx.stream)
            if outcome.error is None:
                await scope.apply(plan.assigns)
            return outcome, key

        limit = seconds(await scope.render(plan.timeout), "spec.timeout")
        outcome, key = await within(limit, work)
        event: Event = {"iter_key": key[:500]} if key is not None else {}
        if scope.ctx_writes:
            event["ctx"] = self._ctx(scope.ctx_writes)
        return event | await self._finish(command, plan, outcome, scope, inline_max)

    async def _finish(
        self,
        command: Command,
        plan: Plan,
        outcome: Outcome,
        scope: Scope,
        inline_max: int,
    ) -> Event:
        """Store the payload; the event carries it only if it is small."""
        output, error = outcome.output, outcome.error
        sources = scope.sources()
        stored = output.stored or Stored(b"null")
        if output.stored is None and (error is None or output.payload is not None):
            target = Target(
                command, plan.own_result, sources=sources, inline_max=inline_max
            )
            try:
                stored = await self._services.writer.persist(target, output.payload)
            except TaskError as exc:
                # A failure stays what it is, even if its payload cannot be kept.
                error = error or exc
            reach("after_persist")
        context: dict[str, Any] = {}
        if sources and stored.reference is None and not plan.is_loop:
            context["sources"] = sources
        if plan.select and error is None:
            context["selected"] = select_fields(output.shown, plan.select)
        if len(plan.tools) > 1 and not plan.is_loop and error is None:
            context["results"] = _small_results(scope.task_payloads())
        if output.http is not None:
            context["http"] = {"status": output.http["status"]}
        if output.pg:
            context["pg"] = output.pg
        result = stored.as_result("ok" if error is None else "error", context)
        if error is not None:
            return self._failure(error, outcome.task, result)
        return {"type": "command.completed", "result": result}

    def _failure(self, error: TaskError, task: str | None, result: Event) -> Event:
        fields = error.as_mapping(task)
        fields["message"] = self._services.credentials.scrub(fields["message"])
        return {"type": "command.failed", "result": result, "error": fields}

    async def _scope(self, command: Command, plan: Plan) -> Scope:
        shared, steps = await self._names(command, plan)
        iteration: dict[str, Any] | None = None
        if command.iter_index is not None:
            item = command.item
            if item is None and command.collection_ref is not None:
                item = await self._services.reader.item(
                    command.collection_ref, command.iter_index
                )
            iteration = {
                plan.iterator: item,
                "item": item,
                "index": command.iter_index,
                "loop_id": command.loop_id,
            }
            if command.total is not None:
                iteration["total"] = command.total
        scope = Scope(
            shared,
            steps=steps,
            load=self._services.reader.load,
            iteration=iteration,
            iterator=plan.iterator if iteration is not None else None,
            keychain=plan.keychain,
            read_credential=partial(
                self._services.credentials.read, command.execution_id
            ),
        )
        scope.names["input"] = command.given
        if (chunk := command.chunk) is not None:
            scope.see_chunk(chunk)
        if scope.names["job"] is shared["job"]:  # no iterator has that name
            scope.names["job"] = {**shared["job"], "issue": command.issue}
        return scope

    async def _input(self, command: Command, plan: Plan, scope: Scope) -> Any:
        own = await scope.render(plan.input)
        if own is None:
            return command.given
        if not isinstance(own, Mapping):
            raise TaskError("template", f"input is no mapping but {_type_name(own)}")
        return {**command.given, **own}

    async def _names(
        self, command: Command, plan: Plan
    ) -> tuple[dict[str, Any], Mapping[str, Any]]:
        if not plan.names:
            nothing: dict[str, Any] = {
                "workload": {},
                "ctx": {},
                "steps": {},
                "loops": {},
            }
            return run_names(command.execution_id, nothing, self._env), {}
        key = ("context", command.execution_id, command.step, command.context_version)

        async def read() -> tuple[Any, int]:
            context = await self._engine.read_context(
                execution_id=command.execution_id, names=plan.names
            )
            names = run_names(command.execution_id, context, self._env)
            return (names, context["steps"]), _CONTEXT_SIZE + len(encode(context))

        found: tuple[dict[str, Any], Mapping[str, Any]] = await self._cache.get(
            key, read
        )
        return found

    async def _plan(self, command: Command) -> Plan:
        async def read() -> tuple[Plan, int]:
            task = await self._engine.read_step(
                catalog_id=command.catalog_id, step=command.step
            )
            return make_plan(task), 1

        try:
            plan: Plan = await self._plans.get((command.catalog_id, command.step), read)
        except TemplateError as exc:
            raise TaskError("template", str(exc), line=exc.line) from exc
        return plan

    def _ctx(self, writes: Mapping[str, Any]) -> Any:
        try:
            return orjson.Fragment(encode(dict(writes), "ctx"))
        except NotJsonError as exc:
            raise TaskError("template", str(exc)) from exc


def _small_results(payloads: Mapping[str, Any]) -> Event:
    """What ``results.<task>`` reads after the step: small payloads, as room allows."""
    results: Event = {}
    room = RESULTS_MAX
    for task, payload in payloads.items():
        try:
            text = encode(payload)
        except NotJsonError:
            continue  # of a task whose payload was never to be stored
        if len(text) <= min(room, INLINE_MAX):
            results[task] = orjson.Fragment(text)
            room -= len(text)
    return results


def _type_name(value: Any) -> str:
    return "undefined" if value is None else type(value).__name__


def now_text() -> str:
    """The time now, as events carry it."""
    return datetime.datetime.now(datetime.UTC).isoformat()


def heartbeat_event(command: Command, session: UUID) -> Event:
    """The event of a command that takes long and is still at work."""
    return {
        "session": str(session),
        "execution_id": command.execution_id,
        "command_id": command.command_id,
        "type": "command.heartbeat",
        "meta": {"attempt": command.attempt},
    }
