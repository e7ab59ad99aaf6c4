"""HTTP requests through httpx, with connections kept alive."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from noetl_worker import tracing
from noetl_worker.deadline import seconds
from noetl_worker.jsonable import decode, encode
from noetl_worker.output import Output, TaskError
from noetl_worker.plan import Tool
from noetl_worker.services import Services
from noetl_worker.tools import ToolContext, text_option
from noetl_worker.tools.http_stream import is_stream, read_stream

TIMEOUT_DEFAULT: Final = 30.0
_METHODS: Final = frozenset(
    {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}
)
_RETRYABLE: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_SECRET_HEADERS: Final = frozenset({"set-cookie", "www-authenticate", "authorization"})
_TEXT: Final = ("text/", "application/xml", "application/javascript", "+xml")
_KINDS: Final = {401: "auth", 403: "auth", 408: "timeout", 429: "rate_limit"}

Parameters = list[tuple[str, str | int | float | bool | None]]


class Clients:
    """One client per way of making connections; each keeps its connections alive.

    The connections are aiohttp's: with 50 of them httpx's own pool took 2.8 ms of CPU
    for a request, this 0.3 ms.
    """

    def __init__(self, services: Services) -> None:
        self.body_max = services.settings.result_max_bytes
        self._connections_max = max(services.settings.slots, 100)
        self._clients: dict[bool, httpx.AsyncClient] = {}

    def client(self, *, verify: bool) -> httpx.AsyncClient:
        """The client that checks certificates or does not."""
        if (client := self._clients.get(verify)) is None:
            transport = AiohttpTransport(client=lambda: self._session(verify=verify))
            client = httpx.AsyncClient(transport=transport, cookies=_no_cookies())
            self._clients[verify] = client
        return client

    def _session(self, *, verify: bool) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=self._connections_max,
                keepalive_timeout=30.0,
                ssl=httpx.create_ssl_context(verify=verify),
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close_idle(self) -> None:
        """The client closes idle connections itself."""

    async def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            await client.aclose()


def _no_cookies() -> CookieJar:
    """A jar that stays empty: runs share the connections, and must not share a login."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=()))


async def run(task: Tool, options: dict[str, Any], ctx: ToolContext) -> Output:
    """Send one request. A status outside 2xx is an error whose body is readable."""
    limit = ctx.services.use(Clients).body_max
    started = time.monotonic()
    exchange = await send(options, ctx)
    with exchange.failures():
        if is_stream(exchange.response):
            envelope = _envelope(exchange.response, time.monotonic() - started)
            output = await read_stream(exchange.response, envelope, task, options, ctx)
            return replace(output, http=_http(exchange.response))
        body = await _read(exchange.response, limit)
    return _output(exchange.response, body, exchange.method, time.monotonic() - started)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that was sent, and its response, the body of which is yet to be read."""

    method: str
    url: str
    response: httpx.Response

    @contextmanager
    def failures(self) -> Iterator[None]:
        """Say what goes wrong while the body is read."""
        with _failures(self.method, self.url):
            yield

    def error(self) -> TaskError | None:
        """What a status outside 2xx means."""
        return _status_error(self.response, self.method)


async def send(options: Mapping[str, Any], ctx: ToolContext) -> Exchange:
    """Send the request that the options of an http tool describe."""
    method = (text_option(options, "method") or "GET").upper()
    url = text_option(options, "url", "endpoint")
    if method not in _METHODS:
        raise TaskError("template", f"unknown HTTP method {method!r}")
    if not url:
        raise TaskError("template", 'an http tool needs "url"')
    limit = options.get("timeout", options.get("timeout_seconds"))
    headers = _text_mapping(options.get("headers"), "headers")
    parameters = _parameters(options.get("params"))
    headers |= await _auth_headers(options.get("auth"), parameters, ctx)
    content, content_type = _body(options, headers)
    if content_type and not any(name.lower() == "content-type" for name in headers):
        headers["content-type"] = content_type
    tracing.inject(headers)
    clients = ctx.services.use(Clients)
    client = clients.client(verify=options.get("verify_ssl", True) is not False)
    with _failures(method, url):
        request = client.build_request(
            method,
            url,
            params=httpx.QueryParams(parameters) if parameters else None,
            headers=headers,
            content=content,
            timeout=seconds(limit, "timeout") or TIMEOUT_DEFAULT,
        )
        response = await client.send(
            request,
            stream=True,
            follow_redirects=options.get("follow_redirects", True) is not False,
        )
    return Exchange(method, url, response)


@contextmanager
def _failures(method: str, url: str) -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, OSError) as exc:
        raise _failure(exc, method, url) from exc


async def _read(response: httpx.Response, limit: int) -> bytes:
    try:
        parts, size = [], 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > limit:
                raise TaskError("http", f"the response has more than {limit} bytes")
            parts.append(part)
        return b"".join(parts)
    finally:
        await response.aclose()


def _output(
    response: httpx.Response, body: bytes, method: str, elapsed: float
) -> Output:
    data = _parse(body, response)
    payload = _envelope(response, elapsed) | {"data": data, "body": data}
    return Output(payload, _status_error(response, method), http=_http(response))


def _envelope(response: httpx.Response, elapsed: float) -> dict[str, Any]:
    """The payload but for the body."""
    return {
        "status_code": response.status_code,
        "headers": _headers(response),
        "url": str(response.url),
        "elapsed": round(elapsed, 6),
    }


def _http(response: httpx.Response) -> dict[str, Any]:
    return {"status": response.status_code, "headers": _headers(response)}


def _headers(response: httpx.Response) -> dict[str, str]:
    return {
        name: value
        for name, value in response.headers.items()
        if name not in _SECRET_HEADERS
    }


def _status_error(response: httpx.Response, method: str) -> TaskError | None:
    if response.is_success:
        return None
    status = response.status_code
    kind = _KINDS.get(status) or ("server_error" if status >= 500 else "http")
    return TaskError(
        kind,
        f"{method} {plain_url(str(response.url))} answered {status}"
        f" {response.reason_phrase}".rstrip(),
        code=status,
        retryable=status in _RETRYABLE,
    )


def _parse(body: bytes, response: httpx.Response) -> Any:
    """JSON as its value, text as text, anything else as base64 text."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not body:
        return None
    if kind.endswith(("/json", "+json")) or (not kind and body[:1] in b"{["):
        try:
            return decode(body)
        except ValueError:
            pass  # it says JSON and is not: the text is what there is
    if kind.startswith(_TEXT) or kind.endswith((*_TEXT, "json")):
        return body.decode(response.charset_encoding or "utf-8", errors="replace")
    try:
        return body.decode()
    except UnicodeDecodeError:
        return base64.b64encode(body).decode()


