"""What the tools of a command yield, on its way to the engine: one chunk at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, Final

from noetl_worker.command import Command
from noetl_worker.deadline import standing_still
from noetl_worker.engine import Engine
from noetl_worker.jsonable import JsonText, decode
from noetl_worker.output import TaskError
from noetl_worker.plan import Plan
from noetl_worker.points import reach
from noetl_worker.results import ResultWriter, Target, select_fields

Event = dict[str, Any]
Report = Callable[[Event], Awaitable[Event | None]]
Waiting = Callable[[], AbstractAsyncContextManager[Any]]

_POLL_FIRST: Final = 0.01
_POLL_LAST: Final = 0.2


class ChunkRefusedError(Exception):
    """The engine refused a chunk for good: its arcs cannot take it."""

    def __init__(self, sqlstate: str, message: str) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate


class Stream:
    """The chunks of one command, numbered over all tool calls of its pipeline.

    A tool calls ``emit`` for each; when nobody wants them (``is_wanted``), it need not make
    any. What an earlier attempt has delivered is skipped.
    """

    def __init__(
        self,
        command: Command,
        plan: Plan,
        engine: Engine,
        writer: ResultWriter,
        report: Report,
        parked: Waiting,
    ) -> None:
        self.is_wanted = plan.partials
        self._command = command
        self._plan = plan
        self._engine = engine
        self._writer = writer
        self._report = report
        self._parked = parked
        self._index = 0
        # Nobody has reported chunks of a command that is issued for the first time.
        self._next: int | None = 0 if command.issue == 1 else None
        self._room: int | None = 1
        self._lock = asyncio.Lock()

    @property
    def position(self) -> int:
        """The index of the next chunk."""
        return self._index

    def rewind(self, position: int) -> None:
        """Begin again at an earlier index, as a tool that is called again does."""
        self._index = position

    async def emit(
        self,
        payload: Any,
        has_more: bool = True,
        *,
        waiting: Waiting = nullcontext,
    ) -> None:
        """Store a chunk, report it, and return when the engine has recorded it.

        ``payload`` is any value, or a ``JsonText``, which is not decoded. While the steps
        that get the chunks have no room for it, the command takes no slot of the worker,
        its time limits stand still, and the context ``waiting`` is entered: a tool gives
        up there what others may need meanwhile.
        """
        if not self.is_wanted:
            return
        async with self._lock:
            if self._next is None:
                await self._ask()
            if self._next is not None and self._index >= self._next:
                await self._deliver(payload, has_more, waiting)
            self._index += 1

    async def _deliver(self, payload: Any, has_more: bool, waiting: Waiting) -> None:
        await self._until_there_is_room(waiting)
        event = await self._event(payload, has_more)
        while True:
            try:
                state = await self._report(event)
            except ChunkRefusedError as exc:
                kind = "template" if exc.sqlstate.startswith("NE46") else "result"
                message = f"chunk {self._index}: {exc}"
                raise TaskError(kind, message, code=exc.sqlstate) from exc
            self._note(state)
            reach("after_partial")
            if self._next is not None and self._next > self._index:
                return
            # The run is ending: the command will be taken from this worker.
            await self._until_there_is_room(waiting)

    async def _event(self, payload: Any, has_more: bool) -> Event:
        target = Target(
            self._command, self._plan.result, name=f"chunk-{self._index:06d}"
        )
        stored = await self._writer.persist(target, payload)
        reach("after_persist")
        context: Event = {}
        if self._plan.select:
            value = (
                decode(payload.whole()) if isinstance(payload, JsonText) else payload
            )
            context["selected"] = select_fields(value, self._plan.select)
        return {
            "execution_id": self._command.execution_id,
            "command_id": self._command.command_id,
            "type": "call.partial",
            "result": stored.as_result("ok", context),
            "meta": {
                "chunk_index": self._index,
                "has_more": has_more,
                "attempt": self._command.attempt,
            },
        }

    async def _until_there_is_room(self, waiting: Waiting) -> None:
        if self._room != 0:
            return
        pause = _POLL_FIRST
        async with waiting(), self._parked():
            with standing_still():
                while self._room == 0:
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, _POLL_LAST)
                    await self._ask()

    async def _ask(self) -> None:
        self._note(
            await self._engine.stream_state(
                execution_id=self._command.execution_id,
                command_id=self._command.command_id,
            )
        )

    def _note(self, state: Event | None) -> None:
        if state is None:
            raise TaskError(
                "cancelled", "the command was taken from this worker", retryable=False
            )
        self._next, self._room = state["next_chunk"], state["room"]
