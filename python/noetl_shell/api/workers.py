"""Workers and dispatchers."""

from __future__ import annotations

from fastapi import APIRouter, Response

from noetl_shell.api.access import require
from noetl_shell.api.database import Db
from noetl_shell.api.models import Workers
from noetl_shell.api.replies import json_reply

router = APIRouter(tags=["workers"])


@router.get(
    "/api/workers",
    dependencies=[require("reader")],
    summary="The workers and dispatchers that are alive",
    response_model=Workers,
)
async def list_workers(database: Db) -> Response:
    """With what they serve and how much they take."""
    rows = await database.rows(
        "select w.name, w.kind, w.pools, w.capacity, w.held, w.registered_at,"
        " w.heartbeat_at, w.heartbeat_age from noetl.list_workers() as w"
    )
    return json_reply({"items": rows})
