"""How far transfers into a DuckDB database are: a table beside their targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from noetl_worker.tools.transfer.progress import (
    KEEP_DAYS,
    WHOLE,
    Done,
    Progress,
    Totals,
)
from noetl_worker.tools.transfer.rows import Chunk

if TYPE_CHECKING:
    import duckdb

_CREATE: Final = """
create table if not exists {table} (
  transfer varchar not null,
  chunk integer not null,
  rows bigint not null,
  bytes bigint not null,
  sha256 varchar not null,
  last_key varchar,
  chunks integer,
  written_at timestamptz not null default now(),
  primary key (transfer, chunk)
)"""


class DuckDbProgress:
    """The records of one transfer; no other process has the file meanwhile."""

    def __init__(self, table: str, transfer: str) -> None:
        self._table = table
        self._transfer = transfer

    def load(self, conn: duckdb.DuckDBPyConnection) -> Progress:
        """What is done; makes the table, and removes what is too old to be asked for."""
        conn.execute(_CREATE.format(table=self._table))
        conn.execute(
            f"delete from {self._table} where chunk = {WHOLE}"
            f" and written_at < now() - interval {KEEP_DAYS} days"
        )
        found = conn.execute(
            "select chunk, rows, bytes, sha256, last_key, chunks"
            f" from {self._table} where transfer = ? order by chunk",
            [self._transfer],
        )
        progress = Progress()
        for chunk, rows, size, sha256, last_key, chunks in found.fetchall():
            if chunk == WHOLE:
                progress.ended = Totals(rows, chunks, size, sha256)
            else:
                progress.done.append(Done(rows, size, sha256, last_key))
        return progress

    def record(self, conn: duckdb.DuckDBPyConnection, chunk: Chunk) -> None:
        """Record a chunk; fails if it has been written already."""
        done = Done.of(chunk)
        conn.execute(
            f"insert into {self._table} (transfer, chunk, rows, bytes, sha256, last_key)"
            " values (?, ?, ?, ?, ?, ?)",
            [
                *(self._transfer, chunk.number, done.rows),
                *(done.bytes, done.sha256, done.last_key),
            ],
        )

    def end(self, conn: duckdb.DuckDBPyConnection, totals: Totals) -> None:
        """One record for all of them."""
        self.remove(conn)
        conn.execute(
            f"insert into {self._table} (transfer, chunk, rows, bytes, sha256, chunks)"
            " values (?, ?, ?, ?, ?, ?)",
            [
                *(self._transfer, WHOLE, totals.rows),
                *(totals.bytes, totals.sha256, totals.chunks),
            ],
        )

    def remove(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Remove all records of this transfer."""
        conn.execute(f"delete from {self._table} where transfer = ?", [self._transfer])
