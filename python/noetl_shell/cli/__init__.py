"""The command ``noetl``. Each command lives in a module that is loaded when it is used."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, Final, NoReturn

import click

from noetl_shell.errors import ShellError, translate

_COMMANDS: Final = {
    "run": "run:run",
    "resume": "run:resume",
    "status": "executions:status",
    "list": "executions:list_",
    "events": "executions:events",
    "cancel": "executions:cancel",
    "pause": "executions:pause",
    "retry": "run:retry",
    "signal": "executions:signal",
    "rebuild": "executions:rebuild",
    "result": "results:result",
    "trace": "results:trace",
    "playbook": "playbooks:playbook",
    "lint": "playbooks:lint",
    "credential": "credentials:credential",
    "token": "tokens:token",
    "schedule": "schedules:schedule",
    "db": "databases:db",
    "worker": "worker:worker",
    "workers": "worker:workers",
    "shards": "shards:shards",
    "dispatcher": "dispatcher:dispatcher",
    "nats": "nats:nats",
    "store": "stores:store",
    "dead-letters": "deadletters:dead_letters",
    "config": "config:config",
}


class _LazyGroup(click.Group):
    """Loads a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002
        cmd_name: str,
    ) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command = getattr(importlib.import_module(f"noetl_shell.cli.{module}"), name)
        assert isinstance(command, click.Command)
        return command


@click.command(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="noetl")
def noetl() -> None:
    """Run playbooks: workflows that PostgreSQL decides and workers carry out.

    Without --db a private database under NOETL_HOME is used and started as needed.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command; every error is one message, a hint and an exit code."""
    try:
        code: Any = noetl.main(arguments, prog_name="noetl", standalone_mode=False)
    except Exception as exc:  # noqa: BLE001 - the last resort: nothing may go unsaid
        code = _report(exc)
    sys.exit(code if isinstance(code, int) else 0)


def _report(exc: Exception) -> int:
    """Print an error; its exit code."""
    if _is_debugging() and not isinstance(exc, click.Abort):
        traceback.print_exception(exc)
    if isinstance(exc, click.Abort):
        return 130
    if isinstance(exc, click.ClickException):
        exc.show()
        return exc.exit_code if isinstance(exc, click.UsageError) else 1
    if isinstance(exc, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    error = exc if isinstance(exc, ShellError) else _explain(exc)
    print(f"error: {error}", file=sys.stderr)
    if error.hint:
        print(f"hint: {error.hint}", file=sys.stderr)
    return error.exit_code


def _is_debugging() -> bool:
    """What NOETL_DEBUG says; the other settings may be what is wrong."""
    from noetl_worker.environment import flag

    try:
        return flag(os.environ.get("NOETL_DEBUG") or "0")
    except ValueError:
        return False


def _explain(exc: Exception) -> ShellError:
    """Words for what no code of ours expected."""
    import psycopg

    from noetl_worker.nats.settings import NatsSetupError
    from noetl_worker.secrets import SecretError

    if isinstance(exc, SecretError | NatsSetupError):
        return ShellError(str(exc))
    if isinstance(exc, psycopg.Error):
        return translate(exc, "the database")
    if isinstance(exc, OSError):
        place = f" ({exc.filename})" if exc.filename else ""
        return ShellError(f"{exc.strerror or exc}{place}")
    return ShellError(
        f"unexpected: {type(exc).__name__}: {exc}",
        hint="This is a defect of NoETL; NOETL_DEBUG=1 shows where.",
    )
