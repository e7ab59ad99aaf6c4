"""Reports that meet each other."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.types.json import Jsonb

from tests.races.rig import Connection, Json, Rig, loop, step

FANOUT = {"loop_mode": "fanout"}


@pytest.mark.accept("P0.2-3", "P3.2-2", "D-3")
@pytest.mark.parametrize("mode", ["parallel", "fanout"])
def test_twenty_sessions_finish_twenty_items_at_once(rig: Rig, mode: str) -> None:
    run = rig.start(
        step(
            "items",
            loop=loop(20, mode="parallel", max_in_flight=20),
            spec=FANOUT if mode == "fanout" else {},
            next={"arcs": [{"step": "after"}]},
        ),
        step("after"),
    )
    worker = rig.worker()
    commands = rig.claim(worker)
    assert len(commands) == 20
    answers = rig.together(
        *(partial(rig.report, worker, [command], rig.session()) for command in commands)
    )
    assert [answer["recorded"] for answer in answers] == [1] * 20
    rig.tick()  # what a report left to who was counting
    done = "loop.fanin.completed" if mode == "fanout" else "loop.done"
    assert rig.count(run, done) == 1
    assert rig.count(run, "command.issued", "after") == 1
    assert rig.finish(run) == "completed"
    assert rig.problems(run) == []


def test_two_sessions_report_the_same_command(rig: Rig) -> None:
    run = rig.start(step("a", next={"arcs": [{"step": "b"}]}), step("b"))
    worker = rig.worker()
    commands = rig.claim(worker)
    first, second = rig.session(autocommit=False), rig.session()

    assert rig.report(worker, commands, first)["recorded"] == 1
    repeat = rig.background(lambda: rig.report(worker, commands, second))
    assert rig.until_blocked(second, repeat)
    first.commit()

    assert repeat.result(30)["recorded"] == 0
    assert rig.count(run, "command.completed") == 1
    assert rig.count(run, "command.issued", "b") == 1


def test_repeat_counts_when_the_first_report_is_rolled_back(rig: Rig) -> None:
    run = rig.start(step("a"))
    worker = rig.worker()
    commands = rig.claim(worker)
    first, second = rig.session(autocommit=False), rig.session()

    rig.report(worker, commands, first)
    repeat = rig.background(lambda: rig.report(worker, commands, second))
    assert rig.until_blocked(second, repeat)
    first.rollback()

    assert repeat.result(30)["recorded"] == 1
    assert rig.status(run) == "completed"


def test_reporter_held_open_while_another_finishes_the_last_item(rig: Rig) -> None:
    run = rig.start(
        step(
            "items", loop=loop(2, mode="parallel"), next={"arcs": [{"step": "after"}]}
        ),
        step("after"),
    )
    worker = rig.worker()
    one, two = rig.claim(worker)
    first, second = rig.session(autocommit=False), rig.session()

    rig.report(worker, [one], first)
    last = rig.report(worker, [two], second)
    assert (last["recorded"], last["count"]) == (1, True)
    rig.tick()
    assert rig.count(run, "loop.done") == 0  # the counter still holds the loop
    first.commit()
    rig.tick()
    assert rig.count(run, "loop.done") == 1
    assert rig.count(run, "command.issued", "after") == 1


def test_counter_that_rolls_back_loses_nothing(rig: Rig) -> None:
    """What it took from others to be counted is there again."""
    run = rig.start(step("items", loop=loop(3, mode="parallel")))
    worker = rig.worker()
    one, two, three = rig.claim(worker)
    first, second = rig.session(autocommit=False), rig.session()
    rig.report(worker, [one], first)
    rig.report(worker, [two], second)
    first.rollback()
    rig.report(worker, [three], first)
    first.rollback()
    assert rig.report(worker, [one, three])["recorded"] == 2
    assert rig.status(run) == "completed"
    assert rig.problems(run) == []


def test_failed_item_that_was_left_to_be_counted_ends_its_loop(rig: Rig) -> None:
    run = rig.start(step("items", loop=loop(5, mode="parallel", max_in_flight=2)))
    worker = rig.worker()
    one, two = rig.claim(worker)
    first = rig.session(autocommit=False)
    rig.report(worker, [one], first)
    rig.report(worker, [two], rig.session(), error={"kind": "http", "message": "503"})
    first.commit()
    assert rig.finish(run) == "failed"
    assert rig.value("select error ->> 'item' from noetl.run") == "1"
    assert rig.problems(run) == []


def test_item_left_to_be_counted_outlives_an_advance_of_its_run(rig: Rig) -> None:
    """Only a run that ends is counted by its sweep: else nobody closes the loop."""
    run = rig.start(step("items", loop=loop(2, mode="parallel")))
    worker = rig.worker()
    one, two = rig.claim(worker)
    first = rig.session(autocommit=False)
    rig.report(worker, [one], first)
    rig.report(worker, [two], rig.session())
    first.commit()
    rig.conn.execute("select noetl_internal.mark_change('advance', %s)", (run,))
    rig.conn.execute("select noetl.advance_changes()")
    rig.tick()
    assert rig.status(run) == "completed"


def test_last_item_left_to_be_counted_is_not_lost_in_a_rebuild(rig: Rig) -> None:
    run = rig.start(step("items", loop=loop(2, mode="parallel")))
    worker = rig.worker()
    one, two = rig.claim(worker)
    first = rig.session(autocommit=False)
    rig.report(worker, [one], first)
    rig.report(worker, [two], rig.session())
    first.commit()
    rig.conn.execute("select noetl.rebuild(%s)", (run,))
    assert rig.status(run) == "completed"


@pytest.mark.parametrize("ending", ["cancel_execution", "rebuild"])
def test_items_left_to_be_counted_are_counted_at_the_end(rig: Rig, ending: str) -> None:
    run = rig.start(step("items", loop=loop(3, mode="parallel")))
    worker = rig.worker()
    one, two, _ = rig.claim(worker)
    first = rig.session(autocommit=False)
    rig.report(worker, [one], first)
    rig.report(worker, [two], rig.session())
    first.commit()
    rig.conn.execute(f"select noetl.{ending}(%s)".encode(), (run,))
    assert rig.value("select done from noetl.loop") == 2
    assert rig.value("select count(*) from noetl.loop_tally") == 0
    assert rig.problems(run) == []


def test_two_branches_arrive_at_a_join_at_once(rig: Rig) -> None:
    run = rig.start(
        step(
            "split",
            next={
                "spec": {"mode": "inclusive"},
                "arcs": [{"step": "a"}, {"step": "b"}],
            },
        ),
        step("a", next={"arcs": [{"step": "join"}]}),
        step("b", next={"arcs": [{"step": "join"}]}),
        step("join"),
    )
    worker = rig.worker()
    rig.report(worker, rig.claim(worker))
    one, two = rig.claim(worker)
    first, second = rig.session(autocommit=False), rig.session()

    rig.report(worker, [one], first)
    last = rig.background(lambda: rig.report(worker, [two], second))
    assert rig.until_blocked(second, last)
    first.commit()

    last.result(30)
    assert rig.count(run, "command.issued", "join") == 1
    assert rig.finish(run) == "completed"


def test_two_batches_over_the_same_runs_do_not_deadlock(rig: Rig) -> None:
    """Runs of a batch are taken in ascending order, whatever the events' order is."""
    worker = rig.worker()
    for _ in range(10):
        runs = [rig.start(step("items", loop=loop(2, mode="parallel"))) for _ in "ab"]
        claimed = rig.claim(worker)
        batches = [
            [command for command in claimed if command["iter_index"] == index]
            for index in (0, 1)
        ]
        batches[1].reverse()
        answers = rig.together(
            *(partial(rig.report, worker, batch, rig.session()) for batch in batches)
        )
        assert [answer["recorded"] for answer in answers] == [2, 2]
        rig.tick()
        assert [rig.status(run) for run in runs] == ["completed"] * 2


