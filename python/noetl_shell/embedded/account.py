"""The account that PostgreSQL runs under: ours, or an own one when we are root."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from noetl_shell.errors import ShellError

_NAME: Final = "noetl"


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs the server; ``user_id`` is None for the present user."""

    user_id: int | None
    group_id: int | None

    def process_options(self) -> dict[str, Any]:
        """Arguments of ``subprocess`` that run a program under this account."""
        if self.user_id is None:
            return {}
        return {"user": self.user_id, "group": self.group_id, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Make the account own a file or directory."""
        if self.user_id is not None and self.group_id is not None:
            os.chown(path, self.user_id, self.group_id)

    def open_way(self, path: Path) -> list[Path]:
        """Let the account pass through the directories above a path.

        Only the right to pass is added (o+x): nothing becomes readable. The directories
        that were changed are returned, for the user to be told.
        """
        if self.user_id is None:
            return []
        changed = []
        for parent in path.resolve().parents:
            mode = parent.stat().st_mode
            if not mode & stat.S_IXOTH and parent.stat().st_uid != self.user_id:
                parent.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
                changed.append(parent)
        return changed


def server_account(data: Path) -> Account:
    """The account for a data directory: its owner, if root looks at an existing one."""
    if os.geteuid() != 0:
        return Account(None, None)
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    entry = _own_user()
    return Account(entry.pw_uid, entry.pw_gid)


def _own_user() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root, so root gets it a system user."""
    try:
        return pwd.getpwnam(_NAME)
    except KeyError:
        pass
    error = "useradd is not installed"
    try:
        done = subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", _NAME],
            capture_output=True,
            text=True,
            check=False,
        )
        error = done.stderr.strip()
    except FileNotFoundError:
        pass
    try:
        return pwd.getpwnam(_NAME)  # made by us, or by another process meanwhile
    except KeyError:
        raise ShellError(
            f"cannot make the system user {_NAME!r} for the embedded database: {error}",
            hint="PostgreSQL does not run as root: make that user, run noetl as an"
            " ordinary user, or use a database with --db.",
        ) from None
