"""Serve this process's metrics to Prometheus, and its health to who keeps it up."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from prometheus_client import start_http_server

from noetl_worker.health import PULSE, is_ready

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

_MISSING: Final = "404 Not Found"
_UNAVAILABLE: Final = "503 Service Unavailable"
CHECKS: Final[dict[str, Callable[[], bool]]] = {
    "/health": lambda: PULSE.is_beating,
    "/ready": is_ready,
}


def serve_metrics(listen: tuple[str, int] | None) -> None:
    """Answer in a thread of its own until the process ends.

    ``GET /metrics``; ``GET /health``: 503 when the event loop has not turned for a
    minute, else 200; ``GET /ready``: 503 while the engine does not answer, else 200.
    Anything else: 404, so that a probe of a wrong path does not pass.
    Raises OSError when the address is taken or not of this machine. None: does nothing.
    """
    if listen is None:
        return
    host, port = listen
    try:
        server, _ = start_http_server(port, host)
    except OSError as exc:
        raise OSError(
            f"cannot serve metrics on {host}:{port} (NOETL_METRICS_LISTEN):"
            f" {exc.strerror or exc}"
        ) from exc
    metrics = server.get_app()
    assert metrics is not None
    server.set_app(_with_checks(metrics))
    log.info("metrics on http://%s:%d/metrics", host, server.server_port)


def _with_checks(metrics: WSGIApplication) -> WSGIApplication:
    def answer(
        environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            return metrics(environ, start_response)
        check = CHECKS.get(path)
        if check is None:
            status, text = _MISSING, "here are /metrics, /health and /ready\n"
        else:
            status, text = ("200 OK", "ok\n") if check() else (_UNAVAILABLE, "no\n")
        start_response(status, [("Content-Type", "text/plain")])
        return [text.encode()]

    return answer
