"""Options and arguments that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from noetl_shell.credentials import parse_settings, read_mapping
from noetl_shell.settings import load_settings
from noetl_shell.target import Target

Command = Callable[..., Any]


def database_option(command: Command) -> Command:
    """``--db``: the command gets a ``target``."""

    @click.option(
        "--db",
        metavar="DSN",
        envvar="NOETL_DB",
        help="Database to use instead of the embedded one (also: NOETL_DB).",
    )
    @functools.wraps(command)
    def wrapped(*args: Any, db: str | None, **options: Any) -> Any:
        return command(*args, target=Target(load_settings(), db or None), **options)

    return wrapped


def json_option(command: Command) -> Command:
    """``--json``: the command gets ``as_json``."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print JSON instead of text."
    )(command)


def workload_options(command: Command) -> Command:
    """``--set`` over ``--workload``: the command gets ``workload``, a mapping."""

    @click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="KEY=VALUE",
        help="Set a workload key.",
    )
    @click.option("--workload", metavar="FILE|JSON", help="The workload, as a mapping.")
    @functools.wraps(command)
    def wrapped(
        *args: Any, settings: tuple[str, ...], workload: str | None, **options: Any
    ) -> Any:
        given = read_mapping(workload, "--workload") if workload else {}
        merged = _merge(given, parse_settings(settings))
        return command(*args, workload=merged, **options)

    return wrapped


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Deep: mappings merge, all else is replaced."""
    merged = dict(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merge(merged[key], value) if both else value
    return merged


def priority_option(command: Command) -> Command:
    """``--priority``: the command gets ``priority``, null for the default."""
    return click.option(
        "--priority",
        type=click.IntRange(0, 9),
        metavar="0-9",
        help="Runs of a higher one go first; default: the playbook's, or 5.",
    )(command)


def _execution_id(_ctx: click.Context, _param: click.Parameter, text: str) -> int:
    return parse_execution_id(text)


def parse_execution_id(text: str) -> int:
    """Take a positive number that fits PostgreSQL's bigint."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 2**63:
        raise click.BadParameter(f"{text!r} is not an execution id; see: noetl list")
    return int(text)


def execution_argument(command: Command) -> Command:
    """The argument ID: the command gets ``execution_id``."""
    return click.argument("execution_id", metavar="ID", callback=_execution_id)(command)
