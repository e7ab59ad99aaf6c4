"""Rows from and to HTTP: documents, lines, and a request per chunk."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.results.transfers import flow, moved, read_lines, refused
from tests.worker.conftest import Lab

ROWS = [{"id": n, "name": f"näme {n}"} for n in range(250)]


class Api(ThreadingHTTPServer):
    """Gives rows in several forms, and remembers what it is given."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.taken: list[tuple[str, str, list[Any]]] = []
        self.failures: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Api
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        name = self.path.partition("?")[0]
        if name == "/secret" and self.headers.get("authorization") != "Bearer sesame":
            self._answer(401, b"{}")
        elif name in ("/list", "/secret"):
            self._answer(200, json.dumps(ROWS).encode())
        elif name == "/nested":
            document = {"meta": {"n": 1}, "pages": [{"rows": ROWS}]}
            self._answer(200, json.dumps(document).encode())
        elif name == "/lines":
            self._stream([json.dumps(row).encode() + b"\n" for row in ROWS])
        elif name == "/slow":
            self._stream([b'{"id": 1}\n', None])
        elif name == "/cut":
            self._stream([b'{"id": 1}\n', b'{"id": '])
        elif name == "/broken":
            self._answer(200, b"[{]")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.server.failures:
            self._answer(self.server.failures.pop(), b"{}")
            return
        key = self.headers["idempotency-key"]
        self.server.taken.append((self.command, key, body))
        self._answer(201, b"{}")

    do_PUT = do_POST  # noqa: N815 - the name that the base class calls

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, parts: list[bytes | None]) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/x-ndjson")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for part in parts:
            if part is None:
                time.sleep(60)
                return
            self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@pytest.fixture
def api() -> Iterator[Api]:
    with Api() as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()


@pytest.fixture
def loaded(lab: Lab) -> Lab:
    lab.credential("db", {"dsn": lab.dsn})
    lab.credential("door", {"token": "sesame"})
    lab.worker()
    return lab


def test_forms_of_a_response(loaded: Lab, api: Api, tmp_path: Path) -> None:
    forms: dict[str, dict[str, Any]] = {
        "/list?page=1": {},
        "/nested": {"path": "pages.0.rows"},
        "/lines": {},
        "/secret": {"auth": {"type": "bearer", "source": "door"}},
    }
    for number, (path, more) in enumerate(forms.items()):
        file = tmp_path / f"{number}.ndjson"
        found = moved(
            loaded,
            source={"type": "http", "url": api.url + path, **more},
            target={"type": "file", "path": str(file)},
            chunk_size=100,
        )
        assert (found["rows"], found["chunks"]) == (len(ROWS), 3), path
        assert read_lines(file) == ROWS, path


def test_a_request_per_chunk(loaded: Lab, api: Api) -> None:
    query = "select n as id, null as name from generate_series(1, 25) as n"
    source = {"type": "postgres", "auth": "db", "query": query}
    target = {"type": "http", "url": f"{api.url}/in", "method": "PUT"}
    run = loaded.start(flow(source=source, target=target, chunk_size=10))
    assert loaded.wait(run)["result"]["chunks"] == 3
    methods, keys, bodies = zip(*api.taken, strict=True)
    assert set(methods) == {"PUT"}
    assert [key.rpartition("/")[2] for key in keys] == ["0", "1", "2"]
    assert keys[0].startswith(f"{run}/")
    rows = [{"id": n, "name": None} for n in range(1, 26)]
    assert [row for body in bodies for row in body] == rows


def test_a_retry_repeats_requests_under_the_same_keys(loaded: Lab, api: Api) -> None:
    api.failures = [503]
    query = "select n as id from generate_series(1, 25) as n"
    source = {"type": "postgres", "auth": "db", "query": query}
    target = {"type": "http", "url": f"{api.url}/in"}
    error = refused(loaded, source=source, target=target, chunk_size=10)
    assert (error["kind"], error["code"], error["retryable"]) == (
        "server_error",
        503,
        True,
    )
    assert "chunk 0 (rows 0 to 9)" in error["message"]
    rules = [
        {"when": "{{ output.status == 'error' }}", "then": {"do": "retry", "delay": 0}}
    ]
    api.failures = [500]
    moved(
        loaded,
        source=source,
        target=target,
        chunk_size=10,
        spec={"policy": {"rules": rules}},
    )
    assert len({key for _, key, _ in api.taken}) == 3


@pytest.mark.parametrize(
    ("path", "more", "gist"),
    [
        ("/secret", {}, "answered 401"),
        ("/nested", {}, "no list as the document; its keys are: meta, pages"),
        ("/nested", {"path": "pages.rows"}, 'no list at source.path "pages.rows"'),
        ("/broken", {}, "the response is not JSON"),
        ("/cut", {}, "row 1: is not JSON"),
        ("/list", {"key": "id"}, "no key to go on from"),
    ],
)
def test_responses_that_are_no_rows(
    loaded: Lab, api: Api, tmp_path: Path, path: str, more: Any, gist: str
) -> None:
    file = tmp_path / "out.ndjson"
    error = refused(
        loaded,
        source={"type": "http", "url": api.url + path, **more},
        target={"type": "file", "path": str(file)},
    )
    assert gist in error["message"]
    assert not file.exists()


def test_nobody_listens(loaded: Lab, tmp_path: Path) -> None:
    error = refused(
        loaded,
        source={"type": "http", "url": "http://127.0.0.1:9/"},
        target={"type": "file", "path": str(tmp_path / "out.ndjson")},
    )
    assert (error["kind"], error["retryable"]) == ("connection", True)


def test_timeout_ends_a_response_that_stands_still(
    loaded: Lab, api: Api, tmp_path: Path
) -> None:
    loaded.run("- { step: up, tool: { kind: noop } }")
    started = time.monotonic()
    error = refused(
        loaded,
        source={"type": "http", "url": f"{api.url}/slow"},
        target={"type": "file", "path": str(tmp_path / "out.ndjson")},
        timeout=1,
    )
    assert error["kind"] == "timeout"
    assert time.monotonic() - started < 20
