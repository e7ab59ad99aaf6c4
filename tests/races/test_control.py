"""Control of runs and their children, concurrency keys, and followers of the outbox."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.races.rig import Connection, Json, Rig, loop, step

KEY = {"concurrency": {"key": "k", "limit": 1}}


def start_child(
    rig: Rig, worker: UUID, parent: dict[str, Json], conn: Connection | None = None
) -> int:
    """Start a child as the worker that holds the parent's command does."""
    path = rig.value("select noetl_test.playbook(%s)", Jsonb([step("work")]))
    return begin_child(path, worker, parent, conn or rig.conn)


def begin_child(
    path: str, worker: UUID, parent: dict[str, Json], conn: Connection
) -> int:
    """Start a child of this path."""
    options = {
        "parent_execution_id": parent["execution_id"],
        "parent_command_id": parent["command_id"],
        "session": str(worker),
        "idempotency_key": f"{parent['execution_id']}/{parent['step']}",
    }
    row = conn.execute(
        "select noetl.start_execution(%s, '{}', %s)", (path, Jsonb(options))
    ).fetchone()
    assert row is not None
    return int(row[0])


def hold(conn: Connection, run: int) -> None:
    """Take a run's lock, as the first thing that changes it does."""
    conn.execute(
        "select pg_advisory_xact_lock(noetl_internal.lock_key('run', %s))", (run,)
    )


def test_place_is_granted_to_a_run_that_is_being_cancelled(rig: Rig) -> None:
    """Who grants must not wait for a run while the run's end waits for the place."""
    run = rig.start(step("a", spec=KEY))
    first, second = rig.session(autocommit=False), rig.session()
    hold(first, run)
    grant = rig.background(lambda: second.execute("select noetl.advance_changes()"))
    rig.until_blocked(second, grant)
    first.execute("select noetl.cancel_execution(%s)", (run,))
    first.commit()
    grant.result(30)
    rig.tick()
    assert rig.value("select count(*) from noetl.slot") == 0
    assert rig.problems(run) == []


def test_place_of_a_run_that_ends_does_not_hold_up_the_others(rig: Rig) -> None:
    run, other = (rig.start(step("a", spec=KEY)) for _ in "ab")
    first, second = rig.session(autocommit=False), rig.session()
    first.execute("select noetl.cancel_execution(%s)", (run,))
    second.execute("set lock_timeout = '1s'")
    rig.conn.execute("delete from noetl.change where execution_id = %s", (run,))
    second.execute("select noetl.advance_changes()")
    first.commit()
    assert rig.finish(other) == "completed"


def test_two_lost_workers_of_one_run(rig: Rig) -> None:
    """What the first one held ends a step: the run row. The second's items: a loop."""
    run = rig.start(
        step(
            "split",
            next={
                "spec": {"mode": "inclusive"},
                "arcs": [{"step": "plain"}, {"step": "items"}],
            },
        ),
        step(
            "plain",
            spec={"max_attempts": 1},
            next={
                "arcs": [{"step": "end", "when": "{{ event.name == 'call.error' }}"}]
            },
        ),
        step(
            "items",
            loop=loop(3, mode="parallel", policy="best_effort"),
            spec={"max_attempts": 1},
        ),
        step("end"),
    )
    reporter = rig.worker("reporter")
    rig.report(reporter, rig.claim(reporter, 1))
    lost = sorted((rig.worker("l1"), rig.worker("l2")), key=str)
    held: dict[str, Any] = {}
    for command in rig.claim(reporter):
        held.setdefault(command["step"], []).append(command)
    rig.conn.execute(
        "update noetl.command set session_id = %s where step = 'plain'", (lost[0],)
    )
    rig.conn.execute(
        "update noetl.command set session_id = %s where step = 'items' and iter_index = 0",
        (lost[1],),
    )
    rig.conn.execute(
        "update noetl.runtime set heartbeat_at = '2020-01-01' where session_id = any(%s)",
        (lost,),
    )
    first, second, third = (
        rig.session(autocommit=False),
        rig.session(autocommit=False),
        rig.session(),
    )
    # The reporter has the loop's row, and goes on to the run's.
    loop_id = held["items"][1]["loop_id"]
    first.execute(
        "select pg_advisory_xact_lock_shared(noetl_internal.lock_key('run', %s))",
        (run,),
    )
    first.execute(
        "select from noetl.loop where loop_id = %s for no key update", (loop_id,)
    )
    reap = rig.background(lambda: third.execute("select noetl.reap_stale()"))
    assert rig.until_blocked(third, reap)
    first.execute(
        "select from noetl.run where execution_id = %s for no key update", (run,)
    )
    first.commit()
    second.rollback()
    reap.result(30)
    rig.report(reporter, held["items"][1:])
    assert rig.finish(run) == "completed"
    assert rig.problems(run) == []


def _parent_with_child(rig: Rig) -> tuple[int, int, UUID, dict[str, Json], str]:
    parent = rig.start(step("call"))
    worker = rig.worker()
    (command,) = rig.claim(worker)
    path = rig.value("select noetl_test.playbook(%s)", Jsonb([step("work")]))
    return parent, begin_child(path, worker, command, rig.conn), worker, command, path


def test_child_outlives_a_cancel_that_its_parent_took_back(rig: Rig) -> None:
    """The outbox still says cancel when the parent is live again."""
    parent, child, *_ = _parent_with_child(rig)
    rig.conn.execute("select noetl.cancel_execution(%s)", (parent,))
    rig.conn.execute("select noetl.retry_execution(%s)", (parent,))
    rig.tick()
    assert rig.status(child) == "running"


