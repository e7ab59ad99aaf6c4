"""The benchmark ends cleanly, whoever ends it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_nothing_running(number: int, tmp_path: Path) -> None:
    output = tmp_path / "figures.json"
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "bench.run", "--quick", "--only", "fanout"),
            *("--output", str(output)),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        children = _children_of(process, until="noetl_worker")
        process.send_signal(number)
        text, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in text
    assert "Traceback" not in text
    assert not output.exists()
    assert not [child for child in children if child.is_running()]


def _children_of(process: subprocess.Popen[Any], until: str) -> list[psutil.Process]:
    """Wait until a child with this word in its command line runs."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        children = psutil.Process(process.pid).children(recursive=True)
        if any(until in " ".join(_command_line(child)) for child in children):
            return children
        time.sleep(0.05)
    raise AssertionError(f"no {until} started")


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def test_workers_end_with_a_benchmark_that_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bench.run", "--quick", "--only", "fanout"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        children = _children_of(process, until="noetl_worker")
        process.kill()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive
