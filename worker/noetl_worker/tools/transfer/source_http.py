"""Rows of an HTTP response: a list in a JSON document, or NDJSON line by line."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from noetl_worker.output import TaskError
from noetl_worker.stopping import Stop
from noetl_worker.tools import ToolContext
from noetl_worker.tools.http import Clients, Exchange, send
from noetl_worker.tools.transfer.options import Place
from noetl_worker.tools.transfer.rows import Column, Row, as_row, bad_row, read_json

_LINES: Final = ("ndjson", "jsonl", "json-seq", "jsonlines", "json-lines")


class HttpSource:
    """One request; its response is read once, from the beginning."""

    takes_key = False

    def __init__(self, place: Place, ctx: ToolContext) -> None:
        self.columns: Sequence[Column] = ()
        self._place = place
        self._ctx = ctx

    def chunks(self, size: int, after: str | None, stop: Stop) -> Generator[list[Row]]:  # noqa: ARG002
        """Rows as they come."""
        exchange = stop.wait_for(send(self._place.options, self._ctx))
        try:
            if (error := exchange.error()) is not None:
                raise error
            rows = self._rows(exchange, stop)
            while part := list(islice(rows, size)):
                yield part
                del part
        finally:
            stop.finally_do(exchange.response.aclose())

    def _rows(self, exchange: Exchange, stop: Stop) -> Iterator[Row]:
        if self._has_lines(exchange):
            lines = _lines(_parts(exchange, stop))
            for number, line in enumerate(lines):
                yield as_row(_value(line, number), number)
            return
        for number, value in enumerate(self._listed(exchange, stop)):
            yield as_row(value, number)

    def _has_lines(self, exchange: Exchange) -> bool:
        name = self._place.text("format")
        kind = exchange.response.headers.get("content-type", "").partition(";")[0]
        return any(word in (name or kind).lower() for word in _LINES)

    def _listed(self, exchange: Exchange, stop: Stop) -> list[Any]:
        limit = self._ctx.services.use(Clients).body_max
        body = bytearray()
        for part in _parts(exchange, stop):
            body += part
            if len(body) > limit:
                raise TaskError(
                    "http",
                    f"the response has more than {limit} bytes: only NDJSON is read"
                    " line by line",
                )
        try:
            document = read_json(bytes(body))
        except ValueError as exc:
            raise TaskError("http", f"the response is not JSON: {exc}") from None
        return rows_at(document, self._place.text("path"))


def rows_at(document: Any, path: str) -> list[Any]:
    """The list at a path with dots in a document."""
    found = document
    for name in path.split(".") if path else ():
        if isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        else:
            found = found.get(name) if isinstance(found, dict) else None
    if not isinstance(found, list):
        where = f'at source.path "{path}"' if path else "as the document"
        keys = ", ".join(document) if isinstance(document, dict) else ""
        raise TaskError(
            "transfer",
            f"there is no list {where}" + (f"; its keys are: {keys}" if keys else ""),
            code="PATH",
            retryable=False,
        )
    return found


def _parts(exchange: Exchange, stop: Stop) -> Iterator[bytes]:
    stream = exchange.response.aiter_bytes()

    async def read() -> bytes | None:
        with exchange.failures():
            return await anext(stream, None)

    while (part := stop.wait_for(read())) is not None:
        yield part


def _lines(parts: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for part in parts:
        *whole, rest = (rest + part).split(b"\n")
        yield from (line for line in whole if line.strip())
    if rest.strip():
        yield rest


def _value(line: bytes, number: int) -> Any:
    try:
        return read_json(line)
    except ValueError as exc:
        raise bad_row(number, None, f"is not JSON: {exc}") from None
