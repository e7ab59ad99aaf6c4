"""What tests and benchmarks start ends with them."""

from __future__ import annotations

import subprocess
import sys

import psutil

from tests.support.lifeline import tied

_STARTER = """
import subprocess, sys
from tests.support.lifeline import tied
print(subprocess.Popen(tied("sleep", "60")).pid, flush=True)
sys.stdin.read()
"""


def test_a_child_whose_parent_lives_runs() -> None:
    done = subprocess.run(tied("echo", "here"), capture_output=True, check=True)
    assert done.stdout == b"here\n"


def test_a_child_whose_parent_died_before_it_asked_does_not_begin() -> None:
    # The same to it as an early death: its parent is another than it was made for.
    done = subprocess.run(
        ["sh", "-c", '"$@"; exit $?', "sh", *tied("echo", "here")],
        capture_output=True,
        check=False,
    )
    assert done.stdout == b""
    assert done.returncode == 1


def test_a_child_is_killed_with_its_parent() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _STARTER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        _await_command(child, "sleep")
        parent.kill()
    psutil.wait_procs([child], timeout=20)
    assert not child.is_running()


def _await_command(process: psutil.Process, name: str) -> None:
    while process.name() != name:
        pass
