"""DuckDB reads what other steps have stored where it lies, and stores what it makes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.worker.conftest import Lab


@pytest.fixture
def worked(lab: Lab) -> Lab:
    lab.worker()
    return lab


def result_of(lab: Lab, text: str, **workload: Any) -> Any:
    status = lab.run(text, workload)
    assert status["status"] == "completed", f"{status['error']} {lab.log()}"
    return status["result"]


@pytest.mark.accept("P2.3-3")
@pytest.mark.parametrize("name", ["parquet", "ndjson", "arrow"])
def test_a_stored_result_is_read_in_place(worked: Lab, name: str) -> None:
    text = """
- step: make
  spec: { result: { format: FORMAT } }
  tool:
    kind: duckdb
    query: "select range as n, 'it''s ' || range as name from range(60000)"
  next: { arcs: [ { step: read } ] }
- step: read
  tool:
    kind: duckdb
    query: |
      select count(*) as rows, sum(n)::bigint as total, max(name) as name
      from '{{ make._ref }}'
"""
    found = result_of(worked, text.replace("FORMAT", name))["rows"]
    assert found == [{"rows": 60000, "total": 1799970000, "name": "it's 9999"}]


def test_a_physical_address_is_read_too(worked: Lab) -> None:
    text = """
- step: make
  spec: { result: { format: parquet } }
  tool: { kind: duckdb, query: "select range as n from range(10)" }
  next: { arcs: [ { step: read } ] }
- step: read
  tool: { kind: duckdb, query: "select count(*)::int as n from '{{ workload.uri }}'" }
"""
    run = worked.start(text.replace("{ step: read }", ""))
    assert worked.wait(run)["status"] == "completed"
    row = worked.conn.execute("select physical_uri from noetl.result_ref").fetchone()
    assert row is not None
    read = text.partition("- step: read")[2]
    found = result_of(worked, f"- step: read{read}", uri=row["physical_uri"])
    assert found["rows"] == [{"n": 10}]


def test_results_in_the_database_are_lent_as_a_file(worked: Lab) -> None:
    text = """
- step: make
  tool: { kind: noop, result: "{{ range(2000) | list }}" }
  next: { arcs: [ { step: read } ] }
- step: read
  tool: { kind: duckdb, query: "select count(*)::int as n from read_json('{{ make._ref }}')" }
"""
    assert result_of(worked, text)["rows"] == [{"n": 2000}]


def test_globs_and_partitions_are_read(worked: Lab, tmp_path: Path) -> None:
    text = """
- step: make
  tool:
    kind: duckdb
    query: |
      copy (select range % 3 as part, range as n from range(9))
      to '{{ workload.dir }}' (format parquet, partition_by (part));
  next: { arcs: [ { step: read } ] }
- step: read
  tool:
    kind: duckdb
    query: |
      select part::int as part, sum(n)::int as total
      from read_parquet('{{ workload.dir }}/*/*.parquet', hive_partitioning = true)
      group by part order by part
"""
    found = result_of(worked, text, dir=str(tmp_path / "parts"))["rows"]
    assert found == [
        {"part": 0, "total": 9},
        {"part": 1, "total": 12},
        {"part": 2, "total": 15},
    ]


def test_many_rows_are_stored_while_they_come(worked: Lab) -> None:
    text = """
- step: make
  tool: { kind: duckdb, query: "select range as n from range(200000)" }
  next: { arcs: [ { step: read } ] }
- step: read
  tool: { kind: noop, result: "{{ [make.row_count, make.rows | length, make.columns] }}" }
"""
    assert result_of(worked, text) == [200000, 200000, ["n"]]


def test_unknown_reference_is_told_of(worked: Lab) -> None:
    text = """
- step: read
  tool: { kind: duckdb, query: "select * from 'noetl://1/result/1'" }
"""
    status = worked.run(text)
    assert status["status"] == "failed"
    assert status["error"]["code"] == "REFERENCE_NOT_AVAILABLE"
