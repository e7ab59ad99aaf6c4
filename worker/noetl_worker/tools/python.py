"""Python code in a child process: see ``noetl_worker.sandbox``."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from noetl_worker.jsonable import NotJsonError, decode, encode
from noetl_worker.output import Output, TaskError
from noetl_worker.plan import Tool
from noetl_worker.sandbox.pool import ChildPool
from noetl_worker.templates import PayloadAbsent, ResultView
from noetl_worker.tools import ToolContext, text_option

log = logging.getLogger(__name__)


async def run(task: Tool, options: dict[str, Any], ctx: ToolContext) -> Output:
    """Run ``code``; the payload is its result, or how many chunks it has yielded."""
    code = text_option(options, "code")
    if code is None:
        raise TaskError("template", 'a python tool needs "code"')
    inputs = {
        **ctx.scope.names["input"],
        **_mapping(options, "args"),
        **_mapping(options, "input"),
    }
    request = {
        "code": code,
        "name": f"<{task.name}>",
        "inputs": inputs,
        "context": await _context(code, ctx),
        "libs": options.get("libs"),
        "stream": ctx.stream.is_wanted,
    }
    try:
        text = encode(request, "input")
    except NotJsonError as exc:
        raise TaskError("template", str(exc)) from exc
    answer, result, printed = await ctx.services.use(ChildPool).call(text, ctx.stream)
    if printed:
        _log_lines(task, ctx, printed)
    if not answer["ok"]:
        error = answer["error"]
        raise TaskError(
            "python", error["message"], code=error["code"], line=error.get("line")
        )
    return Output(decode(result))


def _mapping(options: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = options.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise TaskError("template", f'the option "{name}" must be a mapping')
    return value


async def _context(code: str, ctx: ToolContext) -> dict[str, Any]:
    """Workload keys, ctx, finished steps by name and the run's id, if the code asks."""
    if "context" not in code:
        return {}
    words = set(re.findall(r"[^\s'\"\[\](){}.,:=]+", code))
    await ctx.scope.load_all(words)
    context: dict[str, Any] = {}
    for name, value in ctx.scope.names.items():
        if isinstance(value, ResultView):
            try:
                context[name] = value.whole()
            except PayloadAbsent as absent:
                context[name] = {"_ref": absent.ref}
        elif not callable(value):
            context[name] = value
    return context | {"results": {}}


def _log_lines(task: Tool, ctx: ToolContext, printed: str) -> None:
    command = ctx.command
    scrubbed = ctx.services.credentials.scrub(printed)
    for line in scrubbed.splitlines():
        log.info("%s %s/%s: %s", command.command_id, command.step, task.name, line)
