"""A worker that is killed in the middle: the next one goes on, and every row is there once."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pyarrow.parquet as pq
import pytest

from tests.results.transfers import flow, in_duckdb
from tests.worker.conftest import Lab

ROWS = 1_000
CHUNK = 50
QUERY = "select n as id, 'row ' || n as name from src order by n"
FAST = {"NOETL_HEARTBEAT_SECONDS": "0.2", "NOETL_GRACE_SECONDS": "0.2"}


@pytest.fixture
def loaded(lab: Lab) -> Lab:
    lab.credential("db", {"dsn": lab.dsn})
    lab.conn.execute(
        f"create table src as select n from generate_series(1, {ROWS}) as n"
    )
    lab.conn.execute("create table t (id integer, name text)")
    return lab


def source(**options: Any) -> dict[str, Any]:
    return {"type": "postgres", "auth": "db", "query": QUERY, **options}


def targets(tmp_path: Path) -> dict[str, dict[str, Any]]:
    base = str(tmp_path / "t.duckdb")
    return {
        "postgres": {"type": "postgres", "auth": "db", "table": "t"},
        "duckdb": {"type": "duckdb", "database": base, "table": "t"},
        "parts": {"type": "file", "path": f"{tmp_path}/parts/", "format": "parquet"},
        "file": {"type": "file", "path": f"{tmp_path}/one.parquet"},
    }


def ids_in(lab: Lab, tmp_path: Path, kind: str) -> list[int]:
    if kind == "postgres":
        found = lab.conn.execute("select id from t order by id").fetchall()
        return [row["id"] for row in found]
    if kind == "duckdb":
        return [row[0] for row in in_duckdb(tmp_path / "t.duckdb", "select id from t")]
    paths = [tmp_path / "one.parquet"]
    if kind == "parts":
        paths = sorted((tmp_path / "parts").glob("part-*.parquet"))
    return [row["id"] for path in paths for row in pq.read_table(path).to_pylist()]


def killed_at(lab: Lab, point: str, number: int) -> None:
    """A worker that dies when it comes to a point of the transfer for the n-th time."""
    victim = lab.worker(NOETL_KILL_AT=f"{point}:{number}", **FAST)
    assert victim.wait(60) == -signal.SIGKILL


@pytest.mark.parametrize("has_key", [False, True], ids=["reread", "key"])
@pytest.mark.parametrize("kind", ["postgres", "duckdb", "parts", "file"])
def test_every_row_is_there_once_after_kills(
    loaded: Lab, tmp_path: Path, kind: str, *, has_key: bool
) -> None:
    given = source(key="id") if has_key else source()
    run = loaded.start(
        flow(source=given, target=targets(tmp_path)[kind], chunk_size=CHUNK)
    )
    killed_at(loaded, "after_transfer_chunk", 3)
    killed_at(
        loaded, "after_transfer_part" if kind == "parts" else "after_transfer_chunk", 4
    )
    killed_at(loaded, "after_tool", 1)  # all is done, and nobody was told
    loaded.worker(**FAST)
    status = loaded.wait(run)
    assert status["status"] == "completed", f"{status['error']} {loaded.log()}"
    result = status["result"]
    assert (result["rows"], result["chunks"]) == (ROWS, ROWS // CHUNK)
    assert ids_in(loaded, tmp_path, kind) == list(range(1, ROWS + 1))
    resumed = {"file": None}.get(kind, ROWS // CHUNK)
    assert result["resumed_at_chunk"] == resumed
    if kind == "postgres":
        left = loaded.conn.execute("select chunk, rows, chunks from noetl_transfer")
        assert left.fetchall() == [{"chunk": -1, "rows": ROWS, "chunks": ROWS // CHUNK}]


def test_sums_are_the_same_with_and_without_a_kill(loaded: Lab) -> None:
    options = {"source": source(), "target": targets(Path())["postgres"]}
    run = loaded.start(flow(**options, chunk_size=CHUNK))
    killed_at(loaded, "after_transfer_chunk", 7)
    loaded.worker(**FAST)
    first = loaded.wait(run)["result"]
    second = loaded.run(flow(**options, chunk_size=CHUNK))["result"]
    assert (first["resumed_at_chunk"], second["resumed_at_chunk"]) == (7, None)
    assert first["sha256"] == second["sha256"]
    assert first["bytes"] == second["bytes"]


def changed(loaded: Lab, change: str, **options: Any) -> dict[str, Any]:
    """How a transfer ends whose source changes while nobody works."""
    given = {"source": source(), "target": targets(Path())["postgres"], **options}
    run = loaded.start(flow(**given, chunk_size=CHUNK))
    killed_at(loaded, "after_transfer_chunk", 3)
    loaded.conn.execute(change)
    loaded.worker(**FAST)
    return loaded.wait(run)


@pytest.mark.parametrize(
    "change",
    ["update src set n = -7 where n = 20", "delete from src where n > 100"],
    ids=["another row", "fewer rows"],
)
def test_changed_source_is_noticed(loaded: Lab, change: str) -> None:
    status = changed(loaded, change)
    error = status["error"]
    assert status["status"] == "failed"
    assert (error["code"], error["retryable"]) == ("SOURCE_CHANGED", False)
    assert "source.key" in error["message"]
    assert "mode: replace" in error["message"]
    assert loaded.count("select count(*) from t") == 3 * CHUNK


def test_with_a_key_what_was_read_may_change(loaded: Lab) -> None:
    change = "delete from src where n <= 100"
    status = changed(loaded, change, source=source(key="id"))
    assert status["status"] == "completed", status["error"]
    assert loaded.count("select count(distinct id) from t") == ROWS
    assert status["result"]["resumed_at_chunk"] == 3


@pytest.mark.parametrize("mode", ["replace", "upsert"])
def test_changed_source_of_a_replace_or_merge_starts_afresh(
    loaded: Lab, mode: str
) -> None:
    loaded.conn.execute("create unique index on t (id)")
    target = {**targets(Path())["postgres"], "key": ["id"]}
    change = "update src set n = 2000 where n = 20"
    status = changed(loaded, change, target=target, mode=mode)
    assert status["status"] == "completed", status["error"]
    # A merge leaves what the source no longer has.
    assert loaded.count("select count(*) from t") == ROWS + (mode == "upsert")
    assert status["result"]["resumed_at_chunk"] is None


def test_retry_of_a_policy_goes_on(loaded: Lab) -> None:
    """The target refuses the row 333 until somebody allows it."""
    loaded.conn.execute("create table allowed (yes boolean)")
    loaded.conn.execute("create sequence refusals")  # counts in what is rolled back too
    loaded.conn.execute("""
        create function refuse() returns trigger language plpgsql as $$ begin
          if new.id = 333 and not exists (select from allowed) then
            perform nextval('refusals');
            raise exception 'too early' using errcode = '55P03';
          end if;
          return new;
        end $$;
        create trigger refuse before insert on t for each row execute function refuse();
    """)
    rules = [{"when": "{{ output.status == 'error' }}", "then": RETRY}]
    text = flow(
        source=source(),
        target=targets(Path())["postgres"],
        chunk_size=CHUNK,
        spec={"policy": {"rules": rules}},
    )
    loaded.worker(**FAST)
    run = loaded.start(text)
    refused = "select count(*) from refusals where is_called"
    loaded.until(lambda: loaded.count(refused) == 1)
    assert loaded.count("select count(*) from t") == 300
    loaded.conn.execute("insert into allowed values (true)")
    status = loaded.wait(run)
    assert status["status"] == "completed", status["error"]
    assert status["result"]["resumed_at_chunk"] == 6
    assert loaded.count("select count(distinct id) from t") == ROWS
    assert loaded.count("select count(*) from t") == ROWS


RETRY = {"do": "retry", "attempts": 50, "delay": 0.2, "backoff": "fixed"}


def test_each_visit_of_a_task_is_a_transfer_of_its_own(loaded: Lab) -> None:
    """A jump back to a task that has ended well is no retry."""
    text = """
