"""Where results go by size and settings, and what happens when a store is away."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support.nats import Nats
from tests.support.swift import Swift, running_swift
from tests.worker.conftest import Lab

_NUMBERS = count(1)
MAKE = """
- step: make
  tool: { kind: python, code: "result = {'text': 'x' * SIZE}" }
  next: { arcs: [ { step: read } ] }
- step: read
  tool: { kind: noop, result: "{{ make.text | length }}" }
"""


@pytest.fixture
def own_swift() -> Iterator[Swift]:
    """A server that a test may stop."""
    with running_swift() as running:
        yield running


def minio(swift: Swift) -> dict[str, str]:
    bucket = f"results-{next(_NUMBERS)}"
    return {**swift.environment(bucket=bucket), "NOETL_DEFAULT_STORE_TIER": "minio"}


def tiers(lab: Lab) -> dict[str, str]:
    rows = lab.conn.execute("select step, store_tier from noetl.result_ref").fetchall()
    return {row["step"]: row["store_tier"] for row in rows}


def run(lab: Lab, size: int, text: str = MAKE, **workload: Any) -> Any:
    status = lab.wait(lab.start(text.replace("SIZE", str(size)), workload), 60)
    assert status["status"] == "completed", f"{status['error']} {lab.log()}"
    return status["result"]


@pytest.mark.accept("P1.3-2", "P2.2-1")
def test_results_go_to_the_default_tier_and_come_back(lab: Lab, swift: Swift) -> None:
    lab.worker(**minio(swift))
    assert run(lab, 200_000) == 200_000
    assert tiers(lab) == {"make": "minio"}
    row = lab.conn.execute(
        "select physical_uri, bytes from noetl.result_ref"
    ).fetchone()
    assert row is not None
    assert row["physical_uri"].startswith("s3://results-")
    assert row["bytes"] > 200_000


@pytest.mark.accept("P2.3-5")
@pytest.mark.parametrize(("size", "tier"), [(99_000, "minio"), (2_000_000, "pvc")])
def test_a_mounted_path_takes_what_is_over_the_threshold(
    lab: Lab, swift: Swift, tmp_path: Path, size: int, tier: str
) -> None:
    lab.worker(
        **minio(swift),
        NOETL_PVC_MOUNT_PATH=str(tmp_path / "mounted"),
        NOETL_PVC_TIER_THRESHOLD_BYTES="1000000",
    )
    assert run(lab, size) == size
    assert tiers(lab) == {"make": tier}


@pytest.mark.accept("P2.2-2")
@pytest.mark.parametrize(("size", "tier"), [(200_000, "kv"), (3_000_000, "object")])
def test_a_store_that_is_down_is_replaced_with_a_warning(
    lab: Lab, own_swift: Swift, nats: Nats, size: int, tier: str
) -> None:
    own_swift.kill()
    name = f"results-{next(_NUMBERS)}"
    lab.worker(
        **minio(own_swift),
        NOETL_STORE_TIMEOUT_SECONDS="10",
        NOETL_NATS_URL=nats.url(),
        NOETL_NATS_KV_BUCKET=name,
        NOETL_NATS_OBJECT_BUCKET=name,
    )
    assert run(lab, size) == size
    assert tiers(lab) == {"make": tier}
    assert f"using {tier} instead" in lab.log() or "using object instead" in lab.log()


def test_a_store_that_stays_down_fails_the_step_that_needs_it(
    lab: Lab, own_swift: Swift
) -> None:
    own_swift.kill()
    lab.worker(**minio(own_swift), NOETL_STORE_TIMEOUT_SECONDS="3")
    status = lab.wait(lab.start(MAKE.replace("SIZE", "200000")), 60)
    error = status["error"]
    assert status["status"] == "failed"
    assert (error["step"], error["kind"], error["code"]) == (
        "make",
        "store",
        "StoreDown",
    )
    assert error["retryable"] is True
    assert run(lab, 100) == 100, "what needs no store goes on"


def test_a_store_that_comes_back_is_used_again(lab: Lab, own_swift: Swift) -> None:
    variables = minio(own_swift)
    own_swift.stop()
    lab.worker(**variables, NOETL_STORE_TIMEOUT_SECONDS="6")
    text = MAKE.replace(
        "next:",
        "spec: { max_attempts: 3 }\n  next:",
        1,
    )
    status = lab.wait(lab.start(text.replace("SIZE", "200000")), 60)
    assert status["error"]["code"] == "StoreDown"
    own_swift.start()
    assert run(lab, 200_000) == 200_000
    assert tiers(lab) == {"make": "minio"}


def test_a_wrong_secret_is_told_of_and_nothing_else_is_used(
    lab: Lab, swift: Swift, nats: Nats
) -> None:
    variables = minio(swift) | {"NOETL_MINIO_SECRET_KEY": "wrong-secret"}
    lab.worker(**variables, NOETL_NATS_URL=nats.url())
    status = lab.wait(lab.start(MAKE.replace("SIZE", "200000")))
    assert (status["error"]["step"], status["error"]["code"]) == (
        "make",
        "StoreRefused",
    )
    assert "wrong-secret" not in lab.log() + str(status["error"])


def test_an_object_that_was_deleted_is_not_available(lab: Lab, tmp_path: Path) -> None:
    text = (
        MAKE.replace("{ step: read }", "{ step: drop }")
        + """
