"""How long the workers' calls took, as the server saw them.

Without the network, and without the commit: that of a claim waits for nothing, that of
a report for one flush of the log.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg

Connection = psycopg.Connection[Any]

RELOAD_SECONDS: Final = 0.2  # until every session has read its settings again
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
def logged_statements(conn: Connection) -> Iterator[None]:
    """Let the server log how long each statement took, without its parameters.

    It costs some 30 us a statement, so latencies are measured without.
    """
    conn.execute("alter system set log_parameter_max_length = 0")
    conn.execute("alter system set log_min_duration_statement = 0")
    conn.execute("select pg_reload_conf()")
    while (
        row := conn.execute("show log_min_duration_statement").fetchone()
    ) is None or row[0] != "0":
        time.sleep(0.01)
    time.sleep(RELOAD_SECONDS)  # for the other sessions
    try:
        yield
    finally:
        conn.execute("alter system reset log_min_duration_statement")
        conn.execute("select pg_reload_conf()")
        time.sleep(RELOAD_SECONDS)


@contextmanager
def timed_calls(log: Path) -> Iterator[CallTimes]:
    """Collect the logged calls that end within the block; they are there afterwards."""
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
