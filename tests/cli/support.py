"""The command ``noetl`` as users start it: a process with a home of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg

ROOT: Final = Path(__file__).parents[2]


@dataclass
class Cli:
    """Runs commands under one ``NOETL_HOME``."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("NOETL_")}
        path = f"{ROOT / 'python'}:{ROOT / 'worker'}"
        return {
            **kept,
            "PYTHONPATH": path,
            "NOETL_HOME": str(self.home),
            **self.environment,
        }

    @contextmanager
    def start(self, *arguments: object) -> Iterator[subprocess.Popen[str]]:
        """Start a command in a session of its own, so that Ctrl-C is ours to send."""
        with subprocess.Popen(
            [sys.executable, "-m", "noetl_shell", *map(str, arguments)],
            env=self._environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def __call__(
        self, *arguments: object, stdin: str | None = None, code: int | None = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; it must leave with ``code``, without traceback."""
        done = subprocess.run(
            [sys.executable, "-m", "noetl_shell", *map(str, arguments)],
            env=self._environment(),
            text=True,
            capture_output=True,
            input=stdin,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        if code is not None:
            assert done.returncode == code, done.stdout + done.stderr
        return done

    def on_terminal(self, *arguments: object, code: int = 0, columns: int = 80) -> str:
        """Run a command whose outputs are a terminal; what is shown there."""
        ours, theirs = os.openpty()
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", "noetl_shell", *map(str, arguments)],
                env={**self._environment(), "COLUMNS": str(columns), "NO_COLOR": "1"},
                stdout=theirs,
                stderr=theirs,
                start_new_session=True,
            )
            os.close(theirs)
            shown = b""
            with suppress(OSError):  # how Linux tells that nobody has the terminal open
                while part := os.read(ours, 65_536):
                    shown += part
        finally:
            os.close(ours)
        text = shown.decode().replace("\r\n", "\n")
        assert process.wait(60) == code, text
        assert "Traceback" not in text, text
        return text

    def json(self, *arguments: object, code: int = 0) -> Any:
        """Run a command with ``--json``; what it prints."""
        return json.loads(self(*arguments, "--json", code=code).stdout)

    def connect(self) -> psycopg.Connection[Any]:
        """Connect to the embedded database as its owner."""
        return psycopg.connect(self("db", "url").stdout.strip(), autocommit=True)

    def write(self, name: str, text: str) -> Path:
        """Write a file beside the home."""
        path = self.home.parent / name
        path.write_text(text)
        return path


def wait_for(condition: Callable[[], Any], seconds: float = 60) -> Any:
    """Poll until a condition holds; its value."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return value


def interrupt(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Press Ctrl-C; what the command printed."""
    process.send_signal(signal.SIGINT)
    return process.communicate(timeout=60)
