"""A private NATS server with JetStream."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import nats as client
import psutil
from nats.js.api import StreamInfo

from tests.support.lifeline import tied
from tests.support.ports import free_port

USER: Final = "noetl"
PASSWORD: Final = "nats-secret-Vx73"
_STARTUP_SECONDS: Final = 30
BY_PASSWORD: Final = f'authorization {{ user: "{USER}", password: "{PASSWORD}" }}'
_CONFIG: Final = """\
listen: "127.0.0.1:{port}"
{access}
jetstream {{ store_dir: "{base}/jetstream", max_file_store: {room}, sync_interval: always }}
"""


class Nats:
    """One server; it acknowledges what has been synced to the disk."""

    def __init__(self, base: Path, room: int, access: str = BY_PASSWORD) -> None:
        self._base = base
        self.port: int = free_port()
        (base / "nats.conf").write_text(
            _CONFIG.format(port=self.port, access=access, base=base, room=room)
        )
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, password: str = PASSWORD) -> str:
        """Where it is, and who may come."""
        return f"nats://{USER}:{password}@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        with (self._base / "nats.log").open("ab") as log:
            self._process = subprocess.Popen(
                tied(_program(), "-c", self._base / "nats.conf"),
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + _STARTUP_SECONDS
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 5) as client:
                    assert client.recv(4) == b"INFO"
            except OSError:
                log_text = (self._base / "nats.log").read_text()
                assert self._process.poll() is None, f"nats-server ended: {log_text}"
                assert time.monotonic() < deadline, f"nats-server: {log_text}"
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """End the server."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL the server."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Start what ``kill`` has ended, on the same port, with what it has stored."""
        self.start()

    def wipe(self) -> None:
        """SIGKILL the server and start it on an empty disk."""
        self.kill()
        shutil.rmtree(self._base / "jetstream")
        self.start()

    def suspend(self) -> None:
        """SIGSTOP the server: it is there and does not answer."""
        assert self._process is not None
        psutil.Process(self._process.pid).suspend()

    def resume(self) -> None:
        """SIGCONT what ``suspend`` has stopped."""
        assert self._process is not None
        psutil.Process(self._process.pid).resume()

    def _end(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)
        self._process.wait(30)
        self._process = None


def takes_reports(nats: Nats) -> bool:
    """Whether a dispatcher takes in what workers report over this server."""
    found = _reports(nats)
    return found is not None and found.state.consumer_count > 0


def sent_reports(nats: Nats) -> int:
    """How many messages with reports have ever gone over this server."""
    found = _reports(nats)
    return 0 if found is None else found.state.last_seq


def _reports(nats: Nats) -> StreamInfo | None:
    async def ask() -> StreamInfo | None:
        connection = await client.connect(nats.url())
        try:
            return await connection.jetstream().stream_info("NOETL_WORKER_EVENTS")
        except client.js.errors.NotFoundError:
            return None
        finally:
            await connection.close()

    return asyncio.run(ask())


@contextmanager
def running_nats(room: int = 4 << 30, access: str = BY_PASSWORD) -> Iterator[Nats]:
    """Run a new server that may store so many bytes; it ends with the block.

    ``access`` is the part of its configuration that says who may come, and how.
    """
    with tempfile.TemporaryDirectory(
        prefix="noetl-nats-", ignore_cleanup_errors=True
    ) as name:
        nats = Nats(Path(name), room, access)
        nats.start()
        try:
            yield nats
        finally:
            nats.stop()


def _program() -> str:
    """The server that comes with the development tools, else the system's."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    found = shutil.which("nats-server", path=path)
    assert found, "no nats-server: run 'make setup'"
    return found
