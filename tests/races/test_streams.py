"""Chunks that meet each other, the end of what handles them, and the end of all."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest

from tests.races.rig import Connection, Json, Rig, loop, step

CHUNK = {"step": "each", "on": "call.partial"}
ENDED = (
    "select count(*) from noetl.event where execution_id = %s"
    " and event_type = 'step.exit' and node_name = 'each'"
)
AT_WORK = (
    "select count(*) from noetl.token where execution_id = %s"
    " and step = 'each' and status = 'active'"
)


def producer(*more: dict[str, Json], **spec: Json) -> dict[str, Json]:
    """A step whose chunks go to ``each``."""
    arc = CHUNK | ({"spec": spec} if spec else {})
    return step("make", next={"arcs": [arc, *more]})


def chunk(worker: UUID, command: dict[str, Json], index: int) -> dict[str, Json]:
    """The report of a chunk."""
    return {
        "session": str(worker),
        "execution_id": command["execution_id"],
        "command_id": command["command_id"],
        "type": "call.partial",
        "result": {"status": "ok", "context": {"data": index}},
        "meta": {"chunk_index": index, "has_more": True},
    }


def count(conn: Connection, run: int, query: LiteralString) -> int:
    """The one number that a query gives."""
    row = conn.execute(query, (run,)).fetchone()
    assert row is not None
    return int(row[0])


def held_back(rig: Rig, conn: Connection, work: Any) -> Future[Any]:
    """Work that runs into what another session holds."""
    future = rig.background(work)
    assert rig.until_blocked(conn, future)
    return future


def stand(rig: Rig) -> list[tuple[int, str]]:
    """The chunks on ``each``, in order."""
    return rig.conn.execute(
        "select (input #>> '{_partial,chunk_index}')::integer, status::text"
        " from noetl.token where step = 'each' order by token_id"
    ).fetchall()


@pytest.mark.accept("P5.2-2")
@pytest.mark.parametrize("commits", [True, False])
def test_of_two_reports_of_one_chunk_one_counts(rig: Rig, commits: bool) -> None:
    run = rig.start(producer(), step("each"))
    worker = rig.worker()
    (command,) = rig.claim(worker)
    first, second = rig.session(autocommit=False), rig.session()
    events = [chunk(worker, command, 0)]

    assert rig.record(events, first)["recorded"] == 1
    repeat = held_back(rig, second, lambda: rig.record(events, second))
    if commits:
        first.commit()
    else:
        first.rollback()

    answer = repeat.result(30)
    assert (answer["recorded"], answer["late"]) == ((0, 1) if commits else (1, 0))
    assert answer["streams"] == {command["command_id"]: {"next_chunk": 1, "room": 1}}
    assert rig.count(run, "call.partial") == 1
    assert stand(rig) == [(0, "active")]
    rig.report(worker, [command])
    assert rig.finish(run) == "completed"
    assert rig.problems(run) == []


@pytest.mark.parametrize("is_new_attempt", [True, False])
def test_chunk_of_an_attempt_that_is_being_taken_back_counts_once(
    rig: Rig, is_new_attempt: bool
) -> None:
    run = rig.start(producer(), step("each"))
    worker = rig.worker()
    (command,) = rig.claim(worker)
    first, second = rig.session(autocommit=False), rig.session()
    if is_new_attempt:  # the worker has started anew, and not yet committed
        rig.worker(conn=first)
        late = held_back(
            rig, second, lambda: rig.record([chunk(worker, command, 0)], second)
        )
        first.commit()
        assert late.result(30)["late"] == 1
    else:
        rig.record([chunk(worker, command, 0)], first)
        anew = rig.background(lambda: rig.worker(conn=second))
        rig.until_blocked(second, anew)
        first.commit()
        anew.result(30)
    rig.conn.execute("select noetl.reap_stale()")
    worker = rig.worker()
    commands = [c for c in rig.claim(worker) if c["step"] == "make"]
    assert [c["issue"] for c in commands] != [1]
    answer = rig.record([chunk(worker, commands[0], 0)])
    assert answer["recorded"] == int(is_new_attempt)
    assert rig.count(run, "call.partial") == 1
    assert len(stand(rig)) == 1
    assert rig.problems(run) == []


def test_chunk_of_a_run_that_is_being_cancelled_comes_again_and_is_late(
    rig: Rig,
) -> None:
    run = rig.start(producer(), step("each"))
    worker = rig.worker()
    (command,) = rig.claim(worker)
    first, second = rig.session(autocommit=False), rig.session()
    first.execute("select noetl.cancel_execution(%s)", (run,))

    assert rig.record([chunk(worker, command, 0)], second)["retry"] == [0]
    first.commit()
    assert rig.record([chunk(worker, command, 0)], second)["late"] == 1
    assert rig.count(run, "call.partial") == 0
    assert rig.status(run) == "cancelled"
    assert rig.problems(run) == []


def test_cancel_waits_for_a_chunk_and_sweeps_what_it_has_made(rig: Rig) -> None:
    run = rig.start(producer(), step("each"))
    worker = rig.worker()
    (command,) = rig.claim(worker)
    first, second = rig.session(autocommit=False), rig.session()
    rig.record([chunk(worker, command, 0), chunk(worker, command, 1)], first)

    cancel = held_back(
        rig,
        second,
        lambda: second.execute("select noetl.cancel_execution(%s)", (run,)).fetchone(),
    )
    first.commit()
    assert cancel.result(30) == (True,)
    assert rig.status(run) == "cancelled"
    assert stand(rig) == []
    assert rig.problems(run) == []


@pytest.mark.parametrize("chunk_first", [True, False])
def test_chunk_that_meets_the_end_of_the_one_before_begins(
    rig: Rig, chunk_first: bool
) -> None:
    """Whoever is second sees the other: no chunk waits for a turn that has come."""
    run = rig.start(producer(), step("each"))
    worker = rig.worker()
    (command,) = rig.claim(worker)
    rig.record([chunk(worker, command, 0)])
    before = rig.claim(worker)
    first, second = rig.session(autocommit=False), rig.session()

    def come(conn: Connection) -> Any:
        return rig.record([chunk(worker, command, 1)], conn)

    def end(conn: Connection) -> Any:
        return rig.report(worker, before, conn)

    one, other = (come, end) if chunk_first else (end, come)
    one(first)
    waits = held_back(rig, second, lambda: other(second))
    first.commit()
    assert waits.result(30)["recorded"] == 1
    assert stand(rig) == [(1, "active")]
    assert rig.problems(run) == []


@pytest.mark.parametrize("producer_first", [True, False])
def test_end_of_the_producer_and_of_its_last_chunk_meet_once(
    rig: Rig, producer_first: bool
) -> None:
    run = rig.start(
        producer({"step": "total"}),
        step("each", next={"arcs": [{"step": "total"}]}),
        step("total"),
    )
    worker = rig.worker()
    (command,) = rig.claim(worker)
    rig.record([chunk(worker, command, 0)])
    handling = rig.claim(worker)
    first, second = rig.session(autocommit=False), rig.session()
    one, other = [command], handling
    if not producer_first:
        one, other = other, one

    rig.report(worker, one, first)
    waits = held_back(rig, second, lambda: rig.report(worker, other, second))
    first.commit()
    assert waits.result(30)["recorded"] == 1
    assert rig.count(run, "command.issued", "total") == 1
    assert rig.finish(run) == "completed"
    assert rig.problems(run) == []


def test_batches_of_chunks_and_items_do_not_lock_each_other_out(rig: Rig) -> None:
    """A batch with chunks needs the run row early; the items of others do late."""
    branches = [{"step": "make"}, {"step": "one"}, {"step": "two"}]
    run = rig.start(
        step("split", next={"spec": {"mode": "inclusive"}, "arcs": branches}),
        producer(mode="parallel", max_in_flight=50),
        step("each"),
        step("one", loop=loop(40, mode="parallel", max_in_flight=40)),
        step("two", loop=loop(40, mode="parallel", max_in_flight=40)),
    )
    worker = rig.worker()
    rig.report(worker, rig.claim(worker))
    held = rig.claim(worker)
    (command,) = [c for c in held if c["step"] == "make"]
    items = [c for c in held if c["step"] != "make"]
    events = [
        {
            "session": str(worker),
            "execution_id": run,
            "command_id": item["command_id"],
            "type": "command.completed",
            "result": {"status": "ok"},
        }
        for item in items
    ]
    conns = [rig.session() for _ in range(2)]
    for number in range(20):
        mine = events[number * 4 : number * 4 + 2]
        theirs = events[number * 4 + 2 : number * 4 + 4]
        with_chunk = [chunk(worker, command, number), *reversed(mine)]
        answers = rig.together(
            partial(rig.record, with_chunk, conns[0]),
            partial(rig.record, theirs, conns[1]),
        )
        assert [a["recorded"] for a in answers] == [3, 2]
    rig.report(worker, [command])
    rig.tick()
    assert rig.finish(run) == "completed"
    assert rig.count(run, "call.partial") == 20
    assert rig.count(run, "call.done", "each") == 20
    assert rig.problems(run) == []


def is_free(rig: Rig, query: LiteralString, *values: Json) -> bool:
    """Whether nobody holds a row."""
    conn = rig.session()
    try:
        conn.execute(query, values)
    except psycopg.errors.LockNotAvailable:
        return False
    return True


@pytest.mark.parametrize("held", ["command", "loop"])
def test_batch_with_chunks_takes_its_locks_in_order(rig: Rig, held: str) -> None:
    """It waits for an item's command, and for its loop, without holding what is later."""
    branches = [{"step": "items"}, {"step": "make"}]
    rig.start(
        step("split", next={"spec": {"mode": "inclusive"}, "arcs": branches}),
        step("items", loop=loop(2, mode="parallel")),
        producer(),
        step("each"),
    )
    worker = rig.worker()
    rig.report(worker, rig.claim(worker))
    commands = {c["step"]: c for c in rig.claim(worker)}
    item, make = commands["items"], commands["make"]
    assert item["command_id"] < make["command_id"]
    end = chunk(worker, item, 0) | {"type": "command.completed"}
    first, second = rig.session(autocommit=False), rig.session()
    if held == "command":
        first.execute(
            "select from noetl.command where command_id = %s for update",
            (item["command_id"],),
        )
    else:
        first.execute("select from noetl.loop for no key update")

    events = [chunk(worker, make, 0), end]
    waits = held_back(rig, second, lambda: rig.record(events, second))
    assert is_free(rig, "select from noetl.run for no key update nowait")
    if held == "command":
        assert is_free(
            rig,
            "select from noetl.command where command_id = %s for update nowait",
            make["command_id"],
        )
    first.rollback()
    assert waits.result(30)["recorded"] == 2


