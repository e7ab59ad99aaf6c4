"""Memory does not grow with the rows: there is never more of them here than a chunk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.results.transfers import flow
from tests.worker.conftest import Lab

COLUMNS = 32
ROOM = 60 << 20


def wide(count: int) -> str:
    """A query of wide rows: 1.3 KB of JSON each, 260 MB for 200 000."""
    columns = ", ".join(
        f"md5((n + {c})::text)::text as c{c}" for c in range(COLUMNS - 10)
    )
    return f"select n as id, {columns} from generate_series(1, {count}) as n"


def peak(lab: Lab) -> int:
    text = Path(f"/proc/{lab.workers[0].pid}/status").read_text()
    line = next(line for line in text.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) << 10


@pytest.mark.timeout(900)
def test_memory_is_flat(lab: Lab, tmp_path: Path) -> None:
    lab.credential("db", {"dsn": lab.dsn})
    lab.worker()
    file: dict[str, Any] = {"type": "file", "path": str(tmp_path / "out.parquet")}
    lab.conn.execute(f"create unlogged table t as {wide(0)}")

    def both(count: int) -> int:
        source = {"type": "postgres", "auth": "db", "query": wide(count)}
        table = {"type": "postgres", "auth": "db", "table": "t"}
        for places in ((source, file), (file, table)):
            text = flow(source=places[0], target=places[1], chunk_size=5000)
            status = lab.wait(lab.start(text), 240)
            assert status["status"] == "completed", status["error"]
            assert status["result"]["rows"] == count
        return peak(lab)

    small = both(10_000)
    assert both(200_000) - small < ROOM
