"""The logs of the command line's services."""

from __future__ import annotations

from noetl_shell.settings import load_settings
from noetl_worker import logs


def configure_logging() -> None:
    """Log to standard error as ``NOETL_LOG_LEVEL`` and ``NOETL_LOG_FORMAT`` say."""
    settings = load_settings()
    logs.configure_logging(settings.log_level, settings.log_format)
