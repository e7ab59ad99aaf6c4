"""Calls of the engine through its HTTP API."""

from __future__ import annotations

import asyncio
import io
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, NoReturn
from uuid import UUID

import aiohttp
import orjson

from noetl_worker import tracing
from noetl_worker.command import Command
from noetl_worker.jsonable import decode
from noetl_worker.settings import WorkerSettings
from noetl_worker.transport.api import ApiAccess
from noetl_worker.transport.calls import Answer, Beat, Claim, Event, Json, report_text
from noetl_worker.transport.doorbell import FirstCome
from noetl_worker.transport.errors import (
    ApiUnusableError,
    EngineAwayError,
    EngineRefusedError,
    backoff,
    describe,
    refusal,
)
from noetl_worker.transport.functions import FUNCTIONS
from noetl_worker.transport.tls import disconnected, tls_failure

_CONNECT_SECONDS: Final = 10.0
# Less than servers keep idle connections, lest a request meets the end of one.
_IDLE_SECONDS: Final = 4.0
# Larger bodies are announced, so that a server which refuses them can say so.
_ANNOUNCED_BYTES: Final = 1 << 20
# The server says something at least every 15 s, so that a lost connection is noticed.
_SILENCE_SECONDS: Final = 45.0
# SQLSTATEs of a database that is away, as the API sees it; without one it says 503 itself.
_AWAY: Final = ("08", "57P", "53")
_TOO_LARGE: Final = "54000"  # program_limit_exceeded: sending it again will not help

log = logging.getLogger(__name__)


class HttpCalls:
    """At most ``size`` requests at once, over connections that are used again."""

    peer = "API"

    def __init__(self, settings: WorkerSettings, *, size: int) -> None:
        self._client = _Client(
            settings, size=size, seconds=settings.api_timeout_seconds
        )

    async def call(self, function: str, **arguments: Any) -> Json:
        """One request; what has columns comes back as objects."""
        called = FUNCTIONS[function]
        called.values(arguments)  # raises when one is missing
        body = {
            name: orjson.Fragment(value)
            if called.parameters[name] == "jsonb" and value is not None
            else value
            for name, value in arguments.items()
        }
        found = await self._client.post(f"/api/worker/{function}", body)
        if called.columns:
            return [tuple(row[column] for column in called.columns) for row in found]
        return found

    async def exchange(
        self,
        session: UUID,
        events: Sequence[Event],
        beat: Beat | None,
        claim: Claim | None,
    ) -> Answer:
        """One request for all."""
        body: dict[str, Any] = {"session": session}
        if events:
            body["events"] = orjson.Fragment(report_text(events))
        if beat is not None:
            body["beat"] = beat
        if claim is not None:
            body["claim"] = claim
        if len(body) == 1:
            return Answer()
        found = await self._client.post("/api/worker/exchange", body)
        commands = found.get("commands")
        return Answer(
            recorded=found.get("recorded"),
            heartbeat=found.get("heartbeat"),
            commands=None if commands is None else [Command(**c) for c in commands],
        )

    async def close_idle(self) -> None:
        """The client does so by itself."""

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


class HttpDoorbell(FirstCome):
    """Rings with the name of a pool that has work; with None when it begins to listen."""

    def __init__(
        self, settings: WorkerSettings, ring: Callable[[str | None], None]
    ) -> None:
        self._client = _Client(settings, size=1, seconds=None)
        self._pools = settings.pools
        self._ring = ring

    async def run(self) -> None:
        """Listen until cancelled; connect again when the connection is lost."""
        failures = 0
        try:
            while True:
                try:
                    async with self._client.stream(self._pools) as lines:
                        failures = 0
                        self._ring(None)  # what was rung before is not heard
                        async for line in lines:
                            if line.startswith(b"data:"):
                                self._ring(orjson.loads(line[5:]))
                except (EngineAwayError, EngineRefusedError) as exc:
                    log.debug("doorbell: %s", describe(exc))
                # The server ends a stream when it stops: the next one may be there.
                await asyncio.sleep(backoff(failures))
                failures += 1
        finally:
            await self._client.close()


