"""A wait within a pipeline or a loop; a step of its own waits in the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from noetl_worker.output import Output, TaskError
from noetl_worker.plan import Tool
from noetl_worker.tools import ToolContext, text_option


async def run(task: Tool, options: dict[str, Any], ctx: ToolContext) -> Output:  # noqa: ARG001
    """Wait ``duration`` seconds or ``until`` a time, without holding a slot."""
    until = _until(options)
    async with ctx.parked():
        await asyncio.sleep(max(0.0, (until - datetime.now(UTC)).total_seconds()))
    return Output({"waited_until": until.isoformat()})


def _until(options: Mapping[str, Any]) -> datetime:
    if (text := text_option(options, "until")) is not None:
        try:
            until = datetime.fromisoformat(text)
        except ValueError:
            raise TaskError("template", f'"{text}" is no time') from None
        return until if until.tzinfo else until.replace(tzinfo=UTC)
    try:
        seconds = float(options.get("duration"))  # type: ignore[arg-type]
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() + seconds, UTC)
    except (TypeError, ValueError, OverflowError):
        raise TaskError(
            "template", f"{options.get('duration')!r} is no number of seconds"
        ) from None