def test_set_of_a_chunk_and_that_of_another_step_both_count(rig: Rig) -> None:
    count = {"ctx.n": "{{ (ctx.n | default(0)) + 1 }}"}
    branches = [{"step": "make"}, {"step": "other"}]
    run = rig.start(
        step("split", next={"spec": {"mode": "inclusive"}, "arcs": branches}),
        step("make", next={"arcs": [CHUNK | {"set": count}]}),
        step("other", set=count),
        step("each"),
    )
    worker = rig.worker()
    rig.report(worker, rig.claim(worker))
    commands = {c["step"]: c for c in rig.claim(worker)}
    first, second = rig.session(autocommit=False), rig.session()
    rig.report(worker, [commands["other"]], first)
    events = [chunk(worker, commands["make"], 0)]
    waits = held_back(rig, second, lambda: rig.record(events, second))
    first.commit()
    assert waits.result(30)["recorded"] == 1
    assert rig.value("select noetl_test.ctx(%s, 'n')", run) == 2


@pytest.mark.accept("P5.2-2")
@pytest.mark.parametrize("in_flight", [1, 3])
def test_crowd_handles_a_stream_in_order_and_once(rig: Rig, in_flight: int) -> None:
    """One reports chunks, several handle them, all at the same time."""
    total = 60
    spec = {"mode": "parallel", "max_in_flight": in_flight} if in_flight > 1 else {}
    run = rig.start(producer(**spec), step("each"))
    worker = rig.worker()
    (command,) = rig.claim(worker)
    most = 0

    def produce() -> None:
        conn = rig.session()
        for index in range(total):
            while rig.record([chunk(worker, command, index)], conn)["retry"]:
                pass
        rig.report(worker, [command], conn)

    def handle(name: str) -> None:
        nonlocal most
        conn = rig.session()
        mine = rig.worker(name, conn)
        while count(conn, run, ENDED) < total:
            commands = rig.claim(mine, 1, conn)
            most = max(most, count(conn, run, AT_WORK))
            if commands:
                rig.report(mine, commands, conn)

    rig.together(produce, *(partial(handle, f"h{n}") for n in range(4)))
    assert rig.status(run) == "completed"
    assert most <= in_flight
    entered = rig.conn.execute(
        "select (i.context #>> '{input,_partial,chunk_index}')::integer"
        " from noetl.event as i where i.execution_id = %s and i.node_name = 'each'"
        " and i.event_type = 'command.issued' order by i.event_id",
        (run,),
    ).fetchall()
    assert [row[0] for row in entered] == list(range(total))
    assert rig.count(run, "call.done", "each") == total
    assert rig.problems(run) == []
