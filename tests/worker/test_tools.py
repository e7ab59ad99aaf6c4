"""The tools against real servers and processes."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.worker.conftest import Lab

KEPT = """
- step: call
  spec: {{ max_attempts: 1 }}
  tool: {tool}
  next: {{ arcs: [ {{ step: kept }} ] }}
- step: kept
  tool: {{ kind: noop, result: {shown} }}
"""
FAILURE = """
- step: call
  tool: {tool}
  next: {{ arcs: [ {{ step: kept, when: "{{{{ event.name == 'call.error' }}}}" }} ] }}
- step: kept
  tool: {{ kind: noop, result: "{{{{ call.error }}}}" }}
"""


def result_of(lab: Lab, tool: dict[str, Any], shown: Any = "{{ call }}") -> Any:
    text = KEPT.format(tool=json.dumps(tool), shown=json.dumps(shown))
    status = lab.run(text)
    assert status["status"] == "completed", status["error"]
    return status["result"]


def error_of(lab: Lab, tool: dict[str, Any]) -> dict[str, Any]:
    status = lab.run(FAILURE.format(tool=json.dumps(tool)))
    assert status["status"] == "completed", status["error"]
    error = status["result"]
    assert isinstance(error, dict)
    return error


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""

    def do_GET(self) -> None:
        if self.path == "/slow":
            time.sleep(3)
        if self.path.startswith("/status/"):
            self.answer(int(self.path[8:]), b'{"why": "asked"}')
        elif self.path == "/text":
            self.answer(200, "grüß".encode(), "text/plain; charset=utf-8")
        elif self.path == "/binary":
            self.answer(200, b"\xff\x00\xfe", "application/octet-stream")
        elif self.path == "/broken":
            self.answer(200, b"{not json")
        elif self.path == "/large":
            self.answer(200, json.dumps(["x" * 1000] * 200).encode())
        else:
            self.echo(b"")

    def do_POST(self) -> None:
        self.echo(self.rfile.read(int(self.headers.get("content-length", "0"))))

    def echo(self, body: bytes) -> None:
        seen = {
            "path": self.path,
            "body": body.decode(),
            "type": self.headers.get("content-type"),
            "auth": self.headers.get("authorization"),
            "cookie": self.headers.get("cookie"),
        }
        self.answer(200, json.dumps(seen).encode())

    def answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.send_header("set-cookie", "session=one; Path=/")
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_http_forms(lab: Lab, url: str) -> None:
    lab.worker()
    seen = result_of(
        lab,
        {"kind": "http", "url": f"{url}/a", "params": {"q": [1, "ü"], "no": None}},
        "{{ call.data.path }}",
    )
    assert seen == "/a?q=1&q=%C3%BC"
    posted = {"kind": "http", "method": "post", "url": url, "json": {"a": [1, None]}}
    assert json.loads(result_of(lab, posted, "{{ call.data.body }}")) == {
        "a": [1, None]
    }
    form = {"kind": "http", "method": "POST", "endpoint": url, "form": {"a": "b c"}}
    assert result_of(lab, form, "{{ call.data.body }}") == "a=b+c"
    assert (
        result_of(lab, {"kind": "http", "url": f"{url}/text"}, "{{ call.data }}")
        == "grüß"
    )
    binary = result_of(lab, {"kind": "http", "url": f"{url}/binary"}, "{{ call.data }}")
    assert base64.b64decode(binary) == b"\xff\x00\xfe"
    assert (
        result_of(lab, {"kind": "http", "url": f"{url}/broken"}, "{{ call.data }}")
        == "{not json"
    )


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (404, "http", False),
        (401, "auth", False),
        (429, "rate_limit", True),
        (503, "server_error", True),
    ],
)
def test_http_status_is_an_error_of_its_kind(
    lab: Lab, url: str, status: int, kind: str, retryable: bool
) -> None:
    lab.worker()
    error = error_of(lab, {"kind": "http", "url": f"{url}/status/{status}"})
    assert (error["kind"], error["code"], error["retryable"]) == (
        kind,
        status,
        retryable,
    )


def test_http_without_answer(lab: Lab, url: str) -> None:
    lab.worker()
    slow = error_of(lab, {"kind": "http", "url": f"{url}/slow", "timeout": 0.5})
    assert slow["kind"] == "timeout"
    refused = error_of(
        lab, {"kind": "http", "url": "http://127.0.0.1:1/x?token=s3cret"}
    )
    assert refused["kind"] == "connection"
    assert "s3cret" not in json.dumps(refused)
    assert error_of(lab, {"kind": "http", "url": "nonsense"})["kind"] in (
        "http",
        "connection",
    )


def test_http_requests_share_no_session(lab: Lab, url: str) -> None:
    lab.worker()
    # By name: no cookie jar keeps cookies of a numeric address as they are.
    tool = {"kind": "http", "url": url.replace("127.0.0.1", "localhost")}
    for _ in range(2):
        assert result_of(lab, tool, "{{ call.data.cookie }}") is None


def test_http_credential_is_sent_and_never_stored(lab: Lab, url: str) -> None:
    lab.credential("api", {"token": "s3cret-token"})
    lab.worker()
    seen = result_of(
        lab,
        {"kind": "http", "url": url, "auth": "api"},
        "{{ call.data.auth | length }}",
    )
    assert seen == len("Bearer s3cret-token")
    assert "s3cret" not in lab.log()


def test_large_result_is_a_file_and_reads_like_any_other(lab: Lab, url: str) -> None:
    lab.worker()
    tool = {"kind": "http", "url": f"{url}/large"}
    assert (
        result_of(lab, tool, "{{ call.data | length }} {{ call._store }}") == "200 pvc"
    )
    (file,) = (lab.home / "results").rglob("*.ndjson")
    file.write_bytes(file.read_bytes().replace(b"xx", b"xy", 1))
    assert (
        lab.count("select count(*) from noetl.result_ref where store_tier = 'pvc'") == 1
    )


def test_damaged_file_is_noticed(lab: Lab, url: str) -> None:
    lab.worker()
    flow = """
