"""Tools whose results come piece by piece: chunks for arcs that want them, rows otherwise."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.worker.conftest import Lab

COUNT = 2_500


class Handler(BaseHTTPRequestHandler):
    """Values one after the other, without a length."""

    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        kind, _, pause = self.path.strip("/").partition("/")
        is_events = kind == "events"
        content_type = "text/event-stream" if is_events else "application/x-ndjson"
        count = 3 if pause else COUNT
        self.send_response(200)
        self.send_header("content-type", content_type)
        self.end_headers()
        for number in range(count):
            value = json.dumps({"n": number, "at": time.time()})
            if kind == "broken" and number == 2:
                value = "{"
            text = (
                f"event: tick\nid: {number}\ndata: {value}\n\n"
                if is_events
                else value + "\n"
            )
            self.wfile.write(text.encode())
            if pause:
                self.wfile.flush()
                time.sleep(float(pause))

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def worked(lab: Lab) -> Lab:
    lab.credential("db", {"dsn": lab.dsn})
    lab.worker()
    return lab


FLOW = """
- step: make
  tool: TOOL
  next: { arcs: [ { step: each, "on": call.partial }, { step: last } ] }
- step: each
  input:
    chunk: "{{ output }}"
    i: "{{ event.chunk_index }}"
    more: "{{ event.has_more }}"
  tool: EACH
- step: last
  tool: { kind: noop, result: "{{ make }}" }
"""
SEE = '{ kind: noop, result: { i: "{{ input.i }}", more: "{{ input.more }}", seen: "SEEN" } }'


def flow(tool: str, seen: str) -> str:
    """Each chunk is seen by a step; the last step sees the producer's own result."""
    return FLOW.replace("TOOL", tool).replace("EACH", SEE.replace("SEEN", seen))


def chunks(lab: Lab, text: str) -> tuple[list[Any], Any]:
    run = lab.start(text)
    status = lab.wait(run, 60)
    assert status["status"] == "completed", f"{status['error']} {lab.log()}"
    rows = lab.conn.execute(
        "select e.result #> '{context,data}' as data from noetl.event as e"
        " where e.execution_id = %s and e.node_name = 'each' and e.event_type = 'call.done'"
        " order by e.event_id",
        (run,),
    ).fetchall()
    last = lab.conn.execute(
        "select v.value from noetl.variable as v where v.execution_id = %s and v.name = 'last'",
        (run,),
    ).fetchone()
    return [row["data"] for row in rows], last and last["value"]


@pytest.mark.parametrize(
    "tool",
    [
        '{ kind: postgres, auth: db, command: "select n from generate_series(0, 2499) as n" }',
        '{ kind: duckdb, query: "select range as n from range(2500)" }',
    ],
)
def test_rows_of_a_query_come_in_chunks(worked: Lab, tool: str) -> None:
    seen = "{{ [input.chunk.row_count, input.chunk.rows[0].n, input.chunk.columns] }}"
    found, last = chunks(worked, flow(tool, seen))
    assert found == [
        {"i": 0, "more": True, "seen": [1000, 0, ["n"]]},
        {"i": 1, "more": True, "seen": [1000, 1000, ["n"]]},
        {"i": 2, "more": False, "seen": [500, 2000, ["n"]]},
    ]
    assert (last["row_count"], last["chunks"], last["rows"]) == (COUNT, 3, [])


def test_lines_of_a_response_come_in_chunks(worked: Lab, url: str) -> None:
    tool = f"{{ kind: http, url: {url}/lines, chunk_size: 1000 }}"
    found, last = chunks(
        worked, flow(tool, "{{ [input.chunk | length, input.chunk[0].n] }}")
    )
    assert [(c["i"], c["more"], c["seen"]) for c in found] == [
        (0, True, [1000, 0]),
        (1, True, [1000, 1000]),
        (2, False, [500, 2000]),
    ]
    assert (last["status_code"], last["chunks"]) == (200, 3)


