"""What a stored result is made of: content types, the names of formats, and whole values."""

from __future__ import annotations

import base64
from typing import Any, Final

from noetl_worker.jsonable import decode

JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
PARQUET: Final = "application/vnd.apache.parquet"
ARROW: Final = "application/vnd.apache.arrow.file"
BYTES: Final = "application/octet-stream"

EXTENSIONS: Final = {
    JSON: "json",
    NDJSON: "ndjson",
    PARQUET: "parquet",
    ARROW: "arrow",
    BYTES: "bin",
}
BY_EXTENSION: Final = {extension: kind for kind, extension in EXTENSIONS.items()}
BY_FORMAT: Final = {
    "json": JSON,
    "ndjson": NDJSON,
    "parquet": PARQUET,
    "arrow": ARROW,
}
# The first is what is used when nothing is said.
COMPRESSIONS: Final = {
    JSON: ("none", "gzip"),
    NDJSON: ("none", "gzip"),
    PARQUET: ("snappy", "none", "gzip", "zstd"),
    ARROW: ("lz4", "none", "zstd"),
}
TABULAR: Final = frozenset({PARQUET, ARROW})
OF_ROWS: Final = frozenset({NDJSON, *TABULAR})


def value_of(content_type: str, data: bytes) -> Any:
    """The value that an object's bytes stand for; bytes that are no text as base64."""
    base = content_type.partition(";")[0].strip()
    if base == JSON or base.endswith("+json"):
        return decode(data)
    if base == NDJSON:
        return [decode(line) for line in data.splitlines() if line]
    if base in TABULAR:
        from noetl_worker.results.tables import rows_of

        return rows_of(base, data)
    if base.startswith("text/"):
        return data.decode(errors="replace")
    return base64.b64encode(data).decode()
