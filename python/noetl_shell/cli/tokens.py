"""``noetl token``: who may use the HTTP API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Final

import click

from noetl_shell import calls
from noetl_shell.cli import output
from noetl_shell.cli.options import database_option, json_option
from noetl_shell.target import Target

_BYTES: Final = 32


@click.group()
def token() -> None:
    """Let programs and people use the HTTP API."""


@token.command()
@click.argument("name", metavar="NAME")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(("worker", "operator", "reader")),
    multiple=True,
    required=True,
    help="What it may do; give it again for more. operator includes reader.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 36500),
    metavar="N",
    help="How long it is valid. Default: until it is revoked.",
)
@json_option
@database_option
def add(
    target: Target, name: str, scopes: tuple[str, ...], days: int | None, as_json: bool
) -> None:
    """Add a token and print it, once: the database keeps its hash only.

    Takes a role that is a member of noetl_owner: the API does with its own rights
    whatever the scopes allow.
    """
    secret = f"noetl_{token_urlsafe(_BYTES)}"
    expires_at = None if days is None else datetime.now(UTC) + timedelta(days=days)
    with target.open() as conn:
        calls.add_api_token(
            conn,
            name=name,
            token_hash=sha256(secret.encode()).digest(),
            scopes=sorted(set(scopes)),
            expires_at=expires_at,
        )
    if as_json:
        output.print_json({"name": name, "token": secret})
        return
    print(secret)


@token.command(name="list")
@json_option
@database_option
def list_(target: Target, as_json: bool) -> None:
    """List the tokens, newest first; never the tokens themselves."""
    with target.open() as conn:
        found = calls.list_api_tokens(conn)
    if as_json:
        output.print_json(found)
        return
    output.print_table(
        ("name", "scopes", "created", "expires", "revoked", "last used"),
        (
            (
                item.name,
                ", ".join(item.scopes),
                *(
                    output.when(time)
                    for time in (
                        item.created_at,
                        item.expires_at,
                        item.revoked_at,
                        item.last_used_at,
                    )
                ),
            )
            for item in found
        ),
    )


@token.command()
@click.argument("name", metavar="NAME")
@database_option
def revoke(target: Target, name: str) -> None:
    """Revoke a token: the API refuses it within five seconds."""
    with target.open() as conn:
        revoked = calls.revoke_api_token(conn, name=name)
    print(f"{name} {'revoked' if revoked else 'was revoked before'}")
