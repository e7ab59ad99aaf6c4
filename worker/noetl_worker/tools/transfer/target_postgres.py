"""Rows into a PostgreSQL table, by COPY; each chunk is one transaction with its record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import psycopg
from psycopg import sql

from noetl_worker.output import TaskError
from noetl_worker.points import reach
from noetl_worker.stopping import Stop
from noetl_worker.tools.postgres import task_error
from noetl_worker.tools.transfer.options import Options
from noetl_worker.tools.transfer.pg_names import breaking, connect, table_name
from noetl_worker.tools.transfer.pg_progress import PgProgress
from noetl_worker.tools.transfer.pg_text import converters
from noetl_worker.tools.transfer.progress import Progress
from noetl_worker.tools.transfer.rows import Chunk, Column, bad_row, refuse_unknown
from noetl_worker.tools.transfer.targets import OpenTarget

_STAGE: Final = sql.Identifier("noetl_transfer_chunk")
_PLACE: Final = re.compile(
    r"^COPY \S.*?, line (\d+)(?:, column (.+?))?(?::|$)", re.MULTILINE
)
_CANNOT_TRUNCATE: Final = ("42501", "0A000", "42809")
_Row = tuple[Any, ...]


class PostgresTarget(OpenTarget):
    """One table; rows are appended, replace those there, or are merged by a key."""

    def __init__(self, conninfo: str, options: Options, transfer: str) -> None:
        self._conninfo = conninfo
        self._mode = options.mode
        self._conflict = options.conflict
        self._table = table_name(
            options.target.text("table"), options.target.text("schema")
        )
        self._progress_table = options.progress_table
        self._progress = PgProgress(table_name(options.progress_table), transfer)
        self._types: dict[str, str] = {}
        self._stack = ExitStack()
        self._conn: psycopg.Connection[Any] | None = None

    def begin(self, stop: Stop) -> Progress:
        """Connect, look at the table, and read how far the transfer is."""
        with _failures("target"):
            conn = self._stack.enter_context(connect(self._conninfo))
            self._stack.enter_context(breaking(conn, stop))
            self._conn = conn
            self._types = self._read_types(conn)
        with _failures(f"progress table {self._progress_table}"):
            return self._progress.load(conn)

    def forget(self) -> None:
        """Remove the records of this transfer."""
        with _failures("target"):
            self._progress.remove(self._connection)

    def write(self, chunk: Chunk) -> None:
        """Copy a chunk and record it, in one transaction."""
        conn = self._connection
        with _failures(chunk.where, chunk.first), conn.transaction():
            if not self._progress.record(conn, chunk):
                # A worker that was thought dead has just written it.
                self._progress.compare(conn, chunk)
                return
            if chunk.number == 0 and self._mode == "replace":
                self._empty(conn)
            if self._mode == "upsert":
                self._merge(conn, chunk)
            else:
                self._copy(conn, chunk, self._table)
        reach("after_transfer_chunk")

    def finish(self, progress: Progress, columns: list[Column]) -> None:  # noqa: ARG002
        """Put one record of the whole in the place of those of its chunks."""
        conn = self._connection
        with _failures("target"), conn.transaction():
            if not progress.count and self._mode == "replace":
                self._empty(conn)
            self._progress.end(conn, progress.totals())

    def close(self) -> None:
        """Close the connection."""
        self._stack.close()

    @property
    def _connection(self) -> psycopg.Connection[Any]:
        if self._conn is None:
            raise AssertionError("the target was not begun")
        return self._conn

    def _read_types(self, conn: psycopg.Connection[Any]) -> dict[str, str]:
        """The columns with their types; arrays are ``[]``."""
        rows = conn.execute(
            "select a.attname, case when t.typcategory = 'A' then '[]' else t.typname end"
            " from pg_attribute as a join pg_type as t on t.oid = a.atttypid"
            " where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped",
            (self._table.as_string(conn),),
        )
        return dict(rows.fetchall())

    def _empty(self, conn: psycopg.Connection[Any]) -> None:
        """Truncate; where that is refused, delete all rows."""
        try:
            with conn.transaction():
                conn.execute(sql.SQL("truncate {}").format(self._table))
        except psycopg.Error as exc:
            if exc.sqlstate not in _CANNOT_TRUNCATE:
                raise
            conn.execute(sql.SQL("delete from {}").format(self._table))

    def _copy(
        self, conn: psycopg.Connection[Any], chunk: Chunk, table: sql.Identifier
    ) -> None:
        names = [column.name for column in chunk.columns]
        refuse_unknown(names, self._types)
        statement = sql.SQL("copy {} ({}) from stdin").format(table, _listed(names))
        made = converters(chunk.columns, self._types)
        with conn.cursor() as cursor, cursor.copy(statement) as copy:
            for number, row in enumerate(_values(chunk, names, made)):
                try:
                    copy.write_row(row)
                except psycopg.DataError as exc:
                    if exc.sqlstate is not None:
                        raise
                    raise bad_row(chunk.first + number, None, str(exc)) from exc

    def _merge(self, conn: psycopg.Connection[Any], chunk: Chunk) -> None:
        """Of rows with one key the last wins, within a chunk as between chunks."""
        names = [column.name for column in chunk.columns]
        refuse_unknown([*names, *self._conflict], self._types)
        columns, key = _listed(names), _listed(self._conflict)
        conn.execute(
            sql.SQL(
                "create temp table {} on commit drop as select {} from {} with no data"
            ).format(_STAGE, columns, self._table)
        )
        conn.execute(
            sql.SQL(
                "alter table {} add column noetl_place bigint generated always as identity"
            ).format(_STAGE)
        )
        self._copy(conn, chunk, _STAGE)
        changed = [name for name in names if name not in self._conflict]
        action = sql.SQL("nothing")
        if changed:
            action = sql.SQL("update set {}").format(
                sql.SQL(", ").join(
                    sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name))
                    for name in changed
                )
            )  # type: ignore[assignment]
        conn.execute(
            sql.SQL(
                "insert into {table} ({columns}) select {columns} from ("
                "select distinct on ({key}) * from {stage} order by {key}, noetl_place desc"
                ") as s order by s.noetl_place on conflict ({key}) do {action}"
            ).format(
                table=self._table, columns=columns, key=key, stage=_STAGE, action=action
            )
        )


def _listed(names: Sequence[str]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _values(
    chunk: Chunk, names: Sequence[str], made: Sequence[Callable[[Any], Any] | None]
) -> Iterator[list[Any]]:
    """The rows as COPY takes them."""
    special = [(n, convert) for n, convert in enumerate(made) if convert is not None]
    for row in chunk.rows:
        values = [row.get(name) for name in names]
        for place, convert in special:
            if (value := values[place]) is not None:
                values[place] = convert(value)
        yield values


@contextmanager
def _failures(where: str, first: int | None = None) -> Iterator[None]:
    """Say in which chunk, row and column PostgreSQL found what is wrong."""
    try:
        yield
    except psycopg.Error as exc:
        error = task_error(exc)
        context = _PLACE.search(exc.diag.context or "")
        if context is not None and first is not None:
            where += f", row {first + int(context[1]) - 1}"
            where += f", column {context[2]}" if context[2] else ""
        error.message = f"{where}: {error.message}"
        raise error from exc
    except OSError as exc:
        raise TaskError("connection", f"{where}: {exc}", retryable=True) from exc
