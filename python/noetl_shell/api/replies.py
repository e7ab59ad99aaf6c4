"""Answers as JSON."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import Response


def json_reply(content: Any, status: int = 200, media: str | None = None) -> Response:
    """An answer; datetimes become ISO 8601, ``orjson.Fragment`` stays what it is."""
    return Response(
        orjson.dumps(content), status, media_type=media or "application/json"
    )
