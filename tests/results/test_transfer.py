"""Rows go from place to place and are the same; tables take them as the mode says."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.results.transfers import (
    digest,
    in_duckdb,
    make_orders,
    moved,
    read_lines,
)
from tests.worker.conftest import Lab

COUNT = 2_500


@pytest.fixture
def loaded(lab: Lab) -> Lab:
    lab.credential("db", {"dsn": lab.dsn})
    lab.worker()
    return lab


def pg(**options: Any) -> dict[str, Any]:
    return {"type": "postgres", "auth": "db", **options}


@pytest.mark.parametrize("name", ["parquet", "ndjson", "csv"])
def test_round_trip_keeps_every_value(loaded: Lab, tmp_path: Path, name: str) -> None:
    """From postgres to a file, to duckdb, and back into a table of the same columns."""
    make_orders(loaded, COUNT)
    loaded.conn.execute("create table again (like orders)")
    file, base = str(tmp_path / f"orders.{name}"), str(tmp_path / "orders.duckdb")
    file_of = {"type": "file", "path": file}
    table = {"type": "duckdb", "database": base, "table": "orders"}
    first = moved(loaded, source=pg(table="orders"), target=file_of, chunk_size=400)
    second = moved(loaded, source=file_of, target=table, chunk_size=1000)
    third = moved(loaded, source=table, target=pg(table="again"), chunk_size=999)
    assert [part["rows"] for part in (first, second, third)] == [COUNT] * 3
    assert [part["chunks"] for part in (first, second, third)] == [7, 3, 3]
    assert digest(loaded, "again") == digest(loaded, "orders")


def test_direct_way_into_duckdb_makes_a_table_of_the_source_s_types(
    loaded: Lab, tmp_path: Path
) -> None:
    make_orders(loaded, COUNT)
    loaded.conn.execute("create table again (like orders)")
    table = {
        "type": "duckdb",
        "database": str(tmp_path / "o.duckdb"),
        "table": "orders",
    }
    moved(loaded, source=pg(query="select * from orders"), target=table)
    described = in_duckdb(tmp_path / "o.duckdb", "describe orders")
    assert [column[1] for column in described] == [
        *("BIGINT", "VARCHAR", "DECIMAL(20,4)", "DOUBLE", "BOOLEAN", "DATE"),
        *("TIMESTAMP WITH TIME ZONE", "TIMESTAMP", "VARCHAR", "BLOB"),
        *("JSON", "JSON", "JSON", "DECIMAL(9,2)"),
    ]
    moved(loaded, source=table, target=pg(table="again"))
    assert digest(loaded, "again") == digest(loaded, "orders")


def test_payload_counts_and_sums(loaded: Lab, tmp_path: Path) -> None:
    query = "select n as id from generate_series(1, 25) as n"
    target = {"type": "file", "path": str(tmp_path / "out.ndjson")}
    found = moved(loaded, source=pg(query=query), target=target, chunk_size=10)
    text = (tmp_path / "out.ndjson").read_bytes()
    lines = text.splitlines(keepends=True)
    sums = [
        hashlib.sha256(b"".join(lines[n : n + 10])).hexdigest() for n in (0, 10, 20)
    ]
    assert found == {
        "rows": 25,
        "chunks": 3,
        "bytes": len(text),
        "sha256": hashlib.sha256("".join(sums).encode()).hexdigest(),
        "resumed_at_chunk": None,
        "source": {"type": "postgres"},
        "target": {"type": "file", "path": str(tmp_path / "out.ndjson")},
    }


def test_parts_are_numbered_and_a_second_transfer_goes_on(
    loaded: Lab, tmp_path: Path
) -> None:
    query = "select n as id from generate_series(1, 25) as n"
    target = {"type": "file", "path": f"{tmp_path}/parts/", "format": "parquet"}
    for _ in range(2):
        moved(loaded, source=pg(query=query), target=target, chunk_size=10)
    names = sorted(path.name for path in (tmp_path / "parts").glob("part-*"))
    assert names == [f"part-{n:05}.parquet" for n in range(6)]
    assert not list((tmp_path / "parts").glob("_part-*"))
    rows = [r for n in names for r in pq.read_table(tmp_path / "parts" / n).to_pylist()]
    assert rows == [{"id": n} for n in range(1, 26)] * 2
    moved(loaded, source=pg(query=query), target=target, mode="replace")
    assert len(list((tmp_path / "parts").glob("part-*"))) == 1
    glob = {"type": "file", "uri": f"file://{tmp_path}/parts/*.parquet"}
    back = {"type": "file", "path": str(tmp_path / "back.ndjson")}
    assert moved(loaded, source=glob, target=back)["rows"] == 25


@pytest.mark.parametrize("kind", ["postgres", "duckdb"])
def test_modes_of_a_table(loaded: Lab, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "t.duckdb"
    create = "create table t (id integer primary key, name text, kept text)"
    loaded.conn.execute(create)
    target = pg(table="t")
    if kind == "duckdb":
        target = {"type": "duckdb", "database": str(path), "table": "t"}
        moved(
            loaded,
            source={
                "type": "duckdb",
                "query": "select 0 as id, '' as name, '' as kept",
            },
            target={**target, "key": ["id"]},
            mode="upsert",
        )
        moved(
            loaded,
            source={"type": "duckdb", "query": "select 1 as id where false"},
            target=target,
            mode="replace",
        )

    def write(rows: str, mode: str) -> None:
        query = f"select * from (values {rows}) as v (id, name)"
        moved(
            loaded,
            source=pg(query=query),
            target={**target, "key": ["id"]} if mode == "upsert" else target,
            mode=mode,
            chunk_size=3,
        )

    def rows() -> list[Any]:
        text = "select id, name from t order by id"
        if kind == "duckdb":
            return in_duckdb(path, text)
        return [tuple(row.values()) for row in loaded.conn.execute(text)]

    write("(1, 'a'), (2, 'b'), (3, 'c')", "append")
    assert rows() == [(1, "a"), (2, "b"), (3, "c")]
    write("(3, 'x'), (4, 'd'), (4, 'e'), (1, 'y'), (3, 'z')", "upsert")
    assert rows() == [(1, "y"), (2, "b"), (3, "z"), (4, "e")]
    write("(1, 'n'), (4, 'm'), (9, 'o')", "replace")
    assert rows() == [(1, "n"), (4, "m"), (9, "o")]


def test_replace_by_nothing_leaves_nothing(loaded: Lab) -> None:
    loaded.conn.execute("create table t (id integer)")
    loaded.conn.execute("insert into t values (1)")
    source = pg(query="select 1 as id where false")
    found = moved(loaded, source=source, target=pg(table="t"), mode="replace")
    assert (found["rows"], found["chunks"]) == (0, 0)
    assert loaded.count("select count(*) from t") == 0


def test_mapping_names_and_chooses_columns(loaded: Lab) -> None:
    loaded.conn.execute("create schema sales")
    loaded.conn.execute("create table sales.t (a integer, b text, c jsonb)")
    moved(
        loaded,
        source=pg(
            query="select %(n)s::int as id, 'x' as name, 5 as other,"
            " '\"text\"'::jsonb as doc",
            params={"n": 7},
        ),
        target=pg(table="sales.t", mapping={"a": "id", "b": "name", "c": "doc"}),
    )
    assert loaded.conn.execute("select * from sales.t").fetchall() == [
        {"a": 7, "b": "x", "c": "text"}
    ]


def test_digits_are_kept(loaded: Lab, tmp_path: Path) -> None:
    loaded.conn.execute("create table t (a numeric, b numeric, c float8, d float8)")
    query = (
        "select 12345678901234567890.123456789 as a, 98765432109876543210::numeric as b,"
        " 0.1::float8 + 0.2::float8 as c, 'NaN'::float8 as d"
    )
    file = {"type": "file", "path": str(tmp_path / "n.ndjson")}
    moved(loaded, source=pg(query=query), target=file)
    assert b"12345678901234567890.123456789" in (tmp_path / "n.ndjson").read_bytes()
    moved(loaded, source=file, target=pg(table="t"))
    same = f"select count(*) from t join ({query}) as q using (a, b, c, d)"
    assert loaded.count(same) == 1


def test_a_csv_has_no_types(loaded: Lab, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text('code,day,note\n007,1.1.24,\n008,2.1.24,""\n')
    source = {"type": "file", "path": str(tmp_path / "in.csv")}
    moved(
        loaded, source=source, target={"type": "file", "path": f"{tmp_path}/x.ndjson"}
    )
    assert read_lines(tmp_path / "x.ndjson") == [
        {"code": "007", "day": "1.1.24", "note": None},
        {"code": "008", "day": "2.1.24", "note": ""},
    ]


def test_a_stored_result_is_target_and_source(loaded: Lab, tmp_path: Path) -> None:
    for name in ("ndjson", "parquet", "arrow"):
        text = f"""
