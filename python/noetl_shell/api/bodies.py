"""Bodies of requests: limited in size, strict JSON, read after the caller's token."""

from __future__ import annotations

import asyncio
from typing import Any, Final, TypeVar

from fastapi import Depends, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from noetl_shell.documents import parse_document

Model = TypeVar("Model", bound=BaseModel)

# Longer texts are parsed in a thread: others' requests and the ticks go on meanwhile.
_QUICK_LENGTH: Final = 64_000


class BodyLimit:
    """Refuses larger bodies with 413, before or while they are read."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; count what is read of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        count = int(declared) if declared.isascii() and declared.isdigit() else 0

        async def receive_counted() -> Message:
            nonlocal count
            if count > self._limit:
                raise self._refusal()
            message = await receive()
            if not declared:
                count += len(message.get("body", b""))
                if count > self._limit:
                    raise self._refusal()
            return message

        await self._app(scope, receive_counted, send)

    def _refusal(self) -> HTTPException:
        return HTTPException(
            413, f"the body is larger than {self._limit} bytes", {"Connection": "close"}
        )


def json_body(model: type[Model], *, is_required: bool = True) -> Any:
    """A dependency: the body, which is JSON, as a model; 415, 413 or 422 if it is not."""

    async def read(request: Request) -> Model:
        require_media(request, "application/json")
        text = await read_text(request)
        if not text and not is_required:
            return model()
        value = await parse(text, "body.json")
        try:
            return model.model_validate(value)
        except ValidationError as exc:
            raise RequestValidationError(
                [
                    {**error, "loc": ("body", *error["loc"])}
                    for error in exc.errors(include_url=False, include_context=False)
                ]
            ) from exc

    return Depends(read)


def describe_json(
    model: type[BaseModel], *, is_required: bool = True
) -> dict[str, Any]:
    """What OpenAPI should say about such a body: for ``openapi_extra``."""
    content = {"application/json": {"schema": model.model_json_schema()}}
    return {"requestBody": {"required": is_required, "content": content}}


def require_media(request: Request, *known: str) -> str:
    """The body's type, one of the known ones; a body without a type is of the first."""
    given = request.headers.get("content-type", known[0])
    media = given.partition(";")[0].strip().lower()
    if media not in known:
        raise HTTPException(
            415, f"the content type {media[:100]!r} is not {' or '.join(known)}"
        )
    return media


async def read_text(request: Request) -> str:
    """The body as text; RequestValidationError when it is not UTF-8."""
    try:
        return (await request.body()).decode()
    except UnicodeDecodeError as exc:
        raise RequestValidationError(
            [{"loc": ("body",), "msg": f"not UTF-8 text (byte {exc.start})"}]
        ) from exc


async def parse(text: str, source: str) -> Any:
    """The value of a JSON or YAML text, by the source's suffix; raises DocumentError."""
    if len(text) < _QUICK_LENGTH:
        return parse_document(text, source).value
    return (await asyncio.to_thread(parse_document, text, source)).value