- step: drop
  tool: { kind: shell, command: "rm -r ROOT/exec" }
  next: { arcs: [ { step: read } ] }
""".replace("ROOT", str(tmp_path / "results"))
    )
    lab.worker()
    status = lab.wait(lab.start(text.replace("SIZE", "200000")))
    assert status["error"]["code"] == "REFERENCE_NOT_AVAILABLE"
    assert status["error"]["step"] == "read"


def test_a_disk_that_is_full_fails_the_step_and_nothing_else(
    lab: Lab, tmpfs: Path
) -> None:
    lab.worker(NOETL_PVC_MOUNT_PATH=str(tmpfs))
    status = lab.wait(lab.start(MAKE.replace("SIZE", "8000000")))
    assert (status["error"]["step"], status["error"]["code"]) == ("make", "StoreFull")
    assert not [path for path in tmpfs.rglob("*") if path.is_file()], "nothing is left"
    assert run(lab, 200_000) == 200_000


@pytest.mark.accept("P2.2-4")
def test_duckdb_reads_parquet_from_the_endpoint(lab: Lab, swift: Swift) -> None:
    """By reference, with a secret for that object only, and by address with auth."""
    variables = minio(swift)
    lab.worker(**variables)
    lab.credential(
        "objects",
        {
            "type": "minio",
            "access_key": variables["NOETL_MINIO_ACCESS_KEY"],
            "secret_key": variables["NOETL_MINIO_SECRET_KEY"],
            "endpoint": variables["NOETL_MINIO_ENDPOINT"],
            "region": variables.get("NOETL_MINIO_REGION", "us-east-1"),
        },
    )
    text = """
- step: make
  spec: { result: { format: parquet } }
  tool: { kind: duckdb, query: "select range as n from range(1000)" }
  next: { arcs: [ { step: by_reference } ] }
- step: by_reference
  tool: { kind: duckdb, query: "select sum(n)::int as total from '{{ make._ref }}'" }
  next: { arcs: [ { step: tell } ] }
- step: tell
  tool: { kind: noop, result: "{{ by_reference.rows[0].total }}" }
"""
    assert run(lab, 0, text) == 499500
    row = lab.conn.execute("select physical_uri from noetl.result_ref").fetchone()
    assert row is not None
    by_address = """
- step: read
  tool:
    kind: duckdb
    auth: AUTH
    query: "select sum(n)::int as total from read_parquet('{{ workload.uri }}')"
"""
    with_auth = by_address.replace("AUTH", "{ s3: { type: minio, source: objects } }")
    found = run(lab, 0, with_auth, uri=row["physical_uri"])
    assert found["rows"] == [{"total": 499500}]
    without = by_address.replace("    auth: AUTH\n", "")
    status = lab.wait(lab.start(without, {"uri": row["physical_uri"]}))
    assert status["status"] == "failed", "our own stores are open by reference only"
    secret = variables["NOETL_MINIO_SECRET_KEY"]
    with psycopg.connect(lab.dsn) as conn:
        events = conn.execute("select string_agg(e::text, '') from noetl.event as e")
        assert secret not in str(events.fetchone()) + lab.log()


def test_results_survive_the_worker_that_is_killed_between_write_and_row(
    lab: Lab, swift: Swift
) -> None:
    """The object of the first is nobody's; the second writes its own."""
    variables = minio(swift)
    first = lab.worker("one", **variables, NOETL_KILL_AT="after_file")
    execution = lab.start(MAKE.replace("SIZE", "200000"))
    assert first.wait(30) == -signal.SIGKILL
    lab.worker("one", **variables)
    status = lab.wait(execution)
    assert status["result"] == 200_000
    assert tiers(lab) == {"make": "minio"}
