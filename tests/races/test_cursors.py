"""Slots of a cursor loop that report at the same moment."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from tests.races.rig import Connection, Json, Rig, step

ERROR = {"kind": "sql", "message": "no"}


def cursor(slots: int, **spec: Json) -> dict[str, Json]:
    """A loop that claims its rows, with so many slots."""
    claim = {"kind": "postgres", "auth": "{{ workload.db }}", "claim": "select 1"}
    return {"cursor": claim, "spec": {"max_in_flight": slots, **spec}}


def tell(
    rig: Rig,
    worker: UUID,
    command: dict[str, Json],
    rows: int,
    conn: Connection | None = None,
    error: Json = None,
) -> Json:
    """Report a frame whose claim gave so many rows, each with this error, if any."""
    item = {} if error is None else {"error": error}
    return rig.record(
        [
            {
                "session": str(worker),
                "execution_id": command["execution_id"],
                "command_id": command["command_id"],
                "type": "command.completed",
                "frame": {"items": [item] * rows},
            }
        ],
        conn,
    )


def start(rig: Rig, slots: int, **spec: Json) -> int:
    return rig.start(
        step("rows", loop=cursor(slots, **spec), next={"arcs": [{"step": "after"}]}),
        step("after"),
    )


def slots_of(rig: Rig, run: int) -> int:
    slots: int = rig.value(
        'select remaining_slots from noetl."loop" where execution_id = %s', run
    )
    return slots


def test_twenty_slots_end_at_once(rig: Rig) -> None:
    run = start(rig, 20)
    worker = rig.worker()
    frames = rig.claim(worker)
    assert len(frames) == 20
    answers = rig.together(
        *(partial(tell, rig, worker, frame, 0, rig.session()) for frame in frames)
    )
    assert [answer["recorded"] for answer in answers] == [1] * 20
    assert rig.count(run, "loop.done") == 1
    assert rig.count(run, "command.issued", "after") == 1
    assert rig.finish(run) == "completed"
    assert rig.problems(run) == []


def test_twenty_slots_go_on_at_once(rig: Rig) -> None:
    run = start(rig, 20, frame={"max_rows": 3})
    worker = rig.worker()
    sessions = [rig.session() for _ in range(20)]
    for round_ in (1, 2, 3):
        frames = rig.claim(worker)
        assert len(frames) == 20, "no slot is lost, and none doubled"
        answers = rig.together(
            *(
                partial(tell, rig, worker, frame, 3, session)
                for frame, session in zip(frames, sessions, strict=True)
            )
        )
        assert [answer["recorded"] for answer in answers] == [1] * 20
        numbers = rig.value(
            "select array_agg(iter_index order by iter_index) from noetl.command"
            " where execution_id = %s",
            run,
        )
        assert numbers == list(range(20 * round_, 20 * round_ + 20))
    assert rig.finish(run) == "completed"
    assert rig.count(run, "loop.item") == 180
    indexes = rig.value(
        "select count(distinct current_index) from noetl.event"
        " where execution_id = %s and event_type = 'loop.item'",
        run,
    )
    assert indexes == 180
    assert rig.problems(run) == []


def test_last_two_slots_end_while_the_first_is_held_open(rig: Rig) -> None:
    run = start(rig, 2)
    worker = rig.worker()
    one, two = rig.claim(worker)
    first, second = rig.session(autocommit=False), rig.session()

    tell(rig, worker, one, 0, first)
    last = rig.background(lambda: tell(rig, worker, two, 0, second))
    assert rig.until_blocked(second, last)
    first.commit()

    assert last.result(30)["recorded"] == 1
    assert rig.count(run, "loop.done") == 1
    assert rig.count(run, "command.issued", "after") == 1


def test_slot_that_went_on_is_ended_by_one_that_fails(rig: Rig) -> None:
    """The failure must see the frame that was issued while it waited."""
    run = start(rig, 2)
    worker = rig.worker()
    one, two = rig.claim(worker)
    first, second = rig.session(autocommit=False), rig.session()

    tell(rig, worker, one, 1, first)
    failure = rig.background(lambda: tell(rig, worker, two, 1, second, ERROR))
    assert rig.until_blocked(second, failure)
    first.commit()

    assert failure.result(30)["recorded"] == 1
    rig.tick()
    assert rig.status(run) == "failed"
    assert rig.claim(worker) == []
    assert rig.problems(run) == []


def test_slot_that_reports_rows_ends_when_another_has_failed(rig: Rig) -> None:
    run = rig.start(
        step(
            "rows",
            loop=cursor(2),
            next={"arcs": [{"step": "after", "when": "event.name == 'call.error'"}]},
        ),
        step("after"),
    )
    worker = rig.worker()
    one, two = rig.claim(worker)
    held, first, second = (
        rig.session(autocommit=False),
        rig.session(),
        rig.session(),
    )

    # Both have taken their command out of the queue: draining cannot cancel either.
    held.execute('select from noetl."loop" where execution_id = %s for update', (run,))
    failure = rig.background(lambda: tell(rig, worker, one, 1, first, ERROR))
    assert rig.until_blocked(first, failure)
    rows = rig.background(lambda: tell(rig, worker, two, 1, second))
    assert rig.until_blocked(second, rows)
    held.commit()

    assert failure.result(30)["recorded"] == 1
    assert rows.result(30)["recorded"] == 1
    assert rig.count(run, "command.issued", "after") == 1
    assert slots_of(rig, run) == 0
    assert rig.finish(run) == "completed"
    assert rig.problems(run) == []


def test_frame_reported_while_its_session_is_replaced(rig: Rig) -> None:
    """Either the report counts or the frame is issued again; never both."""
    run = start(rig, 1)
    worker = rig.worker()
    (frame,) = rig.claim(worker)
    first, second = rig.session(autocommit=False), rig.session()

    tell(rig, worker, frame, 1, first)
    registration = rig.background(lambda: rig.worker("w1", second))
    rig.until_blocked(second, registration)
    first.commit()
    registration.result(30)

    queued = rig.value(
        "select array_agg(array[iter_index, issue]) from noetl.command"
        " where execution_id = %s",
        run,
    )
    assert queued == [[1, 1]]
    assert slots_of(rig, run) == 1
    assert rig.finish(run) == "completed"
    assert rig.problems(run) == []


@pytest.fixture
def pile(rig: Rig) -> int:
    rig.conn.execute("create table public.pile as select generate_series(1, 400) as n")
    return 400


@pytest.mark.accept("P0.3-3")
def test_cursor_ends_while_all_its_state_is_lost_again_and_again(
    rig: Rig, pile: int
) -> None:
    """Workers take rows and report; everything but events is dropped beneath them."""
    run = start(rig, 6, frame={"max_rows": 4})
    done = threading.Event()

    def take(conn: Connection) -> int:
        return conn.execute(
            "delete from public.pile where n in (select n from public.pile"
            " order by n limit 4 for update skip locked)"
        ).rowcount

    def work(name: str) -> None:
        conn = rig.session()
        worker = rig.worker(name, conn)
        while not done.is_set():
            for held in rig.claim(worker, 2, conn):
                rows = take(conn) if held["task"] == "frame" else 0
                while tell(rig, worker, held, rows, conn)["retry"]:
                    time.sleep(0.001)

    workers = [rig.background(partial(work, f"w{n}")) for n in range(3)]
    breaker: Any = rig.session(autocommit=False)
    deadline, rebuilds = time.monotonic() + 60, 0
    while time.monotonic() < deadline and rig.status(run) != "completed":
        rig.tick()
        breaker.execute(
            "select pg_advisory_xact_lock(noetl_internal.lock_key('run', %s))", (run,)
        )
        breaker.execute(
            "truncate noetl.run, noetl.token, noetl.loop, noetl.command,"
            " noetl.variable, noetl.execution"
        )
        breaker.execute("select noetl.rebuild(%s)", (run,))
        breaker.commit()
        rebuilds += 1
        time.sleep(0.02)
    done.set()
    for worker in workers:
        worker.result(30)
    assert rig.status(run) == "completed"
    assert rebuilds > 3
    assert rig.count(run, "loop.item") == pile
    assert rig.count(run, "loop.done") == 1
    assert rig.problems(run) == []
