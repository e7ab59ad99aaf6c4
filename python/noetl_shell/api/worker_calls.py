"""What workers call: claims, reports, a doorbell, and the engine's functions by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
import orjson
from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse

from noetl_shell.api.access import require
from noetl_shell.api.bells import Bells
from noetl_shell.api.bodies import require_media
from noetl_shell.api.database import Database, Db
from noetl_shell.api.problems import MEDIA, problem
from noetl_shell.api.replies import json_reply
from noetl_worker.transport.calls import Beat, Claim
from noetl_worker.transport.functions import FUNCTIONS, Function
from noetl_worker.transport.postgres import exchange_calls, execute

router = APIRouter(
    tags=["workers"],
    dependencies=[require("worker")],
    responses={
        410: {
            "description": "A younger worker has this one's name (NE410)",
            "content": {
                MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}},
            },
        }
    },
)

_Text = Annotated[str, msgspec.Meta(pattern=r"^[^\x00]*$")]
_Integer = Annotated[int, msgspec.Meta(ge=-(1 << 31), le=(1 << 31) - 1)]
_Bigint = Annotated[int, msgspec.Meta(ge=-(1 << 63), le=(1 << 63) - 1)]
# Its values go to the database as they came.
_Object = dict[str, msgspec.Raw]
_TYPES: Final[Mapping[str, Any]] = {
    "uuid": UUID,
    "text": _Text,
    "integer": _Integer,
    "bigint": _Bigint,
    "timestamptz": Annotated[datetime, msgspec.Meta(tz=True)],
    "jsonb": msgspec.Raw,  # goes to the database as it came
    "text[]": list[_Text],
    "bigint[]": list[_Bigint],
}


class ClaimBody(msgspec.Struct, forbid_unknown_fields=True):
    """A request for commands; the same id gives the same commands again."""

    request_id: UUID
    limit: _Integer = 10
    marks: dict[str, _Bigint] | None = None
    room: dict[str, _Integer] | None = None

    def claim(self) -> Claim:
        """As a link takes it."""
        return Claim(self.request_id, self.limit, self.marks, self.room)


class SessionClaimBody(ClaimBody, forbid_unknown_fields=True, kw_only=True):
    """A claim of a session."""

    session: UUID


class BeatBody(msgspec.Struct, forbid_unknown_fields=True):
    """The commands that a worker holds, and what it can take."""

    held: list[_Text]
    capacity: dict[str, Any]


class ExchangeBody(msgspec.Struct, forbid_unknown_fields=True):
    """What a worker has to say at once; ``beat`` null: the heartbeat is not due."""

    session: UUID
    events: list[msgspec.Raw] | None = None
    beat: BeatBody | None = None
    claim: ClaimBody | None = None


def _body_of(function: Function) -> type[msgspec.Struct]:
    return msgspec.defstruct(
        function.name,
        [
            (name, _Object if name == "capacity" else _TYPES[kind])
            for name, kind in function.parameters.items()
        ],
        forbid_unknown_fields=True,
    )


_BODIES: Final = {
    name: (function, _body_of(function))
    for name, function in FUNCTIONS.items()
    if function.is_remote
}


def _describe(body: type[Any]) -> dict[str, Any]:
    """What OpenAPI should say about a body: for ``openapi_extra``."""
    (schema,), parts = msgspec.json.schema_components([body], ref_template="{name}")
    content = {"application/json": {"schema": _whole(schema, parts)}}
    return {"requestBody": {"required": True, "content": content}}


def _whole(schema: Any, parts: Mapping[str, Any]) -> Any:
    """A schema with its parts in their places."""
    if isinstance(schema, dict):
        if (name := schema.get("$ref")) is not None:
            return _whole(parts[name], parts)
        return {key: _whole(value, parts) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_whole(value, parts) for value in schema]
    return schema


@router.post(
    "/api/commands/claim",
    summary="Claim commands for a session",
    openapi_extra=_describe(SessionClaimBody),
)
async def claim_commands(request: Request, db: Db) -> Response:
    """Commands as docs/protocol.md has them; the same request id gives the same again."""
    body = await _read(request, SessionClaimBody)
    calls = exchange_calls(body.session, None, 0, None, body.claim())
    answers = await _answers(db, calls)
    return json_reply({"commands": answers["claim_commands"]})


@router.get("/api/commands/claim", include_in_schema=False)
async def claim_by_get() -> Response:
    """It is no command's number, although it stands where one could."""
    raise HTTPException(405, "claim with POST", {"Allow": "POST"})


