"""The logs of worker processes."""

from __future__ import annotations

import logging

from noetl_shell.settings import load_settings


def configure_logging() -> None:
    """Log to standard error from ``NOETL_LOG_LEVEL`` on."""
    logging.basicConfig(
        level=load_settings().log_level,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs each request
