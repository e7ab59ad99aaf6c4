"""A week of the event log that is long past, and a retention that it is older than."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import psycopg

PARTITION: Final = "noetl.event_2025w02"
PAST: Final = "set noetl.test_now = '2025-01-08 12:00:00+00'"
PRESENT: Final = "reset noetl.test_now"

_PAST = Path(__file__).with_name("past.sql")


def open_past(conn: psycopg.Connection[Any]) -> None:
    """Let a database have that week, and keep what ended for 30 days."""
    conn.execute(_PAST.read_bytes())
