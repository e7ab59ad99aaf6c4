"""Commits, WAL and flushes of a database, and how many of them it makes when idle."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from bench.rig import Connection

# A backend publishes its counters at its next commit that is a second later.
SETTLE_SECONDS: Final = 2.2


@dataclass(frozen=True, slots=True)
class Counters:
    """Totals at a moment, or what was added in between, in so many seconds."""

    seconds: float
    commits: float
    wal_bytes: float
    syncs: float
    sync_ms: float

    def since(self, earlier: Counters) -> Counters:
        """Return what has been added since then."""
        return Counters(
            self.seconds - earlier.seconds,
            self.commits - earlier.commits,
            self.wal_bytes - earlier.wal_bytes,
            self.syncs - earlier.syncs,
            self.sync_ms - earlier.sync_ms,
        )


def read_counters(conn: Connection) -> Counters:
    """Read the totals; needs ``track_wal_io_timing``."""
    conn.execute("select pg_stat_force_next_flush()")  # our own come at once
    row = conn.execute(
        "select d.xact_commit + d.xact_rollback,"
        " pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0'), w.wal_sync, w.wal_sync_time"
        " from pg_stat_database as d cross join pg_stat_wal as w"
        " where d.datname = current_database()"
    ).fetchone()
    assert row is not None
    return Counters(time.monotonic(), *map(float, row))


def measure_idle(
    conn: Connection, seconds: float, *, settle: float = SETTLE_SECONDS
) -> Counters:
    """Return what an idle system adds: the doorbell's polls, heartbeats, ticks."""
    time.sleep(settle)
    before = read_counters(conn)
    time.sleep(seconds)
    return read_counters(conn).since(before)
