"""Work and faults at once, until the time is over; then everything must end."""

from __future__ import annotations

import itertools
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb

from noetl_worker.secrets import load_key, seal
from tests.chaos import accounting
from tests.chaos.accounting import Connection, Findings
from tests.chaos.faults import SESSION_SECONDS, Injector
from tests.chaos.fleet import Fleet
from tests.chaos.load import CHILD, SHAPES, Start, draw
from tests.chaos.proxy import HOST, Proxy
from tests.support.databases import Databases
from tests.support.postgres import Server, running_server
from tools.schema import deploy

WORKERS: Final = 4
RUNS: Final = 4  # at once
LAST_SECONDS: Final = 10.0  # without new runs, so that some end under faults
SETTLE_SECONDS: Final = 420.0
_FINAL: Final = ("completed", "failed", "cancelled")
_TURN_SECONDS: Final = 0.02
_LOOK_SECONDS: Final = 0.25
_SAY_SECONDS: Final = 10.0

Say = Callable[[str], None]


@dataclass(slots=True)
class Report:
    """What was injected, and what came of it."""

    seed: str
    minutes: float
    items: int = 0
    runs: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    findings: Findings = field(default_factory=Findings)
    problems: list[str] = field(default_factory=list)
    resume: dict[str, tuple[int, float, float]] = field(default_factory=dict)
    resume_p99_s: float | None = None

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found and nothing ended that should not."""
        return not (any(self.findings.counts.values()) or self.problems)


class Harness:
    """A database behind a proxy, workers, runs, and faults."""

    def __init__(self, seed: str, server: Server, proxy: Proxy, home: Path) -> None:
        databases = Databases(server)
        self._dsn = databases.create_empty("noetl")
        self._ledger_dsn = databases.create_empty("ledger")
        self._home = home
        self._seed = seed
        self._proxied = f"postgresql://postgres@{HOST}:{proxy.port}"
        self.fleet = Fleet(f"{self._proxied}/noetl", home, WORKERS)
        self.injector = Injector(seed, server, proxy, self.fleet)
        self.problems: list[str] = []
        self._numbers = itertools.count(1)
        self._next: Start | None = None
        self._live: dict[int, Start] = {}
        self._is_settled = False
        self._started = 0
        self._engine: Connection | None = None
        self._ledger: Connection | None = None

    def prepare(self) -> None:
        """Deploy the schema, and what the playbooks need."""
        deploy(self._dsn)
        with _connect(self._ledger_dsn) as conn:
            accounting.prepare(conn)
        secret = {"dsn": f"{self._proxied}/ledger"}
        sealed = seal(load_key(self._home, create=True), "effects", secret)
        with _connect(self._dsn) as conn:
            conn.execute(
                "select noetl.put_credential('effects', 'postgres', %s)", (sealed,)
            )
            conn.execute(
                "update noetl.setting set value = to_jsonb(%s::integer)"
                " where name = 'session_timeout_seconds'",
                (SESSION_SECONDS,),
            )
            for shape in (CHILD, *SHAPES):
                conn.execute(
                    "select noetl.register_playbook(%s)", (Jsonb(shape.document()),)
                )

    def work(self, seconds: float, say: Say) -> None:
        """Start runs and inject faults for so long."""
        for name in self.fleet.names:
            self.fleet.start(name)
        began = time.monotonic()
        fault_at, look_at, say_at = began + 3.0, began, began
        while (now := time.monotonic()) < began + seconds:
            self.problems += self.injector.tend()
            if now >= fault_at:
                fault_at = now + self.injector.inject()
            if now >= look_at and self.injector.is_database_up:
                look_at = now + _LOOK_SECONDS
                self._look(feed=now < began + seconds - LAST_SECONDS)
            if now >= say_at:
                say_at = now + _SAY_SECONDS
                say(self._line(now - began))
            time.sleep(_TURN_SECONDS)

    def settle(self, say: Say) -> None:
        """Without faults every run must end, in a generous time."""
        self.injector.restore()
        deadline = time.monotonic() + SETTLE_SECONDS
        while not self._is_settled and time.monotonic() < deadline:
            self.problems += self.injector.tend()
            self._look(feed=False)
            time.sleep(_LOOK_SECONDS)
        say(f"{len(self._live)} runs are left")
        self.problems += self.fleet.end()

    def account(self, report: Report) -> None:
        """Find out what was lost or doubled."""
        with _connect(self._ledger_dsn) as ledger, _connect(self._dsn) as engine:
            accounting.gather(ledger, engine, self._home, self.injector.faults)
            report.findings = accounting.find(ledger)
            report.items = _one(
                ledger, "select count(*) from logged as r where r.kind = 'item'"
            )
            report.resume = {
                kind: (measured, float(median), float(longest))
                for kind, measured, median, longest in ledger.execute(
                    "select r.kind, count(*),"
                    " percentile_disc(0.5) within group (order by r.seconds),"
                    " max(r.seconds) from resumption as r"
                    " where r.seconds is not null group by r.kind order by r.kind"
                )
            }
            report.resume_p99_s = accounting.percentile(ledger, 0.99)
        report.runs = self._started
        report.counts = self.injector.counts
        report.problems = self.problems

    def close(self) -> None:
        """Leave nothing running, nothing stopped."""
        self.fleet.close()
        self.injector.restore_database()
        for conn in (self._engine, self._ledger):
            if conn is not None:
                conn.close()

    def _look(self, *, feed: bool) -> None:
        """See which runs have ended, and start others; the database may go any time."""
        try:
            if self._engine is None or self._ledger is None:
                self._engine = _connect(self._dsn)
                self._ledger = _connect(self._ledger_dsn)
            self._forget_ended(self._engine)
            # A start whose answer was lost is made sure of, whatever the time.
            while self._next is not None or (feed and len(self._live) < RUNS):
                self._start(self._engine, self._ledger)
        except psycopg.Error:
            for conn in (self._engine, self._ledger):
                if conn is not None:
                    conn.close()
            self._engine = self._ledger = None

    def _forget_ended(self, engine: Connection) -> None:
        ended = engine.execute(
            "select r.execution_id from noetl.run as r"
            " where r.execution_id = any(%s) and r.status = any(%s)",
            (list(self._live), list(_FINAL)),
        )
        for (execution_id,) in ended.fetchall():
            del self._live[execution_id]
        self._is_settled = not _one(
            engine,
            "select (select count(*) from noetl.run as r where r.status <> all(%s))"
            " + (select count(*) from noetl.change)",
            list(_FINAL),
        )

    def _start(self, engine: Connection, ledger: Connection) -> None:
        """Start the next run; if no answer comes, the same again later."""
        if self._next is None:
            wide = not any(start.shape.is_wide for start in self._live.values())
            self._next = draw(self._seed, next(self._numbers), wide=wide)
        start = self._next
        execution_id = _one(
            engine,
            "select noetl.start_execution(%s, %s, %s)",
            start.shape.path,
            Jsonb(start.workload(self._home)),
            Jsonb({"idempotency_key": start.key}),
        )
        accounting.plan(ledger, execution_id, start)
        self._live[execution_id] = start
        self._started += 1
        self._next = None

    def _line(self, seconds: float) -> str:
        counts = self.injector.counts
        return (
            f"{seconds:5.0f} s: {self._started} runs started, {len(self._live)} live;"
            f" {counts['kills']} kills, {counts['stops']} stops, {counts['cuts']} cuts"
        )


def run(minutes: float, seed: str, say: Say, postgres: str = "15") -> Report:
    """Run it all; whatever happens, nothing is left running."""
    report = Report(seed, minutes)
    with running_harness(seed, postgres) as harness:
        harness.prepare()
        harness.work(minutes * 60, say)
        harness.settle(say)
        harness.account(report)
    return report


@contextmanager
def running_harness(seed: str, postgres: str = "15") -> Iterator[Harness]:
    """A harness; its server, proxy and workers end with the block."""
    with (
        tempfile.TemporaryDirectory(prefix="noetl-chaos-") as home,
        running_server(postgres) as server,
        Proxy(server.port) as proxy,
    ):
        harness = Harness(seed, server, proxy, Path(home))
        try:
            yield harness
        finally:
            harness.close()


def _connect(dsn: str) -> Connection:
    """A connection that waits for nothing for long: faults must not wait for it."""
    return psycopg.connect(
        dsn,
        autocommit=True,
        connect_timeout=5,
        options="-c statement_timeout=60s -c lock_timeout=5s",
    )


def _one(conn: Connection, query: str, *values: Any) -> int:
    row = conn.execute(query.encode(), values).fetchone()
    assert row is not None
    return int(row[0])
