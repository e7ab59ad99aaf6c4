"""The harness ends cleanly, whoever ends it, whatever is stopped at the time."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import psutil
import pytest

from tests.chaos.harness import WORKERS, running_harness
from tools.flatten_sql import ROOT


@pytest.mark.parametrize(
    ("number", "seconds"), [(signal.SIGINT, 0.5), (signal.SIGTERM, 6.0)]
)
def test_an_interrupt_leaves_nothing_running(number: int, seconds: float) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.run", "--minutes", "5", "--seed", "7"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "seed 7\n"
        time.sleep(seconds)
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(number)
        text, _ = process.communicate(timeout=60)
    assert process.returncode == 130, text
    assert "interrupted" in text
    assert "Traceback" not in text
    _assert_ended(children)


def test_an_error_leaves_nothing_running_although_all_is_stopped() -> None:
    others = psutil.Process().children(recursive=True)
    children: list[psutil.Process] = []

    def fail_while_all_is_stopped() -> None:
        with running_harness("7") as harness:
            for name in harness.fleet.names:
                harness.fleet.start(name)
            time.sleep(1)
            found = psutil.Process().children(recursive=True)
            children.extend(child for child in found if child not in others)
            for process in harness.fleet.processes.values():
                process.suspend()
            harness.injector.server.suspend()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_while_all_is_stopped()
    assert len(children) > WORKERS
    _assert_ended(children)


def _assert_ended(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=20)
    assert not alive
