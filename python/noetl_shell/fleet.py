"""The worker processes of one command: started, kept up, stopped with it.

Each has the lowest free name of its home directory. A name is held by a file lock, which
the kernel frees with its process; whoever starts next takes the name, and with it, at
once, the work that a killed worker left.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Final

from noetl_shell.errors import ShellError

_LOG_MAX_BYTES: Final = 10_000_000
_BACKOFF_SECONDS: Final = (0.0, 0.2, 1.0, 2.0, 5.0)
# Longer than a worker's own grace.
_STOP_SECONDS: Final = 20.0
# A worker that lived this long did not fail to start.
_HEALTHY_SECONDS: Final = 30.0


class WorkersFailed(ShellError):  # noqa: N818 - it says what happened
    """Workers end again and again right after their start."""


@dataclass(slots=True)
class _Worker:
    """One place in the fleet: a name, and the process that has it now."""

    name: str
    lock: TextIOWrapper
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    start_at: float = 0.0


class Fleet:
    """Worker processes on one database."""

    def __init__(
        self, *, dsn: str, home: Path, count: int, direct_dsn: str | None = None
    ) -> None:
        self._dsn = dsn
        self._direct_dsn = direct_dsn
        self._home = home
        self._workers = [self._reserve() for _ in range(count)]
        for worker in self._workers:
            self._start(worker)

    @property
    def logs(self) -> list[Path]:
        """Where the workers write."""
        return [worker.log for worker in self._workers]

    def keep_up(self) -> None:
        """Start again, under the same name, what has died."""
        now = time.monotonic()
        for worker in self._workers:
            if worker.process is not None and worker.process.poll() is not None:
                self._note_death(worker, now)
            if worker.process is None and now >= worker.start_at:
                self._start(worker)

    def stop(self, seconds: float = _STOP_SECONDS) -> None:
        """Ask all to finish or hand back what they do, and wait for it a while."""
        for process in self._running():
            process.terminate()
        patience = time.monotonic() + seconds
        with suppress(subprocess.TimeoutExpired):
            for process in self._running():
                process.wait(max(0.0, patience - time.monotonic()))
        self.kill()

    def kill(self) -> None:
        """End all at once; their work is taken over by who starts next."""
        for process in self._running():
            process.kill()
            process.wait()
            if process.stdin is not None:
                process.stdin.close()
        for worker in self._workers:
            worker.lock.close()

    def _running(self) -> Iterable[subprocess.Popen[bytes]]:
        return [worker.process for worker in self._workers if worker.process]

    def _reserve(self) -> _Worker:
        """Take the lowest name that no living process has."""
        folder = self._home / "workers"
        folder.mkdir(parents=True, exist_ok=True)
        home = hashlib.sha256(os.fsencode(self._home)).hexdigest()[:6]
        number = 1
        while True:
            lock = (folder / f"{number}.lock").open("w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                number += 1
                continue
            name = f"{socket.gethostname()}-{home}-{number}"
            return _Worker(name, lock, folder / f"{number}.log")

    def _start(self, worker: _Worker) -> None:
        with suppress(FileNotFoundError):
            if worker.log.stat().st_size > _LOG_MAX_BYTES:
                worker.log.replace(worker.log.with_suffix(".log.1"))
        with worker.log.open("ab") as log:
            worker.process = subprocess.Popen(
                [sys.executable, "-m", "noetl_shell.child"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                # Ctrl-C is for the command, which then stops its workers in order.
                start_new_session=True,
                env={
                    **os.environ,
                    "NOETL_DB": self._dsn,
                    "NOETL_DB_DIRECT": self._direct_dsn or "",
                    # They are of this command, and so is the database.
                    "NOETL_EVENT_TRANSPORT": "postgres",
                    "NOETL_HOME": str(self._home),
                    "NOETL_WORKER_NAME": worker.name,
                    # An address is for one process.
                    "NOETL_METRICS_LISTEN": "",
                },
            )
        worker.started = time.monotonic()

    def _note_death(self, worker: _Worker, now: float) -> None:
        assert worker.process is not None
        code = worker.process.returncode
        if worker.process.stdin is not None:
            worker.process.stdin.close()
        worker.process = None
        if now - worker.started > _HEALTHY_SECONDS:
            worker.failures = 0
        if worker.failures == len(_BACKOFF_SECONDS):
            raise WorkersFailed(
                f"worker {worker.name} does not stay up ({_describe(code)}):"
                f" {_last_line(worker.log)}",
                hint=f"See {worker.log}",
            )
        worker.start_at = now + _BACKOFF_SECONDS[worker.failures]
        worker.failures += 1


def _describe(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    return f"killed by {signal.Signals(-code).name}"


def _last_line(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 4096))
        lines = file.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it wrote nothing"
