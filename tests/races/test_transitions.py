"""Transitions that meet each other: claims, cancels, reaping, starts, projections."""

from __future__ import annotations

import pytest
from psycopg.types.json import Jsonb

from tests.races.rig import Rig, loop, step


def test_cancel_waits_for_a_report_and_then_sweeps(rig: Rig) -> None:
    run = rig.start(step("a", next={"arcs": [{"step": "b"}]}), step("b"))
    worker = rig.worker()
    first, second = rig.session(autocommit=False), rig.session()
    rig.report(worker, rig.claim(worker), first)

    cancel = rig.background(
        lambda: second.execute("select noetl.cancel_execution(%s)", (run,)).fetchone()
    )
    assert rig.until_blocked(second, cancel)
    first.commit()

    assert cancel.result(30) == (True,)
    assert rig.count(run, "command.issued", "b") == 1
    assert rig.count(run, "command.cancelled", "b") == 1
    assert rig.status(run) == "cancelled"
    assert rig.problems(run) == []


def test_report_of_a_run_that_is_being_cancelled_comes_again_and_is_late(
    rig: Rig,
) -> None:
    run = rig.start(step("a", next={"arcs": [{"step": "b"}]}), step("b"))
    other = rig.start(step("a"))
    worker = rig.worker()
    commands = rig.claim(worker)
    first, second = rig.session(autocommit=False), rig.session()
    first.execute("select noetl.cancel_execution(%s)", (run,))

    answer = rig.report(worker, commands, second)
    assert (answer["recorded"], len(answer["retry"])) == (1, 1)
    assert rig.status(other) == "completed"
    first.commit()

    assert rig.report(worker, commands, second)["late"] == 2
    assert rig.status(run) == "cancelled"
    assert rig.problems(run) == []


def test_waiting_cancel_is_not_held_off_by_new_reports(rig: Rig) -> None:
    run = rig.start(step("items", loop=loop(3, mode="parallel")))
    worker = rig.worker()
    one, two, _ = rig.claim(worker)
    first, second, third = rig.session(autocommit=False), rig.session(), rig.session()
    rig.report(worker, [one], first)
    cancel = rig.background(
        lambda: second.execute("select noetl.cancel_execution(%s)", (run,)).fetchone()
    )
    assert rig.until_blocked(second, cancel)

    assert rig.report(worker, [two], third)["retry"] == [0]
    first.commit()
    assert cancel.result(30) == (True,)
    assert rig.problems(run) == []


def test_cancel_takes_what_a_claim_is_taking(rig: Rig) -> None:
    run = rig.start(step("a"))
    worker = rig.worker()
    first, second = rig.session(autocommit=False), rig.session()
    commands = rig.claim(worker, conn=first)
    assert len(commands) == 1
    cancel = rig.background(
        lambda: second.execute("select noetl.cancel_execution(%s)", (run,)).fetchone()
    )
    assert rig.until_blocked(second, cancel)
    first.commit()

    assert cancel.result(30) == (True,)
    assert rig.problems(run) == []
    assert rig.report(worker, commands)["late"] == 1


def test_claim_skips_what_a_cancel_is_taking(rig: Rig) -> None:
    run = rig.start(step("a"))
    worker = rig.worker()
    first = rig.session(autocommit=False)
    first.execute("select noetl.cancel_execution(%s)", (run,))

    assert rig.claim(worker) == []
    first.rollback()
    assert len(rig.claim(worker)) == 1


@pytest.mark.accept("P0.4-3")
@pytest.mark.parametrize("report_first", [True, False])
def test_report_and_reaper_meet(rig: Rig, report_first: bool) -> None:
    run = rig.start(step("a"))
    worker = rig.worker()
    commands = rig.claim(worker)
    rig.conn.execute(
        "update noetl.runtime set heartbeat_at = heartbeat_at - interval '1 hour'"
    )
    first, second = rig.session(autocommit=False), rig.session()

    if report_first:
        rig.report(worker, commands, first)
        assert second.execute("select noetl.reap_stale()").fetchone() == (0,)
        first.commit()
        assert rig.count(run, "command.issued") == 1
    else:
        first.execute("select noetl.reap_stale()")
        report = rig.background(lambda: rig.report(worker, commands, second))
        assert rig.until_blocked(second, report)
        first.commit()
        assert report.result(30)["late"] == 1
        assert rig.count(run, "command.issued") == 2
    assert rig.finish(run) == "completed"
    assert rig.problems(run) == []


