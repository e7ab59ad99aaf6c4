"""What a worker over HTTP does when it is not let in, or finds somebody else."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from noetl_worker.settings import WorkerSettings
from noetl_worker.transport.api import ApiAccess
from noetl_worker.transport.errors import (
    ApiUnusableError,
    EngineAwayError,
    EngineRefusedError,
)
from noetl_worker.transport.http import HttpCalls
from tests.worker.transports.conftest import HttpWay

STEP = """
- step: one
  tool: { kind: noop, result: 1 }
"""


def ended(way: HttpWay, process: subprocess.Popen[bytes]) -> str:
    """The log of a worker that gives up at its start."""
    assert process.wait(30) == 1
    log = way.lab.log()
    assert "Traceback" not in log
    return log


def test_wrong_token_ends_the_start(http: HttpWay) -> None:
    log = ended(http, http.worker(NOETL_API_TOKEN="wrong"))
    assert "the token is unknown, expired or revoked" in log
    assert "NOETL_API_TOKEN" in log


def test_no_token_ends_the_start(http: HttpWay) -> None:
    log = ended(http, http.worker(NOETL_API_TOKEN=""))
    assert "needs a token" in log


def test_token_of_a_reader_ends_the_start(http: HttpWay) -> None:
    token = http.add_token("reader", "operator")
    log = ended(http, http.worker(NOETL_API_TOKEN=token))
    assert 'the token lacks the scope "worker"' in log


def test_wrong_path_ends_the_start(http: HttpWay) -> None:
    log = ended(http, http.worker(NOETL_API_URL=f"{http.url}/elsewhere"))
    assert "NOETL_API_URL" in log


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"NOETL_API_URL": ""}, "the transport http needs NOETL_API_URL"),
        ({"NOETL_API_URL": "localhost:80"}, "must be a URL such as https"),
        ({"NOETL_EVENT_TRANSPORT": "ftp"}, "must be postgres, http or nats"),
        ({"NOETL_API_TOKEN": "", "NOETL_API_TOKEN_FILE": "/none"}, "/none"),
        ({"NOETL_API_TOKEN": "two\nlines"}, "has characters that no token has"),
        ({"NOETL_API_CA_FILE": "/none"}, "/none"),
    ],
)
def test_bad_settings_end_the_start(
    http: HttpWay, variables: dict[str, str], message: str
) -> None:
    for module, arguments in (("noetl_worker", ()), ("noetl_shell", ("worker",))):
        process = http.lab.worker(
            "bad", module, arguments, **{**http.variables, **variables}
        )
        assert process.wait(30) in (1, 2)
    log = http.lab.log("bad")
    assert log.count(message) == 2
    assert "Traceback" not in log
    assert "defect" not in log


def test_all_requests_that_were_refused_go_again_with_the_new_token(
    tmp_path: Path,
) -> None:
    file = tmp_path / "token"
    file.write_text("old")
    access = ApiAccess(
        WorkerSettings.from_environment(
            {
                "NOETL_EVENT_TRANSPORT": "http",
                "NOETL_API_URL": "http://127.0.0.1:1",
                "NOETL_API_TOKEN_FILE": str(file),
            }
        )
    )
    refused = [access.headers(), access.headers()]
    file.write_text("new")
    assert [access.renew_token(headers) for headers in refused] == [True, True]
    assert not access.renew_token(access.headers())


def test_token_file_is_read_anew_when_the_token_was_replaced(
    http: HttpWay, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text(http.token + "\n")
    http.worker(
        NOETL_API_TOKEN="",
        NOETL_API_TOKEN_FILE=str(file),
        NOETL_POLL_SECONDS="0.2",
        NOETL_WORKER_TICKS="0",  # which ask too, and complain for themselves
    )
    http.lab.until(lambda: "session" in http.lab.log())
    http.lab.conn.execute("select noetl.revoke_api_token(%s)", (http.token[:8],))
    http.lab.until(lambda: "API is away, waiting" in http.lab.log())
    run = http.lab.start(STEP)
    file.write_text(http.add_token("worker"))
    assert http.lab.wait(run)["status"] == "completed"
    log = http.lab.log()
    assert log.count("the token is unknown, expired or revoked") == 1
    assert "API is back" in log


def call(url: str, **changes: str) -> None:
    settings = WorkerSettings.from_environment(
        {"NOETL_EVENT_TRANSPORT": "http", "NOETL_API_URL": url, **changes}
    )

    async def main() -> None:
        calls = HttpCalls(settings, size=1)
        try:
            await calls.call("expand_loops", limit=1)
        finally:
            await calls.close()

    asyncio.run(main())


@contextmanager
def answering(status: int, media: str, body: bytes) -> Iterator[str]:
    """A server that answers all requests like this."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


HTML = b"<html>Please log in</html>"


@pytest.mark.parametrize(
    ("status", "media", "body", "error", "message"),
    [
        (200, "text/html", HTML, ApiUnusableError, "answers text/html, not JSON"),
        (302, "text/html", HTML, ApiUnusableError, "302"),
        (404, "text/html", HTML, ApiUnusableError, "404"),
        (403, "text/html", HTML, ApiUnusableError, "403"),
        (502, "text/html", HTML, EngineAwayError, "502"),
        (503, "application/problem+json", b"{}", EngineAwayError, "503"),
        (504, "text/html", HTML, EngineAwayError, "504"),
        (429, "text/html", HTML, EngineAwayError, "429"),
        (413, "text/html", HTML, EngineRefusedError, "413"),
        (
            503,
            "application/problem+json",
            b'{"code": "57P03", "detail": "starting"}',
            EngineAwayError,
            "starting",
        ),
        (
            409,
            "application/problem+json",
            b'{"code": "NE401", "detail": "it has ended", "hint": "x"}',
            EngineRefusedError,
            "it has ended",
        ),
        (
            503,
            "application/problem+json",
            b'{"code": "40P01", "detail": "deadlock"}',
            EngineRefusedError,
            "deadlock",
        ),
    ],
)
def test_what_a_server_or_proxy_answers_is_told_apart(
    status: int, media: str, body: bytes, error: type[Exception], message: str
) -> None:
    with answering(status, media, body) as url, pytest.raises(error) as raised:
        call(url)
    assert message in str(raised.value)
    if error is EngineAwayError:
        assert not isinstance(raised.value, ApiUnusableError)


