"""Fixtures: the HTTP API on a real database, over real sockets.

``api``      a server on a database of its own, which asks for tokens, and a client for
             each scope: ``.operator``, ``.reader``, ``.worker``, and ``.anybody``
             (modules whose tests leave each other alone share one: ``opened``)
``serve``    ``serve(dsn, **settings)``: further servers
"""

from __future__ import annotations

import asyncio
import json
import secrets
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from typing import Any

import httpx
import psycopg
import pytest
import uvloop

from noetl_shell.api.server import ApiServer
from noetl_shell.api.settings import ApiSettings
from tests.support.databases import Databases
from tests.worker.conftest import lab

__all__ = ["lab"]

Serve = Callable[..., str]


@contextmanager
def serving(
    dsn: str, verify: ssl.SSLContext | bool = True, **settings: Any
) -> Iterator[ApiServer]:
    """A server in a thread of its own; ``verify``: whom its certificate is of, if any."""
    server = ApiServer(ApiSettings(dsn=dsn, **settings))
    loops: list[asyncio.AbstractEventLoop] = []

    async def run() -> None:
        loops.append(asyncio.get_running_loop())
        await server.run()

    thread = threading.Thread(target=lambda: uvloop.run(run()))
    thread.start()
    try:
        with httpx.Client(base_url=server.url, timeout=30, verify=verify) as client:
            assert client.get("/api/health").status_code == 200
        yield server
    finally:
        loops[0].call_soon_threadsafe(server.stop)
        thread.join(30)
        assert not thread.is_alive(), "the server did not stop"


class Api:
    """A server, its database, and clients."""

    def __init__(self, url: str, dsn: str) -> None:
        self.url = url
        self.dsn = dsn
        self.conn = psycopg.connect(dsn, autocommit=True)
        self._stack = ExitStack()
        self._stack.callback(self.conn.close)
        self.anybody = self.client()
        self.operator = self.client(self.token("operator"))
        self.reader = self.client(self.token("reader"))
        self.worker = self.client(self.token("worker"))

    def client(self, token: str | None = None, url: str | None = None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._stack.enter_context(
            httpx.Client(base_url=url or self.url, headers=headers, timeout=30)
        )

    def token(self, *scopes: str, name: str | None = None) -> str:
        text = secrets.token_urlsafe(32)
        self.conn.execute(
            "select noetl.add_api_token(%s, %s, %s)",
            (name or text, sha256(text.encode()).digest(), list(scopes)),
        )
        return text

    def register(self, *steps: dict[str, Any], name: str | None = None) -> str:
        name = name or f"tests/{secrets.token_hex(6)}"
        reply = self.operator.post("/api/playbooks", json=playbook(name, *steps))
        assert reply.status_code == 201, reply.text
        return str(reply.json()["path"])

    def start(self, path: str, **more: Any) -> str:
        reply = self.operator.post("/api/executions", json={"path": path, **more})
        assert reply.status_code == 201, reply.text
        return str(reply.json()["execution_id"])

    def close(self) -> None:
        self._stack.close()


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def playbook(name: str, *steps: dict[str, Any]) -> dict[str, Any]:
    """A document; without steps it has one that ends at once."""
    return {
        "apiVersion": "noetl.io/v2",
        "kind": "Playbook",
        "metadata": {"name": name, "path": name},
        "workflow": steps or [{"step": "only", "tool": {"kind": "noop"}}],
    }


def problem(reply: httpx.Response) -> dict[str, Any]:
    """The problem that an answer is."""
    assert reply.headers["content-type"] == "application/problem+json", reply.text
    content = json.loads(reply.text)
    assert content["status"] == reply.status_code
    assert content["detail"]
    return dict(content)


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda dsn, **settings: stack.enter_context(serving(dsn, **settings)).url


@contextmanager
def opened(databases: Databases) -> Iterator[Api]:
    """A server on a database of its own."""
    dsn = databases.create()
    with serving(dsn, token_seconds=0.3, stream_seconds=0.1) as server:
        api = Api(server.url, dsn)
        yield api
        api.close()
    databases.end(dsn)


@pytest.fixture
def api(database: str, serve: Serve) -> Iterator[Api]:
    api = Api(serve(database, token_seconds=0.3, stream_seconds=0.1), database)
    yield api
    api.close()
