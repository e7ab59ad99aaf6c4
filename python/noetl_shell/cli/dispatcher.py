"""``noetl dispatcher``: one in the foreground."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from noetl_shell.cli.options import database_option
from noetl_shell.errors import InputError
from noetl_shell.target import Target

if TYPE_CHECKING:
    from noetl_shell.api.settings import ApiSettings
    from noetl_worker.settings import WorkerSettings


@click.command()
@click.option("--name", metavar="NAME", help="Default: host and process id.")
@click.option(
    "--listen",
    metavar="HOST:PORT",
    envvar="NOETL_API_LISTEN",
    help="Serve the HTTP API there (also: NOETL_API_LISTEN).",
)
@click.option(
    "--no-auth",
    is_flag=True,
    help="Ask for no tokens; only for the embedded database, on loopback.",
)
@database_option
def dispatcher(
    target: Target, name: str | None, listen: str | None, no_auth: bool
) -> int:
    """Do the engine's own work until SIGTERM or Ctrl-C.

    Timers, schedules, lost workers, what people look at: as long as one dispatcher is
    alive, workers leave all that to it. Several share it out; what one that died has
    done, the others do within 30 seconds.
    """
    from prometheus_client import REGISTRY

    from noetl_shell.api.server import ApiServer
    from noetl_shell.dispatcher import Dispatcher
    from noetl_shell.logs import configure_logging
    from noetl_shell.metrics import DatabaseCollector
    from noetl_worker.main import run_service
    from noetl_worker.metrics_server import serve_metrics
    from noetl_worker.points import arm
    from noetl_worker.settings import WorkerSettings

    configure_logging()
    arm(os.environ.get("NOETL_KILL_AT", ""))
    given = {
        "NOETL_DB": target.worker_dsn,
        "NOETL_HOME": str(target.settings.home),
        "NOETL_WORKER_NAME": name,
    }
    environment = {key: value for key, value in given.items() if value}
    try:
        settings = replace(
            WorkerSettings.from_environment({**os.environ, **environment}),
            direct_dsn=target.direct_dsn or "",
        )
    except ValueError as exc:
        raise InputError(
            str(exc), hint="docs/settings.md lists the settings of dispatchers."
        ) from exc
    api = _api_settings(target, settings, listen, no_auth)
    target.open().close()
    REGISTRY.register(DatabaseCollector(settings))
    serve_metrics(settings.metrics_listen)
    server = ApiServer(api) if api else None
    return run_service(lambda: Dispatcher(settings, server), settings.grace_seconds)


def _api_settings(
    target: Target, settings: WorkerSettings, listen: str | None, no_auth: bool
) -> ApiSettings | None:
    """None: the dispatcher serves no API."""
    from noetl_shell.api.settings import ApiSettings, is_loopback, parse_listen

    if not listen:
        if no_auth:
            raise InputError(
                "--no-auth is about the HTTP API, which this dispatcher does not serve",
                hint="Give --listen HOST:PORT too, or leave --no-auth out.",
            )
        return None
    host, port = parse_listen(listen)
    if no_auth and not (target.is_embedded and is_loopback(host)):
        raise InputError(
            "--no-auth is only for the embedded database and an address that only this"
            f" machine reaches, not {listen}",
            hint="Listen on 127.0.0.1 without --db, or add tokens: noetl token add",
        )
    return ApiSettings(
        dsn=target.api_dsn,
        host=host,
        port=port,
        auth=not no_auth,
        prepare=settings.prepare,
        grace_seconds=settings.grace_seconds,
    )
