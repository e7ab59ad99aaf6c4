"""Executions: start, list, look at."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response
from psycopg.types.json import Jsonb

from noetl_shell.api import models
from noetl_shell.api.access import require
from noetl_shell.api.bodies import describe_json, json_body
from noetl_shell.api.database import Db
from noetl_shell.api.models import ExecutionId
from noetl_shell.api.pages import Next, key_of, page
from noetl_shell.api.replies import json_reply

router = APIRouter(tags=["executions"])

STATUS: Final = (
    "select s.execution_id::text, s.path, s.version, s.status, s.reason, s.started_at,"
    " s.finished_at, s.duration_s, s.current_steps, s.loops as loop_progress, s.steps,"
    " s.result, s.error, s.parent_execution_id::text, s.progress_version,"
    " s.unserved"
    " from noetl.execution_status(%s::bigint) as s"
)


@router.post(
    "/api/executions",
    dependencies=[require("operator")],
    summary="Start a playbook",
    response_model=models.Started,
    status_code=201,
    openapi_extra=describe_json(models.StartRequest),
)
async def start_execution(
    database: Db, body: Annotated[models.StartRequest, json_body(models.StartRequest)]
) -> Response:
    """Without an idempotency key each call starts another execution."""
    options = body.model_dump(
        include={"version", "priority", "idempotency_key"}, exclude_none=True
    )
    execution_id = await database.value(
        "select noetl.start_execution(%s, %s, %s)::text",
        (body.path, Jsonb(body.workload or {}), Jsonb(options)),
    )
    reply = json_reply({"execution_id": execution_id}, 201)
    reply.headers["Location"] = f"/api/executions/{execution_id}"
    return reply


@router.get(
    "/api/executions",
    dependencies=[require("reader")],
    summary="List executions, newest first",
    response_model=models.Executions,
)
async def list_executions(
    database: Db,
    status: Annotated[models.Status | None, Query(description="Only these.")] = None,
    path: Annotated[str | None, Query(description="Only of this playbook.")] = None,
    parent: Annotated[
        str | None,
        Query(pattern=models.ID_PATTERN, description="Only those that it started."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many.")] = 50,
    next: Next = None,  # noqa: A002 - the name in the URL
) -> Response:
    """Filters narrow the list together."""
    rows = await database.rows(
        "select e.execution_id::text, e.path, e.version, e.status, e.started_at,"
        " e.finished_at, e.error, e.parent_execution_id::text"
        " from noetl.list_executions(%s, %s, %s::bigint, %s, %s::bigint) as e",
        (limit, status, key_of(next), path, parent),
    )
    return json_reply(page(rows, limit, "execution_id"))


@router.get(
    "/api/executions/{execution_id}",
    dependencies=[require("reader")],
    summary="How an execution stands",
    response_model=models.ExecutionStatus,
)
async def execution_status(database: Db, execution_id: ExecutionId) -> Response:
    """One row of the projection, however long the history is."""
    return json_reply(await database.row(STATUS, (execution_id,)))


@router.get(
    "/api/executions/{execution_id}/events",
    dependencies=[require("reader")],
    summary="The events of an execution, oldest first",
    response_model=models.Events,
)
async def list_events(
    database: Db,
    execution_id: ExecutionId,
    type: Annotated[  # noqa: A002 - the name in the URL
        str | None, Query(description="Only of this type, such as `call.done`.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=10000, description="At most so many.")] = 1000,
    next: Next = None,  # noqa: A002
) -> Response:
    """Those of a live execution may become visible out of order, as they commit."""
    rows = await database.rows(
        "select e.event_id::text, e.parent_event_id::text, e.event_type, e.node_name,"
        " e.node_type, e.status, e.current_index, e.current_item, e.worker_id,"
        " e.context, e.result, e.meta, e.error, e.created_at"
        " from noetl.list_events(%s::bigint, %s::bigint, %s, %s) as e",
        (execution_id, key_of(next) or "0", limit, type),
    )
    return json_reply(page(rows, limit, "event_id"))


@router.get(
    "/api/executions/{execution_id}/trace/{step}",
    dependencies=[require("reader")],
    summary="Where the results of a step come from",
    response_model=models.Trace,
)
async def trace(
    database: Db,
    execution_id: ExecutionId,
    step: Annotated[str, Path(description="The step's name.", examples=["report"])],
    limit: Annotated[int, Query(ge=1, le=10000, description="At most so many.")] = 1000,
) -> Response:
    """Its own results (depth 0), those that they were made from (1), and so on."""
    rows = await database.rows(
        "select t.depth, t.execution_id::text, t.step, t.name, t.command_id, t.ref,"
        " t.store_tier, t.content_type, t.bytes, t.row_count, t.created_at,"
        " t.source_refs from noetl.trace(%s::bigint, %s, %s) as t",
        (execution_id, step, limit),
    )
    return json_reply({"items": rows})