def test_branches_of_one_run_do_not_deadlock(rig: Rig) -> None:
    """A sequential item's ctx write takes the run's row; loop rows come before it."""
    worker = rig.worker()
    run = rig.start(
        step(
            "split",
            next={
                "spec": {"mode": "inclusive"},
                "arcs": [{"step": "s"}, {"step": "p"}],
            },
        ),
        step("s", loop=loop(2)),
        step("p", loop=loop(2, mode="parallel")),
    )
    rig.report(worker, rig.claim(worker))
    commands = rig.claim(worker)
    sequential = next(command for command in commands if command["step"] == "s")
    one, two = (command for command in commands if command["step"] == "p")
    held, first, second = (
        rig.session(autocommit=False),
        rig.session(),
        rig.session(),
    )
    held.execute("select from noetl.run where execution_id = %s for update", (run,))

    def both() -> Any:
        events = [
            {
                "session": str(worker),
                "execution_id": run,
                "command_id": command["command_id"],
                "type": "command.completed",
                "ctx": {"n": 1},
            }
            for command in (sequential, one)
        ]
        return rig.record(events, first)

    batch = rig.background(both)
    assert rig.until_blocked(first, batch)
    last = rig.background(lambda: rig.report(worker, [two], second))
    # The loop is being counted: the second report leaves its item to be counted.
    assert not rig.until_blocked(second, last)
    assert last.result(30)["recorded"] == 1
    held.commit()

    assert batch.result(30)["recorded"] == 2
    assert rig.finish(run) == "completed"
    assert rig.problems(run) == []


def test_two_sessions_exchange_the_same_report(rig: Rig) -> None:
    run = rig.start(step("a", next={"arcs": [{"step": "b"}]}), step("b"))
    worker = rig.worker()
    (command,) = rig.claim(worker)
    events = [
        {
            "session": str(worker),
            "execution_id": run,
            "command_id": command["command_id"],
            "type": "command.completed",
        }
    ]

    def exchange(conn: Connection, request: UUID) -> Json:
        row = conn.execute(
            "select noetl.exchange(%s, %s, %s, 5)", (worker, Jsonb(events), request)
        ).fetchone()
        assert row is not None
        return row[0]

    same = uuid4()
    answers = rig.together(
        *(partial(exchange, rig.session(), request) for request in (same, uuid4()))
    )
    assert sorted(a["recorded"]["recorded"] for a in answers) == [0, 1]
    handed = [c["command_id"] for a in answers for c in a["commands"]]
    assert len(handed) == len(set(handed)) <= 1
    assert rig.count(run, "command.issued", "b") == 1
    for command in rig.claim(worker):
        rig.report(worker, [command])
    assert rig.problems(run) == []
