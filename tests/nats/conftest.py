"""Fixtures: workers and dispatchers with a NATS server of their own."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import nats as client
import pytest
from nats.js import JetStreamContext

from tests.support.nats import Nats, running_nats, takes_reports
from tests.worker.conftest import Lab

T = TypeVar("T")

COMMANDS, EVENTS, DEAD = (
    "NOETL_COMMANDS",
    "NOETL_WORKER_EVENTS",
    "NOETL_DEAD_LETTERS",
)


class NatsLab(Lab):
    """A lab whose workers and dispatchers use NATS."""

    def __init__(self, dsn: str, home: Path, nats: Nats) -> None:
        super().__init__(dsn, home)
        self.nats = nats

    def over_nats(self, name: str = "one", **variables: str) -> subprocess.Popen[bytes]:
        """A worker that reports over NATS and does no ticks."""
        given = {
            "NOETL_NATS_URL": self.nats.url(),
            "NOETL_EVENT_TRANSPORT": "nats",
            "NOETL_WORKER_TICKS": "0",
            **variables,
        }
        return self.worker(name, **given)

    def dispatcher(self, name: str = "d1", **variables: str) -> subprocess.Popen[bytes]:
        """A dispatcher that announces and takes in over NATS."""
        given = {"NOETL_NATS_URL": self.nats.url(), **variables}
        arguments = ("dispatcher", "--name", name)
        return self.worker(name, "noetl_shell", arguments, **given)

    def on(self, work: Callable[[JetStreamContext], Awaitable[T]]) -> T:
        """Do something with the ordinary client."""

        async def run() -> T:
            connection = await client.connect(self.nats.url())
            try:
                return await work(connection.jetstream())
            finally:
                await connection.close()

        return asyncio.run(run())

    def messages(self, stream: str) -> int:
        """How many messages a stream has; -1 when there is no such stream."""

        async def ask(js: JetStreamContext) -> int:
            try:
                return (await js.stream_info(stream)).state.messages
            except client.js.errors.NotFoundError:
                return -1

        return self.on(ask)

    def last_sequence(self, stream: str) -> int:
        """How many messages a stream has ever had."""

        async def ask(js: JetStreamContext) -> int:
            return (await js.stream_info(stream)).state.last_seq

        return self.on(ask)

    def subjects(self) -> dict[str, int]:
        """How many commands are announced where."""

        async def ask(js: JetStreamContext) -> dict[str, int]:
            info = await js.stream_info(COMMANDS, subjects_filter="noetl.commands.>")
            return info.state.subjects or {}

        return self.on(ask)

    def ready(self) -> None:
        """Wait until a dispatcher serves NATS."""

        self.until(lambda: takes_reports(self.nats))
        self.until(
            lambda: (
                self.count(
                    "select count(*) from noetl.duty as d where d.duty = 'publish_commands'"
                    " and d.owner_session_id is not null"
                )
                == 1
            )
        )

    def publish(self, subject: str, data: bytes, **headers: str) -> None:
        """Put a message into a stream."""

        async def put(js: JetStreamContext) -> Any:
            return await js.publish(subject, data, headers=headers or None)

        self.on(put)


@pytest.fixture
def own_nats() -> Iterator[Nats]:
    with running_nats() as running:
        yield running


@pytest.fixture
def lab(database: str, tmp_path: Path, own_nats: Nats) -> Iterator[NatsLab]:
    opened = NatsLab(database, tmp_path, own_nats)
    yield opened
    opened.close()
