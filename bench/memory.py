"""Peak memory of workers and server."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

_PERIOD: Final = 1.0  # reading a server's maps costs milliseconds per backend
_RESET_PEAK: Final = "5"  # proc(5), clear_refs


@dataclass(slots=True)
class Peaks:
    """What the meter has seen, in megabytes."""

    worker_mb: float = 0.0
    server_mb: float = 0.0


@contextmanager
def measured_memory(workers: Iterable[int], server: int) -> Iterator[Peaks]:
    """Measure a block: the largest worker's peak, and the server's as a whole.

    A worker's peak is the kernel's own mark of its resident memory. The server's is the
    sum over its processes, sampled each second and at the end; what they share of
    programs is counted once, and the shared buffers, which are of a fixed size and fill
    up with whatever is read, not at all.
    """
    peaks = Peaks()
    pids = list(workers)
    for pid in pids:
        Path(f"/proc/{pid}/clear_refs").write_text(_RESET_PEAK)
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_PERIOD):
            peaks.server_mb = max(peaks.server_mb, _own_memory(server))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peaks
    finally:
        done.set()
        watcher.join()
    peaks.server_mb = max(peaks.server_mb, _own_memory(server))
    peaks.worker_mb = max(_figure(pid, "status", "VmHWM") for pid in pids)


def _own_memory(pid: int) -> float:
    """Proportional memory of a process and all below it, without shared memory."""
    parent = psutil.Process(pid)
    total = 0.0
    for process in [parent, *parent.children(recursive=True)]:
        try:
            total += sum(
                _figure(process.pid, "smaps_rollup", f"Pss_{kind}")
                for kind in ("Anon", "File")
            )
        except (FileNotFoundError, ProcessLookupError):
            continue  # a backend that has just ended
    return total


def _figure(pid: int, file: str, name: str) -> float:
    text = Path(f"/proc/{pid}/{file}").read_text()
    match = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    if match is None:
        raise ProcessLookupError(f"/proc/{pid}/{file} has no {name}")
    return int(match[1]) / 1024
