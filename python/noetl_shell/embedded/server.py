"""Start, find and stop the private PostgreSQL under ``NOETL_HOME``.

It listens on a unix socket only, in a directory that nobody else can enter, and
outlives the command that started it. fsync is on: it keeps people's work.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from psycopg.conninfo import make_conninfo

from noetl_shell.embedded.account import Account, server_account
from noetl_shell.embedded.programs import find_programs, major_version
from noetl_shell.errors import ShellError

SUPERUSER: Final = "postgres"
DATABASE: Final = "noetl"

_PORT: Final = 5432
# sun_path holds 104 bytes on macOS, 108 on Linux, with the closing NUL.
_SOCKET_PATH_MAX: Final = 103 if sys.platform == "darwin" else 107
# Children of a crashed server may need a moment to notice.
_ORPHANS_SECONDS: Final = 10.0
_SETTINGS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "client_connection_check_interval": "10s",
}


class ServerError(ShellError):
    """The embedded server did not start or stop; the message says why."""


class ServerStopped(ServerError):  # noqa: N818 - it says what happened
    """The server is down on purpose."""


@dataclass(frozen=True, slots=True)
class Server:
    """The embedded server of one home directory."""

    home: Path
    programs: Path | None = None
    notify: Callable[[str], None] = lambda _: None

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.home / "postgres"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.home / "postgres.log"

    @property
    def socket_dir(self) -> Path:
        """The socket's directory, under the home unless that path is too long."""
        inside = self.home / "run"
        if len(os.fsencode(inside / f".s.PGSQL.{_PORT}")) <= _SOCKET_PATH_MAX:
            return inside
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
        return Path(base) / f"noetl-{os.geteuid()}-{digest}"

    def dsn(self, *, user: str = SUPERUSER, dbname: str = DATABASE) -> str:
        """The connection string of a role of this server."""
        return make_conninfo(
            "", host=str(self.socket_dir), port=_PORT, user=user, dbname=dbname
        )

    def exists(self) -> bool:
        """Whether the data directory has been made."""
        return (self.data / "PG_VERSION").exists()

    def is_running(self) -> bool:
        """Whether it answers, or is on the way to."""
        try:
            psycopg.connect(self.dsn(dbname="postgres"), connect_timeout=5).close()
        except psycopg.OperationalError as exc:
            return "starting up" in str(exc) or "in recovery" in str(exc)
        return True

    def start(self, *, only_after_crash: bool = False) -> bool:
        """Start it unless it runs; true if this call did. Safe to call at once.

        With ``only_after_crash``, one that was shut down on purpose stays down.
        """
        with _reported("start", self.home):
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._lock():
                if self.is_running():
                    return False
                if only_after_crash and not self._pid_file.exists():
                    raise ServerStopped("the embedded database was stopped")
                account = server_account(self.data)
                programs = self._programs()
                for opened in {
                    *account.open_way(self.data),
                    *account.open_way(programs / "postgres"),
                } - {self.home.resolve()}:
                    self.notify(
                        f"gave others the right to pass through {opened} (o+x): the"
                        " embedded database does not run as root"
                    )
                if not self.exists():
                    self._make_data(account, programs)
                self._make_socket_dir(account)
                self._remove_stale_pid_files()
                self._launch(account, programs)
                return True

    def stop(self) -> bool:
        """Stop it, ending all connections; false if it was not running."""
        with _reported("stop", self.home):
            if not self.exists():
                return False
            with self._lock():
                if not self.is_running():
                    return False
                account = server_account(self.data)
                account.open_way(self.data)
                done = self._pg_ctl(
                    account,
                    self._programs(),
                    ["-m", "fast", "-w", "-t", "120", "stop"],
                )
                if done.returncode:
                    raise ServerError(
                        f"the embedded database did not stop: {_last_line(done)}",
                        hint=f"See {self.log}",
                    )
                return True

    def reset(self) -> None:
        """Stop it and delete its data."""
        self.stop()
        with _reported("delete", self.home):
            for path in (self.data, self.socket_dir):
                if path.exists():
                    shutil.rmtree(path)

    @property
    def _pid_file(self) -> Path:
        """A clean shutdown removes it, a crash leaves it."""
        return self.data / "postmaster.pid"

    def _programs(self) -> Path:
        version = self.data / "PG_VERSION"
        major = int(version.read_text()) if version.exists() else None
        return find_programs(self.programs, major)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """One process at a time starts or stops; the kernel frees a dead one's lock."""
        with (self.home / "postgres.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _make_data(self, account: Account, programs: Path) -> None:
        """Run initdb beside and rename, so that a data directory is never half made."""
        draft = self.home / "postgres.new"
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        account.give(draft)
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if major_version(programs) >= 17
            else ["--locale=C.UTF-8"]
        )
        done = subprocess.run(
            [
                programs / "initdb",
                *("-D", draft, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"),
                *locale,
            ],
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
            **account.process_options(),
        )
        if done.returncode:
            shutil.rmtree(draft)
            raise ServerError(
                f"the embedded database could not be made in {self.data}:"
                f" {_last_error(done.stderr)}"
            )
        with (draft / "postgresql.conf").open("a") as file:
            file.writelines(f"{key} = '{value}'\n" for key, value in _SETTINGS.items())
        draft.rename(self.data)

    def _make_socket_dir(self, account: Account) -> None:
        path = self.socket_dir
        path.mkdir(mode=0o700, exist_ok=True)
        owner = path.lstat()
        if path.is_symlink() or owner.st_uid not in {os.geteuid(), account.user_id}:
            raise ServerError(
                f"{path} belongs to somebody else",
                hint="Remove it, or choose a shorter NOETL_HOME.",
            )
        account.give(path)
        account.open_way(path / "socket")

    def _remove_stale_pid_files(self) -> None:
        """After a crash the pid may be another program's, or a zombie's, in containers.

        PostgreSQL then refuses to start. We hold the lock and nobody answers, so if
        that process is no living server, the file is stale. Children that survived
        their server are still noticed, by the memory that they share.
        """
        for file in (self._pid_file, self.socket_dir / f".s.PGSQL.{_PORT}.lock"):
            try:
                pid = int(file.read_text().split("\n", 1)[0])
                text = Path(f"/proc/{pid}/stat").read_text()
            except (FileNotFoundError, ValueError):
                continue  # no file, process or /proc: PostgreSQL decides itself
            name, _, rest = text.partition("(")[2].rpartition(")")
            if name != "postgres" or rest.split()[0] == "Z":
                file.unlink()

    def _launch(self, account: Account, programs: Path) -> None:
        self.log.touch(mode=0o600)
        account.give(self.log)
        patience = time.monotonic() + _ORPHANS_SECONDS
        while reason := self._try_launch(account, programs):
            if "still in use" not in reason or time.monotonic() > patience:
                raise ServerError(
                    f"the embedded database did not start: {reason}",
                    hint=f"See {self.log}",
                )
            time.sleep(0.2)

    def _try_launch(self, account: Account, programs: Path) -> str | None:
        """Start it and wait until it answers; what was wrong, if anything."""
        size = self.log.stat().st_size
        done = self._pg_ctl(
            account,
            programs,
            [
                *("-w", "-t", "300", "-l", str(self.log)),
                *("-o", f"-k {shlex.quote(str(self.socket_dir))} -p {_PORT}"),
                "start",
            ],
        )
        if done.returncode == 0:
            return None
        with self.log.open(errors="replace") as file:
            file.seek(size)
            return _last_error(file.read() or done.stderr)

    def _pg_ctl(
        self, account: Account, programs: Path, arguments: list[str]
    ) -> subprocess.CompletedProcess[str]:
        # Its output goes to a file: the server would keep a pipe of ours open for ever.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [programs / "pg_ctl", "-D", self.data, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                check=False,
                **account.process_options(),
            )
            output.seek(0)
            return subprocess.CompletedProcess(
                done.args, done.returncode, "", output.read()
            )


@contextmanager
def _reported(verb: str, home: Path) -> Iterator[None]:
    """Say in one line that a file or directory stands in the way."""
    try:
        yield
    except OSError as exc:
        raise ServerError(
            f"cannot {verb} the embedded database under {home}:"
            f" {exc.strerror or exc}" + (f" ({exc.filename})" if exc.filename else ""),
            hint="Check the directory's owner and free space,"
            " or choose another with NOETL_HOME.",
        ) from exc


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    return (done.stderr.strip().splitlines() or ["no message"])[-1]


def _last_error(text: str) -> str:
    """The line of a program's output that says what went wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    marks = ("FATAL:", "PANIC:", "error:", "could not")
    found = [line for line in lines if any(mark in line for mark in marks)]
    return (found or lines or ["no message"])[-1 if not found else 0]