def test_server_that_never_answers_is_away_after_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(EngineAwayError, match="does not answer in time"):
            call(f"http://127.0.0.1:{port}", NOETL_API_TIMEOUT_SECONDS="0.3")
    with pytest.raises(EngineAwayError, match="onnect"):
        call(f"http://127.0.0.1:{port}")


def test_report_that_is_too_large_fails_its_command_and_no_other(http: HttpWay) -> None:
    settings = http.settings()

    async def main() -> None:
        calls = HttpCalls(settings, size=1)
        try:
            with pytest.raises(EngineRefusedError) as refused:
                await calls.call(
                    "record_results",
                    session="00000000-0000-0000-0000-000000000000",
                    results='["' + "x" * (17 << 20) + '"]',
                )
            assert refused.value.sqlstate == "54000"
        finally:
            await calls.close()

    asyncio.run(main())
    http.worker()
    run = http.lab.start(
        """
- step: both
  loop: { in: [1, 17], iterator: mb, spec: { mode: parallel, policy: best_effort } }
  tool: { kind: python, input: { mb: "{{ iter.mb }}" }, code: "result = 'x' * (mb << 20)" }
  spec: { result: { store: db } }
"""
    )
    status = http.lab.wait(run, 60)
    assert status["loops"]["both"]["done"] == 1
    assert status["loops"]["both"]["failed"] == 1


def post(http: HttpWay, path: str, content: bytes, **headers: str) -> httpx.Response:
    return httpx.post(
        http.url + path,
        content=content,
        headers={"Authorization": f"Bearer {http.token}", **headers},
    )


SESSION = '"session": "00000000-0000-0000-0000-000000000000"'


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        ("/api/events", "{", 422, "truncated"),
        ("/api/events/batch", "{}", 422, ""),
        ("/api/events/batch", '["\\u0000"]', 422, ""),
        ("/api/commands/claim", "{}", 422, "request_id"),
        ("/api/worker/exchange", '{"session": 1}', 422, "$.session"),
        ("/api/worker/exchange", f'{{{SESSION}, "more": 1}}', 422, "more"),
        (
            "/api/worker/exchange",
            f'{{{SESSION}, "beat": {{"held": [], "capacity": {{"slots": 1{"0" * 30}}}}}}}',
            409,
            "session",
        ),
        ("/api/worker/no_such", "{}", 404, ""),
        ("/api/worker/record_events", "{}", 404, ""),
        ("/api/worker/read_step", f"{{{SESSION}}}", 422, "catalog_id"),
        (
            "/api/worker/read_step",
            f'{{{SESSION}, "catalog_id": 99999999999999999999, "step": "x"}}',
            422,
            "catalog_id",
        ),
        (
            "/api/worker/read_step",
            f'{{{SESSION}, "catalog_id": 1, "step": "a\\u0000"}}',
            422,
            "step",
        ),
        (
            "/api/worker/read_step",
            f'{{{SESSION}, "catalog_id": 1, "step": "a"}}',
            409,
            "session",
        ),
        (
            "/api/worker/start_execution",
            '{"path": "x", "workload": {}, "options": {}}',
            403,
            "only for a command that it holds",
        ),
    ],
)
def test_api_refuses_what_is_wrong_with_a_problem(
    http: HttpWay, path: str, body: str, status: int, message: str
) -> None:
    reply = post(http, path, body.encode())
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    assert message in reply.json()["detail"]


def test_api_takes_reports_and_claims_of_anybody_with_a_token(http: HttpWay) -> None:
    http.lab.start(STEP)
    body = (
        b'{"name": "mine", "pools": ["default"], "capacity": {},'
        b' "started_at": "2026-01-01T00:00:00Z"}'
    )
    session = post(http, "/api/worker/register_session", body).json()
    claim = {"session": session, "request_id": session}
    headers = {"Authorization": f"Bearer {http.token}"}
    url = f"{http.url}/api/commands/claim"
    (command,) = httpx.post(url, json=claim, headers=headers).json()["commands"]
    assert command["step"] == "one"
    report = {
        "session": session,
        "execution_id": command["execution_id"],
        "command_id": command["command_id"],
        "type": "command.completed",
        "result": {"status": "ok", "reference": None, "context": {"data": 1}},
        "meta": {"attempt": 1},
    }
    told = httpx.post(f"{http.url}/api/events", json=report, headers=headers).json()
    assert (told["recorded"], told["late"]) == (1, 0)
    told = httpx.post(
        f"{http.url}/api/events/batch", json=[report], headers=headers
    ).json()
    assert (told["recorded"], told["late"]) == (0, 1)


def test_worker_needs_no_database_and_leaves_the_ticks_to_dispatchers(
    http: HttpWay,
) -> None:
    http.lab.worker("cli", "noetl_shell", ("worker", "--name", "cli"), **http.variables)
    run = http.lab.start(STEP)
    assert http.lab.wait(run)["status"] == "completed"
    assert "ticks are left to the dispatchers" in http.lab.log("cli")
    assert (
        http.lab.count(
            "select count(*) from pg_stat_activity where application_name ~ '^noetl .* cli$'"
        )
        == 0
    )
