"""Rows out of PostgreSQL into Parquet, against COPY … TO STDOUT into a file."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any, Final

from bench.executions import run
from bench.memory import measured_memory
from bench.percentiles import median
from bench.rig import BenchError, Connection, Rig
from noetl_worker.secrets import load_key, seal

PATH: Final = "bench/export"
_LIMIT: Final = 600.0


def measure_export(
    rig: Rig, conn: Connection, *, rows: int, repeats: int
) -> dict[str, Any]:
    """Measure both by turns; one worker must be running on the rig."""
    _make_table(conn, rows)
    key = load_key(rig.home, create=True)
    conn.execute(
        "select noetl.put_credential('bench', 'postgres', %s, null)",
        (seal(key, "bench", {"dsn": rig.dsn}),),
    )
    _export(rig, conn, 0)  # connections, and what is imported
    worker = rig.workers[0].pid
    before = _memory_mb(worker)
    copies, exports = [], []
    with measured_memory([worker], rig.server_pid) as peaks:
        for _ in range(repeats):
            copies.append(_copy(rig))
            exports.append(_export(rig, conn, rows))
    return {
        "rows": rows,
        "repeats": repeats,
        "copy_s": median(copies),
        "export_s": median(exports),
        "rows_per_s": rows / median(exports),
        "ratio": median(copies) / median(exports),
        "worker_mb_above": peaks.worker_mb - before,
    }


def _make_table(conn: Connection, rows: int) -> None:
    conn.execute(
        "create unlogged table exported as"
        " select n as id, mod(n, 1000) as code, 'name of ' || n as name,"
        " n * 1.5::float8 as amount, timestamptz '2026-01-01' + n * interval '1 s' as at"
        f" from generate_series(1::bigint, {rows}) as n"
    )
    conn.execute("vacuum (analyze) exported")


def _copy(rig: Rig) -> float:
    target = rig.home / "copied"
    started = time.perf_counter()
    with target.open("wb") as file:
        subprocess.run(
            ["psql", rig.dsn, "-qXc", "copy (select * from exported) to stdout"],
            stdout=file,
            check=True,
        )
    elapsed = time.perf_counter() - started
    target.unlink()
    return elapsed


def _export(rig: Rig, conn: Connection, rows: int) -> float:
    execution = run(rig, conn, PATH, {}, limit=_LIMIT)
    row = conn.execute(
        "select r.physical_uri, r.row_count from noetl.result_ref as r"
        " where r.execution_id = %s",
        (execution.execution_id,),
    ).fetchone()
    if row is None or (rows and row[1] != rows):
        raise BenchError(f"the export stored {row} instead of {rows} rows")
    Path(row[0].removeprefix("file://")).unlink()
    return execution.seconds


def _memory_mb(pid: int) -> float:
    text = Path(f"/proc/{pid}/status").read_text("ascii")
    line = next(line for line in text.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
