"""Seal all credentials with another key, while everything goes on."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from noetl_shell import calls
from noetl_shell.database import Connection
from noetl_shell.errors import InputError, ShellError
from noetl_worker.secrets import (
    KEY_FILE,
    KEY_VARIABLE,
    SecretError,
    is_sealed_with,
    load_keys,
    new_key,
    open_,
    seal,
    write_keys,
)


@dataclass(frozen=True, slots=True)
class Rotation:
    """How many credentials there are, were sealed anew, and which open with no key."""

    total: int
    resealed: int
    unreadable: tuple[str, ...]


def reseal_all(conn: Connection, keys: list[bytes]) -> Rotation:
    """Seal with the first key what the others open; repeat it as often as you like.

    One that somebody replaces meanwhile is looked at once more. What no key opens stays as
    it is.
    """
    resealed = 0
    unreadable: list[str] = []
    while True:
        found = calls.list_sealed_credentials(conn)
        unreadable.clear()
        is_settled = True
        for item in found:
            if is_sealed_with(keys[0], item.name, item.secret):
                continue
            try:
                fields = open_(keys, item.name, item.secret)
            except SecretError:
                unreadable.append(item.name)
                continue
            done = calls.reseal_credential(
                conn,
                name=item.name,
                secret=item.secret,
                resealed=seal(keys[0], item.name, fields),
            )
            resealed += done
            is_settled &= done
        if is_settled:
            return Rotation(len(found), resealed, tuple(unreadable))


@contextmanager
def key_file(home: Path) -> Iterator[None]:
    """Hold the key file for changes; of two who come at once the second is refused.

    Raises InputError when the keys come from the environment instead.
    """
    if os.environ.get(KEY_VARIABLE):
        raise InputError(
            f"the keys come from {KEY_VARIABLE}, which only you can change",
            hint="Put a new key before the old one, with a comma: noetl credential new-key",
        )
    load_keys(home, create=True)
    with (home / f"{KEY_FILE}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ShellError(
                f"another process is changing the key file {home / KEY_FILE}",
                hint="Wait until it has ended, then repeat this.",
            ) from None
        yield


def add_key(home: Path) -> None:
    """Put a new key before those of the key file; hold ``key_file``."""
    write_keys(home, [new_key(), *load_keys(home)])


def drop_old_keys(home: Path) -> int:
    """Leave only the first key in the key file; how many went. Hold ``key_file``."""
    keys = load_keys(home)
    if len(keys) > 1:
        write_keys(home, keys[:1])
    return len(keys) - 1
