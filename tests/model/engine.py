"""The engine under test, as people and workers call it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from tests.model.playbooks import Playbook
from tools.flatten_sql import ROOT

Json = Any

_STATE: Final = (
    "run", "variable", "token", "slot", "signal", "loop", "loop_repeat", "change",
    "runtime", "execution", "start_key",
)  # fmt: skip


class Engine:
    """A database of its own, and the connections of everybody who calls it."""

    def __init__(self, dsn: str) -> None:
        self.conn = psycopg.connect(dsn, autocommit=True, row_factory=dict_row)
        self.other = psycopg.connect(dsn)
        self.conn.execute("set synchronous_commit = off")
        for path in ("sql/tests/_factories.sql", "tests/model/snapshot.sql"):
            self.conn.execute((ROOT / path).read_bytes())
        self.conn.execute(Path(__file__).with_name("quiet.sql").read_bytes())
        self.paths = 0

    def close(self) -> None:
        """Close the connections."""
        self.conn.close()
        self.other.close()

    def value(self, function: str, *arguments: Json) -> Json:
        """Call a function; its value."""
        marks = ", ".join(["%s"] * len(arguments))
        rows = self.conn.execute(f"select {function}({marks}) as v".encode(), arguments)
        return rows.fetchall()[0]["v"]

    def rows(self, function: str, *arguments: Json) -> list[Json]:
        """Call a function; its rows."""
        marks = ", ".join(["%s"] * len(arguments))
        query = f"select * from {function}({marks})"
        return self.conn.execute(query.encode(), arguments).fetchall()

    def forget(self) -> None:
        """Drop all runs, but for their events."""
        for table in _STATE:
            self.conn.execute(f"delete from noetl.{table}".encode())
        self.conn.execute("truncate noetl.command")  # see quiet.sql

    def set_clock(self, now: datetime) -> None:
        """Move the time."""
        self.conn.execute("select set_config('noetl.test_now', %s, false)", [str(now)])

    def register(self, playbook: Playbook, known: dict[Playbook, str]) -> str:
        """Register a playbook, and those that it runs; its path."""
        for child in playbook.children():
            self.register(child, known)
        if playbook not in known:
            self.paths += 1
            known[playbook] = f"model/{self.paths}"
            document = playbook.document(known[playbook], known.__getitem__)
            self.rows("noetl.register_playbook", Jsonb(document))
        return known[playbook]

    @contextmanager
    def locked(self, run: int) -> Iterator[None]:
        """Somebody else holds a run."""
        self.other.execute(
            "select pg_advisory_xact_lock(noetl_internal.lock_key('run', %s))", [run]
        )
        try:
            yield
        finally:
            self.other.rollback()
