"""What a worker does for a loop as a whole: its items before it, its results after it."""

from __future__ import annotations

from typing import Any, Final

from noetl_worker.command import Command
from noetl_worker.engine import Engine
from noetl_worker.jsonable import encode
from noetl_worker.output import TaskError
from noetl_worker.plan import Plan
from noetl_worker.points import reach
from noetl_worker.results import Stored, Target
from noetl_worker.results.writer import in_thread
from noetl_worker.scope import Scope
from noetl_worker.services import Services

COLLECT: Final = "collect"
GATHER: Final = "gather"
ITEMS_CHUNK: Final = 500
_RESULTS_AT: Final = ("results", "data")

Event = dict[str, Any]


async def collect(command: Command, plan: Plan, scope: Scope, engine: Engine) -> Event:
    """Find the items that SQL cannot see: rows where they lie, or else stored in chunks."""
    if (rows := scope.rows_at(plan.items.path)) is not None:
        ref, count = rows
        return _collected(count, {"ref": ref})
    items = await scope.render(plan.items, required=True)
    if not isinstance(items, list):
        kind = "undefined" if items is None else type(items).__name__
        raise TaskError("template", f"loop.in is no list but {kind}")
    for first in range(0, len(items), ITEMS_CHUNK):
        await engine.store_items(
            execution_id=command.execution_id,
            command_id=command.command_id,
            first=first,
            items=items[first : first + ITEMS_CHUNK],
        )
        reach("after_chunk")
    return _collected(len(items), None)


async def gather(command: Command, plan: Plan, services: Services) -> Event:
    """Put the results of a loop's items into one object, a row each, in item order."""
    payload: dict[str, Any] = (command.input or {})["payload"]
    writer = services.writer
    target = Target(command, plan.result)
    async with writer.collecting(target, room=0) as sink:
        async for results in services.reader.results(payload["results_ref"]):
            rows = (
                [{} if r is None else r for r in results] if sink.is_table else results
            )
            await in_thread(sink.add, rows)
        stored = await writer.save(target, sink, payload, _RESULTS_AT)
    # Without any item there is nothing to gather.
    stored = stored or Stored(encode(payload))
    return {"type": "command.completed", "result": stored.as_result("ok", {})}


def _collected(size: int, reference: Event | None) -> Event:
    return {
        "type": "command.completed",
        "result": {"status": "ok", "reference": reference, "context": {}},
        "collection": {"size": size},
    }
