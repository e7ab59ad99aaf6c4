"""Errors as ``application/problem+json`` (RFC 9457), with the engine's code and hint."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import psycopg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from noetl_shell.api.replies import json_reply
from noetl_shell.documents import DocumentError

MEDIA: Final = "application/problem+json"
RETRY_SECONDS: Final = 1

# The session of a worker that has ended (NE401) is no matter of tokens, hence no 401.
_STATUS: Final = {
    "NE401": 409,
    "NE403": 403,
    "NE404": 404,
    "NE409": 409,
    "NE410": 410,
    "NE422": 422,
    "NE423": 503,
    "NE424": 422,
    "NE461": 422,
    "NE462": 422,
    "NE463": 422,
    "NE464": 422,
    "42501": 403,  # insufficient_privilege: of the role of the API
    "54001": 422,  # statement_too_complex: nested too deeply
}
# Locks, deadlocks, timeouts, a schema of another version: the same call may work later.
_LATER: Final = frozenset(
    {"NE423", "40001", "40P01", "55P03", "57014", "42883", "42P01", "3F000"}
)
_AWAY: Final = ("08", "53", "57P")

_HINTS: Final = {
    401: "Send the header Authorization: Bearer TOKEN; see: noetl token add",
    403: "Use a token with that scope; see: noetl token list",
    404: "The API's paths are listed at /api/openapi.json.",
    405: "The API's methods are listed at /api/openapi.json.",
    413: "Store large data where a step can read it, and send its address.",
    415: "Set the header Content-Type.",
}

log = logging.getLogger(__name__)


def problem(
    status: int,
    detail: str,
    *,
    code: str | None = None,
    hint: str | None = None,
    errors: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """One problem; ``code`` is the SQLSTATE (docs/errors.md), ``errors`` all there are."""
    content = {
        "type": f"urn:noetl:error:{code}" if code else "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "hint": hint,
    }
    if errors is not None:
        content["errors"] = errors
    reply = json_reply(content, status, MEDIA)
    reply.headers.update(headers or {})
    return reply


def add_problems(app: FastAPI) -> None:
    """Answer every error with a problem."""
    app.add_exception_handler(psycopg.Error, _database_problem)
    app.add_exception_handler(RequestValidationError, _validation_problem)
    app.add_exception_handler(DocumentError, _document_problem)
    app.add_exception_handler(RecursionError, _depth_problem)
    app.add_exception_handler(UnicodeEncodeError, _text_problem)
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(Exception, _defect)


async def _database_problem(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, psycopg.Error)
    state = exc.sqlstate
    if state is None and isinstance(exc, psycopg.DataError):
        return problem(422, _line(exc), code="NE422")
    if state is None or state.startswith(_AWAY):
        request.app.state.database.tell_away(exc)
        return problem(
            503,
            "the database is away",
            code=state,
            hint="Try again; the API answers as soon as the database is back.",
            headers={"Retry-After": str(RETRY_SECONDS)},
        )
    status = _STATUS.get(state)
    if status is None:
        status = 503 if state in _LATER else 422 if state.startswith("22") else 500
    if status == 500:
        log.error("%s %s failed: %s", request.method, request.url.path, _line(exc))
    return problem(
        status,
        exc.diag.message_primary or _line(exc),
        code=state,
        hint=exc.diag.message_hint,
        errors=_detail(exc.diag.message_detail) if state.startswith("NE") else None,
        headers={"Retry-After": str(RETRY_SECONDS)} if status == 503 else None,
    )


async def _validation_problem(_: Request, exc: Exception) -> Response:
    assert isinstance(exc, RequestValidationError)
    errors = [
        {"path": ".".join(map(str, error["loc"])), "message": error["msg"]}
        for error in exc.errors()
    ]
    return problem(
        422,
        "; ".join(f"{error['path']}: {error['message']}" for error in errors[:3]),
        code="NE422",
        hint="The API's description is at /api/openapi.json.",
        errors=errors,
    )


async def _document_problem(_: Request, exc: Exception) -> Response:
    assert isinstance(exc, DocumentError)
    line, column = exc.place or (None, None)
    error = {"line": line, "column": column, "message": exc.reason}
    return problem(422, str(exc), code="NE422", hint=exc.hint, errors=[error])


async def _depth_problem(_: Request, exc: Exception) -> Response:  # noqa: ARG001
    return problem(422, "the body is nested too deeply", code="NE422")


async def _text_problem(_: Request, exc: Exception) -> Response:  # noqa: ARG001
    return problem(422, "a text holds half of a surrogate pair", code="NE422")


async def _http_problem(_: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)
    hint = _HINTS.get(exc.status_code)
    return problem(exc.status_code, exc.detail, hint=hint, headers=exc.headers)


async def _defect(request: Request, exc: Exception) -> Response:
    log.error(
        "%s %s: a defect of NoETL", request.method, request.url.path, exc_info=exc
    )
    return problem(
        500, "a defect of NoETL", hint="The log of the dispatcher says more."
    )


def _line(exc: BaseException) -> str:
    return " ".join(str(exc).split())[:300] or type(exc).__name__


def _detail(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text