class _Client:
    """Requests that end in JSON, EngineAwayError or EngineRefusedError."""

    def __init__(
        self, settings: WorkerSettings, *, size: int, seconds: float | None
    ) -> None:
        self._access = ApiAccess(settings)
        self._size = size
        self._timeout = aiohttp.ClientTimeout(
            total=seconds,
            sock_connect=_CONNECT_SECONDS,
            sock_read=None if seconds else _SILENCE_SECONDS,
        )
        self._session: aiohttp.ClientSession | None = None

    async def post(self, path: str, body: Any) -> Json:
        """What is answered to a JSON body."""
        text = orjson.dumps(body)
        is_large = len(text) > _ANNOUNCED_BYTES
        while True:
            access = self._access.headers()
            headers = {**access, "Content-Type": "application/json"}
            tracing.inject(headers)
            async with (
                self._errors(),
                self._open().post(
                    self._access.url + path,
                    # A large one goes in pieces, between which others have their turn.
                    data=io.BytesIO(text) if is_large else text,
                    headers=headers,
                    allow_redirects=False,
                    expect100=is_large,
                ) as reply,
            ):
                answer = await reply.read()
                if reply.status == 401 and self._access.renew_token(access):
                    continue
                self._check(reply, answer)
                return self._decode(reply, answer)

    @asynccontextmanager
    async def stream(self, pools: Sequence[str]) -> AsyncIterator[AsyncIterator[bytes]]:
        """The lines of the doorbell's server-sent events."""
        access = self._access.headers()
        headers = {**access, "Accept": "text/event-stream"}
        async with (
            self._errors(),
            self._open().get(
                f"{self._access.url}/api/worker/doorbell",
                params=[("pool", pool) for pool in pools],
                headers=headers,
                allow_redirects=False,
            ) as reply,
        ):
            if reply.status != 200:
                if reply.status == 401:
                    self._access.renew_token(access)
                self._check(reply, await reply.read())
            yield aiter(reply.content)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        # Made here, where the event loop is.
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=self._size,
                ssl=self._access.ssl(),
                keepalive_timeout=_IDLE_SECONDS,
                ttl_dns_cache=10,
            )
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=self._timeout, auto_decompress=True
            )
        return self._session

    @asynccontextmanager
    async def _errors(self) -> AsyncIterator[None]:
        try:
            yield
        except (
            aiohttp.ClientConnectorCertificateError,
            aiohttp.ClientConnectorSSLError,
        ) as exc:
            raise tls_failure(self._access.url, exc) from exc
        except TimeoutError as exc:
            raise EngineAwayError(
                f"{self._access.url} does not answer in time"
            ) from exc
        except aiohttp.ClientConnectorError as exc:  # its own text says ssl:default
            raise EngineAwayError(
                f"{self._access.url}: {describe(exc.os_error)}"
            ) from exc
        except aiohttp.ServerDisconnectedError as exc:
            raise EngineAwayError(disconnected(self._access.url)) from exc
        except (aiohttp.ClientError, ssl.SSLError, OSError) as exc:
            raise EngineAwayError(f"{self._access.url}: {describe(exc)}") from exc

    def _check(self, reply: aiohttp.ClientResponse, text: bytes) -> None:
        """Whether the API did what was asked; its problem, or that of who answered."""
        if reply.status == 200:
            return
        problem: dict[str, Any] = {}
        if reply.content_type == "application/problem+json":
            problem = self._decode(reply, text)
        code, detail = problem.get("code") or "", str(problem.get("detail") or "")
        if code and not code.startswith(_AWAY):
            raise refusal(detail, sqlstate=code, hint=problem.get("hint"))
        if reply.status == 413:
            raise refusal(
                detail or f"{self._access.url} refuses a body of this size (413)",
                sqlstate=_TOO_LARGE,
                hint="Raise the API's limit, or store large results outside tier db.",
            )
        if problem and reply.status in {400, 415, 422, 500}:
            raise refusal(detail, hint=problem.get("hint"))
        if reply.status in {502, 503, 504, 429}:
            raise EngineAwayError(f"{self._access.url}: {detail or reply.status}")
        self._unusable(reply, detail, is_ours=bool(problem))

    def _unusable(
        self, reply: aiohttp.ClientResponse, detail: str, *, is_ours: bool
    ) -> NoReturn:
        detail = detail or f"{reply.status} {reply.reason}"
        if reply.status == 401:
            hint = "Give a valid token in NOETL_API_TOKEN: noetl token add"
        elif reply.status == 403:
            hint = "A worker needs a token with the scope worker: noetl token add"
        else:
            hint = "Check NOETL_API_URL: it is where a dispatcher listens (--listen)."
            if is_ours:
                hint += f" {reply.url.path} may be of another version: use the same."
        raise ApiUnusableError(f"{self._access.url}: {detail}", hint=hint)

    def _decode(self, reply: aiohttp.ClientResponse, text: bytes) -> Json:
        try:
            return decode(text)
        except ValueError as exc:
            raise ApiUnusableError(
                f"{self._access.url} answers {reply.content_type}, not JSON:"
                f" {text[:80].decode(errors='replace')!r}",
                hint="Check NOETL_API_URL: a proxy or another server answers there.",
            ) from exc
