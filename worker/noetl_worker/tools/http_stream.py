"""Responses that come piece by piece: NDJSON and server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import httpx
from httpx_sse import EventSource

from noetl_worker.jsonable import decode
from noetl_worker.output import Output, TaskError
from noetl_worker.plan import Tool
from noetl_worker.results.writer import in_thread
from noetl_worker.tools import ToolContext
from noetl_worker.tools.row_stream import chunk_size

EVENTS: Final = "text/event-stream"
_LINES: Final = frozenset(
    {"application/x-ndjson", "application/ndjson", "application/jsonl"}
    | {"application/jsonlines", "application/x-jsonlines", "application/json-seq"}
)
_AT: Final = ("data", "body")
_BATCH: Final = 100


def is_stream(response: httpx.Response) -> bool:
    """Whether a response is a sequence of values."""
    return response.is_success and _kind(response) in {EVENTS, *_LINES}


async def read_stream(
    response: httpx.Response,
    envelope: Mapping[str, Any],
    task: Tool,
    options: Mapping[str, Any],
    ctx: ToolContext,
) -> Output:
    """Deliver the values in chunks, if the step's arcs want them; else they are rows."""
    values = _events(response) if _kind(response) == EVENTS else _lines(response)
    try:
        if ctx.stream.is_wanted:
            count = await _deliver(values, chunk_size(options, 1), ctx)
            return Output({**envelope, "chunks": count})
        return await _gather(values, envelope, task, ctx)
    finally:
        await response.aclose()


async def _deliver(values: AsyncIterator[Any], size: int, ctx: ToolContext) -> int:
    """A chunk is as many values as ``chunk_size`` says, so that it is the same again when
    the request is repeated; one alone is delivered as it is."""
    count = 0
    batch: list[Any] = []
    async for value in values:
        batch.append(value)
        if len(batch) == size:
            await ctx.stream.emit(batch if size > 1 else value)
            count, batch = count + 1, []
    if batch:
        await ctx.stream.emit(batch, has_more=False)
        count += 1
    return count


async def _gather(
    values: AsyncIterator[Any],
    envelope: Mapping[str, Any],
    task: Tool,
    ctx: ToolContext,
) -> Output:
    writer, target = ctx.services.writer, ctx.target(task)
    async with writer.collecting(target) as sink:
        batch: list[Any] = []
        async for value in values:
            batch.append(value)
            if len(batch) == _BATCH:
                await in_thread(sink.add, batch)
                batch = []
        await in_thread(sink.add, batch)
        rest = dict(envelope)
        stored = await writer.save(target, sink, rest, _AT)
    if stored is None:
        return Output({**rest, "data": sink.rows, "body": sink.rows})
    return Output(rest, stored=stored)


async def _lines(response: httpx.Response) -> AsyncIterator[Any]:
    number = 0
    async for line in response.aiter_lines():
        number += 1
        text = line.strip("\x1e \t\r\n")
        if not text:
            continue
        try:
            yield decode(text)
        except ValueError as exc:
            raise TaskError(
                "http", f"line {number} of the response is no JSON: {exc}"
            ) from exc


async def _events(response: httpx.Response) -> AsyncIterator[Any]:
    async for event in EventSource(response).aiter_sse():
        found = {"event": event.event, "data": _value(event.data), "id": event.id}
        yield {name: value for name, value in found.items() if value not in (None, "")}


def _value(text: str) -> Any:
    """The data of an event: JSON if it is, else text."""
    try:
        return decode(text)
    except ValueError:
        return text


def _kind(response: httpx.Response) -> str:
    header: str = response.headers.get("content-type", "")
    return header.partition(";")[0].strip().lower()
