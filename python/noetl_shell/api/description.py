"""The API's description: what FastAPI knows, and the problems that it does not."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from noetl_shell.api.models import Problem
from noetl_shell.api.problems import MEDIA

_REFERENCE: Final = {"schema": {"$ref": "#/components/schemas/Problem"}}
_WORDS: Final = {
    "401": "No token, or one that is unknown, expired or revoked",
    "403": "The token lacks the scope, or the engine does not allow it",
    "404": "No such execution, playbook, step or event",
    "409": "The state does not allow it",
    "413": "The body is too large",
    "415": "The body has another content type",
    "422": "Bad input; `errors` lists all there is",
    "503": "The database is away or busy: try again after Retry-After seconds",
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document; made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            routes=app.routes,
            tags=app.openapi_tags,
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = Problem.model_json_schema()
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        for path, operations in document["paths"].items():
            for operation in operations.values():
                _add_problems(path, operation)
        app.openapi_schema = document
    return app.openapi_schema


def _add_problems(path: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    for status in _statuses(path, operation):
        responses.setdefault(
            status, {"description": _WORDS[status], "content": {MEDIA: _REFERENCE}}
        )


def _statuses(path: str, operation: dict[str, Any]) -> list[str]:
    found = []
    if "security" in operation:
        found += ["401", "403"]
    if "{" in path or "requestBody" in operation:
        found += ["404", "409"]
    if "requestBody" in operation:
        found += ["413", "415"]
    if "requestBody" in operation or "parameters" in operation:
        found.append("422")
    if path not in {"/api/health", "/metrics"}:
        found.append("503")
    return sorted(found)
