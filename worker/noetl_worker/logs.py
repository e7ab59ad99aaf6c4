"""Logs of services: text for people or one JSON object per line, with the ids at hand.

Lines that are written while a command is at work carry its ids without being given them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Final

from noetl_worker.command import Command

FORMATS: Final = ("text", "json")
_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")
_ids: ContextVar[Mapping[str, str]] = ContextVar("ids", default={})  # noqa: B039 - never changed


def configure_logging(level: str = "INFO", form: str = "text") -> None:
    """Log to standard error from ``level`` on, as ``text`` or as ``json``.

    Raises ValueError for a level or a format that there is not. Called again: nothing.
    """
    level, form = parse_level(level), parse_format(form)
    handler = logging.StreamHandler()
    handler.addFilter(_add_ids)
    handler.setFormatter(_json() if form == "json" else _text())
    logging.basicConfig(level=level, handlers=[handler])
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs each request
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # each try of an outage


def parse_level(text: str) -> str:
    """A level in any case."""
    if text.upper() not in _LEVELS:
        raise ValueError("must be debug, info, warning or error")
    return text.upper()


def parse_format(text: str) -> str:
    """A format in any case."""
    if text.lower() not in FORMATS:
        raise ValueError("must be text or json")
    return text.lower()


def ids_of(command: Command) -> dict[str, str]:
    """The ids of a command; as text, since an execution's exceeds 2^53."""
    return {
        "execution_id": str(command.execution_id),
        "step": command.step,
        "command_id": command.command_id,
    }


def work_on(command: Command) -> None:
    """What the calling task, and those that it starts, log from now on is of a command."""
    _ids.set(ids_of(command))


def _add_ids(record: logging.LogRecord) -> bool:
    for name, value in _ids.get().items():
        if not hasattr(record, name):  # given by hand: it is of another command
            setattr(record, name, value)
    return True


def _text() -> logging.Formatter:
    return logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")


def _json() -> logging.Formatter:
    from pythonjsonlogger.json import JsonFormatter

    return JsonFormatter(
        "%(levelname)s %(name)s %(message)s",
        rename_fields={"levelname": "level", "name": "logger"},
        timestamp=True,
        json_ensure_ascii=False,
    )
