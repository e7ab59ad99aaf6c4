"""Chunks as requests, each a JSON list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from noetl_worker.output import TaskError
from noetl_worker.stopping import Stop
from noetl_worker.tools import ToolContext
from noetl_worker.tools.http import send
from noetl_worker.tools.transfer.options import Place, bad_option
from noetl_worker.tools.transfer.progress import Progress
from noetl_worker.tools.transfer.rows import Chunk
from noetl_worker.tools.transfer.targets import OpenTarget

_METHODS: Final = ("POST", "PUT", "PATCH")


class HttpTarget(OpenTarget):
    """At least once: who takes the requests tells repeats by their Idempotency-Key."""

    def __init__(self, place: Place, ctx: ToolContext, transfer: str) -> None:
        self._ctx = ctx
        self._transfer = transfer
        self._stop: Stop | None = None
        self._options = _options(place)

    def begin(self, stop: Stop) -> Progress:
        """From the beginning: nobody here knows what has arrived."""
        self._stop = stop
        return Progress()

    def write(self, chunk: Chunk) -> None:
        """Send a chunk; the answer must be a status of success."""
        assert self._stop is not None
        try:
            self._stop.wait_for(self._send(chunk))
        except TaskError as exc:
            exc.message = f"{chunk.where}: {exc.message}"
            raise

    async def _send(self, chunk: Chunk) -> None:
        headers = {
            **self._options["headers"],
            "Content-Type": "application/json",
            "Idempotency-Key": f"{self._transfer}/{chunk.number}",
        }
        # A line of JSON has no line feed within.
        body = "[" + chunk.ndjson.decode().rstrip("\n").replace("\n", ",") + "]"
        exchange = await send(
            {**self._options, "headers": headers, "body": body}, self._ctx
        )
        try:
            if (error := exchange.error()) is not None:
                raise error
        finally:
            await exchange.response.aclose()


def _options(place: Place) -> dict[str, Any]:
    """The options of the request without those of the rows."""
    method = (place.text("method") or "POST").upper()
    if method not in _METHODS:
        raise bad_option(f"target.method must be one of {', '.join(_METHODS)}")
    headers = place.options.get("headers") or {}
    if not isinstance(headers, Mapping):
        raise bad_option("target.headers must be a mapping")
    left = {
        n: v
        for n, v in place.options.items()
        if n not in ("json", "data", "form", "payload")
    }
    return {**left, "method": method, "headers": dict(headers)}
