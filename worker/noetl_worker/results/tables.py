"""Parquet and Arrow files: written batch by batch, read batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Protocol

from noetl_worker.output import TaskError
from noetl_worker.results.draft import Draft, DraftFile
from noetl_worker.results.media import PARQUET
from noetl_worker.results.values import plain

if TYPE_CHECKING:
    import pyarrow as pa

GROUP_ROWS: Final = 50_000
SAMPLE_ROWS: Final = 5_000


class Writer(Protocol):
    """What both of Arrow's writers are."""

    def write_batch(self, batch: Any) -> None:
        """Append a record batch."""

    def close(self) -> None:
        """Write what ends the file."""


class TableWriter:
    """Writes record batches of one schema into a draft.

    Row groups, or batches, are what a reader can take without the others: each is an entry
    ``[first row, number]`` of ``groups``.
    """

    def __init__(self, draft: Draft, content_type: str, compression: str) -> None:
        self.groups: list[list[int]] = []
        self.row_count = 0
        self.schema: pa.Schema | None = None
        self._draft = draft
        self._is_parquet = content_type == PARQUET
        self._compression = compression
        self._writer: Writer | None = None
        self._pending: list[pa.RecordBatch] = []
        self._pending_rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Append a batch; rows are written group by group."""
        self._open(batch.schema, batch)
        while batch.num_rows:
            part = batch.slice(0, GROUP_ROWS - self._pending_rows)
            batch = batch.slice(part.num_rows)
            self._pending.append(part)
            self._pending_rows += part.num_rows
            if self._pending_rows == GROUP_ROWS:
                self._flush()

    def close(self, schema: pa.Schema | None = None) -> None:
        """Write what ends the file; ``schema`` is for one without any row."""
        import pyarrow as pa

        if self._writer is None:
            self._open(schema or pa.schema([]))
        self._flush()
        if self._writer is not None:
            self._writer.close()

    def _open(self, schema: pa.Schema, sample: pa.RecordBatch | None = None) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self._writer is not None:
            if self.schema is not None and not schema.equals(self.schema):
                raise TaskError(
                    "result",
                    "rows differ in their columns or types: first"
                    f" {_shown(self.schema)}, then {_shown(schema)}; use format: ndjson",
                )
            return
        self.schema = schema
        sink = pa.PythonFile(DraftFile(self._draft), mode="w")
        if self._is_parquet:
            self._writer = pq.ParquetWriter(
                sink,
                schema,
                compression=self._compression,
                use_dictionary=_repetitive(sample),
                write_page_checksum=True,
                store_schema=True,
            )
        else:
            codec = None if self._compression == "none" else self._compression
            self._writer = pa.ipc.new_file(
                sink, schema, options=pa.ipc.IpcWriteOptions(compression=codec)
            )

    def _flush(self) -> None:
        import pyarrow as pa

        if not self._pending or self._writer is None:
            return
        self.groups.append([self.row_count, len(self.groups)])
        self.row_count += self._pending_rows
        is_one = len(self._pending) == 1
        batch = self._pending[0] if is_one else pa.concat_batches(self._pending)
        self._pending, self._pending_rows = [], 0
        if self._is_parquet:
            self._writer.write_table(  # type: ignore[attr-defined]
                pa.Table.from_batches([batch]), row_group_size=batch.num_rows
            )
        else:
            self._writer.write_batch(batch)


def _repetitive(sample: pa.RecordBatch | None) -> list[str]:
    """Columns whose values come again: a dictionary of the others costs three times the
    time, and makes the file larger."""
    import pyarrow.compute as pc

    if sample is None:
        return []
    rows = sample.slice(0, SAMPLE_ROWS)
    return [
        name
        for name, column in zip(rows.schema.names, rows.columns, strict=True)
        if _is_countable(column.type)
        and pc.count_distinct(column).as_py() * 5 <= rows.num_rows
    ]


def _is_countable(kind: pa.DataType) -> bool:
    import pyarrow.types as types

    return not (types.is_nested(kind) or types.is_boolean(kind) or types.is_null(kind))


def batch_of(
    rows: Sequence[Any], schema: pa.Schema | None, first: int
) -> pa.RecordBatch:
    """Rows that are mappings as a record batch, of the schema given or their own."""
    import pyarrow as pa

    for index, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise TaskError(
                "result",
                f"row {first + index} is no mapping but {type(row).__name__}:"
                " only mappings become a table",
            )
    try:
        if schema is None:
            return pa.RecordBatch.from_pylist(list(rows))
        return pa.RecordBatch.from_pylist(list(rows), schema=schema)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as exc:
        raise TaskError(
            "result",
            f"rows {first} to {first + len(rows) - 1} do not fit into a table:"
            f" {str(exc).splitlines()[0]}; use format: ndjson",
        ) from exc


def schema_of(schema: pa.Schema) -> list[dict[str, str]]:
    """Columns and types, for people."""
    return [{"name": field.name, "type": str(field.type)} for field in schema]


def rows_of(content_type: str, data: bytes) -> list[dict[str, Any]]:
    """All rows of a file, as JSON values."""
    import pyarrow as pa

    reader = TableReader(content_type, pa.BufferReader(data))
    return [row for group in range(reader.group_count) for row in reader.rows(group)]


class TableReader:
    """Reads a file's groups of rows; of a file in a store only these bytes are fetched."""

    def __init__(self, content_type: str, source: BinaryIO | Any) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._parquet: pq.ParquetFile | None = None
        self._arrow: Any = None
        if content_type == PARQUET:
            self._parquet = pq.ParquetFile(source, page_checksum_verification=True)
        else:
            self._arrow = pa.ipc.open_file(source)

    @property
    def group_count(self) -> int:
        """How many groups of rows there are."""
        if self._parquet is not None:
            return int(self._parquet.num_row_groups)
        return int(self._arrow.num_record_batches)

    @property
    def schema(self) -> pa.Schema:
        """Columns and types."""
        if self._parquet is not None:
            return self._parquet.schema_arrow
        return self._arrow.schema

    def rows(self, group: int) -> list[dict[str, Any]]:
        """The rows of one group, as JSON values."""
        if self._parquet is not None:
            table = self._parquet.read_row_group(group)
        else:
            table = self._arrow.get_batch(group)
        return [plain(row) for row in table.to_pylist()]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows, batch by batch."""
        for group in range(self.group_count):
            if self._parquet is not None:
                yield from self._parquet.read_row_group(group).to_batches()
            else:
                yield self._arrow.get_batch(group)


def to_parquet(reader: TableReader, path: Path) -> None:
    """Write a table's rows as a Parquet file."""
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, reader.schema) as writer:
        for batch in reader.batches():
            writer.write_batch(batch)


def _shown(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name} {field.type}" for field in schema)
