"""One connection to NATS, which comes back for ever."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from nats import errors
from nats.aio.client import Client
from nats.js.errors import Error as JetStreamError

from noetl_worker.metrics import NATS_CONNECTED, NATS_RECONNECTS
from noetl_worker.nats.access import access_options
from noetl_worker.nats.settings import NatsSettings
from noetl_worker.transport.errors import backoff

if TYPE_CHECKING:
    from nats.aio.client import Server

# What a call of the client ends with when NATS is away or refuses it.
NATS_ERRORS: Final = (errors.Error, JetStreamError, OSError, TimeoutError)
_CONNECT_SECONDS: Final = 3
_PING_SECONDS: Final = 5

log = logging.getLogger(__name__)


class Nats:
    """A client that is told once to connect and never gives up.

    ``client`` may be used whenever ``is_connected``; what happens to the connection is
    logged once, not at each try.
    """

    def __init__(self, settings: NatsSettings, name: str) -> None:
        self.settings = settings
        self.client = Client()
        self._name = name
        self._options = access_options(settings)
        self._connecting: asyncio.Task[None] | None = None
        self._problem = ""
        self._told: set[str] = set()  # since there was a connection
        self._failures = 0
        NATS_CONNECTED.set_function(lambda: self.is_connected)

    @property
    def is_connected(self) -> bool:
        """Whether what is sent now goes out."""
        return self.client.is_connected

    @property
    def problem(self) -> str:
        """What the last try ended with; empty while there is a connection."""
        return self._problem

    def start(self) -> None:
        """Begin to connect; returns at once, and does nothing the second time."""
        if self._connecting is None:
            self._connecting = asyncio.create_task(self._connect())

    async def connected(self) -> Client:
        """Wait until there is a connection, however long that takes."""
        self.start()
        while not self.client.is_connected:
            if self._connecting is not None and self._connecting.done():
                self._connecting.result()
            await asyncio.sleep(0.05)
        return self.client

    async def close(self) -> None:
        """Send what is left, close the connection."""
        if self._connecting is not None and not self._connecting.done():
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        with suppress(*NATS_ERRORS):
            if self.client.is_connected:
                await asyncio.wait_for(self.client.flush(2), 3)
        with suppress(*NATS_ERRORS, asyncio.CancelledError):
            await self.client.close()

    async def _connect(self) -> None:
        await self.client.connect(
            self.settings.servers,
            name=f"noetl {self._name}",
            error_cb=self._note,
            reconnected_cb=self._note_reconnection,
            connect_timeout=_CONNECT_SECONDS,
            reconnect_time_wait=1,
            reconnect_to_server_handler=self._next_server,
            max_reconnect_attempts=-1,
            ping_interval=_PING_SECONDS,
            max_outstanding_pings=2,
            **self._options,
        )
        await self._note_back()

    def _next_server(
        self, servers: list[Server], _: dict[str, Any]
    ) -> tuple[Server | None, float]:
        """In turn, and later and later: a server that starts must not be stormed."""
        self._failures += 1
        chosen = servers[self._failures % len(servers)]
        return chosen, backoff(self._failures - 1)

    async def _note(self, error: Exception) -> None:
        """What the client says holds no secret."""
        text = " ".join(str(error).split())[:200] or type(error).__name__
        if text not in self._told:
            log.warning("NATS at %s: %s; trying again", self.settings.where, text)
        if not (self._told and isinstance(error, ConnectionResetError)):
            self._problem = text  # a server that refuses resets the connection next
        self._told.add(text)

    async def _note_reconnection(self) -> None:
        NATS_RECONNECTS.inc()
        await self._note_back()

    async def _note_back(self) -> None:
        log.info("connected to NATS at %s", self.settings.where)
        self._problem, self._failures = "", 0
        self._told.clear()
