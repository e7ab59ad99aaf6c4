"""The database itself: start, stop, deploy, look."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from noetl_shell.cli import output
from noetl_shell.cli.maintenance import maintenance
from noetl_shell.cli.options import database_option, json_option
from noetl_shell.database import connect
from noetl_shell.errors import InputError, ShellError, describe_database
from noetl_shell.target import Target


@click.group()
def db() -> None:
    """Start, stop, deploy and look at the database."""


db.add_command(maintenance)


@db.command()
@database_option
def up(target: Target) -> None:
    """Start the embedded database and make it ready."""
    _require_embedded(target, "up")
    target.open().close()
    print(f"up: {_url(target)}")


@db.command()
@database_option
def down(target: Target) -> None:
    """Stop the embedded database; runs go on where they were after noetl resume."""
    _require_embedded(target, "down")
    print("stopped" if target.server.stop() else "it was not running")


@db.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@database_option
def reset(target: Target, yes: bool) -> None:
    """Delete the embedded database with all runs, playbooks and credentials."""
    _require_embedded(target, "reset")
    if not yes:
        click.confirm(f"Delete {target.server.data}?", abort=True, err=True)
    target.server.reset()
    print("deleted")


@db.command()
@click.option(
    "--no-embedded",
    is_flag=True,
    help="Refuse if neither --db nor NOETL_DB says where.",
)
@database_option
def deploy(target: Target, no_embedded: bool) -> None:
    """Deploy the schema, or what is new in it; sqitch may do so as well."""
    if target.is_embedded and no_embedded:
        raise InputError(
            "no database was given: NOETL_DB is empty, and so is --db",
            hint="In Kubernetes: is there the secret that database.existingSecret names,"
            " and has it the key that database.keys.deploy names?",
        )
    if target.is_embedded:
        target.open().close()
        print("deployed")
        return
    from noetl_shell.embedded.deployer import deploy as deploy_plan

    with target.open_direct() as conn:
        applied = deploy_plan(conn)
    for change in applied:
        print(f"+ {change}")
    print("deployed" if applied else "nothing to deploy")


@db.command()
@click.argument("directory", type=click.Path(path_type=Path))
def scripts(directory: Path) -> None:
    """Write sqitch's plan and scripts into a new directory, for sqitch deploy."""
    from noetl_shell.resources import write_sqitch_project

    write_sqitch_project(directory)
    print(f"wrote {directory / 'sqitch.plan'} and its scripts")


@db.command()
@json_option
@database_option
def status(target: Target, as_json: bool) -> None:
    """Say whether the database is up and its schema current; exits with 1 if not."""
    state = _state(target)
    if as_json:
        output.print_json(state)
    else:
        for name, value in state.items():
            print(f"{name:<10}{value}")
    if state["state"] != "up" or not state["deployed"]:
        raise SystemExit(1)


@db.command()
@database_option
def url(target: Target) -> None:
    """Print the database's URL for other programs; the embedded one is started."""
    if target.is_embedded:
        target.open().close()
    print(_url(target))


@db.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@database_option
def psql(target: Target, arguments: tuple[str, ...]) -> None:
    """Open psql on the database; further arguments are psql's."""
    from noetl_shell.embedded.programs import find_psql

    target.open().close()
    program = find_psql()
    if program is None:
        raise ShellError("psql is not installed", hint="Install postgresql-client.")
    parts = conninfo_to_dict(target.db or target.server.dsn())
    password = parts.pop("password", None)
    if password is not None:  # not on the command line, where ps shows it
        os.environ["PGPASSWORD"] = str(password)
    conninfo = make_conninfo("", **{key: str(value) for key, value in parts.items()})
    os.execv(program, ["psql", "-d", conninfo, *arguments])  # noqa: S606


def _require_embedded(target: Target, verb: str) -> None:
    if not target.is_embedded:
        raise InputError(
            f"noetl db {verb} is for the embedded database, not for --db or NOETL_DB"
        )


def _url(target: Target) -> str:
    """The URL; one that was given comes without its password."""
    from urllib.parse import quote, urlencode

    parts: dict[str, Any] = dict(conninfo_to_dict(target.db or target.server.dsn()))
    parts.pop("password", None)
    user, host = parts.pop("user", ""), str(parts.pop("host", ""))
    dbname, port = parts.pop("dbname", ""), parts.pop("port", None)
    if host.startswith("/"):
        parts["host"], host = host, ""
    authority = (f"{quote(str(user))}@" if user else "") + host
    authority += f":{port}" if port and host else ""
    query = f"?{urlencode(parts)}" if parts else ""
    return f"postgresql://{authority}/{quote(str(dbname))}{query}"


def _state(target: Target) -> dict[str, Any]:
    """Look without starting anything."""
    if target.is_embedded:
        server = target.server
        if not server.is_running():
            word = "down" if server.exists() else "never started"
            return {"state": word, "deployed": False, "data": str(server.data)}
    from noetl_shell.embedded.deployer import is_deployed

    dsn = target.db or target.server.dsn()
    with connect(dsn) as conn:
        return {
            "state": "up",
            "deployed": is_deployed(conn),
            "database": describe_database(dsn),
            "server": f"PostgreSQL {conn.info.server_version // 10000}",
        }
