"""Pages of long lists: where the next one begins, as opaque text."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Annotated, TypeAlias

from fastapi import Query
from fastapi.exceptions import RequestValidationError

from noetl_shell.api.database import Row

Next: TypeAlias = Annotated[
    str | None,
    Query(max_length=100, description="The `next` of the page before this one."),
]


def page(rows: Sequence[Row], limit: int, key: str) -> Row:
    """A page of rows whose next begins after the key of the last one."""
    last = str(rows[-1][key]) if len(rows) == limit else None
    return {"items": rows, "next": last and urlsafe_b64encode(last.encode()).decode()}


def key_of(token: str | None) -> str | None:
    """The key that ``page`` has put into a token; RequestValidationError if none is."""
    if token is None:
        return None
    try:
        key = urlsafe_b64decode(token.encode()).decode()
    except ValueError:
        key = ""
    if not (key.isascii() and key.isdigit() and len(key) < 20):
        raise RequestValidationError(
            [{"loc": ("query", "next"), "msg": "not the next of a page"}]
        )
    return key
