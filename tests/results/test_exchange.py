"""What one worker has stored is read by others, in processes of their own."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.swift import Swift
from tests.worker.conftest import Lab

MB = 1 << 20
FIXTURES = Path(__file__).parents[1] / "fixtures/playbooks/valid"


def run_fixture(lab: Lab, name: str, seconds: float = 60, **workload: Any) -> Any:
    document = yaml.safe_load((FIXTURES / f"{name}.yaml").read_text())
    lab.conn.execute(
        "select noetl.register_playbook(%s::jsonb)", (json.dumps(document),)
    )
    row = lab.conn.execute(
        "select noetl.start_execution(%s, %s::jsonb) as id",
        (document["metadata"]["path"], json.dumps(workload)),
    ).fetchone()
    assert row is not None
    status = lab.wait(row["id"], seconds)
    assert status["status"] == "completed", f"{status['error']} {lab.log()}"
    return status["result"]


@pytest.mark.accept("P2.3-2")
def test_a_file_of_one_worker_is_read_by_two_others(lab: Lab) -> None:
    for pool in ("writer", "first_reader", "second_reader"):
        lab.worker(pool, NOETL_WORKER_POOLS=pool)
    count = 100_000
    hashes = (hashlib.md5(str(n).encode()).hexdigest() for n in range(count))
    digest = hashlib.md5("".join(hashes).encode()).hexdigest()
    assert run_fixture(lab, "pvc_worker_exchange") == {"rows": count, "digest": digest}
    who = lab.conn.execute(
        "select node_name, worker_id from noetl.event where event_type = 'command.claimed'"
    ).fetchall()
    workers = {row["node_name"]: row["worker_id"] for row in who}
    assert workers == {
        "write": "writer",
        "count": "first_reader",
        "digest": "second_reader",
        "compare": "writer",
    }


@pytest.mark.accept("P2.3-4")
def test_500_mb_of_parquet_are_counted_where_they_lie(lab: Lab) -> None:
    lab.worker()
    rows = 3_200_000
    found = run_fixture(lab, "large_parquet", 240)
    assert found == {"rows": rows, "total": rows * (rows - 1) // 2}
    size = lab.count("select bytes from noetl.result_ref where step = 'write'")
    assert size > 500_000_000


@pytest.mark.accept("P2.F")
def test_500_mb_go_to_minio_and_back(lab: Lab, swift: Swift, tmp_path: Path) -> None:
    """Streamed both ways: the worker never holds more than a few blocks."""
    worker = lab.worker(**swift.environment(bucket="large-results"))
    assert lab.run("- { step: a, tool: { kind: noop } }")["status"] == "completed"
    before = resident(worker.pid)
    found = run_fixture(lab, "minio_large_result", 240, directory=str(tmp_path))
    assert found == {"store": "minio", "bytes": 500_000_000}
    assert peak(worker.pid) - before < 120 * MB  # of which 35 are libraries


def resident(pid: int) -> int:
    return figure(pid, "VmRSS")


def peak(pid: int) -> int:
    return figure(pid, "VmHWM")


def figure(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    line = next(line for line in lines if line.startswith(name))
    return int(line.split()[1]) * 1024
