"""Rows on their way into a result: few of them stay here, many go into a store."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from noetl_worker.jsonable import NotJsonError, encode
from noetl_worker.output import TaskError
from noetl_worker.results.draft import Draft
from noetl_worker.results.media import NDJSON
from noetl_worker.results.tables import TableWriter, batch_of, schema_of
from noetl_worker.results.values import plain

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK_SIZE: Final = 262_144
BLOCK_ROWS: Final = 1_000
PREVIEW_ROWS: Final = 3
PREVIEW_SIZE: Final = 400

OpenDraft = Callable[[str, int], Draft]


class RowSink:
    """Takes rows, or record batches, in order, from any thread.

    Up to ``room`` bytes of JSON they stay in ``rows``; beyond that a draft is opened and
    everything goes there. ``is_table`` formats go there at once. Its owner closes it, also
    while a thread whose task was cancelled still adds rows: ``close`` waits for that.
    """

    def __init__(
        self, open_draft: OpenDraft, content_type: str, compression: str, room: int
    ) -> None:
        self.content_type = content_type
        self.count = 0
        self.rows: list[Any] = []
        self.preview: list[Any] = []
        self.draft: Draft | None = None
        self._open_draft = open_draft
        self._compression = compression
        self._room = room
        self._lines: list[bytes] = []
        self._size = 0
        self._block_row = 0
        self._table: TableWriter | None = None
        self._lock = threading.RLock()
        self._is_closed = False

    @property
    def is_table(self) -> bool:
        """Whether rows must be mappings."""
        return self.content_type != NDJSON

    @property
    def is_stored(self) -> bool:
        """Whether the rows are in a store, or on their way."""
        return self.draft is not None

    def add(self, rows: Sequence[Any]) -> None:
        """Append rows; they must be JSON."""
        with self._taking():
            if self.is_table:
                self._add_to_table(batch_of(rows, self._schema, self.count))
                return
            for row in rows:
                try:
                    line = encode(row, f"row {self.count}")
                except NotJsonError as exc:
                    raise TaskError("result", str(exc)) from exc
                self._add_line(row, line)

    def add_batch(self, batch: pa.RecordBatch) -> None:
        """Append a record batch."""
        if self.content_type == NDJSON:
            self.add([plain(row) for row in batch.to_pylist()])
            return
        with self._taking():
            self._add_to_table(batch)

    def finish(self) -> dict[str, Any] | None:
        """Commit what is stored; its manifest, or None when all rows are here."""
        with self._lock:
            return self._finish()

    def close(self) -> None:
        """Drop what was not finished; harmless after ``finish``."""
        with self._lock:
            self._is_closed = True
            if self.draft is not None:
                self.draft.abort()

    @contextmanager
    def _taking(self) -> Iterator[None]:
        with self._lock:
            if self._is_closed:
                raise ValueError("the sink is closed")
            yield

    @property
    def _schema(self) -> pa.Schema | None:
        return None if self._table is None else self._table.schema

    def _finish(self) -> dict[str, Any] | None:
        if self._table is not None and self.draft is not None:
            self._table.close()
            manifest = {
                "schema": schema_of(self._table.schema) if self._table.schema else [],
                "groups": self._table.groups,
            }
        elif self.draft is not None:
            self._write_block()
            manifest = {
                "blocks": self.draft.blocks,
                "compression": self._compression,
            }
        else:
            return None
        self.draft.commit()
        return manifest

    def _add_line(self, row: Any, line: bytes) -> None:
        self.count += 1
        self._lines.append(line)
        self._size += len(line) + 1
        self._show(row, len(line))
        if self.draft is None:
            self.rows.append(row)
            if self._size > self._room:
                self._open(self._size)
        if self.draft is not None and (
            self._size >= BLOCK_SIZE or len(self._lines) >= BLOCK_ROWS
        ):
            self._write_block()

    def _add_to_table(self, batch: pa.RecordBatch) -> None:
        if self.draft is None:
            self._open(batch.nbytes)
        if self._table is None:
            if self.draft is None:
                raise AssertionError("a table without a draft")
            self._table = TableWriter(self.draft, self.content_type, self._compression)
            for row in map(plain, batch.slice(0, PREVIEW_ROWS).to_pylist()):
                self._show(row, len(encode(row)))
        self._table.write(batch)
        self.count += batch.num_rows

    def _open(self, size: int) -> None:
        self.draft = self._open_draft(self.content_type, size)
        self.rows = []

    def _write_block(self) -> None:
        if not self._lines or self.draft is None:
            return
        data = b"\n".join(self._lines) + b"\n"
        if self._compression == "gzip":
            data = gzip.compress(data, 6, mtime=0)
        self.draft.write_block(self._block_row, data)
        self._block_row = self.count
        self._lines, self._size = [], 0

    def _show(self, row: Any, size: int) -> None:
        if len(self.preview) < PREVIEW_ROWS and size <= PREVIEW_SIZE:
            self.preview.append(row)
