"""Files of rows, written chunk by chunk into an object on its way."""

from __future__ import annotations

import io
import posixpath
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from noetl_worker.output import TaskError
from noetl_worker.results.draft import Draft, DraftFile
from noetl_worker.results.media import NDJSON, PARQUET
from noetl_worker.tools.transfer.arrow import loose_array, schema_for, typed_table
from noetl_worker.tools.transfer.options import Place, bad_option
from noetl_worker.tools.transfer.rows import Chunk, Column

if TYPE_CHECKING:
    import pyarrow as pa

CSV: Final = "text/csv"
EXTENSIONS: Final = {"ndjson": "ndjson", "csv": "csv", "parquet": "parquet"}
CONTENT_TYPES: Final = {"ndjson": NDJSON, "csv": CSV, "parquet": PARQUET}
_BY_EXTENSION: Final = {
    "ndjson": "ndjson",
    "jsonl": "ndjson",
    "csv": "csv",
    "parquet": "parquet",
}


class Writer(Protocol):
    """A file of one format."""

    def add(self, chunk: Chunk) -> None:
        """Append the rows of a chunk."""

    def end(self, columns: Sequence[Column]) -> None:
        """Write what ends the file; ``columns`` are for one without rows."""


class NdjsonWriter:
    """A JSON value per line."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def add(self, chunk: Chunk) -> None:
        """The chunk's own lines."""
        self._draft.write(chunk.ndjson)

    def end(self, columns: Sequence[Column]) -> None:
        """Nothing ends it."""


class CsvWriter:
    """Text is quoted, null is nothing at all; the first chunk says which columns there are."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._names: list[str] = []

    def add(self, chunk: Chunk) -> None:
        """Lines, after a header before the first."""
        is_first = not self._names
        self._names = self._names or [column.name for column in chunk.columns]
        refuse_other(chunk, self._names)
        self._write(
            [[row.get(n) for row in chunk.rows] for n in self._names],
            has_header=is_first,
        )

    def end(self, columns: Sequence[Column]) -> None:
        """A file without rows has its header, if anybody knows it."""
        if not self._names and columns:
            self._names = [column.name for column in columns]
            self._write([[] for _ in columns], has_header=True)

    def _write(self, columns: list[list[Any]], *, has_header: bool) -> None:
        import pyarrow as pa
        from pyarrow import csv

        arrays = [loose_array(values) for values in columns]
        text = io.BytesIO()
        csv.write_csv(
            pa.table(arrays, names=self._names),
            text,
            csv.WriteOptions(include_header=has_header, quoting_style="needed"),
        )
        self._draft.write(text.getbuffer())


class ParquetWriter:
    """A row group per chunk."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._schema: pa.Schema | None = None
        self._writer: Any = None

    def add(self, chunk: Chunk) -> None:
        """Append a row group, of the schema that the first chunk has fixed."""
        writer, schema = self._open(chunk.columns, chunk)
        refuse_other(chunk, schema.names)
        writer.write_table(typed_table(chunk, schema))

    def end(self, columns: Sequence[Column]) -> None:
        """The footer."""
        writer, _ = self._open(columns, None)
        writer.close()

    def _open(
        self, columns: Sequence[Column], chunk: Chunk | None
    ) -> tuple[Any, pa.Schema]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self._schema is None:
            self._schema = schema_for(columns, chunk)
            sink = pa.PythonFile(DraftFile(self._draft), mode="w")
            self._writer = pq.ParquetWriter(
                sink, self._schema, write_page_checksum=True
            )
        return self._writer, self._schema


def refuse_other(chunk: Chunk, names: Sequence[str]) -> None:
    """A file keeps the columns of its first chunk."""
    for column in chunk.columns:
        if column.name not in names:
            raise TaskError(
                "transfer",
                f'{chunk.where} has a column "{column.name}" that the first chunk had not:'
                " say which columns there are with target.mapping, or write ndjson",
                code="COLUMN",
                retryable=False,
            )


def format_of(place: Place, address: str) -> str:
    """ndjson, csv or parquet: as the option says, else by the name."""
    given = place.text("format").lower()
    if not given:
        given = posixpath.splitext(address)[1].removeprefix(".").lower()
    if given not in _BY_EXTENSION:
        raise bad_option(
            f"target.format must be ndjson, csv or parquet: it is not said by the name"
            f" {address!r}"
        )
    return _BY_EXTENSION[given]


def open_writer(name: str, draft: Draft) -> Writer:
    """A file of this format on a draft."""
    if name == "ndjson":
        return NdjsonWriter(draft)
    return CsvWriter(draft) if name == "csv" else ParquetWriter(draft)
