"""Fixtures: each way between workers and the engine, with real servers.

A test that takes ``way`` runs once over each, and ``http`` is one of them; a module's tests
share what stands between. Who stops that opens an own one: ``opened``. To add a way: a
subclass of ``Way``, and its name in ``WAYS``.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from noetl_worker.settings import WorkerSettings
from tests.support.databases import Databases
from tests.support.nats import running_nats, takes_reports
from tests.support.ports import free_port
from tests.support.postgres import Server
from tests.worker.conftest import Lab


class Way:
    """A way between workers and one database; this one goes straight to it."""

    name = "postgres"

    def __init__(self, lab: Lab) -> None:
        self.lab = lab

    def start(self) -> None:
        """Start what stands between workers and database, and what ticks."""
        self.lab.worker("ticks", "noetl_shell", ("dispatcher", "--name", "ticks"))

    @property
    def variables(self) -> dict[str, str]:
        """What a worker process is told."""
        return {"NOETL_DB": self.lab.dsn, "NOETL_EVENT_TRANSPORT": self.name}

    def settings(self, name: str = "one", **changes: Any) -> WorkerSettings:
        """The same, within a test."""
        found = WorkerSettings.from_environment(
            {**self.variables, "NOETL_WORKER_NAME": name}
        )
        return replace(found, home=self.lab.home, **changes)

    def worker(self, name: str = "one", **variables: str) -> subprocess.Popen[bytes]:
        """A worker process that takes this way."""
        return self.lab.worker(name, **{**self.variables, **variables})

    def late(self, count: int) -> tuple[int, int]:
        """How many are told to be recorded, and late, when so many are late."""
        return 0, count

    def close(self) -> None:
        """End what is no process of the lab."""


class HttpWay(Way):
    """Through the API of a dispatcher."""

    name = "http"

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.port = free_port()
        self.token = self.add_token("worker")
        self.dispatcher: subprocess.Popen[bytes] | None = None

    def add_token(self, *scopes: str) -> str:
        """A new token of the API."""
        token = secrets.token_urlsafe(32)
        self.lab.conn.execute(
            "select noetl.add_api_token(%s, %s, %s)",
            (token[:8], hashlib.sha256(token.encode()).digest(), list(scopes)),
        )
        return token

    def start(self) -> None:
        """A dispatcher, until it answers."""
        self.dispatcher = self.lab.worker(
            "api",
            "noetl_shell",
            ("dispatcher", "--name", "api", "--listen", f"127.0.0.1:{self.port}"),
        )
        self.lab.until(self.is_up)

    def is_up(self) -> bool:
        """Whether somebody listens at the API's port."""
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        """End the API as a crash would."""
        assert self.dispatcher is not None
        self.dispatcher.send_signal(signal.SIGKILL)
        self.dispatcher.wait()

    @property
    def url(self) -> str:
        """Where the API is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def variables(self) -> dict[str, str]:
        """No database at all."""
        return {
            "NOETL_DB": "",
            "NOETL_EVENT_TRANSPORT": "http",
            "NOETL_API_URL": self.url,
            "NOETL_API_TOKEN": self.token,
        }


class NatsWay(Way):
    """Reports through NATS and a dispatcher, everything else straight to the database."""

    name = "nats"

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self._stack = ExitStack()
        self.nats = self._stack.enter_context(running_nats())

    def start(self) -> None:
        """A dispatcher, until it takes reports in."""
        self.lab.worker(
            "bridge",
            "noetl_shell",
            ("dispatcher", "--name", "bridge"),
            NOETL_NATS_URL=self.nats.url(),
        )
        self.lab.until(lambda: takes_reports(self.nats))

    @property
    def variables(self) -> dict[str, str]:
        """Both addresses."""
        return {**super().variables, "NOETL_NATS_URL": self.nats.url()}

    def late(self, count: int) -> tuple[int, int]:
        """Of many messages it is not told which were late."""
        return count, 0

    def close(self) -> None:
        """Stop the server."""
        self._stack.close()


WAYS: Final[dict[str, type[Way]]] = {
    "postgres": Way,
    "http": HttpWay,
    "nats": NatsWay,
}


@contextmanager
def opened(name: str, lab: Lab) -> Iterator[Way]:
    """One of the ways, ready for workers."""
    with closing(WAYS[name](lab)) as found:
        found.start()
        yield found


@pytest.fixture(scope="module")
def shared_lab(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lab]:
    lab = Lab(databases.create(), tmp_path_factory.mktemp("shared"))
    yield lab
    lab.close()
    databases.end(lab.dsn)


@pytest.fixture(scope="module", params=WAYS)
def shared_way(request: pytest.FixtureRequest, shared_lab: Lab) -> Iterator[Way]:
    with opened(request.param, shared_lab) as found:
        yield found


@pytest.fixture(scope="module")
def shared_http(shared_lab: Lab) -> Iterator[Way]:
    with opened("http", shared_lab) as found:
        yield found


@contextmanager
def lent(way: Way, home: Path) -> Iterator[None]:
    """Let one test use a way; what it has started ends with it."""
    lab = way.lab
    older, kept = lab.home, len(lab.workers)
    lab.home = home
    if isinstance(way, HttpWay):
        way.token = way.add_token("worker")
    yield
    lab.end(lab.workers[kept:])
    lab.conn.execute(
        "select noetl.cancel_execution(r.execution_id) from noetl.run as r"
        " where r.finished_at is null"
    )
    lab.until(lambda: lab.count("select count(*) from noetl.command") == 0)
    lab.home = older


@pytest.fixture
def way(shared_way: Way, tmp_path: Path) -> Iterator[Way]:
    with lent(shared_way, tmp_path):
        yield shared_way


@pytest.fixture
def http(shared_http: HttpWay, tmp_path: Path) -> Iterator[HttpWay]:
    with lent(shared_http, tmp_path):
        yield shared_http


@pytest.fixture
def own_lab(own_server: Server, tmp_path: Path) -> Iterator[Lab]:
    """A lab on a server that the test may stop and start."""
    opened = Lab(Databases(own_server).create(), tmp_path)
    yield opened
    opened.close()


_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(\+00:00|Z)?")
_ID: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}"  # of a session
    r"|\d{12,}"  # of an execution, and what begins with the time
    r"|(?<=/loop/)\d+|(?<=/result/)\d+"
    r"|^\d+(?=-\d{7}-\d+$)"  # the loop of a command
)
_IDS: Final = {"loop_id"}
_SKIPPED: Final = {"duration_ms"}


def same(value: Any) -> Any:
    """A value with ids and times made alike."""
    if isinstance(value, dict):
        return {
            key: "id" if key in _IDS else same(part)
            for key, part in value.items()
            if key not in _SKIPPED
        }
    if isinstance(value, list):
        return [same(part) for part in value]
    if isinstance(value, int) and value > 1 << 31:
        return "id"
    if isinstance(value, str):
        return _ID.sub("id", _TIME.sub("time", value))
    return value


def events(lab: Lab, execution_id: int) -> list[Any]:
    """The rows of an execution's events, in any order, but for ids and times."""
    rows = lab.conn.execute(
        "select event_type, node_name, node_type, status, current_index, current_item,"
        " worker_id is null as is_own, context, result, meta, error"
        " from noetl.event where execution_id = %s",
        (execution_id,),
    ).fetchall()
    return sorted((same(row) for row in rows), key=repr)
