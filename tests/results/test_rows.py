"""Many rows: they go into a store while they come, and are read where they lie."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from tests.worker.conftest import Lab

LOAD = """
- step: load
  tool:
    kind: postgres
    auth: db
    command: >
      select n as id, n % 7 as code, 'name ' || n as name, n * 1.5::float8 as amount
      from generate_series(1, {{ workload.count }}) as n
  spec: { result: { format: FORMAT } }
  next: { arcs: [ { step: each } ] }
- step: each
  loop: { in: "{{ load.rows }}", iterator: row, spec: { mode: parallel } }
  tool: { kind: noop, result: "{{ iter.row.id }}" }
  next: { arcs: [ { step: sum } ] }
- step: sum
  tool:
    kind: noop
    result: "{{ [each.results | sum, load.row_count, load._store, load.rows | length] }}"
"""


@pytest.fixture
def loaded(lab: Lab) -> Lab:
    lab.credential("db", {"dsn": lab.dsn})
    lab.worker()
    return lab


def result_of(lab: Lab, status: dict[str, Any]) -> Any:
    assert status["status"] == "completed", f"{status['error']} {lab.log()}"
    return status["result"]


def stored(lab: Lab, step: str) -> dict[str, Any]:
    row = lab.conn.execute(
        "select r.*, m.summary from noetl.result_ref as r left join noetl.manifest as m"
        " on m.manifest_id = r.ref_id and m.execution_id = r.execution_id"
        " where r.step = %s",
        (step,),
    ).fetchone()
    assert row is not None
    return row


def test_rows_of_a_step_are_the_items_of_a_loop_without_a_copy(loaded: Lab) -> None:
    count = 5_000
    run = loaded.start(LOAD.replace("FORMAT", "ndjson"), {"count": count})
    total = count * (count + 1) // 2
    assert result_of(loaded, loaded.wait(run, 60)) == [total, count, "pvc", count]
    assert loaded.count("select count(*) from noetl.collection_chunk") == 0
    row = stored(loaded, "load")
    started = loaded.conn.execute(
        "select context from noetl.event where event_type = 'loop.started'"
    ).fetchone()
    assert started is not None
    assert started["context"]["collection_ref"] == row["ref"]
    assert (row["row_count"], row["content_type"]) == (count, "application/x-ndjson")
    lines = Path(row["physical_uri"].removeprefix("file://")).read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == list(range(1, count + 1))
    assert len(row["summary"]["blocks"]) > 1


@pytest.mark.parametrize("name", ["parquet", "arrow"])
def test_tables_hold_the_same_rows(loaded: Lab, name: str) -> None:
    count = 70_000
    text = LOAD.replace("FORMAT", name).replace(
        'load.rows }}", iterator', 'load.rows[:3] }}", iterator'
    )
    run = loaded.start(text, {"count": count})
    assert result_of(loaded, loaded.wait(run, 60)) == [6, count, "pvc", count]
    row = stored(loaded, "load")
    path = row["physical_uri"].removeprefix("file://")
    table = (
        pq.read_table(path)
        if name == "parquet"
        else pyarrow.ipc.open_file(path).read_all()
    )
    assert table.num_rows == count == row["row_count"]
    assert table.column("id").to_pylist()[-1] == count
    assert [c["name"] for c in row["summary"]["schema"]] == [
        *("id", "code", "name", "amount")
    ]
    assert len(row["summary"]["groups"]) == 2


def test_few_rows_ride_along_whatever_is_said_of_many(loaded: Lab) -> None:
    run = loaded.start(LOAD.replace("FORMAT", "ndjson"), {"count": 3})
    status = loaded.wait(run)
    assert status["status"] == "completed", status["error"]


def test_damaged_block_is_noticed_by_the_items_that_need_it(loaded: Lab) -> None:
    flow = LOAD.replace("FORMAT", "ndjson").replace("{ step: each }", "{ step: wait }")
    flow += """
- step: wait
  tool: { kind: wait, signal: go }
  next: { arcs: [ { step: each } ] }
