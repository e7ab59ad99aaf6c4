"""``noetl worker``: one in the foreground; ``noetl workers``: all there are."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import click

from noetl_shell import calls
from noetl_shell.cli import output
from noetl_shell.cli.options import database_option, json_option
from noetl_shell.errors import InputError
from noetl_shell.target import Target


@click.command()
@click.option("--name", metavar="NAME", help="Default: host and process id.")
@click.option(
    "--slots", type=click.IntRange(1), metavar="N", help="Commands at work at once."
)
@click.option("--pools", metavar="A,B", help="Pools to serve. Default: default.")
@database_option
def worker(
    target: Target, name: str | None, slots: int | None, pools: str | None
) -> int:
    """Carry out commands until SIGTERM or Ctrl-C.

    A worker that starts under the name of a dead one takes over its work at once. With
    NOETL_EVENT_TRANSPORT=http it needs no database, only NOETL_API_URL and a token.
    """
    from noetl_shell.logs import configure_logging
    from noetl_worker.main import run
    from noetl_worker.settings import WorkerSettings
    from noetl_worker.transport.make import has_database

    configure_logging()
    given = {
        "NOETL_HOME": str(target.settings.home),
        "NOETL_WORKER_NAME": name,
        "NOETL_WORKER_SLOTS": slots and str(slots),
        "NOETL_WORKER_POOLS": pools,
    }
    environment = {key: value for key, value in given.items() if value}
    try:
        settings = WorkerSettings.from_environment({**os.environ, **environment})
        if has_database(settings):
            target.open().close()
            settings = replace(
                settings,
                dsn=target.worker_dsn,
                direct_dsn=target.direct_dsn or "",
            )
    except ValueError as exc:
        raise InputError(
            str(exc), hint="docs/settings.md lists the settings of workers."
        ) from exc
    return run(settings)


@click.command()
@json_option
@database_option
def workers(target: Target, as_json: bool) -> None:
    """List the workers that are alive, with what they serve and what room they have."""
    with target.open() as conn:
        found = calls.list_workers(conn)
    if as_json:
        output.print_json(found)
        return
    output.print_table(
        ("name", "kind", "pools", "slots", "tools", "version", "heard"),
        (
            (
                session.name,
                session.kind,
                ", ".join(session.pools),
                _slots(session.capacity, "available_slots"),
                _tools(session.capacity),
                session.capacity.get("version"),
                f"{session.heartbeat_age:.0f} s ago",
            )
            for session in found
        ),
    )


def _slots(capacity: dict[str, Any], free: str) -> str | None:
    """Such as ``3/8 free``; only the number for a worker that does not tell more."""
    slots = capacity.get("slots")
    if slots is None or free not in capacity:
        return None if slots is None else str(slots)
    return f"{capacity[free]}/{slots} free"


def _tools(capacity: dict[str, Any]) -> str:
    pools = capacity.get("tool_pools", {})
    return ", ".join(
        f"{kind} ({_slots(pools[kind], 'free')})" if kind in pools else kind
        for kind in capacity.get("tools", [])
    )
