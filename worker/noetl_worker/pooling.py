"""What a connection sets for its session, and that there is none behind a pooler.

A pgbouncer that pools transactions gives each transaction another connection to the server:
what one sets, prepares or locks for a session, another would find or miss.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict


def startup(conninfo: str, *, prepare: bool, **parameters: str) -> dict[str, Any]:
    """Arguments of ``connect`` that set ``parameters`` over those of ``conninfo``.

    With ``prepare`` false (``NOETL_DB_PREPARE=0``) a pooler is between, which sets them
    itself (ops/pgbouncer): none are sent, and statements are not prepared.
    """
    if not prepare:
        return {"prepare_threshold": None}
    own = str(conninfo_to_dict(conninfo).get("options") or "")
    ours = " ".join(f"-c {name}={value}" for name, value in parameters.items())
    return {"options": f"{own} {ours}".strip()}


def is_refused_by_pooler(error: psycopg.Error) -> bool:
    """Whether a connection was refused because pgbouncer does not take what we set."""
    return "unsupported startup parameter" in str(error)


def is_pooled(
    conn: psycopg.Connection[Any] | psycopg.AsyncConnection[Any], pid: int
) -> bool:
    """Whether ``pid``, what ``pg_backend_pid()`` says, is not whom we are connected to."""
    return conn.info.backend_pid != pid
