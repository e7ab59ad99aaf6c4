"""What cannot be moved: one clear error each, and nothing but whole chunks is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.results.transfers import flow, in_duckdb, refused
from tests.support.postgres import Server
from tests.worker.conftest import Lab

NUMBERS = "select n as id, 'x' || n as name from generate_series(1, 30) as n"


@pytest.fixture
def loaded(lab: Lab) -> Lab:
    lab.credential("db", {"dsn": lab.dsn})
    lab.conn.execute("create table t (id integer, name text)")
    lab.worker()
    return lab


def pg(**options: Any) -> dict[str, Any]:
    return {"type": "postgres", "auth": "db", **options}


SOURCES: dict[str, tuple[dict[str, Any], str | None, str]] = {
    "no table": (pg(table="nothing"), "42P01", 'source: relation "nothing" does not'),
    "no column": (pg(query="select nothing from t"), "42703", "source: column"),
    "two statements": (pg(query="select 1; select 2"), None, "must be one select"),
    "it writes": (
        pg(query="with x as (insert into t values (1) returning *) select * from x"),
        "0A000",
        "source: ",
    ),
    "it calls what writes": (pg(query="select nextval('s')"), "25006", "read-only"),
    "no credential": (pg(auth="{{ 'nobody' }}", query="select 1"), "NE424", "nobody"),
    "wrong user": (pg(auth="wrong", query="select 1"), None, 'role "nobody"'),
    "no server": (pg(auth="away", query="select 1"), None, "source: "),
    "no key": (pg(query="select 1 as id", key="nothing"), "42703", "nothing"),
    "key is null": (
        pg(query="select nullif(n, 1) as id from generate_series(0, 1) as n", key="id"),
        "ROW",
        "row 1, column id: source.key must not be null",
    ),
    "key is not unique": (
        pg(query="select 5 as id from generate_series(0, 1)", key="id"),
        "ROW",
        "row 1, column id: source.key is not unique: 5",
    ),
    "no database": (
        {"type": "duckdb", "database": "/nowhere/x.duckdb", "table": "t"},
        None,
        "there is no database /nowhere/x.duckdb",
    ),
    "bad SQL": ({"type": "duckdb", "query": "select from where"}, None, "source: "),
    "no rows of a select": (
        {"type": "duckdb", "query": "create table x as select 1"},
        None,
        "must be one select",
    ),
    "no file": ({"type": "file", "path": "/nowhere/x.csv"}, "IOException", "No files"),
    "no format": ({"type": "file", "path": "/nowhere/x.bin"}, None, "source.format"),
    "no reference": (
        {"type": "ref", "ref": "noetl://1/result/1"},
        "REFERENCE_NOT_AVAILABLE",
        "noetl://1/result/1",
    ),
    "no result": ({"type": "ref", "ref": "{{ none }}"}, None, 'needs "ref"'),
}


@pytest.mark.parametrize("name", SOURCES)
def test_sources(loaded: Lab, name: str) -> None:
    loaded.conn.execute("create sequence s")
    loaded.credential("wrong", {"dsn": loaded.dsn, "user": "nobody", "password": "no!"})
    loaded.credential("away", {"host": "127.0.0.1", "port": "9", "dbname": "x"})
    source, code, gist = SOURCES[name]
    error = refused(loaded, source=source, target=pg(table="t"), chunk_size=10)
    assert gist in error["message"], error
    if code is not None:
        assert error["code"] == code
    if name == "wrong user":
        assert (error["kind"], error["retryable"]) == ("auth", False)
    if name == "no server":
        assert (error["kind"], error["retryable"]) == ("connection", True)
    assert loaded.count("select count(*) from t") == 0


TARGETS: dict[str, tuple[dict[str, Any], str, str]] = {
    "no table": ({"table": "nothing"}, "42P01", 'target: relation "nothing" does not'),
    "no column": ({"mapping": {"nothing": "id"}}, "COLUMN", "it has: id, name"),
    "mapped from nothing": (
        {"mapping": {"id": "nothing"}},
        "MAPPING",
        'mapping: the source has no column "nothing" for "id"; it has: id, name',
    ),
    "value of another type": (
        {"mapping": {"id": "name"}},
        "22P02",
        "chunk 0 (rows 0 to 9), row 0, column id: invalid input syntax",
    ),
    "no unique index": ({"mode": "upsert", "key": ["id"]}, "42P10", "ON CONFLICT"),
    "no such key": ({"mode": "upsert", "key": ["nothing"]}, "COLUMN", "nothing"),
    "wrong progress table": (
        {"progress_table": "t"},
        "42703",
        "progress table t: column",
    ),
}


@pytest.mark.parametrize("name", TARGETS)
def test_tables(loaded: Lab, name: str) -> None:
    given, code, gist = TARGETS[name]
    more = {key: given[key] for key in ("mode", "progress_table") if key in given}
    target = pg(**{"table": "t", **{k: v for k, v in given.items() if k not in more}})
    error = refused(
        loaded, source=pg(query=NUMBERS), target=target, chunk_size=10, **more
    )
    assert gist in error["message"], error
    assert (error["code"], error.get("retryable", False)) == (code, False)
    assert loaded.count("select count(*) from t") == 0


def test_whole_chunks_stay_when_a_row_does_not_fit(loaded: Lab, tmp_path: Path) -> None:
    loaded.conn.execute("alter table t add check (id <> 25)")
    base = tmp_path / "t.duckdb"
    duck = {"type": "duckdb", "database": str(base), "table": "t"}
    error = refused(
        loaded, source=pg(query=NUMBERS), target=pg(table="t"), chunk_size=10
    )
    assert (error["code"], error["retryable"]) == ("23514", False)
    assert "chunk 2 (rows 20 to 29), row 24" in error["message"]
    assert loaded.count("select count(*) from t") == 20
    numbers = (
        "select case n when 25 then 'x' else n::text end as id"
        " from generate_series(1, 30) as n"
    )
    first = {"type": "duckdb", "query": "select 0 as id"}
    assert loaded.run(flow(source=first, target=duck))["status"] == "completed"
    error = refused(loaded, source=pg(query=numbers), target=duck, chunk_size=10)
    assert error["code"] == "ConversionException"
    assert "chunk 2 (rows 20 to 29): " in error["message"]
    assert "'x'" in error["message"]
    assert in_duckdb(base, "select count(*) from t") == [(21,)]
    error = refused(
        loaded, source=pg(query=NUMBERS), target={**duck, "mapping": {"n": "id"}}
    )
    assert error["code"] == "COLUMN"


def test_nul_has_no_place_in_postgres(loaded: Lab, tmp_path: Path) -> None:
    file = tmp_path / "in.ndjson"
    file.write_text('{"id": 1, "name": "a"}\n{"id": 2, "name": "a\\u0000b"}\n')
    source = {"type": "file", "path": str(file)}
    error = refused(loaded, source=source, target=pg(table="t"))
    assert error["code"] == "ROW"
    assert "row 1: " in error["message"]
    assert "NUL" in error["message"]


def test_lines_that_are_no_rows(loaded: Lab, tmp_path: Path) -> None:
    file = tmp_path / "in.ndjson"
    file.write_text('{"id": 1}\n[2]\n')
    source = {"type": "file", "path": str(file)}
    error = refused(loaded, source=source, target=pg(table="t"))
    assert "row 1: is no mapping but list" in error["message"]
    file.write_text('{"id": 1}\n{"id": \n')
    error = refused(loaded, source=source, target=pg(table="t"))
    assert "source: " in error["message"]
    assert loaded.count("select count(*) from t") == 0


def test_a_table_s_columns_do_not_change_in_a_file(loaded: Lab, tmp_path: Path) -> None:
    file = tmp_path / "in.ndjson"
    file.write_text('{"id": 1}\n{"id": 2, "more": 1}\n')
    source = {"type": "file", "path": str(file)}
    for name in ("csv", "parquet"):
        target = {"type": "file", "path": str(tmp_path / f"out.{name}")}
        error = refused(loaded, source=source, target=target, chunk_size=1)
        assert error["code"] == "COLUMN"
        assert 'chunk 1 (rows 1 to 1) has a column "more"' in error["message"]
        assert not (tmp_path / f"out.{name}").exists()
    file.write_text('{"id": 1}\n{"id": "x"}\n')
    target = {"type": "file", "path": str(tmp_path / "out.parquet")}
    error = refused(loaded, source=source, target=target, chunk_size=1)
    assert "chunk 1 (rows 1 to 1), column id: " in error["message"]


@pytest.mark.parametrize("kind", ["file", "parts", "duckdb"])
def test_disk_that_is_full(loaded: Lab, tmp_path: Path, kind: str) -> None:
    """To this worker a file of more than a megabyte is what a full disk is to others."""
    psutil.Process(loaded.workers[0].pid).rlimit(
        psutil.RLIMIT_FSIZE, (1 << 20, 1 << 20)
    )
    targets = {
        "file": {"type": "file", "path": f"{tmp_path}/out.csv"},
        "parts": {"type": "file", "path": f"{tmp_path}/parts/", "format": "ndjson"},
        "duckdb": {"type": "duckdb", "database": f"{tmp_path}/t.duckdb", "table": "t"},
    }
    wide = "select n as id, repeat(md5(n::text), 40) as name from generate_series(1, 4000) as n"
    error = refused(
        loaded, source=pg(query=wide), target=targets[kind], chunk_size=1500
    )
    assert error["kind"] == ("sql" if kind == "duckdb" else "store")
    assert "File too large" in error["message"], error
    assert not (tmp_path / "out.csv").exists()
    assert not list(tmp_path.glob("parts/part-*"))


def test_two_transfers_do_not_share_a_directory(loaded: Lab, tmp_path: Path) -> None:
    target = {"type": "file", "path": f"{tmp_path}/parts/", "format": "csv"}
    bad = pg(query="select 1 / (20 - n) as id from generate_series(1, 30) as n")
    assert refused(loaded, source=bad, target=target, chunk_size=5)["code"] == "22012"
    error = refused(loaded, source=pg(query=NUMBERS), target=target)
    assert (error["code"], error["retryable"]) == ("BUSY", True)
    fine = flow(source=pg(query=NUMBERS), target=target, mode="replace", chunk_size=10)
    assert loaded.run(fine)["status"] == "completed"
    names = sorted(path.name for path in (tmp_path / "parts").glob("*part*"))
    assert names == [f"part-{n:05}.csv" for n in range(3)]


def test_target_that_goes_down_in_the_middle(lab: Lab, own_server: Server) -> None:
    lab.credential("db", {"dsn": lab.dsn})
    lab.credential("other", {"dsn": own_server.dsn("postgres")})
    with lab.connect_to(own_server.dsn("postgres")) as conn:
        conn.execute("create table t (id integer, name text)")
    lab.worker()
    slow = (
        "select n as id, pg_sleep(0.02)::text as name from generate_series(1, 500) as n"
    )
    target = {"type": "postgres", "auth": "other", "table": "t"}
    run = lab.start(flow(source=pg(query=slow), target=target, chunk_size=10))
    lab.until(lambda: _count(lab, own_server) >= 30)
    own_server.stop()
    error = lab.wait(run)["error"]
    assert (error["kind"], error["retryable"]) == ("connection", True)
    assert error["message"].startswith("chunk ")
    own_server.start()
    assert _count(lab, own_server) % 10 == 0


def _count(lab: Lab, server: Server) -> int:
    with lab.connect_to(server.dsn("postgres")) as conn:
        row = conn.execute("select count(*) as n from t").fetchone()
    assert row is not None
    return int(row["n"])
