"""``noetl run``, ``resume``, ``retry``: carry a playbook out, here and now."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from noetl_shell import calls
from noetl_shell.cli import output
from noetl_shell.cli.options import (
    Command,
    database_option,
    execution_argument,
    json_option,
    priority_option,
    workload_options,
)
from noetl_shell.cli.register import is_file, register_file, split_version
from noetl_shell.cli.signals import signals_interrupt
from noetl_shell.cli.unserved import UnservedHints
from noetl_shell.database import Connection
from noetl_shell.embedded.server import ServerError
from noetl_shell.errors import DatabaseLost
from noetl_shell.fleet import Fleet
from noetl_shell.records import Status
from noetl_shell.runner import Follower, stop_workers
from noetl_shell.target import Target


def _workers_option(command: Command) -> Command:
    return click.option(
        "--workers",
        type=click.IntRange(0, 64),
        metavar="N",
        help="Worker processes to start; 0: leave the work to running ones.",
    )(command)


@click.command()
@click.argument("playbook", metavar="FILE|PATH")
@workload_options
@priority_option
@click.option("--detach", is_flag=True, help="Start only; print the execution's id.")
@_workers_option
@json_option
@database_option
def run(
    target: Target,
    playbook: str,
    workload: dict[str, Any],
    priority: int | None,
    detach: bool,
    workers: int | None,
    as_json: bool,
) -> int:
    """Run a playbook: a YAML file, or the path of a registered one (PATH@VERSION).

    Prints the result. Exits with 0 if the run completed, 1 if it failed, 2 if nothing
    was run, 130 on Ctrl-C (go on with: noetl resume ID).
    """
    with target.open() as conn:
        with conn.transaction():  # a run that does not start registers nothing
            execution_id = _start(conn, target, playbook, workload, priority)
        if detach:
            return _detach(target, execution_id, workers, as_json)
        return _carry_out(target, conn, execution_id, workers, as_json)


@click.command()
@execution_argument
@_workers_option
@json_option
@database_option
def resume(
    target: Target, execution_id: int, workers: int | None, as_json: bool
) -> int:
    """Go on with a run that was interrupted or paused, until it ends.

    Exits as noetl run does.
    """
    with target.open() as conn:
        calls.resume_execution(conn, execution_id=execution_id)
        return _go_on(target, conn, execution_id, workers, as_json)


@click.command()
@execution_argument
@_workers_option
@json_option
@database_option
def retry(target: Target, execution_id: int, workers: int | None, as_json: bool) -> int:
    """Take a failed or cancelled run up again, until it ends.

    Failed items and steps run again, finished ones do not, nor failures that an arc has
    taken up; so with its children.
    Exits as noetl run does.
    """
    with target.open() as conn:
        calls.retry_execution(conn, execution_id=execution_id)
        return _go_on(target, conn, execution_id, workers, as_json)


def _go_on(
    target: Target,
    conn: Connection,
    execution_id: int,
    workers: int | None,
    as_json: bool,
) -> int:
    status = calls.execution_status(conn, execution_id=execution_id)
    if status.is_final:
        print(
            f"execution {execution_id}: nothing to do, it is {status.status} already",
            file=sys.stderr,
        )
        return _print_end(status, as_json)
    return _carry_out(target, conn, execution_id, workers, as_json)


def _start(
    conn: Connection,
    target: Target,
    playbook: str,
    workload: dict[str, Any],
    priority: int | None,
) -> int:
    names = filter(None, target.settings.template_env.split(","))
    options: dict[str, Any] = {
        "env": {name: os.environ[name] for name in names if name in os.environ}
    }
    if priority is not None:
        options["priority"] = priority
    if is_file(playbook):
        registered = register_file(conn, Path(playbook))
        path, options["version"] = registered.path, registered.version
    else:
        path, version = split_version(playbook)
        if version is not None:
            options["version"] = version
    return calls.start_execution(conn, path=path, workload=workload, options=options)


def _carry_out(
    target: Target,
    conn: Connection,
    execution_id: int,
    workers: int | None,
    as_json: bool,
) -> int:
    follower = Follower(target, conn, execution_id)
    with signals_interrupt():
        try:
            with _fleet(target, workers) as fleet, _progress() as show:
                look = None if show else UnservedHints(_patience_s(fleet)).look
                status = follower.follow(show, fleet, look=look)
        except KeyboardInterrupt:
            return _print_interrupted(target, execution_id, as_json)
    return _print_end(status, as_json)


def _patience_s(fleet: Fleet | None) -> float:
    """Until a command has waited long enough for a hint: our own workers first come up."""
    return 3.0 if fleet is None else 20.0


@contextmanager
def _fleet(target: Target, workers: int | None) -> Iterator[Fleet | None]:
    """Workers for the time of a run."""
    count = target.settings.workers if workers is None else workers
    if count == 0:
        yield None
        return
    fleet = Fleet(
        dsn=target.worker_dsn,
        direct_dsn=target.direct_dsn,
        home=target.settings.home,
        count=count,
    )
    try:
        yield fleet
    except KeyboardInterrupt:
        print("stopping the workers (Ctrl-C again: at once)", file=sys.stderr)
        raise
    except (DatabaseLost, ServerError):
        fleet.stop(seconds=1)  # they have nobody to report to
        raise
    finally:
        stop_workers(fleet)


@contextmanager
def _progress() -> Iterator[output.Show | None]:
    """What draws on a terminal; None where there is none."""
    if not sys.stderr.isatty():
        yield None
        return
    from noetl_shell.cli.progress import RunProgress

    with RunProgress(output.error_console()) as progress:
        yield progress.show


def _print_end(status: Status, as_json: bool) -> int:
    if as_json:
        output.print_json(output.summary(status))
    else:
        output.print_outcome(status)
    return 0 if status.status == "completed" else 1


def _print_interrupted(target: Target, execution_id: int, as_json: bool) -> int:
    where = "" if target.is_embedded else " --db …"
    print(
        "interrupted: the workers have stopped, the run stays resumable\n"
        f"hint: Go on with: noetl resume {execution_id}{where}",
        file=sys.stderr,
    )
    if as_json:
        with target.open() as conn:
            status = calls.execution_status(conn, execution_id=execution_id)
        output.print_json(output.summary(status))
    return 130


def _detach(
    target: Target, execution_id: int, workers: int | None, as_json: bool
) -> int:
    """Print the id; on the embedded database a process of its own goes on."""
    if target.is_embedded and workers != 0:
        _spawn_resume(target, execution_id, workers)
    if as_json:
        output.print_json({"execution_id": str(execution_id), "status": "running"})
    else:
        print(execution_id)
        print(f"hint: See: noetl status {execution_id} --watch", file=sys.stderr)
    return 0


def _spawn_resume(target: Target, execution_id: int, workers: int | None) -> None:
    log = target.settings.home / "workers" / f"run-{execution_id}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    more = [] if workers is None else ["--workers", str(workers)]
    with log.open("ab") as file:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "noetl_shell", "resume", str(execution_id)),
                *more,
            ],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    process.returncode = 0  # it outlives us: nobody waits for it
