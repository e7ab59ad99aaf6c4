"""What a credential holds, as given on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from noetl_shell.documents import parse_document, parse_value, read_document
from noetl_shell.errors import InputError


def parse_settings(pairs: Sequence[str], option: str = "--set") -> dict[str, Any]:
    """Read ``key=value`` pairs: values are YAML, dotted keys nest."""
    result: dict[str, Any] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals or not key or not all(key.split(".")):
            raise InputError(
                f"{option} {pair!r} is not KEY=VALUE",
                hint=f"For example {option} day=2026-01-31",
            )
        _assign(result, key.split("."), parse_value(text, f"{option} {key}"), option)
    return result


def _assign(target: dict[str, Any], keys: list[str], value: Any, option: str) -> None:
    for depth, key in enumerate(keys[:-1], start=1):
        target = target.setdefault(key, {})
        if not isinstance(target, dict):
            raise InputError(
                f"{option} {'.'.join(keys)}: {'.'.join(keys[:depth])} is a value"
            )
    target[keys[-1]] = value


def read_mapping(text: str, option: str) -> dict[str, Any]:
    """Read a mapping given as a file's name or as JSON text."""
    if text.lstrip().startswith(("{", "[")):
        value = parse_document(text, option).value
    else:
        value = read_document(Path(text)).value
    if not isinstance(value, dict):
        raise InputError(f"{option}: not a mapping", hint='For example {"day": 1}')
    return value


def check_dsn(dsn: str) -> None:
    """Refuse a connection string that libpq cannot read, without repeating it."""
    try:
        conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:
        raise InputError(
            "--dsn: not a connection string",
            hint="For example postgresql://user:password@host:5432/dbname",
        ) from None
