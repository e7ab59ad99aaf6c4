"""A child execution. One poller asks for all children that this process waits for."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any, Final

from noetl_worker import tracing
from noetl_worker.command import FRAME
from noetl_worker.jsonable import encode
from noetl_worker.output import Output, TaskError
from noetl_worker.plan import Tool
from noetl_worker.points import reach
from noetl_worker.services import Services
from noetl_worker.tools import ToolContext, text_option
from noetl_worker.transport.errors import EngineRefusedError

_POLL_FIRST: Final = 0.02
_POLL_LAST: Final = 0.5
_ENDED: Final = frozenset({"completed", "failed", "cancelled"})

State = tuple[str, Any, Any]


class Children:
    """Waits for children; polls quickly at first, then twice a second."""

    def __init__(self, services: Services) -> None:
        self._engine = services.engine
        self._waiting: dict[int, list[asyncio.Future[State]]] = {}
        self._poller: asyncio.Task[None] | None = None
        self._pause = _POLL_FIRST

    async def wait(self, execution_id: int) -> State:
        """Status, error and result of a child, once it has ended."""
        future: asyncio.Future[State] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(execution_id, []).append(future)
        self._pause = _POLL_FIRST
        if self._poller is None or self._poller.done():
            self._poller = asyncio.create_task(self._poll())
        return await future

    async def close_idle(self) -> None:
        """The poller ends by itself when nobody waits."""

    async def close(self) -> None:
        """Stop polling."""
        if self._poller is not None:
            self._poller.cancel()
            await asyncio.gather(self._poller, return_exceptions=True)

    async def _poll(self) -> None:
        while self._forget_cancelled():
            try:
                states = await self._engine.child_status(
                    execution_ids=list(self._waiting)
                )
            except Exception as exc:  # noqa: BLE001 - handed to everyone who waits
                self._fail(exc)
                return
            for execution_id, state in states.items():
                if state[0] in _ENDED:
                    for future in self._waiting.pop(execution_id, ()):
                        if not future.done():
                            future.set_result(state)
            await asyncio.sleep(self._pause)
            self._pause = min(self._pause * 1.5, _POLL_LAST)

    def _forget_cancelled(self) -> bool:
        for execution_id, futures in list(self._waiting.items()):
            if all(future.done() for future in futures):
                del self._waiting[execution_id]
        return bool(self._waiting)

    def _fail(self, error: Exception) -> None:
        for futures in self._waiting.values():
            for future in futures:
                if not future.done():
                    future.set_exception(error)
        self._waiting.clear()


async def run(task: Tool, options: dict[str, Any], ctx: ToolContext) -> Output:
    """Start the playbook ``path`` with ``input`` and wait; its result is the payload."""
    path = text_option(options, "path")
    if not path:
        raise TaskError("template", 'a playbook tool needs "path"')
    given = options.get("input")
    workload = options.get("payload") if given is None else given
    engine, command = ctx.services.engine, ctx.command
    settings = {
        "parent_execution_id": command.execution_id,
        "parent_command_id": command.command_id,
        "idempotency_key": _key(task, path, workload, ctx),
        "session": str(engine.session),
    }
    try:
        child = await engine.start_execution(
            path=path, workload=workload or {}, options=settings
        )
    except EngineRefusedError as exc:
        raise TaskError(
            "playbook", f'cannot start "{path}": {exc}', code=exc.sqlstate
        ) from exc
    reach("after_child_start")
    try:
        async with ctx.parked():
            with tracing.child_run(child, path):
                status, error, result = await ctx.services.use(Children).wait(child)
        reach("after_child_end")
    except asyncio.CancelledError:
        # Whoever stops this command wants its child stopped too; when it is handed back
        # the next worker finds the same child by its key, but for a row of a cursor.
        if not ctx.is_handed_back() or command.task == FRAME:
            await engine.cancel_execution(
                execution_id=child, reason="the parent's command was cancelled"
            )
        raise
    if status == "completed":
        step = text_option(options, "return_step")
        return Output(await _result(child, result, step, ctx))
    reason = (error or {}).get("message") or status
    raise TaskError(
        "playbook", f'"{path}" (execution {child}) {status}: {reason}', code=status
    )


async def _result(
    child: int, result: Any, return_step: str | None, ctx: ToolContext
) -> Any:
    """The payload of the run, or of the step that the option names."""
    if return_step is not None:
        context = await ctx.services.engine.read_context(
            execution_id=child, names=[return_step]
        )
        view = context["steps"].get(return_step)
        if view is None:
            raise TaskError(
                "playbook", f'execution {child} has not run the step "{return_step}"'
            )
        if "payload" in view:
            return view["payload"]
        return await ctx.services.reader.load(view["envelope"]["ref"])
    if reference := (result or {}).get("reference"):
        return await ctx.services.reader.load(reference["ref"])
    return ((result or {}).get("context") or {}).get("data")


def _key(task: Tool, path: str, workload: Any, ctx: ToolContext) -> str:
    """The same for every re-issue of a command, different for every call within it."""
    visit = ctx.scope.count_call(task.name)
    digest = hashlib.sha256(encode([path, workload])).hexdigest()[:16]
    command = ctx.command
    return f"{command.execution_id}/{command.identity}/{task.name}/{visit}/{digest}"
