"""Persist before emit: the one path by which every result goes, and references are read.

A result is measured, goes to the tier that its size and the playbook say, is recorded with
its checksum, and only then reported. Readers check what they read.
"""

from __future__ import annotations

from noetl_worker.results.media import ARROW, BYTES, JSON, NDJSON, PARQUET
from noetl_worker.results.reader import ResultReader
from noetl_worker.results.reference import Reference, Stored
from noetl_worker.results.select import select_fields
from noetl_worker.results.sink import RowSink
from noetl_worker.results.writer import ResultWriter, Target

__all__ = [
    "ARROW",
    "BYTES",
    "JSON",
    "NDJSON",
    "PARQUET",
    "Reference",
    "ResultReader",
    "ResultWriter",
    "RowSink",
    "Stored",
    "Target",
    "select_fields",
]
