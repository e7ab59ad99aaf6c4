"""Server-sent events: how an execution goes on, until it ends."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request, Response
from starlette.types import Receive, Scope, Send

from noetl_shell.api.access import require
from noetl_shell.api.database import Row
from noetl_shell.api.models import ExecutionId
from noetl_shell.api.watches import Watch, Watches

router = APIRouter(tags=["executions"])

# Proxies close connections on which nothing is said.
_SILENCE_SECONDS: Final = 15.0
_EVENTS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Events `progress`, each with the data of"
        " `GET /api/executions/{execution_id}`, then one `end`.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


@router.get(
    "/api/executions/{execution_id}/stream",
    dependencies=[require("reader")],
    summary="Follow an execution by server-sent events",
    response_class=Response,
    responses=_EVENTS,
)
async def stream_execution(request: Request, execution_id: ExecutionId) -> Response:
    """An event for each new state, at most every half second, until the run ends."""
    return _EventStream(request.app.state.watches, execution_id)


class _EventStream(Response):
    """Ends with the run, when the client goes, and when the process stops."""

    media_type = "text/event-stream"

    def __init__(self, watches: Watches, execution_id: str) -> None:
        super().__init__(headers={"Cache-Control": "no-store"})
        del self.headers["content-length"]
        self._watches = watches
        self._execution_id = execution_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send events as they come; raises what the first look raised."""
        async with self._watches.follow(self._execution_id) as watch:
            await watch.newer(-1)  # an unknown execution is a problem, not a stream
            start = {"type": "http.response.start", "status": self.status_code}
            await send({**start, "headers": self.raw_headers})
            gone = asyncio.create_task(_until_gone(receive))
            stopping = asyncio.create_task(self._watches.stopping())
            sending = asyncio.create_task(_send_states(watch, send))
            tasks = (gone, stopping, sending)
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            if sending.done() and not sending.cancelled():
                sending.result()
            await send({"type": "http.response.body", "body": b""})


async def _send_states(watch: Watch, send: Send) -> None:
    version = -1
    while True:
        try:
            state = await asyncio.wait_for(watch.newer(version), _SILENCE_SECONDS)
        except TimeoutError:
            await _send(send, b": still here\n\n")
            continue
        version = state["progress_version"]
        await _send(send, _event("progress", version, state))
        if state["finished_at"] is not None:
            await _send(send, _event("end", version, {"status": state["status"]}))
            return


def _event(name: str, version: int, data: Row) -> bytes:
    return b"event: %s\nid: %d\ndata: %s\n\n" % (
        name.encode(),
        version,
        orjson.dumps(data),
    )


async def _send(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
