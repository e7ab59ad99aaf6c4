"""Worker processes: started, killed, stopped, continued, each by its process id."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil

from tests.support.lifeline import tied

LOG_TAIL: Final = 2_000
STOP_SECONDS: Final = 30.0
_SETTINGS: Final = {
    "NOETL_WORKER_SLOTS": "12",
    "NOETL_CLAIM_MAX": "12",
    "NOETL_POLL_SECONDS": "0.5",
    "NOETL_HEARTBEAT_SECONDS": "1",
    "NOETL_GRACE_SECONDS": "0.5",
    "NOETL_PYTHON_PROCESSES": "1",
    "NOETL_INLINE_MAX_BYTES": "2000",  # larger lists are files, which SQL does not see
    "NOETL_TEMPLATE_ENV": "CHAOS_PROCESS",
}


@dataclass(slots=True)
class Process:
    """One process of a worker; its label tells it from those before and after it."""

    worker: str
    label: str
    popen: subprocess.Popen[bytes]
    log: Path
    started_at: float = field(default_factory=time.time)
    is_suspended: bool = False
    may_die: bool = False
    _stopped: list[psutil.Process] = field(default_factory=list)

    def code(self) -> int | None:
        """Its exit code, if it has ended."""
        return self.popen.poll()

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.popen.kill()
        self.popen.wait()

    def suspend(self) -> None:
        """SIGSTOP it and what it has started."""
        self.is_suspended = True
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.popen.pid)
            process.suspend()
            self._stopped = [process, *process.children(recursive=True)]
        for child in self._stopped[1:]:
            with suppress(psutil.NoSuchProcess):
                child.suspend()

    def resume(self) -> None:
        """SIGCONT what was stopped."""
        self.is_suspended = False
        for process in reversed(self._stopped):
            with suppress(psutil.NoSuchProcess):
                process.resume()
        self._stopped = []

    def tail(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-LOG_TAIL:].strip()


class Fleet:
    """Workers by name, each with at most one process; and processes that lost their name."""

    def __init__(self, dsn: str, home: Path, size: int) -> None:
        self.names = [f"w{number}" for number in range(1, size + 1)]
        self.processes: dict[str, Process] = {}
        self.ghosts: list[Process] = []
        self._dsn = dsn
        self._home = home
        self._counts = dict.fromkeys(self.names, 0)

    @property
    def witness(self) -> Path:
        """The directory of the files in which workers tell what they were given."""
        return self._home / "witness"

    def start(self, name: str, kill_at: str = "") -> Process:
        """Start a process under a worker's name."""
        self._counts[name] += 1
        label = f"{name}.{self._counts[name]}"
        self.witness.mkdir(exist_ok=True)
        own = {
            "NOETL_HOME": str(self._home),
            "NOETL_KILL_AT": kill_at,
            "CHAOS_PROCESS": label,
            "CHAOS_WITNESS": str(self.witness / f"{label}.jsonl"),
        }
        process = self._spawn(name, label, own)
        process.may_die = bool(kill_at)
        self.processes[name] = process
        return process

    def take(self, name: str) -> Process:
        """Give a worker's process up, to be killed or to become a ghost."""
        return self.processes.pop(name)

    def up(self) -> list[str]:
        """The workers that run and are not suspended."""
        return [n for n, p in sorted(self.processes.items()) if not p.is_suspended]

    def dead(self) -> list[Process]:
        """Processes that have ended although nobody has killed them."""
        return [p for p in self.processes.values() if p.code() is not None]

    def end(self) -> list[str]:
        """Stop all as an operator would; what went wrong."""
        problems: list[str] = []
        processes = list(self.processes.values())
        for process in processes:
            process.popen.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in processes:
            try:
                code = process.popen.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                problems.append(f"{process.label} did not stop after SIGTERM")
                continue
            # One that has just started does not know the signal yet, and holds nothing.
            has_begun = code != -signal.SIGTERM or process.tail()
            was_to_die = process.may_die and code == -signal.SIGKILL
            if code != 0 and has_begun and not was_to_die:
                problems.append(f"{process.label} ended with {code}:\n{process.tail()}")
        return problems

    def close(self) -> None:
        """Kill whatever is left, stopped or not."""
        for process in [*self.processes.values(), *self.ghosts]:
            process.kill()
        self.processes.clear()
        self.ghosts.clear()

    def _spawn(self, name: str, label: str, own: Mapping[str, str]) -> Process:
        log = self._home / f"{label}.log"
        with log.open("wb") as output:
            popen = subprocess.Popen(
                tied(
                    *(sys.executable, "-m", "tests.chaos.witness"),
                    *("--db", self._dsn, "--name", name),
                ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for us; we end the workers
                env={**os.environ, **_SETTINGS, **own},
            )
        return Process(name, label, popen, log)
