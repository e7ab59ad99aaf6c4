"""A private pgbouncer with the configuration that is shipped in ops/pgbouncer."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from configparser import RawConfigParser
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tests.support.lifeline import tied
from tests.support.ports import free_port
from tests.support.postgres import AS_POSTGRES, Server

SHIPPED: Final = Path(__file__).parents[2] / "ops/pgbouncer/pgbouncer.ini"
PASSWORD: Final = "pooled-Qm41"
_STARTUP_SECONDS: Final = 30


def shipped() -> RawConfigParser:
    """The shipped file, as it is."""
    config = RawConfigParser(comment_prefixes=(";",), delimiters=("=",))
    config.optionxform = str  # type: ignore[assignment,method-assign]
    config.read_string(SHIPPED.read_text())
    return config


class Pgbouncer:
    """One pgbouncer before one database."""

    def __init__(self, base: Path, server: Server, dsn: str) -> None:
        self._dbname = str(conninfo_to_dict(dsn)["dbname"])
        self._base = base
        self.port: int = free_port()
        config = shipped()
        (name,) = config["databases"]
        address = f"host=127.0.0.1 port={server.port} dbname={self._dbname} "
        shipped_address = "host=127.0.0.1 port=5432 dbname=noetl "
        text = config["databases"][name]
        assert text.startswith(shipped_address), text
        config["databases"] = {name: address + text.removeprefix(shipped_address)}
        self._name = name
        ours = config["pgbouncer"]
        for key, value in {
            "listen_port": self.port,
            "unix_socket_dir": base,
            "auth_file": base / "userlist.txt",
            "pidfile": base / "pid",
            "logfile": base / "log",
        }.items():
            assert key in ours
            ours[key] = str(value)
        # The next transaction gets another connection, whatever can be done about it.
        ours["server_round_robin"] = "1"
        with (base / "pgbouncer.ini").open("w") as file:
            config.write(file)
        (base / "userlist.txt").write_text(f'"postgres" "{PASSWORD}"\n')

    @property
    def dsn(self) -> str:
        """A URL of the database, through the pooler."""
        return f"postgresql://postgres:{quote(PASSWORD)}@127.0.0.1:{self.port}/{self._name}"

    @contextmanager
    def running(self) -> Iterator[None]:
        """It answers when the block begins, and ends with it."""
        options: Sequence[str] = ()
        if os.geteuid() == 0:  # which it refuses to run as
            shutil.chown(self._base, "postgres")
            for path in self._base.iterdir():
                shutil.chown(path, "postgres")
            options = AS_POSTGRES
        with subprocess.Popen(
            tied(_program(), "-q", self._base / "pgbouncer.ini", options=options)
        ) as process:
            try:
                self._wait(process)
                yield
            finally:
                process.kill()

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _STARTUP_SECONDS
        while True:
            with suppress(psycopg.OperationalError):
                psycopg.connect(self.dsn, connect_timeout=5).close()
                return
            assert process.poll() is None, self._log()
            assert time.monotonic() < deadline, self._log()
            time.sleep(0.02)

    def _log(self) -> str:
        path = self._base / "log"
        return path.read_text() if path.exists() else "it logged nothing"


@contextmanager
def running_pgbouncer(server: Server, dsn: str) -> Iterator[Pgbouncer]:
    """Run one before the database ``dsn`` of this server; it ends with the block."""
    with tempfile.TemporaryDirectory(
        prefix="noetl-pgbouncer-", ignore_cleanup_errors=True
    ) as name:
        pooler = Pgbouncer(Path(name), server, dsn)
        with pooler.running():
            yield pooler


def _program() -> str:
    """Debian keeps it where only root's PATH leads."""
    found = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    assert found, "no pgbouncer: run 'make setup'"
    return found
