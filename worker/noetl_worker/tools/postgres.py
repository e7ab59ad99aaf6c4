"""SQL on PostgreSQL, through a bounded set of connections per credential."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Final, cast

import psycopg
from psycopg import AsyncConnection, AsyncCursor
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.types.json import Jsonb

from noetl_worker.connections import Connection, Connections
from noetl_worker.jsonable import encode
from noetl_worker.keepalives import keepalives
from noetl_worker.output import Output, TaskError
from noetl_worker.plan import Tool
from noetl_worker.services import Services
from noetl_worker.stopping import Threads, run_stoppable
from noetl_worker.tools import ToolContext, text_option
from noetl_worker.tools.pg_export import plan_export, run_export
from noetl_worker.tools.pg_values import json_adapters
from noetl_worker.tools.row_stream import BATCH, RowStream
from noetl_worker.tools.sql import (
    first_words,
    gives_rows,
    result_of,
    split_statements,
)

POOL_SIZE: Final = 10
POOL_MAX: Final = 100
_PREPARE_AFTER: Final = 5  # uses of a statement
_RETRYABLE: Final = ("08", "40", "53", "55P03", "57P")
_PERMANENT: Final = ("22", "23", "42")
_AUTH: Final = ("28", "42501")
_REFUSED: Final = re.compile(
    r'password authentication failed|no pg_hba\.conf entry|(role|database) ".*" does not'
    r" exist|no password supplied"
)
_CONTROL: Final = frozenset(
    {"begin", "start", "commit", "rollback", "end", "abort", "savepoint", "release"}
)
_ALONE: Final = (
    ("vacuum",),
    ("call",),
    ("alter", "system"),
    ("create", "database"),
    ("drop", "database"),
    ("create", "tablespace"),
    ("drop", "tablespace"),
    ("create", "subscription"),
    ("drop", "subscription"),
    ("reindex", "database"),
    ("reindex", "system"),
    ("reindex", "schema"),
    ("discard", "all"),
)
_FIELDS: Final = {
    "host": "host",
    "db_host": "host",
    "port": "port",
    "db_port": "port",
    "user": "user",
    "username": "user",
    "db_user": "user",
    "password": "password",
    "db_password": "password",
    "dbname": "dbname",
    "database": "dbname",
    "db_name": "dbname",
    "sslmode": "sslmode",
    "options": "options",
    "connect_timeout": "connect_timeout",
}


class Pools:
    """Connections per database and user, shared by all steps that name a credential."""

    def __init__(self, services: Services) -> None:
        self._prepare = services.settings.prepare
        self._pools: dict[str, Connections] = {}
        self._adapters = json_adapters()

    def pool(self, conninfo: str, size: int) -> Connections:
        """The pool of a connection string; its first user decides its size."""
        key = hashlib.sha256(conninfo.encode()).hexdigest()
        if (pool := self._pools.get(key)) is None:
            pool = Connections(lambda: self._connect(conninfo), size=size)
            self._pools[key] = pool
        return pool

    async def close_idle(self) -> None:
        """Close connections that nobody has used for a while."""
        for pool in self._pools.values():
            await pool.close_idle()

    async def close(self) -> None:
        """Close all connections that are not lent."""
        for pool in self._pools.values():
            await pool.close()

    async def _connect(self, conninfo: str) -> Connection:
        return await AsyncConnection.connect(
            conninfo,
            autocommit=True,
            context=AdaptersOf(self._adapters),
            prepare_threshold=_PREPARE_AFTER if self._prepare else None,
            **keepalives(conninfo),
        )


class AdaptersOf:
    """Adapters as the adaptation context that a new connection wants."""

    connection = None

    def __init__(self, adapters: Any) -> None:
        self.adapters = adapters


async def run(task: Tool, options: dict[str, Any], ctx: ToolContext) -> Output:
    """Run the statements of ``command`` in one transaction, if they allow it."""
    text = text_option(options, "command", "query", "sql")
    if text is None or not text.strip():
        raise TaskError("template", 'a postgres tool needs "command"')
    params = bound_params(options)
    statements = split_statements(text)
    conninfo = await conninfo_of(options, ctx)
    pool = ctx.services.use(Pools).pool(conninfo, _pool_size(options))
    rows = RowStream(task, options, ctx)
    try:
        async with rows:
            async with pool.connection() as conn:
                results = None
                if rows.is_table and len(statements) == 1:
                    results = await _export(
                        conn, conninfo, statements[0], params, rows, ctx
                    )
                if results is None:
                    results = await _run_all(conn, _with_rows(statements, rows), params)
            return await rows.output(results)
    except psycopg.Error as exc:
        return _failure(exc)
    except OSError as exc:
        raise TaskError("connection", str(exc), retryable=True) from exc


async def _export(
    conn: Connection,
    conninfo: str,
    statement: str,
    params: Any,
    rows: RowStream,
    ctx: ToolContext,
) -> list[dict[str, Any]] | None:
    """The rows of one statement by binary COPY; None when it cannot be copied."""
    if not gives_rows(statement):
        return None
    export = await plan_export(conn, statement, params)
    if export is None:
        return None
    await run_stoppable(
        ctx.services.use(Threads),
        partial(run_export, conninfo, export, rows.take_batch),
    )
    columns = [column.name for column in export.columns]
    return [result_of(columns, (), rows.count)]


def _with_rows(statements: Sequence[str], rows: RowStream) -> list[Statement]:
    """The statements, of which the last one's rows may be many."""
    last = len(statements) - 1
    return [
        Statement(text, rows if number == last else None)
        for number, text in enumerate(statements)
    ]


