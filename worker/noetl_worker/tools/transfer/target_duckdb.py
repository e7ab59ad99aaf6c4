"""Rows into a table of a DuckDB database; each chunk is one transaction with its record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import TYPE_CHECKING, Final

from noetl_worker.points import reach
from noetl_worker.stopping import Stop
from noetl_worker.tools import ToolContext
from noetl_worker.tools.duckdb import open_database
from noetl_worker.tools.transfer.arrow import loose_array
from noetl_worker.tools.transfer.duckdb_names import duckdb_error, name, table_name
from noetl_worker.tools.transfer.duckdb_progress import DuckDbProgress
from noetl_worker.tools.transfer.options import Options
from noetl_worker.tools.transfer.progress import Progress
from noetl_worker.tools.transfer.rows import (
    JSON_TYPE,
    Chunk,
    Column,
    may_be_nested,
    refuse_unknown,
    text_of,
)
from noetl_worker.tools.transfer.targets import OpenTarget

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_CHUNK: Final = "noetl_transfer_chunk"
_ARROW: Final = {
    "int64": "BIGINT",
    "uint64": "UBIGINT",
    "double": "DOUBLE",
    "bool": "BOOLEAN",
}


class DuckDbTarget(OpenTarget):
    """One table, made when it is missing; one process at a time has the file."""

    def __init__(self, options: Options, ctx: ToolContext, transfer: str) -> None:
        place = options.target
        self._database = place.text("database")
        self._table = table_name(place.text("table"), place.text("schema"))
        self._progress_table = options.progress_table
        self._progress = DuckDbProgress(table_name(options.progress_table), transfer)
        self._mode = options.mode
        self._conflict = options.conflict
        self._ctx = ctx
        self._types: dict[str, str] = {}
        self._stack = ExitStack()
        self._conn: duckdb.DuckDBPyConnection | None = None

    def begin(self, stop: Stop) -> Progress:
        """Open the file, and read how far the transfer is."""
        with _failures("target"):
            conn = self._stack.enter_context(
                closing(open_database(self._database, self._ctx))
            )
            self._stack.enter_context(stop.breaking(conn.interrupt))
            self._conn = conn
            conn.execute("set timezone = 'UTC'")
            self._types = self._read_types()
        with _failures(f"progress table {self._progress_table}"):
            return self._progress.load(conn)

    def forget(self) -> None:
        """Remove the records of this transfer."""
        with _failures("target"):
            self._progress.remove(self._connection)

    def write(self, chunk: Chunk) -> None:
        """Insert a chunk and record it, in one transaction."""
        with _failures(chunk.where), self._transaction() as conn:
            if chunk.number == 0:
                self._prepare(conn, chunk)
            self._insert(conn, chunk)
            self._progress.record(conn, chunk)
        reach("after_transfer_chunk")

    def finish(self, progress: Progress, columns: list[Column]) -> None:
        """Put one record of the whole in the place of those of its chunks."""
        with _failures("target"), self._transaction() as conn:
            if not progress.count:
                self._prepare(conn, Chunk(0, 0, [], columns))
            self._progress.end(conn, progress.totals())

    def close(self) -> None:
        """Close the file, if no other transfer of this process has it."""
        self._stack.close()

    @property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        if self._conn is None:
            raise AssertionError("the target was not begun")
        return self._conn

    @contextmanager
    def _transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        import duckdb

        conn = self._connection
        conn.execute("begin")
        try:
            yield conn
            conn.execute("commit")
        except BaseException:
            with suppress(duckdb.Error):  # a statement that failed may have ended it
                conn.execute("rollback")
            raise

    def _read_types(self) -> dict[str, str]:
        """The columns of the table with their types; none when it is missing."""
        import duckdb

        try:
            described = self._connection.execute(
                f"select * from {self._table} limit 0"
            ).description
        except duckdb.CatalogException:
            return {}
        return {column[0]: str(column[1]) for column in described or ()}

    def _prepare(self, conn: duckdb.DuckDBPyConnection, chunk: Chunk) -> None:
        """Make the table, or empty it if its rows are to be replaced."""
        if not self._types and chunk.columns:
            columns = [f"{name(c.name)} {_type(c, chunk)}" for c in chunk.columns]
            if self._conflict:
                columns.append(f"primary key ({', '.join(map(name, self._conflict))})")
            conn.execute(f"create table {self._table} ({', '.join(columns)})")
            self._types = self._read_types()
        elif self._mode == "replace":
            conn.execute(f"delete from {self._table}")

    def _insert(self, conn: duckdb.DuckDBPyConnection, chunk: Chunk) -> None:
        names = [column.name for column in chunk.columns]
        refuse_unknown(names, self._types)
        columns = ", ".join(map(name, names))
        conn.register(_CHUNK, self._table_of(chunk))
        try:
            chosen = ", ".join(self._chosen(n) for n in names)
            text = (
                f"insert into {self._table} ({columns}) select {chosen} from {_CHUNK}"
            )
            if self._mode == "upsert":
                text += self._merging(names)
            conn.execute(text)
        finally:
            conn.unregister(_CHUNK)

    def _merging(self, names: Sequence[str]) -> str:
        """Of rows with one key the last wins, within a chunk as between chunks."""
        refuse_unknown(self._conflict, self._types)
        key = ", ".join(map(name, self._conflict))
        changed = [name(n) for n in names if n not in self._conflict]
        updates = ", ".join(f"{column} = excluded.{column}" for column in changed)
        action = f"update set {updates}" if changed else "nothing"
        return (
            f" qualify row_number() over (partition by {key} order by noetl_place desc) = 1"
            f" on conflict ({key}) do {action}"
        )

    def _table_of(self, chunk: Chunk) -> pa.Table:
        import pyarrow as pa

        columns = {}
        for column in chunk.columns:
            values = [row.get(column.name) for row in chunk.rows]
            if self._types.get(column.name) == JSON_TYPE and may_be_nested(column.type):
                values = [None if value is None else text_of(value) for value in values]
            columns[column.name] = loose_array(values)
        columns["noetl_place"] = pa.array(range(len(chunk.rows)), pa.int64())
        return pa.table(columns)

    def _chosen(self, column: str) -> str:
        """Bytes come as PostgreSQL writes them."""
        own = name(column)
        if self._types.get(column) != "BLOB":
            return own
        text = f"{own}::varchar"
        return (
            rf"case when starts_with({text}, '\x') then unhex(substr({text}, 3))"
            f" else encode({text}) end"
        )


def _type(column: Column, chunk: Chunk) -> str:
    """The type of a column to be made: as the source says, else as the rows show."""
    if column.type:
        return column.type
    values = [row.get(column.name) for row in chunk.rows]
    if any(isinstance(value, dict | list) for value in values):
        return JSON_TYPE
    return _ARROW.get(str(loose_array(values).type), "VARCHAR")


@contextmanager
def _failures(where: str) -> Iterator[None]:
    import duckdb

    try:
        yield
    except duckdb.Error as exc:
        raise duckdb_error(exc, where) from exc
