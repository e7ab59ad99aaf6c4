"""A rig for races: real sessions, one held at a known point while another runs into it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from tools.flatten_sql import ROOT

Json = Any
Connection = psycopg.Connection[Any]

_FACTORIES = ROOT / "sql/tests/_factories.sql"


def step(name: str, **more: Json) -> dict[str, Json]:
    """A step with a tool that a worker would run."""
    return {"step": name, "tool": {"kind": "noop"}, **more}


def loop(count: int, **spec: Json) -> dict[str, Json]:
    """A loop over ``range(count)``."""
    return {"in": list(range(count)), "iterator": "item", "spec": spec}


class Rig:
    """A database with factories, and sessions to it."""

    def __init__(self, dsn: str, pool: ThreadPoolExecutor) -> None:
        self.dsn = dsn
        self._pool = pool
        self._open: list[Connection] = []
        self.conn = self.session()
        self.conn.execute(_FACTORIES.read_bytes())

    def session(self, *, autocommit: bool = True) -> Connection:
        """Open a session; with ``autocommit=False`` it holds what it does."""
        conn = psycopg.connect(self.dsn, autocommit=autocommit)
        conn.execute("set lock_timeout = '30s'")
        if not autocommit:
            conn.commit()
        self._open.append(conn)
        return conn

    def close(self) -> None:
        """Close every session."""
        for conn in self._open:
            conn.close()

    def value(self, query: str, *arguments: Json) -> Json:
        """Return the one value of a query."""
        row = self.conn.execute(query.encode(), arguments).fetchone()
        assert row is not None
        return row[0]

    def start(self, *steps: dict[str, Json]) -> int:
        """Start a run of these steps."""
        started: int = self.value("select noetl_test.start(%s)", Jsonb(list(steps)))
        return started

    def worker(self, name: str = "w1", conn: Connection | None = None) -> UUID:
        """Register a worker."""
        row = (
            (conn or self.conn)
            .execute("select noetl_test.worker(%s)", (name,))
            .fetchone()
        )
        assert row is not None
        registered: UUID = row[0]
        return registered

    def claim(
        self, worker: UUID, limit: int = 100, conn: Connection | None = None
    ) -> list[dict[str, Json]]:
        """Claim commands."""
        with (conn or self.conn).cursor(row_factory=dict_row) as cursor:
            return cursor.execute(
                "select * from noetl.claim_commands(%s, %s, %s)",
                (worker, uuid4(), limit),
            ).fetchall()

    def report(
        self,
        worker: UUID,
        commands: list[dict[str, Json]],
        conn: Connection | None = None,
        error: Json = None,
    ) -> Json:
        """Report commands; the answer of ``record_events``."""
        events = [
            {
                "session": str(worker),
                "execution_id": command["execution_id"],
                "command_id": command["command_id"],
                "type": "command.failed" if error else "command.completed",
                "result": {"status": "error" if error else "ok"},
                "error": error,
            }
            for command in commands
        ]
        return self.record(events, conn)

    def record(self, events: Json, conn: Connection | None = None) -> Json:
        """Send these events to ``record_events``; its answer."""
        row = (
            (conn or self.conn)
            .execute("select noetl.record_events(%s)", (Jsonb(events),))
            .fetchone()
        )
        assert row is not None
        return row[0]

    def background(self, work: Callable[[], Any]) -> Future[Any]:
        """Run something in a thread."""
        return self._pool.submit(work)

    def together(self, *works: Callable[[], Any]) -> list[Any]:
        """Run these at the same moment; their results."""
        barrier = threading.Barrier(len(works))

        def run(work: Callable[[], Any]) -> Any:
            barrier.wait(timeout=30)
            return work()

        futures = [self.background(partial(run, work)) for work in works]
        return [future.result(60) for future in futures]

    def until_blocked(self, conn: Connection, work: Future[Any]) -> bool:
        """Wait until the session waits for a lock (true), or the work is done."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if work.done():
                return False
            if self.value(
                "select wait_event_type = 'Lock' from pg_stat_activity where pid = %s",
                conn.info.backend_pid,
            ):
                return True
            time.sleep(0.01)
        raise AssertionError("the session neither waits for a lock nor is done")

    def tick(self) -> None:
        """Do what the ticks do until nothing is left."""
        self.conn.execute("select noetl_test.tick()")

    def status(self, run: int) -> str:
        """The status of a run."""
        status: str = self.value(
            "select status from noetl.run where execution_id = %s", run
        )
        return status

    def count(self, run: int, event_type: str, node: str | None = None) -> int:
        """How many events of a type a run has."""
        count: int = self.value(
            "select count(*) from noetl.event where execution_id = %s"
            " and event_type = %s and coalesce(node_name = %s, true)",
            run,
            event_type,
            node,
        )
        return count

    def problems(self, run: int) -> list[str]:
        """Which invariants a run breaks."""
        return [
            row[0]
            for row in self.conn.execute(
                "select noetl_test.problems(%s)", (run,)
            ).fetchall()
        ]

    def finish(self, run: int) -> str:
        """Work off everything that is queued; the status of the run."""
        status: str = self.value("select noetl_test.work(%s)", run)
        return status
