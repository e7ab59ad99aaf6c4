"""What to say of commands that wait for a worker which there is not."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Sequence
from typing import Any, Final

from noetl_shell.records import Status, Unserved

_DEFAULT_POOL: Final = "default"
COUNTED_MAX: Final = 1000  # in a status


def print_unserved(status: Status) -> None:
    """Say on standard error what a run waits for."""
    for entry in status.unserved or ():
        _print_entry(entry)


class UnservedHints:
    """Says once of each step that it waits for a worker, when it has for ``patience_s``.

    Workers that are just starting serve nothing yet.
    """

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._since: dict[str, float] = {}
        self._told: set[str] = set()

    def look(self, status: Status) -> None:
        """Take in a new look at the run."""
        now = time.monotonic()
        waiting = {entry["step"]: entry for entry in status.unserved or ()}
        self._since = {step: self._since.get(step, now) for step in waiting}
        for step, since in self._since.items():
            if now - since >= self._patience_s and step not in self._told:
                self._told.add(step)
                _print_entry(waiting[step])


def _print_entry(entry: dict[str, Any]) -> None:
    waiting = Unserved(entry["pool"], entry["kinds"], entry["commands"])
    more = " or more" if waiting.commands >= COUNTED_MAX else ""
    print_hint(waiting, more, f" of step {entry['step']}")


def print_hint(waiting: Unserved, more: str = "", what: str = "") -> None:
    """One line: how many commands wait for whom, and how to start it."""
    wait = "command waits" if waiting.commands == 1 else "commands wait"
    if what:
        wait = wait.replace(" ", f"{what} ", 1)
    print(
        f"hint: {waiting.commands}{more} {wait} for a worker"
        f"{_that_runs(waiting.kinds)} in pool {waiting.pool}:"
        f" start one with {_command(waiting.pool)}",
        file=sys.stderr,
    )


def _that_runs(kinds: Sequence[str]) -> str:
    return f" that runs {' and '.join(kinds)}" if kinds else ""


def _command(pool: str) -> str:
    if pool == _DEFAULT_POOL:
        return "noetl worker"
    return f"noetl worker --pools {shlex.quote(pool)}"
