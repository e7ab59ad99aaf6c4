"""Where measuring happens: an own server, the schema, and worker processes."""

from __future__ import annotations

import itertools
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import psycopg
import yaml
from psycopg.types.json import Jsonb

from tests.support.databases import Databases
from tests.support.lifeline import tied
from tests.support.postgres import Server, running_server
from tools.schema import deploy

PLAYBOOKS: Final = Path(__file__).with_name("playbooks")
_START_SECONDS: Final = 30
_STOP_SECONDS: Final = 15
_LOG_TAIL: Final = 2_000

Connection = psycopg.Connection[Any]


class BenchError(Exception):
    """Something that was to be measured did not work; the message says what."""


@dataclass(slots=True)
class Worker:
    """A worker or dispatcher process."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    def check(self) -> None:
        """Raise if it has ended, with the end of its log."""
        if (code := self.process.poll()) is not None:
            raise BenchError(self._ended(code))

    def stop(self) -> None:
        """End it as an operator would; raise if it failed, or does not end."""
        self.check()
        self.process.terminate()
        try:
            code = self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            raise BenchError(
                f"{self.name} did not stop within {_STOP_SECONDS} s of SIGTERM"
            ) from None
        if code:
            raise BenchError(self._ended(code))

    def kill(self) -> None:
        """End it at once, if it still runs."""
        self.process.kill()
        self.process.wait()

    def _ended(self, code: int) -> str:
        text = self.log.read_text(errors="replace")[-_LOG_TAIL:].strip()
        return f"{self.name} ended with code {code}:\n{text}"


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """A dispatcher that serves the HTTP API, and a token for it."""

    url: str
    token: str


@dataclass(slots=True)
class Rig:
    """A server with the schema deployed, and the workers that are running on it."""

    dsn: str
    server_pid: int
    server_log: Path
    home: Path
    workers: list[Worker] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def connect(self) -> Connection:
        """Open a connection in autocommit mode."""
        return psycopg.connect(self.dsn, autocommit=True, prepare_threshold=1)

    def check_workers(self) -> None:
        """Raise if a worker has ended."""
        for worker in self.workers:
            worker.check()

    @contextmanager
    def running_workers(self, count: int, **settings: str) -> Iterator[None]:
        """Run workers with the given ``NOETL_*`` settings; they end with the block."""
        try:
            for _ in range(count):
                # A new name each time: a killed worker's session still looks active.
                name = f"bench-{next(self._numbers)}"
                self.workers.append(self._start_worker(name, settings))
            self._await_sessions(count)
            yield
            for worker in self.workers:
                worker.stop()
        finally:
            for worker in self.workers:
                worker.kill()
            self.workers.clear()

    @contextmanager
    def running_dispatcher(self, **settings: str) -> Iterator[Dispatcher]:
        """Run a dispatcher with the HTTP API; it ends with the block."""
        name = f"bench-{next(self._numbers)}"
        token = secrets.token_urlsafe(32)
        with self.connect() as conn:
            conn.execute(
                "select noetl.add_api_token(%s, %s, %s)",
                (name, sha256(token.encode()).digest(), ["worker", "operator"]),
            )
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        process = self._start(
            name,
            ("noetl_shell", "dispatcher", "--listen", f"127.0.0.1:{port}"),
            {"NOETL_WORKER_NAME": name, **settings},
        )
        try:
            self._await_port(process, port)
            yield Dispatcher(f"http://127.0.0.1:{port}", token)
            process.stop()
        finally:
            process.kill()

    def _start_worker(self, name: str, settings: Mapping[str, str]) -> Worker:
        return self._start(name, ("noetl_worker", "--name", name), settings)

    def _start(
        self, name: str, module: Sequence[str], settings: Mapping[str, str]
    ) -> Worker:
        log = self.home / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                tied(sys.executable, "-m", *module, "--db", self.dsn),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for us; we end the workers
                env=os.environ | {"NOETL_HOME": str(self.home), **settings},
            )
        return Worker(name, process, log)

    def _await_port(self, process: Worker, port: int) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            process.check()
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)
        raise BenchError(f"{process.name} does not listen after {_START_SECONDS} s")

    def _await_sessions(self, count: int) -> None:
        names = [worker.name for worker in self.workers]
        limit = _START_SECONDS + 2 * count
        deadline = time.monotonic() + limit
        with self.connect() as conn:
            while (active := _active(conn, names)) < count:
                self.check_workers()
                if time.monotonic() > deadline:
                    raise BenchError(f"{active} of {count} workers came in {limit} s")
                time.sleep(0.05)


@contextmanager
def running_rig(**settings: str) -> Iterator[Rig]:
    """Run a durable PostgreSQL 15 with the schema and the benchmark's playbooks.

    ``settings`` are more of the server's.
    """
    with (
        running_server(
            "15", None, jit="off", track_wal_io_timing="on", **settings
        ) as server,
        tempfile.TemporaryDirectory(prefix="noetl-bench-") as home,
    ):
        dsn = Databases(server).create_empty("noetl")
        deploy(dsn)
        assert server.pid is not None
        rig = Rig(dsn, server.pid, _log_of(server), Path(home))
        with rig.connect() as conn:
            for file in sorted(PLAYBOOKS.glob("*.yaml")):
                conn.execute(
                    "select from noetl.register_playbook(%s)",
                    (Jsonb(yaml.safe_load(file.read_text())),),
                )
        yield rig


def _active(conn: Connection, names: Sequence[str]) -> int:
    """How many of these workers have a session."""
    found = conn.execute(
        "select count(*) from noetl.runtime as s"
        " where s.status = 'active' and s.name = any(%s)",
        (names,),
    ).fetchone()
    assert found is not None
    return int(found[0])


def _log_of(server: Server) -> Path:
    """The file that testing.postgresql lets the server write to."""
    return server.socket_dir.parent / "Postgresql.log"
