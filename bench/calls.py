"""How long the workers' calls took, as the server saw them.

Without the network, and without the commit: that of a claim waits for nothing, that of
a report for one flush of the log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

# Every statement's duration goes to the log, without its parameters.
LOG_SETTINGS: Final = {
    "log_min_duration_statement": "0",
    "log_parameter_max_length": "0",
}
_CALL: Final = re.compile(
    r"duration: ([\d.]+) ms  (?:execute [^:]*|statement): "
    r".*noetl\.(claim_commands|record_events)\("
)


@dataclass(slots=True)
class CallTimes:
    """Milliseconds of each call."""

    claims_ms: list[float] = field(default_factory=list)
    reports_ms: list[float] = field(default_factory=list)


@contextmanager
def timed_calls(log: Path) -> Iterator[CallTimes]:
    """Collect the calls that end within the block; they are there when it ends."""
    times = CallTimes()
    start = log.stat().st_size
    yield times
    with log.open(errors="replace") as file:
        file.seek(start)
        for line in file:
            if match := _CALL.search(line):
                found = (
                    times.claims_ms
                    if match[2] == "claim_commands"
                    else times.reports_ms
                )
                found.append(float(match[1]))