"""
    run = loaded.start(flow, {"count": 5_000})
    loaded.until(lambda: loaded.status(run)["status"] == "waiting")
    path = Path(stored(loaded, "load")["physical_uri"].removeprefix("file://"))
    data = bytearray(path.read_bytes())
    data[-10] ^= 1
    path.write_bytes(data)
    loaded.conn.execute("select noetl.signal_execution(%s, 'go')", (run,))
    status = loaded.wait(run)
    assert status["status"] == "failed"
    assert status["error"]["code"] == "REFERENCE_NOT_AVAILABLE"
    assert status["error"]["step"] == "each"


GATHER = """
- step: each
  spec: { loop_mode: fanout, result: { format: FORMAT } }
  loop: { in: "{{ range(3000) | list }}", iterator: n }
  tool: { kind: noop, result: { n: "{{ iter.n }}", text: "{{ 'é' * (iter.n % 5) }}" } }
  next: { arcs: [ { step: again } ] }
- step: again
  loop: { in: "{{ each.results }}", iterator: row, spec: { mode: parallel } }
  tool: { kind: noop, result: "{{ iter.row.n }}" }
  next: { arcs: [ { step: sum } ] }
- step: sum
  tool:
    kind: noop
    result: "{{ [again.results | sum, each.results | length, each.done, each._store] }}"
"""


@pytest.mark.parametrize("name", ["ndjson", "parquet"])
def test_results_of_a_loop_are_gathered_into_one_ordered_object(
    loaded: Lab, name: str
) -> None:
    loaded.worker("two")
    run = loaded.start(GATHER.replace("FORMAT", name))
    total = 3000 * 2999 // 2
    assert result_of(loaded, loaded.wait(run, 60)) == [total, 3000, 3000, "pvc"]
    row = stored(loaded, "each")
    path = Path(row["physical_uri"].removeprefix("file://"))
    if name == "parquet":
        rows = pq.read_table(path).to_pylist()
    else:
        rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert rows == [{"n": n, "text": "é" * (n % 5)} for n in range(3000)]
    assert row["row_count"] == 3000
    assert row["summary"]["groups" if name == "parquet" else "blocks"]
    assert loaded.count("select count(*) from noetl.collection_chunk") == 6


def test_large_results_of_items_are_gathered_too(loaded: Lab) -> None:
    flow = """
- step: each
  spec: { result: { format: ndjson } }
  loop: { in: [ 1, 2, 3 ], iterator: n }
  tool: { kind: python, input: { n: "{{ iter.n }}" }, code: "result = [n] * 50000" }
  next: { arcs: [ { step: sum } ] }
- step: sum
  tool: { kind: noop, result: "{{ each.results | map('length') | list }}" }
"""
    run = loaded.start(flow)
    assert result_of(loaded, loaded.wait(run)) == [50000, 50000, 50000]


def test_what_is_left_beside_rows_may_be_large(loaded: Lab) -> None:
    """Too large for an event: it comes with the rows, also for the items of a loop."""
    flow = """
- step: each
  loop: { in: [ 1, 2 ], iterator: n }
  tool:
    kind: postgres
    auth: db
    command: "select COLUMNS from generate_series(1, 3000) as n"
  next: { arcs: [ { step: sum } ] }
- step: sum
  tool:
    kind: noop
    result:
      - "{{ each.results[1].columns | length }}"
      - "{{ each.results[0].rows[2999].column_0 }}"
      - "{{ each.results[0].row_count }}"
"""
    columns = ", ".join(f"n as column_{i}" for i in range(100))
    run = loaded.start(flow.replace("COLUMNS", columns))
    assert result_of(loaded, loaded.wait(run, 60)) == [100, 3000, 3000]


def test_export_keeps_what_arrow_has_no_type_for_as_text(loaded: Lab) -> None:
    flow = """
- step: load
  spec: { result: { format: parquet } }
  tool:
    kind: postgres
    auth: db
    command: |
      select jsonb_build_object('n', n) as document, n::numeric(10, 2) as price,
        interval '1 day' * n as span, array[n, n + 1] as pair
      from generate_series(1, 3) as n  -- the end of the statement
  next: { arcs: [ { step: read } ] }
- step: read
  tool: { kind: noop, result: "{{ load.rows[1] }}" }
"""
    found = result_of(loaded, loaded.wait(loaded.start(flow)))
    assert found == {
        "document": '{"n": 2}',
        "price": 2,
        "span": "2 days",
        "pair": [2, 3],
    }
