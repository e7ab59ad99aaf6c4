"""How far transfers into a PostgreSQL database are: a table beside their targets."""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg import sql

from noetl_worker.tools.transfer.progress import (
    KEEP_DAYS,
    WHOLE,
    Done,
    Progress,
    Totals,
)
from noetl_worker.tools.transfer.rows import Chunk

_CREATE: Final = """
create table {table} (
  transfer text not null,
  chunk integer not null,
  rows bigint not null,
  bytes bigint not null,
  sha256 text not null,
  last_key text,
  chunks integer,
  written_at timestamptz not null default clock_timestamp(),
  primary key (transfer, chunk)
)"""


class PgProgress:
    """The records of one transfer; they change only in transactions that hold its lock."""

    def __init__(self, table: sql.Identifier, transfer: str) -> None:
        self._table = table
        self._transfer = transfer

    def load(self, conn: psycopg.Connection[Any]) -> Progress:
        """What is done; makes the table, and removes what is too old to be asked for."""
        self._make(conn)
        conn.execute(
            sql.SQL(
                "delete from {} where chunk = %s"
                " and written_at < clock_timestamp() - make_interval(days => %s)"
            ).format(self._table),
            (WHOLE, KEEP_DAYS),
        )
        progress = Progress()
        for chunk, rows, size, sha256, last_key, chunks in self._records(conn):
            if chunk == WHOLE:
                progress.ended = Totals(rows, chunks, size, sha256)
            else:
                progress.done.append(Done(rows, size, sha256, last_key))
        return progress

    def record(self, conn: psycopg.Connection[Any], chunk: Chunk) -> bool:
        """Record a chunk; false if it was written, or the transfer has ended, meanwhile."""
        self._lock(conn)
        done = Done.of(chunk)
        cursor = conn.execute(
            sql.SQL(
                "insert into {0} (transfer, chunk, rows, bytes, sha256, last_key)"
                " select %(transfer)s, %(chunk)s, %(rows)s, %(bytes)s, %(sha256)s, %(key)s"
                " where not exists (select from {0} where transfer = %(transfer)s"
                " and chunk in (%(chunk)s, %(whole)s))"
            ).format(self._table),
            {
                "transfer": self._transfer,
                "chunk": chunk.number,
                "rows": done.rows,
                "bytes": done.bytes,
                "sha256": done.sha256,
                "key": done.last_key,
                "whole": WHOLE,
            },
        )
        return cursor.rowcount == 1

    def compare(self, conn: psycopg.Connection[Any], chunk: Chunk) -> None:
        """Raise when a chunk that somebody else has written is another one."""
        for number, rows, size, sha256, last_key, _ in self._records(conn):
            if number == chunk.number:
                Done(rows, size, sha256, last_key).compare(chunk)

    def end(self, conn: psycopg.Connection[Any], totals: Totals) -> None:
        """One record for all of them."""
        self._lock(conn)
        self.remove(conn)
        conn.execute(
            sql.SQL(
                "insert into {} (transfer, chunk, rows, bytes, sha256, chunks)"
                " values (%s, %s, %s, %s, %s, %s)"
            ).format(self._table),
            (
                *(self._transfer, WHOLE, totals.rows),
                *(totals.bytes, totals.sha256, totals.chunks),
            ),
        )

    def remove(self, conn: psycopg.Connection[Any]) -> None:
        """Remove all records of this transfer."""
        conn.execute(
            sql.SQL("delete from {} where transfer = %s").format(self._table),
            (self._transfer,),
        )

    def _records(self, conn: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
        return conn.execute(
            sql.SQL(
                "select chunk, rows, bytes, sha256, last_key, chunks from {}"
                " where transfer = %s order by chunk"
            ).format(self._table),
            (self._transfer,),
        ).fetchall()

    def _lock(self, conn: psycopg.Connection[Any]) -> None:
        """Until the transaction ends no other worker writes for this transfer."""
        conn.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))",
            (f"noetl_transfer {self._transfer}",),
        )

    def _make(self, conn: psycopg.Connection[Any]) -> None:
        name = self._table.as_string(conn)
        found = conn.execute("select to_regclass(%s) is not null", (name,)).fetchone()
        if found is not None and found[0]:
            return
        with conn.transaction():
            conn.execute(
                "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (name,)
            )
            found = conn.execute(
                "select to_regclass(%s) is not null", (name,)
            ).fetchone()
            if found is None or not found[0]:
                conn.execute(sql.SQL(_CREATE).format(table=self._table))