def _failure(error: Exception, method: str, url: str) -> TaskError:
    place = f"{method} {plain_url(url)}"
    # The transport calls every lost connection a timeout; its cause tells them apart.
    if isinstance(error, httpx.TimeoutException) and isinstance(
        error.__cause__, TimeoutError
    ):
        return TaskError("timeout", f"{place}: no answer in time", retryable=True)
    if isinstance(error, httpx.TransportError | OSError) and not isinstance(
        error, httpx.UnsupportedProtocol
    ):
        reason = str(error).replace(" ssl:default", "") or type(error).__name__
        return TaskError("connection", f"{place}: {reason}", retryable=True)
    return TaskError("http", f"{place}: {error}")


def plain_url(url: str) -> str:
    """A URL without user, password and query, for messages."""
    scheme, separator, rest = url.partition("?")[0].partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path}"


def _parameters(given: Any) -> Parameters:
    """Query parameters; a list gives the name several times, null leaves it out."""
    if given is None:
        return []
    if not isinstance(given, Mapping):
        raise TaskError("template", 'the option "params" must be a mapping')
    pairs: Parameters = []
    for name, value in given.items():
        values = value if isinstance(value, list) else [value]
        pairs += [(name, _text(part)) for part in values if part is not None]
    return pairs


def _text_mapping(given: Any, name: str) -> dict[str, str]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise TaskError("template", f'the option "{name}" must be a mapping')
    return {key: _text(value) for key, value in given.items() if value is not None}


def _text(value: Any) -> str:
    """A value in a header, query or form: booleans and mappings as JSON spells them."""
    return value if isinstance(value, str) else encode(value).decode()


def _body(
    options: Mapping[str, Any], headers: Mapping[str, str]
) -> tuple[bytes | None, str | None]:
    """The body and its content type, from whichever option gives one."""
    for name in ("json", "payload", "body"):
        if (value := options.get(name)) is not None:
            if name == "body" and isinstance(value, str):
                return value.encode(), None
            return encode(value, name), "application/json"
    if (form := options.get("form")) is not None:
        return _form(form), "application/x-www-form-urlencoded"
    if (data := options.get("data")) is None:
        return None, None
    given = {name.lower(): value for name, value in headers.items()}
    if "x-www-form-urlencoded" in given.get("content-type", ""):
        return _form(data), "application/x-www-form-urlencoded"
    if isinstance(data, str):
        return data.encode(), None
    return encode(data, "data"), "application/json"


def _form(given: Any) -> bytes:
    return (
        given.encode()
        if isinstance(given, str)
        else urlencode(_parameters(given)).encode()
    )


async def _auth_headers(
    auth: Any, parameters: Parameters, ctx: ToolContext
) -> dict[str, str]:
    """Headers (or a query parameter) that the option ``auth`` asks for.

    A credential's name, ``{source: name}``, ``{type, …fields}``, or ``{alias: {type, key}}``
    where ``key`` is the credential's name.
    """
    if auth is None:
        return {}
    if isinstance(auth, str):
        return _scheme(await ctx.credential(auth), None, parameters)
    if not isinstance(auth, Mapping):
        raise TaskError("template", 'the option "auth" must be a name or a mapping')
    if name := auth.get("source") or auth.get("credential") or auth.get("key"):
        return _scheme(await ctx.credential(str(name)), auth.get("type"), parameters)
    if "type" in auth:
        return _scheme(auth, None, parameters)
    headers: dict[str, str] = {}
    for part in auth.values():
        headers |= await _auth_headers(part, parameters, ctx)
    return headers


def _scheme(
    fields: Mapping[str, Any], kind: str | None, parameters: Parameters
) -> dict[str, str]:
    kind = str(
        kind or fields.get("type") or fields.get("kind") or _guess(fields)
    ).lower()
    if kind in ("bearer", "oauth2", "token"):
        return {"authorization": f"Bearer {_field(fields, 'token', 'access_token')}"}
    if kind == "basic":
        pair = f"{_field(fields, 'username', 'user')}:{_field(fields, 'password')}"
        return {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    if kind in ("api_key", "apikey", "header"):
        value = _field(fields, "value", "api_key", "key")
        if query := fields.get("query"):
            parameters.append((str(query), value))
            return {}
        return {str(fields.get("header") or "X-API-Key"): value}
    raise TaskError("auth", f'unknown type of authentication "{kind}"')


def _guess(fields: Mapping[str, Any]) -> str:
    if "token" in fields or "access_token" in fields:
        return "bearer"
    return "basic" if "password" in fields else "api_key"


def _field(fields: Mapping[str, Any], *names: str) -> str:
    for name in names:
        if fields.get(name) is not None:
            return str(fields[name])
    raise TaskError("auth", f'the credential has no field "{names[0]}"')
