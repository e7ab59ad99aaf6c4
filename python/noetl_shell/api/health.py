"""Whether the process lives, and whether it can serve; what it counts."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from noetl_shell.api.database import Db
from noetl_shell.api.models import Health
from noetl_shell.api.problems import problem
from noetl_shell.api.replies import json_reply
from noetl_worker.versions import WrongVersionError, require_version

router = APIRouter(tags=["health"])

_TEXT: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Prometheus' text format",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
}


@router.get(
    "/api/health", summary="Liveness: the process answers", response_model=Health
)
async def health() -> Response:
    """Always 200; asks nobody."""
    return json_reply({"status": "ok"})


@router.get(
    "/api/ready", summary="Readiness: the database is there and of this version"
)
async def ready(database: Db) -> Response:
    """200, or 503 while the database is away or of another version."""
    version = await database.value("select noetl.api_version()")
    try:
        require_version(version)
    except WrongVersionError as exc:
        return problem(503, str(exc), hint=exc.hint)
    return json_reply({"status": "ok", "api_version": version})


@router.get(
    "/metrics",
    summary="What this process counts, for Prometheus",
    response_class=Response,
    responses=_TEXT,
)
def metrics() -> Response:
    """Prometheus' text format."""
    # Not async: the database is asked, and may be away.
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
