"""Many sessions at once on one thing; followers that are killed; commits that come late."""

from __future__ import annotations

import random
import threading
import time
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.races.rig import Connection, Rig, loop, step

FOLLOWERS = ("advance_changes", "project_changes", "expand_loops")


def test_sixty_four_sessions_claim_one_command(rig: Rig) -> None:
    run = rig.start(step("a"))
    sessions = [rig.session() for _ in range(64)]
    workers = [rig.worker(f"w{n}") for n in range(64)]
    claimed = rig.together(
        *(
            partial(rig.claim, worker, 10, conn)
            for worker, conn in zip(workers, sessions, strict=True)
        )
    )
    assert sorted(len(commands) for commands in claimed) == [0] * 63 + [1]
    assert rig.count(run, "command.claimed") == 1
    (winner,) = (n for n, commands in enumerate(claimed) if commands)
    assert rig.report(workers[winner], claimed[winner])["recorded"] == 1
    assert rig.status(run) == "completed"


def test_sixty_four_sessions_report_one_command(rig: Rig) -> None:
    run = rig.start(step("a", next={"arcs": [{"step": "b"}]}), step("b"))
    worker = rig.worker()
    commands = rig.claim(worker)
    sessions = [rig.session() for _ in range(64)]
    answers = rig.together(
        *(partial(rig.report, worker, commands, conn) for conn in sessions)
    )
    assert sorted(answer["recorded"] for answer in answers) == [0] * 63 + [1]
    assert sum(answer["late"] for answer in answers) == 63
    assert rig.count(run, "command.issued", "b") == 1
    assert rig.problems(run) == []


@pytest.mark.accept("P0.2-2")
def test_sixteen_sessions_close_one_loop(rig: Rig) -> None:
    """All counted and not closed, as a crash between two transactions would leave it."""
    run = rig.start(
        step(
            "items", loop=loop(2, mode="parallel"), next={"arcs": [{"step": "after"}]}
        ),
        step("after"),
    )
    worker = rig.worker()
    original = rig.value(
        "select pg_get_functiondef("
        "'noetl_internal.close_loop(bigint, bigint)'::regprocedure)"
    )
    rig.conn.execute(
        "create or replace function noetl_internal.close_loop("
        "p_execution_id bigint, p_loop_id bigint)"
        " returns boolean language sql as 'select false'"
    )
    commands = rig.claim(worker)
    rig.report(worker, commands)
    rig.conn.execute(original.encode())
    query = "select noetl.claim_loop_done(%s, %s)"
    sessions = [rig.session() for _ in range(16)]
    answers = rig.together(
        *(
            partial(_value, conn, query, run, commands[0]["loop_id"])
            for conn in sessions
        )
    )
    assert sorted(answers) == [False] * 15 + [True]
    assert rig.count(run, "loop.done") == 1
    assert rig.count(run, "command.issued", "after") == 1
    assert rig.finish(run) == "completed"
    assert rig.problems(run) == []


def _value(conn: Connection, query: str, *arguments: Any) -> Any:
    row = conn.execute(query.encode(), arguments).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize("report_first", [True, False])
def test_cancel_meets_completion(rig: Rig, report_first: bool) -> None:
    run = rig.start(step("a"))
    worker = rig.worker()
    commands = rig.claim(worker)
    first, second = rig.session(autocommit=False), rig.session()
    cancel = "select noetl.cancel_execution(%s)"
    if report_first:
        rig.report(worker, commands, first)
        work = rig.background(partial(_value, second, cancel, run))
        assert rig.until_blocked(second, work)
        first.commit()
        assert work.result(30) is False
        assert rig.status(run) == "completed"
        assert rig.count(run, "execution.cancelled") == 0
    else:
        assert _value(first, cancel, run) is True
        assert rig.report(worker, commands, second)["retry"] == [0]
        first.commit()
        assert rig.report(worker, commands, second)["late"] == 1
        assert rig.status(run) == "cancelled"
        assert rig.count(run, "playbook.completed") == 0
    assert rig.problems(run) == []


