"""Connections of the shell: short time-outs, errors that name the database."""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from noetl_shell.errors import (
    DatabaseError,
    DatabaseLost,
    InputError,
    describe_database,
)
from noetl_shell.settings import load_settings
from noetl_worker.keepalives import keepalives
from noetl_worker.pooling import is_refused_by_pooler, startup

Connection = psycopg.Connection[Any]

_SESSION: Final = {
    "lock_timeout": "10s",
    "statement_timeout": "60s",
    "timezone": "UTC",
}


def connect(conninfo: str, *, is_direct: bool = False) -> Connection:
    """Connect in autocommit; unreachable and malformed are told apart.

    ``is_direct``: to the server itself, also where NOETL_DB_PREPARE=0 tells of a pooler.
    """
    try:
        conninfo_to_dict(conninfo)
    except psycopg.ProgrammingError as exc:
        raise InputError(
            "the database URL cannot be read",
            hint="It looks like postgresql://user@host:5432/dbname",
        ) from exc
    where = describe_database(conninfo)
    prepare = is_direct or load_settings().db_prepare
    parameters = {
        **keepalives(conninfo),
        **startup(conninfo, prepare=prepare, **_SESSION),
        "prepare_threshold": None,
    }
    try:
        return psycopg.connect(
            conninfo,
            autocommit=True,
            connect_timeout=5,
            application_name="noetl",
            **parameters,
        )
    except psycopg.OperationalError as exc:
        if is_refused_by_pooler(exc):
            raise DatabaseError(
                f"{where} is a pgbouncer, which takes no settings for a session",
                hint="Set NOETL_DB_PREPARE=0, and NOETL_DB_DIRECT to the address of the"
                " server itself: docs/deployment.md",
            ) from exc
        raise DatabaseLost(
            f"cannot connect to {where}: {_reason(exc)}",
            hint="Check that the server is up and reachable, and user and password.",
        ) from exc


def _reason(exc: psycopg.OperationalError) -> str:
    """The heart of libpq's message: it repeats the address, and adds advice."""
    text = (str(exc).strip().splitlines() or [type(exc).__name__])[0]
    for prefix in ("connection failed:", "failed:", "FATAL:"):
        _, found, rest = text.partition(prefix)
        text = rest.strip() if found else text
    return text
