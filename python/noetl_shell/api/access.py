"""Who may call what: bearer tokens with scopes, checked by the database."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Annotated, Any, Final, Literal, TypeAlias

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from noetl_shell.api.database import Database

Scope: TypeAlias = Literal["worker", "operator", "reader"]

_KNOWN_MAX: Final = 1000
_BEARER: Final = HTTPBearer(
    auto_error=False, description="A token of `noetl token add`, with its scopes."
)

Credentials: TypeAlias = Annotated[
    HTTPAuthorizationCredentials | None, Security(_BEARER)
]


class Tokens:
    """What the database said about tokens, believed for a few seconds.

    So a token works on for as long after it was revoked.
    """

    def __init__(self, database: Database, seconds: float) -> None:
        self._database = database
        self._seconds = seconds
        self._known: dict[bytes, tuple[float, frozenset[str] | None]] = {}

    async def scopes(self, token: str) -> frozenset[str] | None:
        """The scopes of a token; None: it is unknown, expired or revoked."""
        key = sha256(token.encode()).digest()
        now = time.monotonic()
        if (known := self._known.get(key)) and now < known[0]:
            return known[1]
        rows = await self._database.rows(
            "select t.scopes from noetl.check_api_token(%s) as t", (key,)
        )
        scopes = frozenset(rows[0]["scopes"]) if rows else None
        if len(self._known) >= _KNOWN_MAX:
            self._known.clear()
        self._known[key] = (now + self._seconds, scopes)
        return scopes


def require(scope: Scope) -> Any:
    """A dependency: the caller's token has the scope, else 401 or 403."""
    return Depends(_check(scope))


def _check(scope: Scope) -> Callable[[Request, Credentials], Awaitable[None]]:
    async def check(request: Request, credentials: Credentials) -> None:
        tokens: Tokens | None = request.app.state.tokens
        if tokens is None:
            return
        if credentials is None:
            raise _unauthorized("this call needs a token", "Bearer")
        scopes = await tokens.scopes(credentials.credentials)
        if scopes is None:
            raise _unauthorized(
                "the token is unknown, expired or revoked",
                'Bearer error="invalid_token"',
            )
        if scope not in scopes:
            raise HTTPException(
                403,
                f'the token lacks the scope "{scope}"',
                {
                    "WWW-Authenticate": 'Bearer error="insufficient_scope",'
                    f' scope="{scope}"'
                },
            )

    return check


def _unauthorized(detail: str, challenge: str) -> HTTPException:
    return HTTPException(401, detail, {"WWW-Authenticate": challenge})
