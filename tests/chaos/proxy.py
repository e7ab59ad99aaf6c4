"""A TCP proxy whose connections can be cut, in a thread of its own."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal, Self, get_args

HOST: Final = "127.0.0.1"
Cut = Literal["at once", "after the next bytes", "after losing answers"]
CUTS: Final[tuple[Cut, ...]] = get_args(Cut)

_CHUNK: Final = 65_536
_RESET: Final = struct.pack("ii", 1, 0)


@dataclass(eq=False, slots=True)
class _Connection:
    """A connection through the proxy, and how it is to end."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    loses_answers: bool = False
    bytes_left: int | None = None

    def cut(self) -> None:
        """End both sides as a broken network does: by a reset."""
        for writer in (self.client, self.server):
            if not writer.transport.is_closing():
                sock = writer.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                writer.transport.abort()


class Proxy:
    """Listens on a port of its own and forwards to others, by turns to those that listen."""

    def __init__(self, *upstream: int) -> None:
        self.port = 0
        self._upstream = deque(upstream)
        self._open: set[_Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._is_ready = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._is_ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def cut(self, how: Cut, share: float, rng: random.Random) -> int:
        """Cut a share of the open connections, at least one; how many it were."""
        done: Future[int] = Future()

        def choose() -> None:
            count = min(len(self._open), max(1, round(share * len(self._open))))
            chosen = rng.sample(sorted(self._open, key=id), count)
            for connection in chosen:
                self._cut(connection, how, rng)
            done.set_result(count)

        self._loop.call_soon_threadsafe(choose)
        return done.result(10)

    def _cut(self, connection: _Connection, how: Cut, rng: random.Random) -> None:
        if how == "at once":
            connection.cut()
        elif how == "after the next bytes":
            connection.bytes_left = rng.randrange(1, 2_000)
        else:
            # What is asked meanwhile is done, and nobody is told.
            connection.loses_answers = True
            self._loop.call_later(rng.uniform(0.01, 0.5), connection.cut)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        listening = await asyncio.start_server(self._accept, HOST, 0)
        self.port = listening.sockets[0].getsockname()[1]
        self._is_ready.set()
        await self._stop.wait()
        listening.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await listening.wait_closed()

    async def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._forward(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass  # a side is gone, or the proxy stops
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _forward(
        self, client_reader: asyncio.StreamReader, client: asyncio.StreamWriter
    ) -> None:
        server_reader, server = await self._connect()
        connection = _Connection(client, server)
        self._open.add(connection)
        pumps = [
            asyncio.create_task(_pump(client_reader, server.write, server.drain)),
            asyncio.create_task(
                _pump(
                    server_reader, lambda data: _answer(connection, data), client.drain
                )
            ),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._open.discard(connection)
            server.transport.abort()  # first: the proxy may stop while we wait below
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        for _ in range(len(self._upstream) - 1):
            self._upstream.rotate()
            with suppress(ConnectionRefusedError):
                return await asyncio.open_connection(HOST, self._upstream[0])
        self._upstream.rotate()
        return await asyncio.open_connection(HOST, self._upstream[0])


async def _pump(
    reader: asyncio.StreamReader,
    write: Callable[[bytes], None],
    drain: Callable[[], Awaitable[None]],
) -> None:
    while data := await reader.read(_CHUNK):
        write(data)
        await drain()


def _answer(connection: _Connection, data: bytes) -> None:
    if connection.loses_answers:
        return
    if connection.bytes_left is not None:
        data = data[: connection.bytes_left]
        connection.bytes_left -= len(data)
    connection.client.write(data)
    if connection.bytes_left == 0:
        # What was written is on its way first: a cut in the middle of an answer.
        connection.client.transport.close()
        connection.server.transport.abort()