- step: keep
  spec: {{ result: {{ format: {name} }} }}
  tool:
    kind: transfer
    source:
      type: postgres
      auth: db
      query: select n as id, n * 2 as two from generate_series(1, 3000) as n
    target: {{ type: store }}
    chunk_size: 1000
  next: {{ arcs: [ {{ step: move }} ] }}
- step: move
  tool:
    kind: transfer
    source: {{ type: ref, ref: "{{{{ keep._ref }}}}" }}
    target: {{ type: file, path: {tmp_path}/{name}.ndjson }}
  next: {{ arcs: [ {{ step: show }} ] }}
- step: show
  tool:
    kind: noop
    result: "{{{{ [keep.rows | length, keep.chunks, keep.rows[2999], move.rows] }}}}"
"""
        status = loaded.run(text)
        assert status["status"] == "completed", f"{status['error']} {loaded.log()}"
        assert status["result"] == [3000, 3, {"id": 3000, "two": 6000}, 3000]
        assert read_lines(tmp_path / f"{name}.ndjson")[0] == {"id": 1, "two": 2}


def test_a_result_in_the_database_is_a_source(loaded: Lab, tmp_path: Path) -> None:
    text = f"""
- step: make
  tool: {{ kind: python, code: "result = [{{'id': n, 'text': 'x' * 100}} for n in range(50)]" }}
  next: {{ arcs: [ {{ step: move }} ] }}