- step: move
  tool:
    - begin: { kind: noop, set: { iter.n: 0 } }
    - move:
        kind: transfer
        source: { type: postgres, auth: db, query: "select 1 as id, 'x' as name" }
        target: { type: postgres, auth: db, table: t }
    - again:
        kind: noop
        set: { iter.n: "{{ iter.n + 1 }}" }
        spec: { policy: { rules: [ { when: "{{ iter.n < 3 }}", then: { do: jump, to: move } } ] } }
"""
    loaded.worker(**FAST)
    status = loaded.run(text)
    assert status["status"] == "completed", status["error"]
    assert loaded.count("select count(*) from t") == 3


@pytest.mark.parametrize("has_key", [False, True], ids=["reread", "key"])
def test_a_worker_that_was_thought_dead_writes_nothing_twice(
    loaded: Lab, *, has_key: bool
) -> None:
    """It sleeps while another one takes its command, and then both go on at once."""
    slow = "select n as id, pg_sleep(0.003)::text || n as name from src order by n"
    given = source(query=slow, key="id") if has_key else source(query=slow)
    text = flow(source=given, target=targets(Path())["postgres"], chunk_size=CHUNK)
    run = loaded.start(text)
    sleeper = psutil.Process(loaded.worker(**FAST).pid)
    loaded.until(lambda: loaded.count("select count(*) from t") >= 3 * CHUNK)
    sleeper.suspend()
    # What it holds in the target would hold up the other one: that is not to be tested.
    ended = (
        "select count(pg_terminate_backend(pid)) from pg_stat_activity"
        " where application_name = 'noetl task'"
        " and state in ('active', 'idle in transaction') and query not like 'FETCH%%'"
    )
    loaded.until(lambda: loaded.count(ended) == 0)
    loaded.worker(**FAST)
    seen = loaded.count("select count(*) from t")
    loaded.until(lambda: loaded.count("select count(*) from t") > seen)
    sleeper.resume()
    status = loaded.wait(run, 60)
    assert status["status"] == "completed", f"{status['error']} {loaded.log()}"
    assert loaded.count("select count(*) from t") == ROWS
    assert loaded.count("select count(distinct id) from t") == ROWS


def stopped_when(lab: Lab, text: str, is_at_work: Callable[[], bool]) -> float:
    """How many seconds a worker needs to be free again after a cancellation."""

    run = lab.start(text)
    lab.until(is_at_work)
    lab.conn.execute("select noetl.cancel_execution(%s, 'enough')", (run,))
    started = time.monotonic()
    busy = (
        "select count(*) from pg_stat_activity where application_name = 'noetl task'"
        " and state <> 'idle'"
    )
    lab.until(lambda: lab.count(busy) == 0)
    assert lab.run("- { step: a, tool: { kind: noop } }")["status"] == "completed"
    return time.monotonic() - started


@pytest.mark.parametrize("blocks", ["source", "target"])
def test_cancelling_stops_what_blocks(loaded: Lab, blocks: str) -> None:
    loaded.worker(**FAST)
    query = (
        "select n as id, case when n = 120 then pg_sleep(60)::text else '' end as name"
        " from src order by n"
    )
    at_work = "select count(*) from pg_stat_activity where wait_event = 'PgSleep'"
    other = loaded.connect()
    if blocks == "target":
        query = QUERY
        other.execute("begin; lock table t in access exclusive mode")
        at_work = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
    text = flow(
        source=source(query=query),
        target=targets(Path())["postgres"],
        chunk_size=CHUNK,
    )
    seconds = stopped_when(loaded, text, lambda: loaded.count(at_work) > 0)
    other.close()
    assert seconds < 30


def test_timeout_stops_it(loaded: Lab) -> None:
    loaded.worker(**FAST)
    given = source(query="select 1 as id, pg_sleep(60)::text as name")
    text = flow(source=given, target=targets(Path())["postgres"], timeout=1)
    status = loaded.run(text)
    assert status["error"]["kind"] == "timeout"
    left = "select count(*) from pg_stat_activity where wait_event = 'PgSleep'"
    loaded.until(lambda: loaded.count(left) == 0)
