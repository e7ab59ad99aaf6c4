"""Nothing: a place for sets and policies. ``result`` is its payload."""

from __future__ import annotations

from typing import Any

from noetl_worker.output import Output
from noetl_worker.plan import Tool
from noetl_worker.tools import ToolContext


async def run(task: Tool, options: dict[str, Any], ctx: ToolContext) -> Output:  # noqa: ARG001
    """Return the option ``result`` as the payload."""
    return Output(options.get("result"))
