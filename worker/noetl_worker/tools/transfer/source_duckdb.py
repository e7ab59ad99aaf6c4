"""Rows that DuckDB reads: of a database, of files and objects, of stored results."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AsyncExitStack, closing
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from noetl_worker.output import TaskError
from noetl_worker.results.media import ARROW, NDJSON, PARQUET
from noetl_worker.results.reader import NOT_AVAILABLE
from noetl_worker.stopping import Stop
from noetl_worker.stores.base import StoreTier
from noetl_worker.tools import ToolContext
from noetl_worker.tools.duckdb import open_database
from noetl_worker.tools.duckdb_access import Access, access_of
from noetl_worker.tools.transfer.duckdb_names import (
    duckdb_error,
    literal,
    name,
    table_name,
)
from noetl_worker.tools.transfer.options import Place, bad_option
from noetl_worker.tools.transfer.rows import (
    JSON_TYPE,
    Column,
    Row,
    as_row,
    bad_row,
    may_be_nested,
    number_of,
    read_json,
)
from noetl_worker.tools.transfer.source_http import rows_at
from noetl_worker.tools.transfer.sources import ListSource, Source

if TYPE_CHECKING:
    import duckdb

Convert = Callable[[Any], Any]

MEMORY: Final = ":memory:"
_FORMATS: Final = {
    "csv": "csv",
    "tsv": "csv",
    "json": "json",
    "ndjson": "json",
    "jsonl": "json",
    "parquet": "parquet",
}
_INTEGERS: Final = frozenset(
    {
        *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
        *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"),
    }
)
_FLOATS: Final = frozenset({"FLOAT", "DOUBLE"})


class DuckDbSource:
    """One select; its columns are known before the first row."""

    takes_key = True

    def __init__(
        self, database: str, access: Access, params: Any, key: str, ctx: ToolContext
    ) -> None:
        self.columns: Sequence[Column] = ()
        self._database = database
        self._access = access
        self._params = params
        self._key = key
        self._ctx = ctx

    def chunks(self, size: int, after: str | None, stop: Stop) -> Generator[list[Row]]:
        """Rows while DuckDB makes them."""
        import duckdb

        with closing(open_database(self._database, self._ctx)) as conn:
            try:
                with stop.breaking(conn.interrupt):
                    self._access.grant(conn)
                    yield from self._read(conn, size, after)
            except duckdb.Error as exc:
                stop.check()
                raise duckdb_error(exc, "source") from exc

    def _read(
        self, conn: duckdb.DuckDBPyConnection, size: int, after: str | None
    ) -> Generator[list[Row]]:
        # Times with a zone are told in UTC, wherever the worker is.
        conn.execute("set timezone = 'UTC'")
        text = _select(conn, self._access.text)
        described = conn.execute(
            f"select * from ({text}) as q limit 0", self._params
        ).description
        self.columns = [Column(c[0], str(c[1])) for c in described or ()]
        conn.execute(self._statement(text, after), self._params)
        names = [column.name for column in self.columns]
        converts = {
            column.name: convert
            for column in self.columns
            if (convert := _convert(column.type)) is not None
        }
        while found := conn.fetchmany(size):
            rows = [_row(names, converts, row) for row in found]
            del found
            yield rows
            del rows

    def _statement(self, text: str, after: str | None) -> str:
        chosen = ", ".join(_chosen(column) for column in self.columns)
        if not self._key:
            return f"select {chosen} from ({text}) as q"
        types = {column.name: column.type for column in self.columns}
        if self._key not in types:
            raise bad_option(
                f'source.key: there is no column "{self._key}"; there are: '
                + ", ".join(types)
            )
        key, condition = name(self._key), ""
        if after is not None:
            condition = f" where q.{key} > cast({literal(after)} as {types[self._key]})"
        return f"select {chosen} from ({text}) as q{condition} order by q.{key}"


class DocumentSource(DuckDbSource):
    """A select of JSON texts, each of which is a row."""

    takes_key = False

    def chunks(self, size: int, after: str | None, stop: Stop) -> Generator[list[Row]]:
        """Rows that each say for themselves what they have."""
        first = 0
        for texts in super().chunks(size, after, stop):
            self.columns = ()
            yield [_document(row, first + n) for n, row in enumerate(texts)]
            first += len(texts)


async def open_duckdb(
    place: Place, key: str, ctx: ToolContext, stack: AsyncExitStack
) -> Source:
    """The source of a query, of files and objects, or of a stored result."""
    if place.type == "duckdb":
        return await _open_query(place, key, ctx, stack)
    if place.type == "ref":
        return await _open_reference(place, key, ctx, stack)
    auth = place.options.get("auth", place.options.get("credential"))
    address = place.text("uri", "path")
    if place.type == "file":
        address, auth = address.removeprefix("file://"), None
    if isinstance(auth, str):
        auth = {"source": {"source": auth, "type": place.type}}
    kind = format_of(place, address)
    access = await stack.enter_async_context(
        access_of(_reading(kind, address), auth, ctx)
    )
    if kind == "json":
        return DocumentSource(MEMORY, access, None, key, ctx)
    return DuckDbSource(MEMORY, access, None, key, ctx)


def format_of(place: Place, address: str) -> str:
    """csv, json or parquet: as the option says, else by the name."""
    given = place.text("format").lower()
    if not given:
        path = address.partition("?")[0].removesuffix(".gz").removesuffix(".zst")
        given = posixpath.splitext(path)[1].removeprefix(".").lower()
    if given not in _FORMATS:
        raise bad_option(
            f"{place.side}.format must be csv, ndjson, json or parquet: it is not said"
            f" by the name {address!r}"
        )
    return _FORMATS[given]


async def _open_query(
    place: Place, key: str, ctx: ToolContext, stack: AsyncExitStack
) -> Source:
    database = place.text("database") or MEMORY
    if database != MEMORY and not Path(database).exists():
        raise TaskError("connection", f"source: there is no database {database}")
    text = (
        place.text("query")
        or f"from {table_name(place.text('table'), place.text('schema'))}"
    )
    access = await stack.enter_async_context(
        access_of(text, place.options.get("auth"), ctx)
    )
    return DuckDbSource(database, access, place.options.get("params"), key, ctx)


async def _open_reference(
    place: Place, key: str, ctx: ToolContext, stack: AsyncExitStack
) -> Source:
    ref = place.text("ref", "uri")
    if "/result/" not in ref:
        raise TaskError(
            "reference",
            f"source: {ref!r} is no stored result: a small one has no reference",
            code=NOT_AVAILABLE,
        )
    located = await ctx.services.reader.locate(ref)
    kinds = {PARQUET: "parquet", ARROW: "parquet", NDJSON: "json"}
    kind = kinds.get(located.content_type)
    if kind is None or located.tier is StoreTier.DB:
        return ListSource(_listed(await ctx.services.reader.load(ref), place))
    text = _reading(kind, ref, located.manifest.get("compression"))
    access = await stack.enter_async_context(access_of(text, None, ctx))
    if kind == "json":
        return DocumentSource(MEMORY, access, None, key, ctx)
    return DuckDbSource(MEMORY, access, None, key, ctx)


def _listed(value: Any, place: Place) -> list[Any]:
    """The rows of a result that is one document: a postgres result has them in ``rows``."""
    path = place.text("path")
    if not path and isinstance(value, dict):
        path = "rows"
    return rows_at(value, path)


def _reading(kind: str, address: str, compression: str | None = None) -> str:
    place = literal(address)
    if kind == "parquet":
        return f"select * from read_parquet({place}, union_by_name = true)"
    if kind == "csv":
        # A CSV has no types: guessed ones would make 7 of 007.
        return (
            f"select * from read_csv({place}, all_varchar = true, header = true,"
            " allow_quoted_nulls = false, union_by_name = true)"
        )
    packed = ", compression = 'gzip'" if compression == "gzip" else ""
    return f"select json::varchar as json from read_json_objects({place}{packed})"


def _select(conn: duckdb.DuckDBPyConnection, text: str) -> str:
    statements = conn.extract_statements(text)
    if len(statements) != 1 or str(statements[0].type).rpartition(".")[2] != "SELECT":
        raise bad_option("source.query must be one select")
    return text.strip().rstrip(";")


def _chosen(column: Column) -> str:
    """A column as a type that Python has, or as text; DuckDB is faster at it."""
    own, kind = f"q.{name(column.name)}", column.type
    if kind in _INTEGERS or kind in _FLOATS or kind in ("BOOLEAN", "VARCHAR"):
        return own
    if kind.startswith("DECIMAL"):
        return own
    if kind == "BLOB":
        # As PostgreSQL writes bytes.
        text = f"'\\x' || lower(hex({own}))"
    elif kind != JSON_TYPE and may_be_nested(kind):
        text = f"to_json({own})::varchar"
    else:
        text = f"{own}::varchar"
    return f"{text} as {name(column.name)}"


def _convert(kind: str) -> Convert | None:
    """What makes JSON of a value that was chosen so."""
    if kind in _FLOATS:
        return lambda value: value if isfinite(value) else str(value)
    if kind.startswith("DECIMAL"):
        return _number
    if may_be_nested(kind):
        return read_json
    if kind.startswith("TIMESTAMP"):
        has_zone = kind.endswith("ZONE")
        return lambda text: _time(text, has_zone)
    return None


def _row(names: Sequence[str], converts: Mapping[str, Convert], values: Any) -> Row:
    row = dict(zip(names, values, strict=True))
    for column, convert in converts.items():
        if (value := row[column]) is not None:
            row[column] = convert(value)
    return row


def _number(value: Decimal) -> int | float | Decimal:
    return number_of(str(value))


def _time(text: str, has_zone: bool) -> str:
    """ISO 8601, as the postgres tool has it."""
    iso = text.replace(" ", "T", 1)
    return f"{iso}:00" if has_zone and iso[-3:-2] in "+-" and "T" in iso else iso


def _document(row: Row, number: int) -> Row:
    try:
        return as_row(read_json(row["json"]), number)
    except ValueError as exc:
        raise bad_row(number, None, f"is not JSON: {exc}") from None