@router.post(
    "/api/events",
    summary="Report one event",
    openapi_extra=_describe(_Object),
)
async def record_event(request: Request, db: Db) -> Response:
    """As a batch of one."""
    return await _record(db, [await _read(request, _Object)])


@router.post(
    "/api/events/batch",
    summary="Report events",
    openapi_extra=_describe(list[_Object]),
)
async def record_events(request: Request, db: Db) -> Response:
    """How many were recorded and late, which were refused, which are to be sent again."""
    return await _record(db, await _read(request, list[_Object]))


@router.post(
    "/api/worker/exchange",
    summary="Report, renew the session and claim",
    openapi_extra=_describe(ExchangeBody),
)
async def exchange(request: Request, db: Db) -> Response:
    """In this order, each as far as the body has it; few reports with the claim in one
    transaction.
    """
    body = await _read(request, ExchangeBody)
    events = body.events or []
    report = _join(events) if events else None
    claim = None if body.claim is None else body.claim.claim()
    beat = None if body.beat is None else Beat(body.beat.held, body.beat.capacity)
    calls = exchange_calls(body.session, report, len(events), beat, claim)
    answers = await _answers(db, calls)
    return json_reply(
        answers.get("exchange")
        or {
            "recorded": answers.get("record_events"),
            "heartbeat": answers.get("heartbeat"),
            "commands": answers.get("claim_commands"),
        }
    )


@router.get(
    "/api/worker/doorbell",
    summary="Hear of new work",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def doorbell(
    request: Request,
    pool: Annotated[list[str], Query(min_length=1, max_length=100)],
) -> Response:
    """Server-sent events whose data is the name of a pool, as JSON text.

    A hint only: whoever misses one finds the work when it claims.
    """
    bells: Bells = request.app.state.bells
    return StreamingResponse(
        bells.listen(pool),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _add_call(function: Function, body: type[msgspec.Struct]) -> None:
    """A route for one function; OpenAPI says what each takes."""

    async def call(request: Request, db: Db) -> Response:
        given = msgspec.structs.asdict(await _read(request, body))
        arguments = {
            name: msgspec.json.encode(value).decode()
            if isinstance(value, msgspec.Raw | dict)
            else value
            for name, value in given.items()
        }
        if function.name == "start_execution" and not _is_child(arguments["options"]):
            return problem(
                403,
                "a worker starts executions only for a command that it holds",
                code="NE403",
                hint="Give options.parent_execution_id, parent_command_id and session.",
            )
        answers = await _answers(db, {function.name: arguments})
        return json_reply(answers[function.name])

    router.add_api_route(
        f"/api/worker/{function.name}",
        call,
        methods=["POST"],
        name=function.name,
        operation_id=f"worker_{function.name}",
        summary=f"Call noetl.{function.name}",
        description="What it takes, gives and refuses is told in docs/protocol.md.",
        openapi_extra=_describe(body),
    )


for _function, _body in _BODIES.values():
    _add_call(_function, _body)


def _is_child(options: str) -> bool:
    given = orjson.loads(options)
    return isinstance(given, dict) and given.get("parent_execution_id") is not None


def _join(events: Sequence[msgspec.Raw]) -> str:
    return f"[{b','.join(map(bytes, events)).decode()}]"


async def _record(db: Database, events: Sequence[Mapping[str, Any]]) -> Response:
    text = msgspec.json.encode(events).decode()
    answers = await _answers(db, {"record_events": {"events": text}})
    return json_reply(answers["record_events"])


async def _answers(
    db: Database, calls: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """By function: its value, or a list of its rows as objects."""
    answers: dict[str, Any] = {}
    if not calls:
        return answers
    async with db.connection() as conn:
        for name, cursor in (await execute(conn, calls)).items():
            rows = await cursor.fetchall()
            answers[name] = rows if FUNCTIONS[name].columns else _only(rows)
    return answers


def _only(rows: Sequence[Mapping[str, Any]]) -> Any:
    return next(iter(rows[0].values())) if rows else None


async def _read(request: Request, kind: type[Any]) -> Any:
    """The body, which is JSON of this kind; 415 or 422 if it is not."""
    require_media(request, "application/json")
    text = await request.body()
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError as exc:
        raise RequestValidationError([{"loc": ("body",), "msg": str(exc)}]) from exc
    except UnicodeDecodeError as exc:
        raise RequestValidationError(
            [{"loc": ("body",), "msg": f"not UTF-8 text (byte {exc.start})"}]
        ) from exc