- step: call
  tool: { kind: http, url: "URL/large" }
  next: { arcs: [ { step: damage } ] }
- step: damage
  tool: { kind: shell, command: "find HOME/results -name '*.ndjson' -exec sh -c 'echo >> {}' ';'" }
  next: { arcs: [ { step: read } ] }
- step: read
  tool: { kind: noop, result: "{{ call.data | length }}" }
"""
    status = lab.run(flow.replace("URL", url).replace("HOME", str(lab.home)))
    assert status["status"] == "failed"
    assert status["error"]["kind"] == "reference"
    assert status["error"]["code"] == "REFERENCE_NOT_AVAILABLE"
    assert "is not what was stored" in status["error"]["message"]


@pytest.fixture
def postgres(lab: Lab) -> Lab:
    lab.credential("pg", dict(conninfo_to_dict(lab.dsn)))
    lab.worker()
    return lab


def test_postgres_values_are_json(postgres: Lab) -> None:
    command = """
      select 1 as i, 2.50::numeric as n, 3::numeric as w, 'nan'::float8 as f, null as z,
        '2024-01-02 03:04:05+00'::timestamptz at time zone 'utc' as t, 'infinity'::date as inf,
        '{"a": [1]}'::jsonb as j, array[1, 2] as l, '\\xff'::bytea as b, interval '1 day' as v
    """
    row = result_of(
        postgres,
        {"kind": "postgres", "auth": "pg", "command": command},
        "{{ call.rows[0] }}",
    )
    assert row == {
        "i": 1, "n": 2.5, "w": 3, "f": "NaN", "z": None, "t": "2024-01-02T03:04:05",
        "inf": "infinity", "j": {"a": [1]}, "l": [1, 2], "b": "\\xff", "v": "1 day",
    }  # fmt: skip


def test_postgres_statements_run_in_one_transaction(postgres: Lab) -> None:
    command = """
      create table t (n integer); -- a comment; with a semicolon
      insert into t values (1), (2); /* ; /* nested ; */ */
      do $x$ begin insert into t values (3); end; $x$;
      select count(*)::int as n, ';' as s from t
    """
    result = result_of(postgres, {"kind": "postgres", "auth": "pg", "command": command})
    assert result["rows"] == [{"n": 3, "s": ";"}]
    assert result["command_1"]["row_count"] == 2
    error = error_of(
        postgres,
        {
            "kind": "postgres",
            "auth": "pg",
            "command": "insert into t values (9); select 1/0",
        },
    )
    assert error["code"] == "22012"
    assert postgres.count("select count(*) from t") == 3
    alone = {"kind": "postgres", "auth": "pg", "command": "vacuum t; select 1 as one"}
    assert result_of(postgres, alone)["rows"] == [{"one": 1}]
    own = {
        "kind": "postgres",
        "auth": "pg",
        "command": "begin; delete from t; rollback; select 1 as one",
    }
    assert result_of(postgres, own)["row_count"] == 1
    assert postgres.count("select count(*) from t") == 3
    assert (
        error_of(
            postgres,
            {"kind": "postgres", "auth": "pg", "command": "begin; delete from t"},
        )["kind"]
        == "sql"
    )
    assert postgres.count("select count(*) from t") == 3


def test_postgres_params_are_bound(postgres: Lab) -> None:
    tool = {
        "kind": "postgres", "auth": "pg",
        "params": {"text": "x'; drop table t", "json": {"a": 1}, "list": [1, 2]},
        "command": "select %(text)s::text as t, %(json)s -> 'a' as a, %(list)s::int[] as l,"
        " 5 %% 3 as m",
    }  # fmt: skip
    row = result_of(postgres, tool, "{{ call.rows[0] }}")
    assert row == {"t": "x'; drop table t", "a": 1, "l": [1, 2], "m": 2}
    plain = {
        "kind": "postgres",
        "auth": "pg",
        "command": "select '50%' as p, 5 % 3 as m",
    }
    assert result_of(postgres, plain, "{{ call.rows[0] }}") == {"p": "50%", "m": 2}


def test_postgres_timeout_cancels_the_query(postgres: Lab) -> None:
    tool = {
        "kind": "postgres",
        "auth": "pg",
        "command": "select pg_sleep(60) /* mine */",
        "timeout": 1,
    }
    assert error_of(postgres, tool)["kind"] == "timeout"
    busy = (
        "select count(*) from pg_stat_activity"
        " where query like '%%/* mine */' and state = 'active'"
    )
    postgres.until(lambda: postgres.count(busy) == 0)


def test_shell(lab: Lab) -> None:
    lab.worker()
    result = result_of(lab, {"kind": "shell", "cmds": ["echo one", "echo two >&2"]})
    assert (result["exit_code"], result["stdout"], result["stderr"]) == (
        0,
        "one\n",
        "two\n",
    )
    error = error_of(
        lab, {"kind": "shell", "cmds": ["echo oops >&2; exit 3", "echo never"]}
    )
    assert (error["code"], error["message"]) == (3, "exit code 3: oops")
    env = result_of(
        lab,
        {"kind": "shell", "command": "env", "env": {"MINE": "1"}},
        "{{ call.stdout }}",
    )
    assert "MINE=1" in env
    assert "NOETL" not in env
    started = time.monotonic()
    late = {"kind": "shell", "command": "sleep 60 & sleep 60", "timeout": 0.5}
    assert error_of(lab, late)["kind"] == "timeout"
    assert time.monotonic() - started < 20


def test_duckdb(lab: Lab) -> None:
    (lab.home / "a.csv").write_text("n\n1\n2\n")
    lab.worker()
    query = f"""
      create table t as select * from '{lab.home}/a.csv';
      select sum(n)::int as s, date '2024-01-02' as d from t
    """
    result = result_of(lab, {"kind": "duckdb", "query": query})
    assert result["rows"] == [{"s": 3, "d": "2024-01-02"}]
    assert error_of(lab, {"kind": "duckdb", "query": "selec"})["kind"] == "sql"
    endless = "select count(*) from range(100000000) a, range(100000000) b"
    assert (
        error_of(lab, {"kind": "duckdb", "query": endless, "timeout": 0.5})["kind"]
        == "timeout"
    )


def test_unknown_credential_and_kind_are_told(lab: Lab) -> None:
    lab.worker()
    error = error_of(
        lab, {"kind": "postgres", "auth": "{{ 'no' ~ 'body' }}", "command": "select 1"}
    )
    assert error["kind"] == "auth"
    assert "nobody" in error["message"]
    assert error_of(lab, {"kind": "agent"})["kind"] == "unsupported"
