"""Everything at once for a while; afterwards the invariants hold for every run."""

from __future__ import annotations

import random
import threading
import time
from functools import partial
from typing import Any

import pytest

from tests.races.rig import Rig, loop, step

SECONDS = 20
WORKERS = 6

PLAYBOOKS: list[list[dict[str, Any]]] = [
    [
        step(
            "shards",
            loop=loop(60),
            spec={
                "max_attempts": 1,  # a lost worker costs the item
                "loop_mode": "fanout",
                "fanout": {"allow_partial": True, "max_shard_retries": 1},
            },
            next={"arcs": [{"step": "after"}]},
        ),
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
            spec={
                "loop_mode": "fanout",
                "fanout": {"fail_fast": True, "max_shard_retries": 0},
            },
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
]


class Stress:
    """Workers that misbehave, runs that come and are cancelled, and the ticks."""

    def __init__(self, rig: Rig, seed: int) -> None:
        self.rig = rig
        self.seed = seed
        self.stop = threading.Event()
        self.careful = threading.Event()  # from now on, do no harm
        self.runs: list[int] = []

    def work(self, number: int) -> None:
        """Claim and report, now and then badly, twice, late or not at all."""
        chance = random.Random(self.seed + number)
        conn = self.rig.session()
        name = f"w{number}"
        worker = self.rig.worker(name, conn)
        while not self.stop.is_set():
            harm = 0.0 if self.careful.is_set() else chance.random()
            commands = self.rig.claim(worker, chance.randint(1, 20), conn)
            if not commands:
                time.sleep(0.005)
            elif harm > 0.98:  # a crash: whatever is held is lost
                self._crash(conn, worker, restart=harm > 0.99)
                worker = self.rig.worker(name, conn)
            elif harm > 0.97:
                ids = [command["command_id"] for command in commands]
                conn.execute("select noetl.release_commands(%s, %s)", (worker, ids))
            else:
                self._report(conn, worker, commands, chance)

    def _crash(self, conn: Any, worker: Any, *, restart: bool) -> None:
        if not restart:  # the reaper finds out
            conn.execute(
                "update noetl.runtime set name = gen_random_uuid()::text,"
                " heartbeat_at = heartbeat_at - interval '1 hour' where session_id = %s",
                (worker,),
            )

    def _report(
        self, conn: Any, worker: Any, commands: list[Any], chance: random.Random
    ) -> None:
        events = []
        for command in commands:
            fails = chance.random() < 0.03
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
        """The maintenance functions; a deadlock would be raised here."""
        conn = self.rig.session()
        while not self.stop.is_set():
            for function in (
                "expand_loops",
                "advance_changes",
                "project_changes",
                "reap_stale",
            ):
                conn.execute(f"select noetl.{function}()".encode())
            time.sleep(0.01)

    def drive(self) -> None:
        """Start runs, cancel some, for a while; then wait until all have ended."""
        chance = random.Random(self.seed)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            self.runs.append(self.rig.start(*chance.choice(PLAYBOOKS)))
            if chance.random() < 0.2:
                self.rig.conn.execute(
                    "select noetl.cancel_execution(%s)", (chance.choice(self.runs),)
                )
            time.sleep(chance.random() / 20)
        self.careful.set()
        deadline = time.monotonic() + 90
        while self.open() and time.monotonic() < deadline:
            time.sleep(0.1)

    def open(self) -> int:
        """How many runs have not ended."""
        number: int = self.rig.value(
            "select count(*) from noetl.run where finished_at is null"
        )
        return number


@pytest.mark.timeout(300)
def test_invariants_hold_after_everything_at_once(rig: Rig) -> None:
    stress = Stress(rig, seed=random.randrange(10**6))
    threads = [rig.background(partial(stress.work, n)) for n in range(WORKERS)]
    threads += [rig.background(stress.tick) for _ in range(2)]
    try:
        stress.drive()
    finally:
        stress.stop.set()
        for thread in threads:
            thread.result(30)

    assert stress.open() == 0, f"runs are stuck, seed {stress.seed}"
    problems = {run: found for run in stress.runs if (found := rig.problems(run))}
    assert problems == {}, f"seed {stress.seed}"
    for table in ("command", "token", "change"):
        if table == "change":
            rig.tick()
        assert rig.value(f"select count(*) from noetl.{table}") == 0
    assert (
        rig.value(
            "select count(*) from noetl.run as r inner join noetl.execution as x"
            " on x.execution_id = r.execution_id where x.status <> r.status"
        )
        == 0
    )
    twice = rig.value(
        "select count(*) from (select from noetl.event as e"
        " where e.event_type in ('loop.item', 'loop.shard.done', 'loop.shard.failed')"
        " and e.meta -> 'final' is distinct from 'false'"
        " group by e.execution_id, e.meta ->> 'loop_id', e.current_index"
        " having count(*) > 1) as t"
    )
    assert twice == 0, f"an item was done twice, seed {stress.seed}"
    assert (
        rig.value(
            "select deadlocks from pg_stat_database where datname = current_database()"
        )
        == 0
    )
    assert len(stress.runs) > 50
