"""Connections of the shell: short time-outs, errors that name the database."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from noetl_shell.errors import DatabaseLost, InputError, describe_database
from noetl_worker.keepalives import keepalives

Connection = psycopg.Connection[Any]

_SESSION = b"""
set lock_timeout = '10s'; set statement_timeout = '60s'; set timezone = 'UTC';
"""


def connect(conninfo: str) -> Connection:
    """Connect in autocommit; unreachable and malformed are told apart."""
    try:
        conninfo_to_dict(conninfo)
    except psycopg.ProgrammingError as exc:
        raise InputError(
            "the database URL cannot be read",
            hint="It looks like postgresql://user@host:5432/dbname",
        ) from exc
    where = describe_database(conninfo)
    try:
        conn = psycopg.connect(
            conninfo,
            autocommit=True,
            connect_timeout=5,
            application_name="noetl",
            prepare_threshold=None,
            **keepalives(conninfo),
        )
    except psycopg.OperationalError as exc:
        raise DatabaseLost(
            f"cannot connect to {where}: {_reason(exc)}",
            hint="Check that the server is up and reachable, and user and password.",
        ) from exc
    conn.execute(_SESSION)
    return conn


def _reason(exc: psycopg.OperationalError) -> str:
    """The heart of libpq's message: it repeats the address, and adds advice."""
    text = (str(exc).strip().splitlines() or [type(exc).__name__])[0]
    for prefix in ("connection failed:", "failed:", "FATAL:"):
        _, found, rest = text.partition(prefix)
        text = rest.strip() if found else text
    return text
