"""Whose processor time a run took: that of the API, of NoETL and of its PostgreSQL."""

from __future__ import annotations

import json
import resource
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil

_PAUSE: Final = 0.5
# The first word of a backend's title after "postgres:" is its user.
_ENGINE: Final = "noetl_local_worker"
_TASKS: Final = "noetl_data"


@dataclass(slots=True)
class ServerTime:
    """Processor seconds of the embedded server's processes, as last seen of each."""

    postmaster: Path
    _first: dict[psutil.Process, float] = field(default_factory=dict)
    _last: dict[psutil.Process, tuple[str, float]] = field(default_factory=dict)

    def sample(self) -> None:
        """Look at every process of the server; it may not run yet."""
        try:
            pid = int(self.postmaster.read_text().split()[0])
            processes = psutil.Process(pid).children()
        except (OSError, ValueError, psutil.Error):
            return
        is_first = not self._last
        for process in processes:
            try:
                times, title = process.cpu_times(), " ".join(process.cmdline())
            except psutil.Error:
                continue  # it has just ended
            seconds = times.user + times.system
            self._last[process] = (title, seconds)
            if is_first:
                self._first[process] = seconds

    @property
    def engine(self) -> float:
        """Seconds that workers' calls of the engine took."""
        return self._sum(_ENGINE)

    @property
    def tasks(self) -> float:
        """Seconds that the playbook's own SQL took."""
        return self._sum(_TASKS)

    @property
    def total(self) -> float:
        """Seconds of the whole server, its background processes included."""
        return self._sum("")

    def _sum(self, user: str) -> float:
        return sum(
            seconds - self._first.get(process, 0.0)
            for process, (title, seconds) in self._last.items()
            if user in title
        )


@contextmanager
def server_time(noetl: Sequence[str]) -> Iterator[ServerTime]:
    """Watch the embedded server while the block runs."""
    found = subprocess.run(
        [*noetl, "config", "--json"], check=True, capture_output=True, text=True
    )
    settings = {entry["name"]: entry["value"] for entry in json.loads(found.stdout)}
    times = ServerTime(Path(settings["NOETL_HOME"]) / "postgres" / "postmaster.pid")
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(_PAUSE):
            times.sample()

    times.sample()
    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield times
    finally:
        ended.set()
        thread.join()
        times.sample()


def time_of_ended_children() -> float:
    """Processor seconds of every child that has ended, and of their children."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
