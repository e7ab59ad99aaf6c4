"""Connections of a transfer to PostgreSQL, and the names of its tables."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg
from psycopg import sql

from noetl_worker.keepalives import keepalives
from noetl_worker.stopping import Stop
from noetl_worker.tools.transfer.options import bad_option

_CANCEL_SECONDS: Final = 2.0


def connect(conninfo: str, context: Any = None) -> psycopg.Connection[Any]:
    """A connection of this transfer's own, in autocommit mode."""
    return psycopg.connect(
        conninfo,
        autocommit=True,
        context=context,
        prepare_threshold=None,  # it may be a pgbouncer, and a chunk is one statement
        **keepalives(conninfo),
    )


@contextmanager
def breaking(conn: psycopg.Connection[Any], stop: Stop) -> Iterator[None]:
    """Within the block the connection ends when the work is to stop."""

    def give_up() -> None:
        # The server drops what it does, if it can be asked; we do not wait for it.
        with suppress(psycopg.Error):
            conn.cancel_safe(timeout=_CANCEL_SECONDS)
        with socket.socket(fileno=os.dup(conn.fileno())) as ours:
            ours.shutdown(socket.SHUT_RDWR)

    with stop.breaking(give_up):
        yield


def table_name(table: str, schema: str = "") -> sql.Identifier:
    """A table, as ``table``, ``schema.table``, or both apart; spelled as in the catalog."""
    parts = [schema, table] if schema else table.split(".")
    if not 1 <= len(parts) <= 2 or not all(parts):
        raise bad_option(f"{table!r} is no table: write table or schema.table")
    return sql.Identifier(*parts)
