"""The HTTP server, inside a process that has an event loop and signal handlers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Generator

import uvicorn

from noetl_shell.api.app import create_app
from noetl_shell.api.bells import Bells
from noetl_shell.api.settings import ApiSettings
from noetl_shell.api.tls import Certificate
from noetl_shell.errors import ShellError

log = logging.getLogger(__name__)


class ApiServer:
    """Listens from its making on, so that a port that is taken ends the start."""

    def __init__(self, settings: ApiSettings) -> None:
        self._certificate = (
            Certificate(settings.tls_cert, settings.tls_key)
            if settings.tls_cert
            else None
        )
        self._socket = _listen(settings.host, settings.port)
        self._app = create_app(settings)
        self._bells: Bells = self._app.state.bells
        config = uvicorn.Config(
            self._app,
            http="httptools",
            ws="none",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=max(1, round(settings.grace_seconds)),
        )
        config.load()
        config.ssl = self._certificate.context if self._certificate else None
        self._server = _Server(config)
        host, port = self._socket.getsockname()[:2]
        scheme = "https" if self._certificate else "http"
        self.url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"

    async def run(self) -> None:
        """Serve until ``stop`` has been called and the requests at work are answered."""
        log.info("the API is at %s", self.url)
        watching = (
            [asyncio.create_task(self._certificate.keep_fresh())]
            if self._certificate
            else []
        )
        try:
            await self._server.serve(sockets=[self._socket])
        finally:
            for task in watching:
                task.cancel()

    def stop(self) -> None:
        """Take no new requests, end streams, answer what is at work, and end."""
        self._app.state.watches.stop()
        self._bells.close()
        self._server.should_exit = True

    def ring(self, pool: str | None) -> None:
        """Pass on that a pool has work; None: that something may have been missed."""
        self._bells.ring(pool)


class _Server(uvicorn.Server):
    """Leaves signals to the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as exc:
        raise ShellError(
            f"cannot listen on {host}:{port}: {exc.strerror or exc}",
            hint="Choose another address with --listen or NOETL_API_LISTEN.",
        ) from exc