def test_events_are_delivered_as_they_come(worked: Lab, url: str) -> None:
    tool = f"{{ kind: http, url: {url}/events/1.5 }}"
    found, last = chunks(
        worked,
        flow(tool, "{{ [input.chunk.event, input.chunk.data.n, input.chunk.id] }}"),
    )
    assert [c["seen"] for c in found] == [["tick", n, str(n)] for n in range(3)]
    assert last["chunks"] == 3
    row = worked.conn.execute(
        "select min(e.created_at) filter (where e.node_name = 'each') as first,"
        " min(e.created_at) filter (where e.node_name = 'make' and e.event_type = 'call.done')"
        " as made from noetl.event as e where e.event_type in ('call.done', 'step.enter')"
    ).fetchone()
    assert row is not None
    assert (row["made"] - row["first"]).total_seconds() > 2, "long before the end"


def test_lines_that_nobody_wants_in_chunks_are_rows(worked: Lab, url: str) -> None:
    text = f"""
- step: make
  tool: {{ kind: http, url: {url}/lines }}
  next: {{ arcs: [ {{ step: each }} ] }}
- step: each
  loop: {{ in: "{{{{ make.data }}}}", iterator: row, spec: {{ mode: parallel }} }}
  tool: {{ kind: noop, result: "{{{{ iter.row.n }}}}" }}
  next: {{ arcs: [ {{ step: sum }} ] }}
- step: sum
  tool: {{ kind: noop, result: "{{{{ [each.results | sum, make.status_code, make._store] }}}}" }}
"""
    status = worked.wait(worked.start(text), 60)
    assert status["status"] == "completed", f"{status['error']} {worked.log()}"
    assert status["result"] == [COUNT * (COUNT - 1) // 2, 200, "pvc"]
    assert worked.count("select count(*) from noetl.collection_chunk") == 0


def test_line_that_is_no_json_is_told_of(worked: Lab, url: str) -> None:
    status = worked.run(
        f"- {{ step: make, tool: {{ kind: http, url: {url}/broken }} }}"
    )
    assert status["status"] == "failed"
    assert "line 3 of the response is no JSON" in status["error"]["message"]


def test_cancelled_stream_of_a_thread_ends(worked: Lab) -> None:
    """DuckDB's thread waits for room when the run is cancelled: the worker goes on."""
    tool = '{ kind: duckdb, chunk_size: 10, query: "select range from range(100000)" }'
    slow = '{ kind: python, code: "import time; time.sleep(30)" }'
    text = FLOW.replace("TOOL", tool).replace("EACH", slow)
    run = worked.start(text)
    worked.until(
        lambda: (
            worked.count(
                "select count(*) from noetl.event where event_type = 'call.partial'"
            )
            >= 2
        )
    )
    worked.conn.execute("select noetl.cancel_execution(%s)", (run,))
    assert worked.wait(run)["status"] == "cancelled"
    after = worked.run("- { step: a, tool: { kind: noop, result: 1 } }")
    assert after["result"] == 1


def test_many_queries_that_wait_for_room_do_not_stop_each_other(worked: Lab) -> None:
    """More than the worker has short-lived threads, with chunks that must be stored."""
    tool = (
        "{ kind: duckdb, chunk_size: 1000,"
        " query: \"select repeat('x', 100) as text from range(4000)\" }"
    )
    text = flow(tool, "{{ input.chunk.row_count }}")
    runs = [worked.start(text) for _ in range(10)]
    for run in runs:
        assert worked.wait(run, 90)["status"] == "completed", worked.log()
    assert (
        worked.count("select count(*) from noetl.result_ref where step = 'make'") == 40
    )


def test_time_limit_of_a_query_stands_still_while_it_waits_for_room(
    worked: Lab,
) -> None:
    first = worked.run('- { step: a, tool: { kind: duckdb, query: "select 1 as n" } }')
    assert first["status"] == "completed"  # DuckDB is loaded
    tool = (
        "{ kind: duckdb, chunk_size: 10, timeout: 4,"
        ' query: "select range from range(60)" }'
    )
    slow = '{ kind: python, code: "import time; time.sleep(1.5)" }'
    run = worked.start(FLOW.replace("TOOL", tool).replace("EACH", slow))
    status = worked.wait(run, 60)
    assert status["status"] == "completed", status["error"]


@pytest.mark.parametrize("kind", ["postgres, auth: db", "duckdb"])
def test_nothing_but_a_comment_gives_nothing(worked: Lab, kind: str) -> None:
    status = worked.run(
        f'- {{ step: a, tool: {{ kind: {kind}, query: "-- nothing" }} }}'
    )
    assert status["status"] == "completed", status["error"]
    assert status["result"]["row_count"] == 0