- step: move
  tool:
    kind: transfer
    source: {{ type: ref, ref: "{{{{ make._ref }}}}" }}
    target: {{ type: file, path: {tmp_path}/rows.csv }}
"""
    status = loaded.run(text)
    assert status["status"] == "completed", f"{status['error']} {loaded.log()}"
    assert len((tmp_path / "rows.csv").read_text().splitlines()) == 51


def test_rows_of_several_shapes(loaded: Lab, tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text(
        '[{"id": 1, "doc": {"a": [1]}}, {"id": 2, "name": "x", "big": 123456789012345678901}]'
    )
    source = {"type": "file", "path": str(tmp_path / "in.json")}
    loaded.conn.execute(
        "create table t (id integer, name text, doc jsonb, big numeric)"
    )
    moved(loaded, source=source, target=pg(table="t"))
    found = loaded.conn.execute("select id, name, doc, big::text from t").fetchall()
    assert found == [
        {"id": 1, "name": None, "doc": {"a": [1]}, "big": None},
        {"id": 2, "name": "x", "doc": None, "big": "123456789012345678901"},
    ]
    database = {"type": "duckdb", "database": str(tmp_path / "d.duckdb"), "table": "t"}
    moved(loaded, source=source, target=database)
    assert in_duckdb(tmp_path / "d.duckdb", "from t") == [
        (1, '{"a":[1]}', None, None),
        (2, None, "x", "123456789012345678901"),
    ]


def test_a_loop_of_a_task_has_a_transfer_per_item(loaded: Lab) -> None:
    loaded.conn.execute("create table t (id integer)")
    status = loaded.run("""
- step: move
  loop: { in: [ 1, 2 ], iterator: outer }
  tool:
    kind: transfer
    iterator: { items: [ 1, 1, 2 ], item: n }
    source: { type: postgres, auth: db, query: "select {{ iter.n }} as id" }
    target: { type: postgres, auth: db, table: t }
""")
    assert status["status"] == "completed", status["error"]
    assert loaded.count("select sum(id) from t") == 8
