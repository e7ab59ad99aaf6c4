"""What can go wrong, as exceptions with one clear message and a hint.

The engine's own errors are told apart by SQLSTATE (class NE), never by wording.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict


class ShellError(Exception):
    """The shell cannot go on: what is wrong, where, and in ``hint`` what to do."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class InputError(ShellError):
    """The user gave something unusable: a file, an option, a value."""

    exit_code = 2


class DatabaseError(ShellError):
    """The database is unreachable, or refused for a reason of its own."""


class DatabaseLost(DatabaseError):  # noqa: N818 - it says what happened
    """The connection broke, or could not be made; trying again may help."""


class EngineError(ShellError):
    """The engine refused a call. Match on ``sqlstate``; the wording may change."""

    exit_code = 2

    def __init__(self, cause: psycopg.Error) -> None:
        super().__init__(
            cause.diag.message_primary or str(cause), hint=cause.diag.message_hint
        )
        self.sqlstate = cause.sqlstate
        self.detail = _parse_detail(cause.diag.message_detail)


class NotFound(EngineError):  # noqa: N818 - it says what happened
    """NE404: no such execution, playbook or credential; check the name."""


class InvalidInput(EngineError):  # noqa: N818
    """NE422: the document or an argument is wrong; ``detail`` lists all problems."""


class CredentialMissing(EngineError):  # noqa: N818
    """NE424: the playbook names credentials that nobody has added."""


class NotAllowed(EngineError):  # noqa: N818
    """NE403: this database role may not do that."""


class Retired(EngineError):  # noqa: N818
    """NE412: the execution's events were removed; its status and results are kept."""


class Conflict(EngineError):  # noqa: N818
    """NE409: the state or the transaction's isolation level forbids it."""


_BY_SQLSTATE: Final[dict[str, type[EngineError]]] = {
    "NE403": NotAllowed,
    "NE404": NotFound,
    "NE409": Conflict,
    "NE412": Retired,
    "NE422": InvalidInput,
    "NE424": CredentialMissing,
}

# undefined_function, invalid_schema_name, undefined_table
_NOT_DEPLOYED: Final = {"42883", "3F000", "42P01"}


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Raise what psycopg raises as one of our errors; ``where`` names the database."""
    try:
        yield
    except psycopg.Error as exc:
        raise translate(exc, where) from exc


def translate(exc: psycopg.Error, where: str) -> ShellError:
    """Our error for a psycopg error."""
    state = exc.sqlstate or ""
    if state.startswith("NE"):
        return _BY_SQLSTATE.get(state, EngineError)(exc)
    if state in _NOT_DEPLOYED:
        return DatabaseError(
            f"{where} has no NoETL schema, or an older one"
            f" ({exc.diag.message_primary})",
            hint="Deploy it: noetl db deploy, or sqitch deploy.",
        )
    if state == "42501":
        return DatabaseError(
            f"{where}: {exc.diag.message_primary}",
            hint="Grant the role of this connection noetl_author, noetl_runner,"
            " noetl_operator or noetl_reader.",
        )
    if isinstance(exc, psycopg.OperationalError) and state[:2] in {"", "08", "57"}:
        return DatabaseLost(
            f"lost the connection to {where}: {_first_line(exc)}",
            hint="Check that the server is up and reachable: noetl db status",
        )
    return DatabaseError(f"{where}: {_first_line(exc)}")


def describe_database(conninfo: str) -> str:
    """Name a database in messages, without user or password."""
    parts = conninfo_to_dict(conninfo)
    host = parts.get("host") or "the local socket"
    port = f":{parts['port']}" if parts.get("port") else ""
    return f"database {parts.get('dbname') or 'default'!s} at {host}{port}"


def _first_line(exc: BaseException) -> str:
    return (str(exc).strip().splitlines() or [type(exc).__name__])[0]


def _parse_detail(detail: str | None) -> Any:
    try:
        return json.loads(detail) if detail else None
    except ValueError:
        return detail
