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
    summary="The workers and dispatchers, live and silent ones",
    response_model=Workers,
)
async def list_workers(database: Db) -> Response:
    """With what they serve and how much they take, until their sessions end."""
    rows = await database.rows(
        "select w.name, w.kind, w.pools, w.capacity, w.held, w.registered_at,"
        " w.heartbeat_at, w.heartbeat_age, w.state from noetl.list_workers() as w"
    )
    return json_reply({"items": rows})
