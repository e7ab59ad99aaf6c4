"""The API in the process of a dispatcher: start, refusals, stop."""

from __future__ import annotations

import re
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.api.conftest import Api, problem, until
from tests.cli.conftest import home, own_cli
from tests.cli.support import Cli
from tests.worker.conftest import Lab

__all__ = ["own_cli"]

WAIT = {"step": "gate", "tool": {"kind": "wait", "signal": "go"}}


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Cli]:
    with home() as path:
        yield Cli(path)


def url_in(log: Path) -> str:
    found: list[str] = []

    def is_listening() -> bool:
        found[:] = re.findall(r"the API is at (http\S+)", log.read_text())
        return bool(found)

    until(is_listening, 60)
    return found[0]


def test_serves_beside_the_ticks_until_sigterm(lab: Lab) -> None:
    options = ("dispatcher", "--listen", "127.0.0.1:0")
    process = lab.worker("d1", "noetl_shell", options)
    url = url_in(lab.home / "d1.log")
    lab.until(lambda: httpx.get(f"{url}/api/ready").status_code == 200)
    api = Api(url, lab.dsn)
    assert httpx.get(f"{url}/api/executions").status_code == 401
    execution_id = api.start(api.register(WAIT))
    lab.until(lambda: bool(api.reader.get("/api/workers").json()["items"]))
    (worker,) = api.reader.get("/api/workers").json()["items"]
    assert (worker["name"], worker["kind"]) == ("d1", "dispatcher")

    # A call that waits for a lock when the signal comes is still answered.
    answers: list[httpx.Response] = []
    with psycopg.connect(lab.dsn) as holder:
        holder.execute(
            "select pg_advisory_xact_lock(noetl_internal.lock_key('run', %s))",
            (int(execution_id),),
        )
        cancel = f"/api/executions/{execution_id}/cancel"
        asking = threading.Thread(
            target=lambda: answers.append(api.operator.post(cancel))
        )
        asking.start()
        lab.until(
            lambda: (
                lab.count(
                    "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                    " and application_name = 'noetl api'"
                )
                == 1
            )
        )
        process.send_signal(signal.SIGTERM)
        lab.until(lambda: "stopping: at most" in lab.log("d1"))
        holder.rollback()
    asking.join(30)
    assert answers[0].json() == {"changed": True}
    assert process.wait(30) == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/api/health")
    assert (
        lab.count("select count(*) from noetl.duty where owner_session_id is not null")
        == 0
    )
    api.close()


def test_without_listen_nothing_is_served(lab: Lab) -> None:
    process = lab.worker("d1", "noetl_shell", ("dispatcher", "--name", "d1"))
    lab.until(
        lambda: lab.count("select count(*) from noetl.runtime where name = 'd1'") == 1
    )
    listening = {
        line.split()[9]
        for line in Path(f"/proc/{process.pid}/net/tcp").read_text().splitlines()[1:]
        if line.split()[3] == "0A"
    }
    sockets = set()
    for link in Path(f"/proc/{process.pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # it has been closed since
            if match := re.match(r"socket:\[(\d+)\]", str(link.readlink())):
                sockets.add(match[1])
    assert not listening & sockets


def test_of_another_version_refuses_to_start(lab: Lab) -> None:
    lab.conn.execute(
        "create or replace function noetl.api_version() returns integer"
        " language sql immutable as 'select 2'"
    )
    for name, module, arguments in (
        ("d1", "noetl_shell", ("dispatcher", "--name", "d1")),
        ("w1", "noetl_worker", ()),
    ):
        process = lab.worker(name, module, arguments)
        assert process.wait(60) == 1
        assert "speaks version 2 of NoETL's API" in lab.log(name)
        assert "Upgrade this program" in lab.log(name)
    assert lab.count("select count(*) from noetl.runtime") == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--no-auth", "--listen", "0.0.0.0:0"), "--no-auth is only for"),
        (("--no-auth", "--listen", "127.0.0.1:0", "--db", "dbname=x"), "only for"),
        (("--no-auth",), "does not serve"),
        (("--tls-cert", "c"), "does not serve"),
        (("--tls-key", "k", "--listen", "127.0.0.1:0"), "--tls-key without"),
        (("--tls-cert", "/no/c", "--listen", "127.0.0.1:0"), "cannot read /no/c: No"),
        (("--listen", "nowhere"), "cannot listen"),
        (("--listen", "127.0.0.1:99999"), "cannot listen"),
    ],
    ids=str,
)
def test_bad_options_are_refused(
    command: Cli, options: tuple[str, ...], words: str
) -> None:
    done = command("dispatcher", *options, code=2)
    assert words in done.stderr
    assert "hint: " in done.stderr


def test_address_in_use_is_told(command: Cli, database: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = command("dispatcher", "--listen", address, "--db", database, code=1)
    assert f"cannot listen on {address}: " in done.stderr


def test_embedded_one_needs_no_tokens(own_cli: Cli) -> None:
    options = ("dispatcher", "--listen", "127.0.0.1:0", "--no-auth")
    with own_cli.start(*options) as process:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        found = next(
            match
            for line in lines
            if (match := re.search(r"the API is at (http\S+)", line))
        )
        with httpx.Client(base_url=found[1], timeout=30) as client:
            until(lambda: client.get("/api/ready").status_code == 200)
            assert client.get("/api/executions").json() == {"items": [], "next": None}
            missing = client.post("/api/executions", json={"path": "nobody"})
            assert problem(missing)["code"] == "NE404"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_tokens_of_the_command_line(own_cli: Cli) -> None:
    added = own_cli("token", "add", "ci", "--scope", "reader", "--days", "3")
    token = added.stdout.strip()
    assert len(token) > 40
    (shown,) = own_cli.json("token", "list")
    assert (shown["name"], shown["scopes"]) == ("ci", ["reader"])
    assert shown["expires_at"]
    assert token not in own_cli("token", "list").stdout
    again = own_cli("token", "add", "ci", "--scope", "reader", code=2)
    assert "there is a token" in again.stderr
    assert "ci revoked" in own_cli("token", "revoke", "ci").stdout
    assert "before" in own_cli("token", "revoke", "ci").stdout
    assert "no token is named" in own_cli("token", "revoke", "x", code=2).stderr
    own_cli("token", "add", "ci", "--scope", "worker", "--scope", "operator")
