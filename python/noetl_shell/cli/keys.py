"""Keys of the credentials: make one, and seal everything with it."""

from __future__ import annotations

from contextlib import nullcontext

import click

from noetl_shell.cli.options import database_option
from noetl_shell.errors import ShellError
from noetl_shell.target import Target


@click.command(name="new-key")
def new_key() -> None:
    """Print a new encryption key, for NOETL_ENCRYPTION_KEY."""
    from noetl_worker import secrets

    print(secrets.encode_key(secrets.new_key()))


@click.command()
@click.option(
    "--new-key", "is_new", is_flag=True, help="First put a new key into the key file."
)
@click.option(
    "--drop-old", is_flag=True, help="Afterwards take the other keys out of it."
)
@database_option
def rotate(target: Target, is_new: bool, drop_old: bool) -> None:
    """Seal all credentials anew, with the first encryption key; runs go on meanwhile.

    Workers open with every key they have: give them the new one before this, and take the
    old one from them after it. Those that share the key file read it anew by themselves.
    Takes a role that is a member of noetl_owner. Safe to repeat.
    """
    from noetl_shell import rotation
    from noetl_worker.secrets import load_keys

    home = target.settings.home
    with rotation.key_file(home) if is_new or drop_old else nullcontext():
        with target.open() as conn:
            if is_new:
                rotation.add_key(home)
            done = rotation.reseal_all(conn, load_keys(home))
        print(f"{done.resealed} of {done.total} sealed anew")
        if done.unreadable:
            raise ShellError(
                f"no key opens {', '.join(done.unreadable)}",
                hint="Give the key that they were added with, too, or add them again.",
            )
        if drop_old:
            print(f"{rotation.drop_old_keys(home)} old keys dropped")
