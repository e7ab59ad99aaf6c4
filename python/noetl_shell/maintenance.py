"""Do at once what dispatchers, or workers, do to the event log now and then."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from noetl_shell import calls
from noetl_shell.database import Connection
from noetl_shell.errors import ShellError
from noetl_shell.records import RetentionItem

BUSY_SECONDS: Final = 60.0
_PAUSE_SECONDS: Final = 0.1


@dataclass(slots=True)
class Maintenance:
    """What was done; ``in_use``: partitions that others used, to be dropped later."""

    executions_retired: int = 0
    events_removed: int = 0
    partitions_dropped: int = 0
    sessions_forgotten: int = 0
    partitions_created: int = 0
    partitions_ahead: int = 0
    in_use: tuple[str, ...] = ()


def maintain(conn: Connection) -> Maintenance:
    """Make partitions, retire executions, drop what is over, until nothing is left.

    Safe to repeat, and beside others: who comes second waits for the first. Raises
    ShellError when another session has been at it for ``BUSY_SECONDS`` without an end.
    """
    did = Maintenance()
    while created := calls.maintain_partitions(conn):
        did.partitions_created += created
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        part = calls.retain(conn)
        if part.is_busy:
            if time.monotonic() > deadline:
                raise ShellError(
                    f"another session has been retaining for {BUSY_SECONDS:.0f} s",
                    hint="Look for its open transaction in pg_stat_activity.",
                )
            time.sleep(_PAUSE_SECONDS)
            continue
        if not part.done:
            break
        deadline = time.monotonic() + BUSY_SECONDS
        did.executions_retired += part.executions
        did.events_removed += part.events
        did.partitions_dropped += part.partitions
        did.sessions_forgotten += part.sessions
    did.partitions_ahead = calls.partitions_ahead(conn)
    did.in_use = tuple(item.name for item in plan(conn) if item.name is not None)
    return did


def plan(conn: Connection) -> list[RetentionItem]:
    """What ``maintain`` would retire, drop and forget now."""
    return calls.retention_plan(conn)
