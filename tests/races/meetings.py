"""Runs on which any two API functions can meet, and these functions as small actions."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from tests.races.rig import Connection, Json, Rig, loop, step

BEFORE: Final = "2030-01-01 00:00:00+00"
NOW: Final = "2030-01-01 00:10:00+00"  # sessions are stale, waits are due, claims old
LATER: Final = "2030-01-01 01:00:00+00"  # also what has begun to wait since
REFUSED: Final = {"NE401", "NE403", "NE404", "NE410"}  # the other one was first

_BRANCHES: Final[list[dict[str, Json]]] = [
    step(
        "plain",
        next={"arcs": [{"step": "after"}, {"step": "piece", "on": "call.partial"}]},
    ),
    step("sequential", loop=loop(2)),
    step("items", loop=loop(5, mode="parallel", max_in_flight=4)),
    step("shards", loop=loop(5), spec={"loop_mode": "fanout"}),
    step("collected", loop={"in": "{{ split.rows }}", "iterator": "row"}),
    {"step": "signal", "tool": {"kind": "wait", "signal": "go"}},
    {"step": "time", "tool": {"kind": "wait", "duration": 60}},
    step("one", spec={"concurrency": {"key": "k", "limit": 1}}),
    step("two", spec={"concurrency": {"key": "k", "limit": 1}}),
    step("queued"),
]
_PLAYBOOK: Final = [
    step(
        "split",
        next={
            "spec": {"mode": "inclusive"},
            "arcs": [{"step": branch["step"]} for branch in _BRANCHES],
        },
    ),
    *_BRANCHES,
    step("after"),
    step("piece"),
]


@dataclass(frozen=True, slots=True)
class Meeting:
    """A run in the middle of everything, and the worker that holds its commands."""

    run: int
    worker: UUID
    commands: dict[str, dict[str, Json]]  # by step, or "step[index]"
    loops: dict[str, int]
    child: str  # the path of a playbook


Action = Callable[[Connection, Meeting], Any]


def _report(
    command: str, error: Json = None, ctx: Json = None
) -> Callable[[Meeting], Jsonb]:
    def events(meeting: Meeting) -> Jsonb:
        return Jsonb(
            [
                {
                    "session": str(meeting.worker),
                    "execution_id": meeting.run,
                    "command_id": meeting.commands[command]["command_id"],
                    "type": "command.failed" if error else "command.completed",
                    "result": {"status": "error" if error else "ok"},
                    "error": error,
                    "ctx": ctx,
                }
            ]
        )

    return events


def _records(command: str, error: Json = None, ctx: Json = None) -> Action:
    events = _report(command, error, ctx)

    def act(conn: Connection, meeting: Meeting) -> Any:
        # What is to be sent again is sent by the wind-up: the session is ended there.
        return conn.execute("select noetl.record_events(%s)", (events(meeting),))

    return act


def _chunk(conn: Connection, meeting: Meeting) -> Any:
    event = {
        "session": str(meeting.worker),
        "execution_id": meeting.run,
        "command_id": meeting.commands["plain"]["command_id"],
        "type": "call.partial",
        "result": {"status": "ok", "context": {"data": 1}},
        "meta": {"chunk_index": 0},
    }
    return conn.execute("select noetl.record_events(%s)", (Jsonb([event]),))


def _calls(query: str, *names: str) -> Action:
    def act(conn: Connection, meeting: Meeting) -> Any:
        values = [getattr(meeting, name) for name in names]
        return conn.execute(query.encode(), values)

    return act


def _claim(conn: Connection, meeting: Meeting) -> Any:
    return conn.execute(
        "select noetl.claim_commands(%s, %s, 5)", (meeting.worker, uuid4())
    )


def _exchange(conn: Connection, meeting: Meeting) -> Any:
    return conn.execute(
        "select noetl.exchange(%s, %s, %s, 5)",
        (meeting.worker, _report("items[1]")(meeting), uuid4()),
    )


def _release(conn: Connection, meeting: Meeting) -> Any:
    held = [command["command_id"] for command in meeting.commands.values()]
    return conn.execute("select noetl.release_commands(%s, %s)", (meeting.worker, held))


def _register(conn: Connection, meeting: Meeting) -> Any:
    return conn.execute(
        "select noetl.register_session(%s, '{default}')", (f"w{meeting.run}",)
    )


def _close(conn: Connection, meeting: Meeting) -> Any:
    return conn.execute(
        "select noetl.claim_loop_done(%s, %s)", (meeting.run, meeting.loops["items"])
    )


def _child(conn: Connection, meeting: Meeting) -> Any:
    options = {
        "parent_execution_id": meeting.run,
        "parent_command_id": meeting.commands["plain"]["command_id"],
        "session": str(meeting.worker),
        "idempotency_key": str(meeting.run),
    }
    return conn.execute(
        "select noetl.start_execution(%s, '{}', %s)", (meeting.child, Jsonb(options))
    )


def _store(conn: Connection, meeting: Meeting) -> Any:
    return conn.execute(
        "select noetl.store_items(%s, %s, %s, 0, '[1]')",
        (meeting.worker, meeting.run, meeting.commands["collected"]["command_id"]),
    )


def _result(conn: Connection, meeting: Meeting) -> Any:
    result = {
        "execution_id": meeting.run,
        "command_id": meeting.commands["plain"]["command_id"],
        "step": "plain",
        "name": "result",
        "store_tier": "db",
        "content_type": "application/json",
        "bytes": 1,
        "sha256": "00" * 32,
        "payload": 1,
    }
    return conn.execute(
        "select noetl.record_results(%s, %s)", (meeting.worker, Jsonb([result]))
    )


ACTIONS: Final[dict[str, Action]] = {
    "report": _records("plain"),
    "fail": _records("plain", error={"message": "no"}),
    "write": _records("sequential[0]", ctx={"n": 1}),
    "item": _records("items[0]"),
    "drain": _records("items[1]", error={"message": "no"}),
    "shard": _records("shards[0]", error={"message": "no"}),
    "exchange": _exchange,
    "claim": _claim,
    "beat": _calls("select noetl.heartbeat(%s, '{}')", "worker"),
    "release": _release,
    "end": _calls("select noetl.end_session(%s)", "worker"),
    "register": _register,
    "reap": _calls("select noetl.reap_stale()"),
    "expand": _calls("select noetl.expand_loops()"),
    "advance": _calls("select noetl.advance_changes()"),
    "wake": _calls("select noetl.wake_runs()"),
    "project": _calls("select noetl.project_changes()"),
    "close": _close,
    "issue": _calls(
        "select noetl.issue_commands((select jsonb_agg(to_jsonb(c))"
        " from noetl.command as c where c.execution_id = %s))",
        "run",
    ),
    "signal": _calls("select noetl.signal_execution(%s, 'go')", "run"),
    "child": _child,
    "store": _store,
    "result": _result,
    "cancel": _calls("select noetl.cancel_execution(%s)", "run"),
    "pause": _calls("select noetl.pause_execution(%s)", "run"),
    "resume": _calls("select noetl.resume_execution(%s)", "run"),
    "retry": _calls("select noetl.retry_execution(%s)", "run"),
    "rebuild": _calls("select noetl.rebuild(%s)", "run"),
    "chunk": _chunk,
}
HARMFUL: Final = {"fail", "drain", "cancel"}  # after these a run need not complete


class Arena:
    """Makes meetings, lets two actions meet, works the run off, and looks what is wrong."""

    def __init__(self, dsn: str, pool: ThreadPoolExecutor) -> None:
        self.pool = pool
        self.rig = Rig(dsn, pool)
        self.before = self._session(BEFORE)
        self.first = self._session(NOW)
        self.second = self._session(NOW)
        self.rig.conn.execute(f"set noetl.test_now = '{LATER}'".encode())
        self.rig.conn.execute("set synchronous_commit = off")
        self.rig.conn.execute(
            "update noetl.setting set value = '2' where name = 'loop_chunk'"
        )
        # It would give up before a slow machine has seen it wait.
        self.rig.conn.execute(
            "alter function noetl_internal.advance_change set lock_timeout = '20s'"
        )
        self._path = self._playbook(_PLAYBOOK)
        self._child = self._playbook([step("work")])
        for _ in range(3):
            self.wind_up(self.prepare())
        self.rig.conn.execute("analyze")

    def _session(self, now: str) -> Connection:
        conn = self.rig.session()
        conn.execute(f"set noetl.test_now = '{now}'".encode())
        conn.execute("set synchronous_commit = off")
        return conn

    def _playbook(self, steps: list[dict[str, Json]]) -> str:
        path: str = self.rig.value("select noetl_test.playbook(%s)", Jsonb(steps))
        return path

    def prepare(self, *names: str) -> Meeting:
        """Start a run and bring it to where these actions have something to do."""
        conn = self.before
        row = conn.execute("select noetl.start_execution(%s)", (self._path,)).fetchone()
        assert row is not None
        run: int = row[0]
        worker = self.rig.worker(f"w{run}", conn)
        (split,) = self.rig.claim(worker, 100, conn)
        self.rig.record(
            [
                {
                    "session": str(worker),
                    "execution_id": run,
                    "command_id": split["command_id"],
                    "type": "command.completed",
                    "result": {
                        "status": "ok",
                        "reference": {"ref": "noetl://1/result/1", "store": "pvc"},
                    },
                }
            ],
            conn,
        )
        held = self.rig.claim(worker, 7, conn)
        meeting = Meeting(
            run,
            worker,
            {
                c["step"]
                if c["loop_id"] is None
                else f"{c['step']}[{c['iter_index']}]": c
                for c in held
            },
            dict(
                conn.execute(
                    "select step, loop_id from noetl.loop where execution_id = %s",
                    (run,),
                ).fetchall()
            ),
            self._child,
        )
        if "retry" in names:
            ACTIONS["fail"](conn, meeting)
            conn.execute("select noetl.advance_changes()")
        if "resume" in names:
            ACTIONS["pause"](conn, meeting)
        return meeting

    def act(self, conn: Connection, name: str, meeting: Meeting) -> None:
        """Do something; being refused because the other one was first is fine."""
        try:
            ACTIONS[name](conn, meeting)
        except psycopg.DatabaseError as exc:
            if exc.sqlstate not in REFUSED:
                raise

    def meet(self, first: str, second: str, meeting: Meeting) -> str:
        """Hold what the first did while the second runs into it; for what it waited."""
        with self.first.transaction():
            try:
                with self.first.transaction():
                    ACTIONS[first](self.first, meeting)
            except psycopg.DatabaseError as exc:
                if exc.sqlstate not in REFUSED:
                    raise
            work = self.pool.submit(self.act, self.second, second, meeting)
            waited = self._waits_for(work, meeting)
        work.result(20)
        return waited

    def clash(self, one: str, other: str, meeting: Meeting) -> None:
        """Let two do something at the same moment."""
        barrier = Barrier(2)

        def run(conn: Connection, name: str) -> None:
            barrier.wait(10)
            self.act(conn, name, meeting)

        works = [
            self.pool.submit(run, conn, name)
            for conn, name in ((self.first, one), (self.second, other))
        ]
        for work in works:
            work.result(20)

    def _waits_for(self, work: Future[None], meeting: Meeting) -> str:
        while True:
            try:
                work.result(0.002)
            except TimeoutError:
                pass
            else:
                return "."
            found = self.rig.conn.execute(
                "select case"
                "   when a.wait_event <> 'advisory' then 'r'"
                "   when (l.classid::bigint << 32) | l.objid::bigint"
                "     = noetl_internal.lock_key('run', %s) then 'R'"
                "   else 'N'"
                " end"
                " from pg_stat_activity as a"
                " inner join pg_locks as l on l.pid = a.pid and not l.granted"
                " where a.pid = %s and a.wait_event_type = 'Lock'"
                "   and %s = any(pg_blocking_pids(a.pid))",
                (
                    meeting.run,
                    self.second.info.backend_pid,
                    self.first.info.backend_pid,
                ),
            ).fetchone()
            if found is not None:
                return str(found[0])

    def wind_up(self, meeting: Meeting) -> str:
        """Work the run off to its end; its status."""
        conn = self.rig.conn
        conn.execute("select noetl.end_session(%s)", (meeting.worker,))
        conn.execute(
            "update noetl.runtime set heartbeat_at = '2029-01-01' where status = 'active'"
        )
        conn.execute("select noetl.reap_stale()")
        conn.execute(
            "select noetl.resume_execution(%s), noetl.signal_execution(%s, 'go')",
            (meeting.run, meeting.run),
        )
        conn.execute(
            "insert into noetl.collection_chunk (execution_id, loop_id, first_index, items)"
            " select %s, %s, 0, '[1]' on conflict do nothing",
            (
                meeting.run,
                meeting.commands["collected"]["input"]["loop_id"],
            ),
        )
        status: str = self.rig.value(
            "select noetl_test.work(%s, %s)",
            meeting.run,
            Jsonb({"collected": {"collection": {"size": 1}}}),
        )
        return status

    def problems(self, meeting: Meeting) -> list[str]:
        """What is wrong with the run."""
        twice = self.rig.conn.execute(
            "select format('item %%s of %%s is done %%s times',"
            "   e.current_index, e.node_name, count(*))"
            " from noetl.event as e"
            " where e.execution_id = %s and e.status = 'ok'"
            "   and e.event_type in ('loop.item', 'loop.shard.done')"
            " group by e.node_name, e.current_index having count(*) > 1"
            " union all"
            " select 'a chunk was handed on more than once'"
            " from noetl.event as e"
            " where e.execution_id = %s and e.node_name = 'piece'"
            "   and e.event_type = 'call.done'"
            " having count(*) > 1"
            " union all"
            " select format('%%s of %%s items of %%s are done', l.done, l.total, l.step)"
            " from noetl.loop as l"
            " inner join noetl.run as r on r.execution_id = l.execution_id"
            " where r.execution_id = %s and r.status = 'completed' and l.done <> l.total",
            (meeting.run, meeting.run, meeting.run),
        ).fetchall()
        return [row[0] for row in twice] + self.rig.problems(meeting.run)
