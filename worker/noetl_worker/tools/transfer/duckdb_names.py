"""Names, literals and errors of DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from noetl_worker.output import TaskError
from noetl_worker.tools.transfer.options import bad_option

if TYPE_CHECKING:
    import duckdb

_PERMANENT: Final = frozenset(
    {
        *("BinderException", "CatalogException", "ParserException"),
        *("ConversionException", "ConstraintException", "TypeMismatchException"),
        *("InvalidInputException", "NotImplementedException"),
    }
)


def name(text: str) -> str:
    """An identifier."""
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text between quotes."""
    return "'" + text.replace("'", "''") + "'"


def table_name(table: str, schema: str = "") -> str:
    """A table, as ``table``, ``schema.table``, or both apart."""
    parts = [schema, table] if schema else table.split(".")
    if not 1 <= len(parts) <= 3 or not all(parts):
        raise bad_option(f"{table!r} is no table: write table or schema.table")
    return ".".join(map(name, parts))


def duckdb_error(error: duckdb.Error, where: str) -> TaskError:
    """What DuckDB says, and where."""
    kind = type(error).__name__
    lines = [line for line in str(error).splitlines() if line.strip()]
    # What follows "LINE 1:" is a statement that the user has not written.
    shown = []
    for line in lines:
        if line.startswith("LINE "):
            break
        shown.append(line)
    return TaskError(
        "sql",
        f"{where}: {' '.join(shown)}",
        code=kind,
        retryable=False if kind in _PERMANENT else None,
    )
