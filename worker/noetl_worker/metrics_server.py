"""Serve this process's metrics to Prometheus."""

from __future__ import annotations

import logging

from prometheus_client import start_http_server

log = logging.getLogger(__name__)


def serve_metrics(listen: tuple[str, int] | None) -> None:
    """Answer ``GET /metrics`` in a thread of its own until the process ends.

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
    log.info("metrics on http://%s:%d/metrics", host, server.server_port)
