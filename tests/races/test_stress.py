"""Everything at once for a while; afterwards the invariants hold for every run.

``NOETL_STRESS_SECONDS`` says for how long at least, 5 by default.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.races.rig import Connection, Rig, loop, step
from tests.support.postgres import Server

OPEN_RUNS: Final = Path(__file__).with_name("open_runs.sql").read_bytes()
SECONDS: Final = float(os.environ.get("NOETL_STRESS_SECONDS", "5"))
WORKERS: Final = 9
TICKERS: Final = 2
CONTROLLERS: Final = 4  # 16 sessions, with the one that starts runs
LEAST_RUNS: Final = 20
LEAST_CONTROLS: Final = 5  # of each kind
REFUSED: Final = {"NE401", "NE403", "NE404", "NE410"}  # another one was first
CONTROLS: Final = ("cancel", "pause", "resume", "retry")

FAN_OUT: Final = {
    "max_attempts": 1,  # a lost worker costs the item
    "loop_mode": "fanout",
    "fanout": {"allow_partial": True, "max_shard_retries": 1},
}
FAIL_FAST: Final = {
    "loop_mode": "fanout",
    "fanout": {"fail_fast": True, "max_shard_retries": 0},
}
PLAYBOOKS: list[list[dict[str, Any]]] = [
    [
        step("shards", loop=loop(60), spec=FAN_OUT, next={"arcs": [{"step": "after"}]}),
        step("after"),
    ],
    [
        step(
            "split",
            next={
                "spec": {"mode": "inclusive"},
                "arcs": [{"step": "one"}, {"step": "many"}, {"step": "plain"}],
            },
        ),
        step("one", loop=loop(5), next={"arcs": [{"step": "join"}]}),
        step(
            "many",
            loop=loop(30, mode="parallel", max_in_flight=5, policy="best_effort"),
            next={"arcs": [{"step": "join"}]},
        ),
        step(
            "plain",
            spec={"max_attempts": 1},
            next={
                "arcs": [
                    {"step": "join", "when": "{{ event.name == 'call.done' }}"},
                    {"step": "repair", "when": "{{ event.name == 'call.error' }}"},
                ]
            },
        ),
        step("repair", next={"arcs": [{"step": "join"}]}),
        step("join"),
    ],
    [
        step(
            "shards",
            loop=loop(40, max_in_flight=8),
            spec=FAIL_FAST,
            next={
                "arcs": [
                    {"step": "good", "when": "{{ event.name == 'loop.done' }}"},
                    {"step": "bad", "when": "{{ event.name == 'call.error' }}"},
                ]
            },
        ),
        step("good"),
        step("bad"),
    ],
    [
        step(
            "count",
            set={"ctx.n": "{{ (ctx.n | default(0)) + 1 }}"},
            next={
                "arcs": [
                    {"step": "count", "when": "{{ ctx.n < 5 }}"},
                    {"step": "last", "when": "{{ ctx.n >= 5 }}"},
                ]
            },
        ),
        {"step": "last"},
    ],
    [
        step(
            "split",
            next={
                "spec": {"mode": "inclusive"},
                "arcs": [{"step": "a"}, {"step": "b"}, {"step": "wait"}],
            },
        ),
        step(
            "a",
            spec={"concurrency": {"key": "two", "limit": 2}},
            next={"arcs": [{"step": "b"}]},
        ),
        step(
            "b",
            loop=loop(3, mode="parallel"),
            spec={"concurrency": {"key": "one", "limit": 1}},
        ),
        {"step": "wait", "tool": {"kind": "wait", "signal": "go"}},
    ],
    [
        step("first", next={"arcs": [{"step": "call"}]}),
        step(
            "call",
            loop=loop(3, mode="parallel", policy="best_effort"),
            next={"arcs": [{"step": "pause"}]},
        ),
        {"step": "pause", "tool": {"kind": "wait", "duration": 0.05}},
    ],
]
CHILD: Final = [
    step("work", loop=loop(4, mode="parallel"), next={"arcs": [{"step": "end"}]}),
    step("end"),
]


class Stress:
    """Workers that misbehave, runs that come and are controlled, and the ticks."""

    def __init__(self, rig: Rig, seed: int) -> None:
        self.rig = rig
        self.seed = seed
        self.stop = threading.Event()
        self.careful = threading.Event()  # from now on, do no harm
        self.runs: list[int] = []
        self.done: dict[str, int] = dict.fromkeys((*CONTROLS, "signal", "rebuild"), 0)
        self.child = rig.value("select noetl_test.playbook(%s)", Jsonb(CHILD))

    def work(self, number: int) -> None:
        """Claim and report, now and then badly, twice, late or not at all."""
        chance = random.Random(self.seed + number)
        conn = self.rig.session()
        name = f"w{number}"
        worker = self.rig.worker(name, conn)
        calling: list[Any] = []  # commands that wait for their child
        while not self.stop.is_set():
            harm = 0.0 if self.careful.is_set() else chance.random()
            commands = self.rig.claim(worker, chance.randint(1, 20), conn)
            calling += [c for c in commands if c["step"] == "call"]
            commands = [c for c in commands if c["step"] != "call"]
            commands += self._ended(conn, worker, calling)
            if not commands:
                time.sleep(0.005)
            elif harm > 0.98:  # a crash: whatever is held is lost
                self._crash(conn, worker, restart=harm > 0.99)
                worker = self.rig.worker(name, conn)
                calling.clear()
            elif harm > 0.97:
                ids = [command["command_id"] for command in commands]
                conn.execute("select noetl.release_commands(%s, %s)", (worker, ids))
            else:
                self._report(conn, worker, commands, chance)

    def _ended(self, conn: Connection, worker: Any, calling: list[Any]) -> list[Any]:
        """Start the children of commands; those that need no more waiting."""
        ended = []
        for command in calling[:]:
            options = {
                "parent_execution_id": command["execution_id"],
                "parent_command_id": command["command_id"],
                "session": str(worker),
                "idempotency_key": f"{command['loop_id']}/{command['iter_index']}",
            }
            try:
                row = conn.execute(
                    "select c.status from noetl.child_status(%s, array[("
                    "noetl.start_execution(%s, '{}', %s))]) as c",
                    (worker, self.child, Jsonb(options)),
                ).fetchone()
            except psycopg.DatabaseError as exc:
                if exc.sqlstate not in REFUSED:
                    raise
                calling.remove(command)
                continue
            if row is not None and row[0] in {"completed", "failed", "cancelled"}:
                calling.remove(command)
                ended.append(command | {"fails": row[0] != "completed"})
        return ended

    def _crash(self, conn: Connection, worker: Any, *, restart: bool) -> None:
        if not restart:  # the reaper finds out
            conn.execute(
                "update noetl.runtime set name = gen_random_uuid()::text,"
                " heartbeat_at = heartbeat_at - interval '1 hour' where session_id = %s",
                (worker,),
            )

    def _report(
        self, conn: Connection, worker: Any, commands: list[Any], chance: random.Random
    ) -> None:
        events = []
        for command in commands:
            fails = command.get("fails", chance.random() < 0.03)
            events.append(
                {
                    "session": str(worker),
                    "execution_id": command["execution_id"],
                    "command_id": command["command_id"],
                    "type": "command.failed" if fails else "command.completed",
                    "error": {"message": "no luck"} if fails else None,
                    "ctx": {"n2": 1} if command["step"] == "one" else None,
                }
            )
        chance.shuffle(events)
        while events:
            answer = self.rig.record(events, conn)
            assert answer["rejected"] == [], answer
            if chance.random() < 0.1:
                self.rig.record(events, conn)
            events = [events[index] for index in answer["retry"]]

    def tick(self) -> None:
        """The maintenance functions."""
        conn = self.rig.session()
        while not self.stop.is_set():
            for function in (
                "expand_loops",
                "wake_runs",
                "advance_changes",
                "project_changes",
                "raise_floor",
                "reap_stale",
            ):
                conn.execute(f"select noetl.{function}()".encode())
            time.sleep(0.01)

    def control(self, number: int) -> None:
        """Cancel, pause, resume, retry, signal and rebuild runs, parents or children."""
        chance = random.Random(self.seed - 1 - number)
        conn = self.rig.session()
        while not self.careful.is_set():
            found = conn.execute(
                "select execution_id from noetl.run order by execution_id desc limit 30"
            ).fetchall()
            if found:
                (run,) = chance.choice(found)
                action = chance.choice(list(self.done))
                query = {
                    "signal": "select noetl.signal_execution(%s, 'go')",
                    "rebuild": "select noetl.rebuild(%s)",
                }.get(action, f"select noetl.{action}_execution(%s)")
                try:
                    conn.execute(query.encode(), (run,))
                    self.done[action] += 1
                except psycopg.DatabaseError as error:
                    # A child whose parent has ended: refused.
                    if (action, error.sqlstate) != ("retry", "NE422"):
                        raise
            time.sleep(chance.random() / 50)

    def drive(self, controllers: list[Future[None]]) -> None:
        """Start runs for a while; then wait until all have ended."""
        chance = random.Random(self.seed)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end or not self.has_done_enough():
            if self.open() < 60:
                self.runs.append(self.rig.start(*chance.choice(PLAYBOOKS)))
            time.sleep(chance.random() / 20)
        self.careful.set()
        for controller in controllers:
            controller.result(30)  # its last retry takes up a run that has ended
        deadline = time.monotonic() + 120
        while self.open() and time.monotonic() < deadline:
            self.rig.conn.execute(
                "select noetl.resume_execution(execution_id) from noetl.run"
                " where is_paused order by execution_id"
            )
            self.rig.conn.execute(
                "select noetl.signal_execution(execution_id, 'go') from noetl.token"
                " where status = 'waiting_signal' order by execution_id"
            )
            time.sleep(0.1)

    def has_done_enough(self) -> bool:
        """Whether there was something to survive, however slow the machine is."""
        return len(self.runs) > LEAST_RUNS and min(self.done.values()) > LEAST_CONTROLS

    def stuck(self) -> list[Any]:
        """The runs that have not ended, with all that is live of them."""
        return [row[0] for row in self.rig.conn.execute(OPEN_RUNS).fetchall()]

    def open(self) -> int:
        """How many runs have not ended."""
        number: int = self.rig.value(
            "select count(*) from noetl.run where finished_at is null"
        )
        return number


@pytest.mark.accept("P1.1-3")
@pytest.mark.timeout(300 + 2 * SECONDS)
def test_invariants_hold_after_everything_at_once(rig: Rig, server: Server) -> None:
    told = server.log.stat().st_size
    stress = Stress(rig, seed=random.randrange(10**6))
    threads = [rig.background(partial(stress.work, n)) for n in range(WORKERS)]
    threads += [rig.background(stress.tick) for _ in range(TICKERS)]
    controllers = [
        rig.background(partial(stress.control, n)) for n in range(CONTROLLERS)
    ]
    try:
        stress.drive(controllers)
    finally:
        stress.careful.set()
        stress.stop.set()
        for thread in threads + controllers:
            thread.result(30)

    with server.log.open("rb") as log:
        log.seek(told)
        assert b"violates" not in log.read()
    stuck = stress.stuck()
    assert not stuck, f"stuck, seed {stress.seed}: {json.dumps(stuck, indent=1)}"
    problems = {
        run: found
        for (run,) in rig.conn.execute("select execution_id from noetl.run").fetchall()
        if (found := rig.problems(run))
    }
    assert problems == {}, f"seed {stress.seed}"
    rig.tick()
    for table in ("command", "token", "slot", "loop_repeat", "change"):
        assert rig.value(f"select count(*) from noetl.{table}") == 0, table
    assert (
        rig.value(
            "select count(*) from noetl.run as r inner join noetl.execution as x"
            " on x.execution_id = r.execution_id where x.status <> r.status"
        )
        == 0
    )
    twice = rig.value(
        "select count(*) from (select from noetl.event as e"
        " where e.event_type in ('loop.item', 'loop.shard.done')"
        " and e.status = 'ok'"
        " group by e.execution_id, e.meta ->> 'loop_id', e.current_index"
        " having count(*) > 1) as t"
    )
    assert twice == 0, f"an item was done twice, seed {stress.seed}"
