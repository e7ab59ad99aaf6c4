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
        children = _children_with_a_worker(process)
        process.send_signal(number)
        text, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in text
    assert "Traceback" not in text
    assert not output.exists()
    _assert_ended(children)


def test_workers_end_with_a_benchmark_that_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bench.run", "--quick", "--only", "fanout"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        children = _children_with_a_worker(process)
        process.kill()
    _assert_ended(children)


def _children_with_a_worker(process: subprocess.Popen[Any]) -> list[psutil.Process]:
    """Wait until a worker runs: from then on the kernel ends it with the benchmark."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        children = psutil.Process(process.pid).children(recursive=True)
        if any(_is_worker(child) for child in children):
            return children
        time.sleep(0.05)
    raise AssertionError("no worker started")


def _is_worker(process: psutil.Process) -> bool:
    try:
        command = process.cmdline()
    except psutil.NoSuchProcess:
        return False
    return command[1:3] == ["-m", "noetl_worker"]


def _assert_ended(processes: list[psutil.Process]) -> None:
    """Wait for what the kernel kills only after the benchmark is gone."""
    _, alive = psutil.wait_procs(processes, timeout=20)
    assert not alive
