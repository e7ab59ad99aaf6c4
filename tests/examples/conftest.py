"""Fixtures of the examples: ``start_api`` starts the patient API, as often as asked."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
StartApi = Callable[..., str]


@pytest.fixture
def start_api() -> Iterator[StartApi]:
    """Start the API with options given as keywords; returns its address."""
    with ExitStack() as servers:

        def start(**options: float) -> str:
            command = [sys.executable, str(ROOT / "examples/patients/api.py")]
            for name, value in options.items():
                command += [f"--{name.replace('_', '-')}", str(value)]
            server = servers.enter_context(
                subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            )
            servers.callback(server.terminate)
            assert server.stdout is not None
            return server.stdout.readline().strip()

        yield start
