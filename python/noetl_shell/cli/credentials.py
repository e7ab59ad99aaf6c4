"""Secrets of playbooks: sealed here, so that the database never sees them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from noetl_shell import calls
from noetl_shell.cli import output
from noetl_shell.cli.keys import new_key, rotate
from noetl_shell.cli.options import database_option, json_option
from noetl_shell.credentials import check_dsn, parse_settings
from noetl_shell.documents import parse_document, read_document
from noetl_shell.errors import InputError
from noetl_shell.target import Target


@click.group()
def credential() -> None:
    """Add, list and remove the credentials that playbooks name."""


credential.add_command(new_key)
credential.add_command(rotate)


@credential.command()
@click.argument("name", metavar="NAME")
@click.option("--kind", required=True, metavar="KIND", help="postgres, http, …")
@click.option(
    "--file", "file", metavar="FILE", help="YAML or JSON with the fields; - is stdin."
)
@click.option("--dsn", metavar="DSN", help="Connection string of a database.")
@click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE", help="Set a field."
)
@click.option(
    "--prompt", "prompts", multiple=True, metavar="KEY", help="Ask for a field, hidden."
)
@click.option("--description", metavar="TEXT", help="What it is for; not secret.")
@database_option
def add(
    target: Target,
    name: str,
    kind: str,
    file: str | None,
    dsn: str | None,
    settings: tuple[str, ...],
    prompts: tuple[str, ...],
    description: str | None,
) -> None:
    """Store a credential, encrypted; one of that name is replaced.

    Values on the command line are seen by other users of the machine while it runs:
    prefer --file or --prompt for secrets.
    """
    secret = _read_file(file) if file else {}
    if dsn is not None:
        check_dsn(dsn)
        secret["dsn"] = dsn
    secret |= parse_settings(settings)
    secret |= {key: click.prompt(key, hide_input=True, err=True) for key in prompts}
    if not secret:
        raise InputError(
            f"credential {name}: no fields",
            hint="Give --file, --dsn, --set or --prompt.",
        )
    _store(target, name, kind, secret, description)


@credential.command(name="list")
@json_option
@database_option
def list_(target: Target, as_json: bool) -> None:
    """List the credentials that you may use; never their secrets."""
    with target.open() as conn:
        found = calls.list_credentials(conn)
    if as_json:
        output.print_json(found)
        return
    output.print_table(
        ("name", "kind", "updated", "description"),
        (
            (item.name, item.kind, output.when(item.updated_at), item.description)
            for item in found
        ),
    )


@credential.command()
@click.argument("name", metavar="NAME")
@database_option
def remove(target: Target, name: str) -> None:
    """Remove a credential; playbooks that name it will not start any more."""
    with target.open() as conn:
        if not calls.remove_credential(conn, name=name):
            raise InputError(
                f'no credential is named "{name}"', hint="See: noetl credential list"
            )
    print(f"{name} removed")


def _read_file(file: str) -> dict[str, Any]:
    if file == "-":
        value = parse_document(sys.stdin.read(), "standard input").value
    else:
        value = read_document(Path(file)).value
    if not isinstance(value, dict):
        raise InputError(f"{file}: the fields of a credential are a mapping")
    return value


def _store(
    target: Target, name: str, kind: str, secret: dict[str, Any], text: str | None
) -> None:
    from noetl_worker.secrets import load_key, seal

    # Without the embedded database a new key would be of no use to workers elsewhere,
    # but workers on this machine read the same file.
    key = load_key(target.settings.home, create=True)
    with target.open() as conn:
        created = calls.put_credential(
            conn,
            name=name,
            kind=kind,
            secret=seal(key, name, secret),
            description=text,
        )
    print(f"{name} {'added' if created else 'replaced'}")
