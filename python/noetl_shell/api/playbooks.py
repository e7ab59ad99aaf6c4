"""Playbooks: register, list."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request, Response
from psycopg.types.json import Jsonb

from noetl_shell.api.access import require
from noetl_shell.api.bodies import parse, read_text, require_media
from noetl_shell.api.database import Db
from noetl_shell.api.models import Catalog, Registered
from noetl_shell.api.replies import json_reply

router = APIRouter(tags=["playbooks"])

_YAML: Final = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml")
_EXAMPLE: Final = {
    "apiVersion": "noetl.io/v2",
    "kind": "Playbook",
    "metadata": {"name": "hello"},
    "workflow": [{"step": "hi", "tool": {"kind": "python", "code": "result = 42"}}],
}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "description": "The playbook: docs/playbooks.md has the language.",
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object"}, "example": _EXAMPLE},
            "application/yaml": {"schema": {"type": "string"}},
        },
    }
}


@router.post(
    "/api/playbooks",
    dependencies=[require("operator")],
    summary="Register a playbook",
    response_model=Registered,
    status_code=201,
    responses={200: {"model": Registered, "description": "Known content"}},
    openapi_extra=_BODY,
)
async def register_playbook(request: Request, database: Db) -> Response:
    """The content of the latest version again gives that version, with 200."""
    media = require_media(request, "application/json", *_YAML)
    source = "body.json" if media == "application/json" else "body.yaml"
    content = await parse(await read_text(request), source)
    row = await database.row(
        "select r.catalog_id::text, r.path, r.version, r.created, r.warnings"
        " from noetl.register_playbook(%s) as r",
        (Jsonb(content),),
    )
    return json_reply(row, 201 if row["created"] else 200)


@router.get(
    "/api/catalog",
    dependencies=[require("reader")],
    summary="List the playbooks",
    response_model=Catalog,
)
async def list_playbooks(database: Db) -> Response:
    """Each in its latest version."""
    rows = await database.rows(
        "select p.path, p.version, p.description, p.registered_by, p.created_at"
        " from noetl.list_playbooks() as p"
    )
    return json_reply({"items": rows})