@pytest.mark.parametrize("rebuilt", [False, True])
def test_retried_child_is_not_cancelled_for_the_former_end_of_its_parent(
    rig: Rig, rebuilt: bool
) -> None:
    parent, child, *_ = _parent_with_child(rig)
    rig.conn.execute("select noetl.cancel_execution(%s)", (parent,))
    rig.tick()
    assert rig.status(child) == "cancelled"
    rig.conn.execute("select noetl.retry_execution(%s)", (parent,))
    if rebuilt:
        rig.conn.execute("select noetl.rebuild(%s)", (child,))
        assert rig.value("select count(*) from noetl.change where kind = 'cancel'") == 0
    rig.tick()
    assert rig.status(child) == "running"
    assert rig.finish(child) == "completed"


def test_retry_of_a_parent_takes_a_child_along_that_is_being_cancelled(
    rig: Rig,
) -> None:
    parent, child, *_ = _parent_with_child(rig)
    rig.conn.execute("select noetl.cancel_execution(%s)", (parent,))
    first, second = rig.session(autocommit=False), rig.session()
    first.execute("select noetl.advance_changes()")
    retry = rig.background(
        lambda: second.execute("select noetl.retry_execution(%s)", (parent,))
    )
    rig.until_blocked(second, retry)
    first.commit()
    retry.result(30)
    rig.tick()
    assert (rig.status(parent), rig.status(child)) == ("running", "running")


def test_child_is_started_while_its_parent_is_rebuilt(rig: Rig) -> None:
    parent = rig.start(step("call"))
    worker = rig.worker()
    (command,) = rig.claim(worker)
    path = rig.value("select noetl_test.playbook(%s)", Jsonb([step("work")]))
    first, second = rig.session(autocommit=False), rig.session()
    first.execute("select noetl.rebuild(%s)", (parent,))
    start = rig.background(lambda: begin_child(path, worker, command, second))
    assert rig.until_blocked(second, start)
    first.commit()
    assert rig.status(start.result(30)) == "running"


@pytest.mark.parametrize("rebuilt", [False, True])
def test_child_that_is_started_while_its_parent_is_paused_is_paused(
    rig: Rig, rebuilt: bool
) -> None:
    parent = rig.start(step("call"))
    worker = rig.worker()
    (command,) = rig.claim(worker)
    path = rig.value("select noetl_test.playbook(%s)", Jsonb([step("work")]))
    first, second = rig.session(autocommit=False), rig.session()
    first.execute("select noetl.pause_execution(%s)", (parent,))
    start = rig.background(lambda: begin_child(path, worker, command, second))
    assert rig.until_blocked(second, start)
    first.commit()
    child = start.result(30)
    if rebuilt:
        rig.conn.execute("select noetl.rebuild(%s)", (child,))
    assert rig.claim(worker) == []
    assert rig.value("select status from noetl.execution_status(%s)", child) == "paused"
    rig.conn.execute("select noetl.resume_execution(%s)", (parent,))
    assert [c["execution_id"] for c in rig.claim(worker)] == [child]


def test_child_that_is_started_while_its_parent_is_resumed_goes_on(rig: Rig) -> None:
    parent = rig.start(step("call"))
    worker = rig.worker()
    (command,) = rig.claim(worker)
    path = rig.value("select noetl_test.playbook(%s)", Jsonb([step("work")]))
    rig.conn.execute("select noetl.pause_execution(%s)", (parent,))
    first, second = rig.session(autocommit=False), rig.session()
    child = begin_child(path, worker, command, first)
    resume = rig.background(
        lambda: second.execute("select noetl.resume_execution(%s)", (parent,))
    )
    rig.until_blocked(second, resume)
    first.commit()
    resume.result(30)
    assert [c["execution_id"] for c in rig.claim(worker)] == [child]


_BROKEN = """
create or replace function noetl_internal.end_due_waits(p_execution_id bigint)
returns void language plpgsql as $$
begin raise exception 'broken' using errcode = 'XX000'; end $$
"""


def test_error_in_the_outbox_does_not_let_go_of_the_run(rig: Rig) -> None:
    """Else it would be marked as failing in the middle of somebody's sweep."""
    run = rig.start(step("a"))
    rig.conn.execute(_BROKEN)
    rig.conn.execute("select noetl_internal.mark_change('advance', %s)", (run,))
    first, second = rig.session(autocommit=False), rig.session(autocommit=False)
    first.execute("select noetl.advance_changes()")
    second.execute("set lock_timeout = '200ms'")
    with pytest.raises(psycopg.errors.LockNotAvailable):
        hold(second, run)
    first.commit()
    assert rig.status(run) == "failing"


def test_run_that_somebody_holds_does_not_hold_up_the_outbox(rig: Rig) -> None:
    """A signal in a long transaction of its sender, a failure of another run."""
    held, other = rig.start(step("a")), rig.start(step("a"))
    rig.tick()
    for kind in ("advance", "dirty"):
        rig.conn.execute("select noetl_internal.mark_change(%s, %s)", (kind, held))
    first, second = rig.session(autocommit=False), rig.session()
    first.execute("select noetl.signal_execution(%s, 'go')", (held,))
    worker = rig.worker()
    (command,) = (c for c in rig.claim(worker) if c["execution_id"] == other)
    rig.report(worker, [command], error={"message": "no"})
    for function in ("advance_changes", "project_changes"):
        query = f"select noetl.{function}()".encode()
        rig.background(partial(second.execute, query)).result(10)
    assert rig.value("select status from noetl.execution_status(%s)", other) == "failed"
    first.commit()
    rig.tick()
    assert rig.value("select count(*) from noetl.change") == 0