def test_claim_that_outlives_its_session_is_reaped(rig: Rig) -> None:
    run = rig.start(step("a"))
    worker = rig.worker("w")
    first = rig.session(autocommit=False)
    rig.claim(worker, conn=first)
    successor = rig.worker("w")
    first.commit()

    assert rig.claim(successor) == []
    assert rig.value("select noetl.reap_stale()") == 1
    assert len(rig.claim(successor)) == 1
    assert rig.problems(run) == []


def test_two_claims_never_share_a_command(rig: Rig) -> None:
    rig.start(step("items", loop=loop(20, mode="parallel", max_in_flight=20)))
    worker = rig.worker()
    first, second = rig.session(autocommit=False), rig.session()
    ours = {command["command_id"] for command in rig.claim(worker, 10, first)}
    theirs = {command["command_id"] for command in rig.claim(worker, 20, second)}

    assert (len(ours), len(theirs), len(ours & theirs)) == (10, 10, 0)


def test_newcomer_gets_every_other_command(rig: Rig) -> None:
    """One huge loop must not starve the rest."""
    items = step("items", loop=loop(20, mode="parallel", max_in_flight=20))
    first = rig.start(items)
    worker = rig.worker()
    rig.claim(worker, 4)
    second = rig.start(items)

    claimed = [command["execution_id"] for command in rig.claim(worker, 8)]
    assert (claimed.count(first), claimed.count(second)) == (4, 4)


@pytest.mark.accept("P0.1-2")
def test_duplicate_issue_rings_no_doorbell(rig: Rig) -> None:
    run = rig.start(step("a"))
    listener = rig.session()
    listener.execute("listen noetl_pool")
    duplicate = (
        "select outcome from noetl.issue_commands((select jsonb_agg(to_jsonb(c) || %s)"
        " from noetl.command as c where c.execution_id = %s and c.issue = 1))"
    )
    assert rig.value(duplicate, Jsonb({}), run) == "already issued"
    assert list(listener.notifies(timeout=0.5)) == []

    assert rig.value(duplicate, Jsonb({"command_id": "new"}), run) == "issued"
    assert [n.payload for n in listener.notifies(timeout=30, stop_after=1)] == [
        "default"
    ]


def test_who_ticks_is_rung_for_what_no_worker_reports(rig: Rig) -> None:
    """A report's own worker looks after what the report has left to be done."""
    wait = {"step": "wait", "tool": {"kind": "wait", "duration": "1h"}}
    listener = rig.session()
    listener.execute("listen noetl_pool")

    def heard() -> list[str]:
        rig.conn.execute("notify noetl_pool, 'end'")  # behind all that were sent
        heard = iter(
            lambda: next(listener.notifies(timeout=30, stop_after=1)).payload, "end"
        )
        return sorted(heard)

    run = rig.start(wait)
    assert heard() == [""]
    rig.value("select noetl.cancel_execution(%s)", run)
    assert heard() == [""]
    rig.start(step("a", next={"arcs": [{"step": "wait"}]}), wait)
    assert heard() == ["default"], "a start leaves nothing that is urgent"
    worker = rig.worker()
    assert rig.report(worker, rig.claim(worker))["recorded"] == 1
    assert heard() == []


def test_two_sessions_expand_one_loop(rig: Rig) -> None:
    run = rig.start(step("items", loop=loop(2500), spec={"loop_mode": "fanout"}))
    first, second = rig.session(autocommit=False), rig.session()

    assert first.execute("select noetl.expand_loops()").fetchone() == (1000,)
    other = rig.background(
        lambda: second.execute("select noetl.expand_loops()").fetchone()
    )
    rig.until_blocked(second, other)
    first.commit()
    issued = other.result(30)
    assert issued in [(0,), (500,)]
    rig.tick()

    assert rig.count(run, "command.issued") == 2500
    assert rig.value("select count(*) from noetl.command") == 2500


def test_two_starts_under_one_key_make_one_run(rig: Rig) -> None:
    path = rig.value("select noetl_test.playbook(%s)", Jsonb([step("a")]))
    start = "select noetl.start_execution(%s, '{}', '{\"idempotency_key\": \"k\"}')"
    first, second = rig.session(autocommit=False), rig.session()
    made = first.execute(start, (path,)).fetchone()
    other = rig.background(lambda: second.execute(start, (path,)).fetchone())
    assert rig.until_blocked(second, other)
    first.commit()

    assert other.result(30) == made
    assert rig.value("select count(*) from noetl.run") == 1
    assert rig.value("select count(*) from noetl.command") == 1