def test_commit_held_open_across_a_poll_is_not_missed(rig: Rig) -> None:
    """Its outbox rows and places have lower numbers than what others have done since."""
    slow, quick = (
        rig.start(step("a", next={"arcs": [{"step": "b"}]}), step("b")) for _ in "ab"
    )
    rig.tick()
    worker = rig.worker()
    commands = {c["execution_id"]: c for c in rig.claim(worker)}
    held = rig.session(autocommit=False)
    rig.report(worker, [commands[slow]], held)
    rig.report(worker, [commands[quick]])
    for _ in range(2):
        rig.tick()
        rig.conn.execute("select noetl.raise_floor()")
        for command in rig.claim(worker):
            assert command["execution_id"] == quick
            rig.report(worker, [command])
    rig.tick()
    assert rig.value("select count(*) from noetl.change") == 0
    assert (
        rig.value("select status from noetl.execution_status(%s)", quick) == "completed"
    )
    held.commit()
    rig.tick()
    assert rig.value("select current_steps from noetl.execution_status(%s)", slow) == [
        "b"
    ]
    assert rig.finish(slow) == "completed"
    assert rig.problems(slow) == []


class Followers:
    """Sessions that follow the outbox and are killed, while runs are rebuilt."""

    def __init__(self, rig: Rig, runs: list[int]) -> None:
        self.rig = rig
        self.runs = runs
        self.done = threading.Event()
        self.pids: dict[int, int] = {}
        self.killed = 0

    def follow(self, number: int) -> None:
        """Call the followers' functions in turn, under a new session after each kill."""
        conn: Connection | None = None
        while not self.done.is_set():
            try:
                if conn is None:
                    conn = self.rig.session()
                    self.pids[number] = conn.info.backend_pid
                for function in FOLLOWERS:
                    conn.execute(f"select noetl.{function}()".encode())
            except psycopg.OperationalError:
                assert conn is not None
                assert conn.closed
                conn = None
                self.killed += 1

    def kill(self) -> None:
        """Terminate one after the other, at any moment of its work."""
        chance = random.Random()
        conn = self.rig.session()
        while not self.done.is_set():
            time.sleep(chance.random() / 20)
            if self.pids:
                pid = chance.choice(list(self.pids.values()))
                conn.execute("select pg_terminate_backend(%s)", (pid,))

    def work(self, name: str) -> None:
        """Claim and report."""
        conn = self.rig.session()
        worker: UUID = self.rig.worker(name, conn)
        while not self.done.is_set():
            held = self.rig.claim(worker, 5, conn)
            while held and self.rig.report(worker, held, conn)["retry"]:
                time.sleep(0.001)
            time.sleep(0.005)

    def rebuild(self) -> int:
        """Rebuild the runs again and again until they have ended; how often."""
        conn = self.rig.session()
        deadline = time.monotonic() + 90
        count = 0
        while time.monotonic() < deadline:
            for run in self.runs:
                conn.execute("select noetl.rebuild(%s)", (run,))
            count += 1
            if all(self.rig.status(run) == "completed" for run in self.runs):
                break
            time.sleep(0.02)
        return count


def test_followers_are_killed_while_runs_are_rebuilt(rig: Rig) -> None:
    rig.conn.execute("update noetl.setting set value = '10' where name = 'loop_chunk'")
    key = {"concurrency": {"key": "k", "limit": 1}}
    last = {"arcs": [{"step": "last"}]}
    runs = [
        rig.start(
            step("items", loop=loop(200), spec={"loop_mode": "fanout"}, next=last),
            step("last", spec=key),
        ),
        rig.start(
            step("items", loop=loop(200, mode="parallel", max_in_flight=9), next=last),
            step("last", spec=key),
        ),
    ]
    followers = Followers(rig, runs)
    threads = [rig.background(partial(followers.follow, n)) for n in range(3)]
    threads += [rig.background(partial(followers.work, f"w{n}")) for n in range(2)]
    threads += [rig.background(followers.kill)]
    try:
        rebuilds = followers.rebuild()
    finally:
        followers.done.set()
        for thread in threads:
            thread.result(30)
    assert [rig.status(run) for run in runs] == ["completed", "completed"]
    assert followers.killed > 5
    assert rebuilds > 3
    for run, event in zip(runs, ("loop.shard.done", "loop.item"), strict=True):
        assert rig.count(run, event) == 200
        assert rig.problems(run) == []
