"""``noetl dispatcher``: one in the foreground."""

from __future__ import annotations

import os

import click

from noetl_shell.cli.options import database_option
from noetl_shell.target import Target


@click.command()
@click.option("--name", metavar="NAME", help="Default: host and process id.")
@database_option
def dispatcher(target: Target, name: str | None) -> int:
    """Do the engine's own work until SIGTERM or Ctrl-C.

    Timers, schedules, lost workers, what people look at: as long as one dispatcher is
    alive, workers leave all that to it. Several share it out; what one that died has
    done, the others do within 30 seconds.
    """
    from noetl_shell.dispatcher import Dispatcher
    from noetl_shell.logs import configure_logging
    from noetl_worker.main import run_service
    from noetl_worker.points import arm
    from noetl_worker.settings import WorkerSettings

    configure_logging()
    arm(os.environ.get("NOETL_KILL_AT", ""))
    target.open().close()
    given = {
        "NOETL_DB": target.worker_dsn,
        "NOETL_HOME": str(target.settings.home),
        "NOETL_WORKER_NAME": name,
    }
    environment = {key: value for key, value in given.items() if value}
    settings = WorkerSettings.from_environment({**os.environ, **environment})
    return run_service(lambda: Dispatcher(settings), settings.grace_seconds)