async def claim_rows(
    options: Mapping[str, Any], ctx: ToolContext, limit: int
) -> list[dict[str, Any]]:
    """The rows that a cursor's ``claim`` takes, committed: at most ``limit`` or none."""
    text = text_option(options, "claim")
    params = bound_params(options)
    statements = split_statements(text or "")
    if _has_control(statements):
        raise TaskError("sql", "a claim is one transaction: it cannot begin or end one")
    pool = ctx.services.use(Pools).pool(
        await conninfo_of(options, ctx), _pool_size(options)
    )
    try:
        async with pool.connection() as conn, conn.transaction():
            results = [await _run_one(conn, Statement(s), params) for s in statements]
            return _claimed(results, limit)
    except psycopg.Error as exc:
        raise task_error(exc) from exc
    except OSError as exc:
        raise TaskError("connection", str(exc), retryable=True) from exc


def _claimed(results: Sequence[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    """The last statement's rows; what would be taken and lost is refused."""
    last = results[-1] if results else result_of((), (), 0)
    if last["row_count"] and not last["columns"]:
        raise TaskError(
            "sql",
            f"the claim took {last['row_count']} rows and returned none:"
            ' end it with "returning *"',
        )
    rows: list[dict[str, Any]] = last["rows"]
    if len(rows) > limit:
        raise TaskError(
            "sql",
            f"the claim gave {len(rows)} rows, more than frame.max_rows = {limit}:"
            ' write "limit {{ frame.max_rows }}"',
        )
    return rows


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; ``rows`` takes what it gives, if it may be much."""

    text: str
    rows: RowStream | None = None


async def _run_all(
    conn: Connection, statements: Sequence[Statement], params: Any
) -> list[dict[str, Any]]:
    """Neighbours run in one transaction; what refuses one runs alone."""
    if _has_control([statement.text for statement in statements]):
        return await _run_with_own_transactions(conn, statements, params)
    results: list[dict[str, Any]] = []
    group: list[Statement] = []
    for statement in statements:
        if runs_alone(statement.text):
            results += await _run_group(conn, group, params)
            results += await _run_group(conn, [statement], params)
            group = []
        else:
            group.append(statement)
    return results + await _run_group(conn, group, params)


async def _run_group(
    conn: Connection, statements: Sequence[Statement], params: Any
) -> list[dict[str, Any]]:
    if len(statements) <= 1:
        return [await _run_one(conn, statement, params) for statement in statements]
    async with conn.transaction():
        return [await _run_one(conn, statement, params) for statement in statements]


async def _run_with_own_transactions(
    conn: Connection, statements: Sequence[Statement], params: Any
) -> list[dict[str, Any]]:
    """The text has its own begin and commit; what it leaves open is rolled back."""
    try:
        results = [await _run_one(conn, statement, params) for statement in statements]
    except psycopg.Error:
        if not conn.closed:
            await conn.execute("rollback")
        raise
    if conn.info.transaction_status != TransactionStatus.IDLE:
        await conn.execute("rollback")
        raise TaskError("sql", "a transaction was begun and not committed: rolled back")
    return results


async def _run_one(
    conn: Connection, statement: Statement, params: Any
) -> dict[str, Any]:
    async with AsyncCursor(conn) as cursor:
        if statement.rows is not None and gives_rows(statement.text):
            return await _stream(cursor, statement.text, statement.rows, params)
        await cursor.execute(statement.text.encode(), params)
        if cursor.description is None:
            return result_of((), (), max(cursor.rowcount, 0))
        columns = [column.name for column in cursor.description]
        return result_of(columns, await cursor.fetchall(), -1)


async def _stream(
    cursor: AsyncCursor[Any], text: str, rows: RowStream, params: Any
) -> dict[str, Any]:
    """Rows in chunks as the server sends them: no more of them are in memory."""

    def columns() -> list[str]:
        return [column.name for column in cursor.description or ()]

    stream = cast(
        "AsyncGenerator[Any, None]", cursor.stream(text.encode(), params, size=BATCH)
    )
    async with aclosing(stream):
        return await rows.take(columns, stream)


def _has_control(statements: Sequence[str]) -> bool:
    return any(
        first_words(s, 1)[:1] and first_words(s, 1)[0] in _CONTROL for s in statements
    )


def runs_alone(statement: str) -> bool:
    """Whether PostgreSQL refuses this statement inside a transaction."""
    words = first_words(statement, 4)
    if "concurrently" in words and words[0] in ("create", "drop", "reindex", "refresh"):
        return words[0] != "refresh"
    return any(tuple(words[: len(start)]) == start for start in _ALONE)


def bound_params(options: Mapping[str, Any]) -> Any:
    """Parameters as psycopg takes them: mappings and lists of such as jsonb."""
    params = options.get("params")
    if params is not None and not isinstance(params, list | Mapping):
        raise TaskError("template", 'the option "params" must be a list or a mapping')
    if params is None:
        return None
    if isinstance(params, list):
        return [_parameter(value) for value in params]
    return {name: _parameter(value) for name, value in params.items()}


def _parameter(value: Any) -> Any:
    is_json = isinstance(value, Mapping) or (
        isinstance(value, list)
        and any(isinstance(part, Mapping | list) for part in value)
    )
    return Jsonb(value, dumps=encode) if is_json else value


async def conninfo_of(options: Mapping[str, Any], ctx: ToolContext) -> str:
    """The connection string that ``auth``, or the fields of a credential, stand for."""
    name = options.get("auth", options.get("credential"))
    if isinstance(name, Mapping):
        name = name.get("source") or name.get("credential") or name.get("key")
    if isinstance(name, str) and name:
        fields: Mapping[str, Any] = await ctx.credential(name)
    elif any(option in options for option in _FIELDS):
        fields = options
    else:
        raise TaskError(
            "auth", 'a postgres tool needs "auth": the name of a credential'
        )
    dsn = fields.get("dsn") or fields.get("url") or fields.get("connection_string")
    given = {
        _FIELDS[field]: str(value)
        for field, value in fields.items()
        if field in _FIELDS and value not in (None, "")
    }
    try:
        return _joined(str(dsn or ""), tuple(given.items()))
    except psycopg.ProgrammingError:
        raise TaskError(
            "auth", f"credential {name!r} is no connection string"
        ) from None


@lru_cache(maxsize=256)
def _joined(dsn: str, given: tuple[tuple[str, str], ...]) -> str:
    known = conninfo_to_dict(dsn) | dict(given)
    known.setdefault("connect_timeout", "10")
    known.setdefault("application_name", "noetl task")
    return make_conninfo("", **known)


def _pool_size(options: Mapping[str, Any]) -> int:
    pool = options.get("pool")
    size = pool.get("max_size", POOL_SIZE) if isinstance(pool, Mapping) else POOL_SIZE
    if not isinstance(size, int) or not 1 <= size <= POOL_MAX:
        raise TaskError(
            "template", f"pool.max_size must be 1 to {POOL_MAX}, not {size!r}"
        )
    return size


def _failure(error: psycopg.Error) -> Output:
    pg = {"sqlstate": error.sqlstate} if error.sqlstate else {}
    return Output(error=task_error(error), pg=pg)


def _kind_of_lost(error: psycopg.Error) -> str:
    """A connection that was refused has no SQLSTATE, only the server's words."""
    if not isinstance(error, psycopg.OperationalError):
        return "sql"
    return "auth" if _REFUSED.search(str(error)) else "connection"


def task_error(error: psycopg.Error) -> TaskError:
    """SQLSTATE decides the kind; without one the connection was lost."""
    state = error.sqlstate
    if state is None:
        kind = _kind_of_lost(error)
    elif state == "57014":
        kind = "timeout"
    elif state.startswith(_AUTH):
        kind = "auth"
    else:
        kind = "connection" if state.startswith(("08", "57P")) else "sql"
    diagnosis = error.diag
    message = diagnosis.message_primary or str(error)
    if diagnosis.message_detail:
        message += f" ({diagnosis.message_detail})"
    retryable = None
    if kind == "connection" or (state or "").startswith(_RETRYABLE):
        retryable = True
    elif state is not None and state.startswith(_PERMANENT):
        retryable = False
    return TaskError(kind, message, code=state, retryable=retryable)
