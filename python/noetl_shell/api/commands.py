"""Commands, for people and programs that follow events."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from noetl_shell.api.access import require
from noetl_shell.api.database import Db
from noetl_shell.api.models import ID_PATTERN, Command
from noetl_shell.api.replies import json_reply

router = APIRouter(tags=["commands"])


@router.get(
    "/api/commands/{event_id}",
    dependencies=[require("reader")],
    summary="The command that an event has issued",
    response_model=Command,
)
async def find_command(
    database: Db,
    event_id: Annotated[
        str, Path(pattern=ID_PATTERN, description="Of an event `command.issued`.")
    ],
    execution_id: Annotated[
        str | None,
        Query(
            pattern=ID_PATTERN,
            description="The event's execution; needed once it has no open commands.",
        ),
    ] = None,
) -> Response:
    """Where it stands, and what it is to do."""
    row = await database.row(
        "select c.execution_id::text, c.event_id::text, c.command_id, c.step, c.status,"
        " c.iter_index, c.item, c.input, c.meta, c.pool, c.priority, c.worker,"
        " c.issued_at, c.claimed_at"
        " from noetl.find_command(%s::bigint, %s::bigint) as c",
        (event_id, execution_id),
    )
    return json_reply(row)
