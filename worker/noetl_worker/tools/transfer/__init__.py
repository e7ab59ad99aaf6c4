"""Rows from one place to another, streamed in chunks, counted and hashed.

A chunk is the unit of everything: of memory, of the transactions that write, and of what a
command that is issued again need not do again. Targets remember their chunks under the
transfer's name, which is the same for every issue of a command and every retry of a task.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, Final

from noetl_worker.deadline import admitted
from noetl_worker.output import Output
from noetl_worker.plan import Tool
from noetl_worker.services import Services
from noetl_worker.stopping import Threads, run_stoppable
from noetl_worker.tools import ToolContext
from noetl_worker.tools.transfer.options import read_options
from noetl_worker.tools.transfer.pump import move
from noetl_worker.tools.transfer.sources import open_source
from noetl_worker.tools.transfer.targets import open_target

# Each holds a chunk, a thread and up to two connections.
AT_ONCE: Final = 4


class Transfers:
    """How many transfers run at once."""

    def __init__(self, services: Services) -> None:  # noqa: ARG002
        self.slots = asyncio.Semaphore(AT_ONCE)

    async def close_idle(self) -> None:
        """Nothing is kept."""

    async def close(self) -> None:
        """Nothing is kept."""


async def run(task: Tool, given: dict[str, Any], ctx: ToolContext) -> Output:
    """Move rows from ``source`` to ``target``."""
    options = read_options(given)
    slots = ctx.services.use(Transfers).slots
    async with AsyncExitStack() as stack:
        source = await open_source(options, ctx, stack)
        target = await open_target(options, task, ctx, transfer_name(task, ctx))
        async with admitted(slots):
            moved = await run_stoppable(
                ctx.services.use(Threads), partial(move, source, target, options)
            )
    return await target.output(
        {
            **moved.totals.as_mapping(),
            "resumed_at_chunk": moved.resumed_at,
            **options.as_mapping(),
        }
    )


def transfer_name(task: Tool, ctx: ToolContext) -> str:
    """The same for every issue of a command and every retry of its task."""
    command = ctx.command
    name = f"{command.execution_id}/{command.identity}/{task.name}"
    if (times := ctx.scope.successes(task.name)) > 0:
        # A jump has led here again, to another transfer.
        name += f"/{times}"
    if task.each is not None:
        name += f"/item-{ctx.scope.names['iter']['index']}"
    return name
