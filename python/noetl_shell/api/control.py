"""Executions: cancel, pause, resume, retry, signal."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Response
from psycopg.types.json import Jsonb

from noetl_shell.api.access import require
from noetl_shell.api.bodies import describe_json, json_body
from noetl_shell.api.database import Db
from noetl_shell.api.models import (
    CancelRequest,
    Changed,
    ExecutionId,
    Signalled,
    SignalRequest,
)
from noetl_shell.api.replies import json_reply

router = APIRouter(
    prefix="/api/executions/{execution_id}",
    tags=["control"],
    dependencies=[require("operator")],
)

_CHANGED: Final[dict[str, Any]] = {"response_model": Changed}


@router.post(
    "/cancel",
    summary="Cancel an execution and its children",
    openapi_extra=describe_json(CancelRequest, is_required=False),
    **_CHANGED,
)
async def cancel_execution(
    database: Db,
    execution_id: ExecutionId,
    body: Annotated[CancelRequest, json_body(CancelRequest, is_required=False)],
) -> Response:
    """Commands at work are told by their worker's next heartbeat."""
    changed = await database.value(
        "select noetl.cancel_execution(%s::bigint, %s)", (execution_id, body.reason)
    )
    return json_reply({"changed": changed})


@router.post("/pause", summary="Pause an execution and its children", **_CHANGED)
async def pause_execution(database: Db, execution_id: ExecutionId) -> Response:
    """What is at work goes on to its end; nothing new starts."""
    changed = await database.value(
        "select noetl.pause_execution(%s::bigint)", (execution_id,)
    )
    return json_reply({"changed": changed})


@router.post("/resume", summary="Let a paused execution go on", **_CHANGED)
async def resume_execution(database: Db, execution_id: ExecutionId) -> Response:
    """Its children too."""
    changed = await database.value(
        "select noetl.resume_execution(%s::bigint)", (execution_id,)
    )
    return json_reply({"changed": changed})


@router.post("/retry", summary="Take up a failed or cancelled execution", **_CHANGED)
async def retry_execution(database: Db, execution_id: ExecutionId) -> Response:
    """Failed items and steps run again, finished ones do not; so with its children."""
    changed = await database.value(
        "select noetl.retry_execution(%s::bigint)", (execution_id,)
    )
    return json_reply({"changed": changed})


@router.post(
    "/signal",
    summary="Send a signal to an execution",
    response_model=Signalled,
    openapi_extra=describe_json(SignalRequest),
)
async def signal_execution(
    database: Db,
    execution_id: ExecutionId,
    body: Annotated[SignalRequest, json_body(SignalRequest)],
) -> Response:
    """Delivered to a step that waits for it, or kept until one does."""
    options = body.model_dump(include={"idempotency_key", "ttl"}, exclude_none=True)
    outcome = await database.value(
        "select noetl.signal_execution(%s::bigint, %s, %s, %s)",
        (execution_id, body.name, Jsonb(body.payload), Jsonb(options)),
    )
    return json_reply({"outcome": outcome})