def test_start_under_a_key_whose_first_use_rolls_back(rig: Rig) -> None:
    path = rig.value("select noetl_test.playbook(%s)", Jsonb([step("a")]))
    start = "select noetl.start_execution(%s, '{}', '{\"idempotency_key\": \"k\"}')"
    first, second = rig.session(autocommit=False), rig.session()
    first.execute(start, (path,))
    other = rig.background(lambda: second.execute(start, (path,)).fetchone())
    assert rig.until_blocked(second, other)
    first.rollback()

    other.result(30)
    assert rig.value("select count(*) from noetl.run") == 1


def test_two_sessions_register_one_name(rig: Rig) -> None:
    register = "select noetl.register_session('w', '{default}')"
    first, second = rig.session(autocommit=False), rig.session()
    first.execute(register)
    other = rig.background(lambda: second.execute(register).fetchone())
    assert rig.until_blocked(second, other)
    first.commit()
    other.result(30)

    assert rig.value("select count(*) from noetl.runtime where status = 'active'") == 1


def test_two_projectors_end_with_the_newest_state(rig: Rig) -> None:
    run = rig.start(step("a"))
    worker = rig.worker()
    first, second = rig.session(autocommit=False), rig.session()
    first.execute("select noetl.project_changes()")
    rig.report(worker, rig.claim(worker))
    second.execute("set lock_timeout = '1s'")
    assert second.execute("select noetl.project_changes()").fetchone() == (0,)
    first.commit()
    rig.tick()

    assert (
        rig.value("select status from noetl.execution_status(%s)", run) == "completed"
    )


def test_child_started_while_its_parent_is_cancelled_is_cancelled_too(rig: Rig) -> None:
    parent = rig.start(step("a"))
    path = rig.value("select noetl_test.playbook(%s)", Jsonb([step("b")]))
    worker = rig.worker()
    (command,) = rig.claim(worker)
    first, second = rig.session(autocommit=False), rig.session()
    options = {
        "parent_execution_id": parent,
        "parent_command_id": command["command_id"],
        "session": str(worker),
    }
    child = first.execute(
        "select noetl.start_execution(%s, '{}', %s)", (path, Jsonb(options))
    ).fetchone()
    assert child is not None
    cancel = rig.background(
        lambda: second.execute("select noetl.cancel_execution(%s)", (parent,))
    )
    assert rig.until_blocked(second, cancel)
    first.commit()
    cancel.result(30)
    rig.tick()

    assert rig.status(child[0]) == "cancelled"
    assert rig.problems(child[0]) == []


FAIL_FAST = {
    "loop_mode": "fanout",
    "fanout": {"fail_fast": True, "max_shard_retries": 0},
}


def test_drained_loop_counts_a_report_that_was_under_way(rig: Rig) -> None:
    run = rig.start(step("items", loop=loop(5), spec=FAIL_FAST))
    worker = rig.worker()
    one, two, *_ = rig.claim(worker)
    first, second = rig.session(autocommit=False), rig.session()
    first.execute("begin")
    rig.report(worker, [one], first, error={"message": "no"})
    last = rig.background(lambda: rig.report(worker, [two], second))
    assert rig.until_blocked(second, last)
    first.commit()
    last.result(30)
    rig.tick()

    assert rig.status(run) == "failed"
    assert rig.problems(run) == []


def test_drained_loop_takes_back_what_another_session_draws(rig: Rig) -> None:
    """The other's items are counted once, also those that a claim hid from the drain."""
    run = rig.start(
        step(
            "items",
            loop=loop(10, max_in_flight=4),
            spec=FAIL_FAST,
            next={
                "arcs": [{"step": "after", "when": "{{ event.name == 'call.error' }}"}]
            },
        ),
        step("after"),
    )
    worker = rig.worker()
    one, two = rig.claim(worker, 2)
    draining, drawing, claiming = (
        rig.session(autocommit=False),
        rig.session(),
        rig.session(autocommit=False),
    )
    hidden = rig.claim(worker, 1, claiming)
    rig.report(worker, [one], draining, error={"message": "no"})
    claiming.commit()
    draw = rig.background(lambda: rig.report(worker, [two], drawing))
    assert rig.until_blocked(drawing, draw)
    draining.commit()
    draw.result(30)
    rig.report(worker, hidden)
    rig.tick()

    assert rig.count(run, "loop.fanin.completed") == 1
    assert rig.finish(run) == "completed"
    assert rig.problems(run) == []
