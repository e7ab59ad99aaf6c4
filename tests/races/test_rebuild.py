"""Rebuilding a run while sessions work on it."""

from __future__ import annotations

import threading
import time
from functools import partial

import pytest
from psycopg.types.json import Jsonb

from tests.races.rig import Rig, loop, step
from tests.races.test_control import begin_child


def test_claim_under_way_is_waited_for(rig: Rig) -> None:
    """Claims do not take the run's lock: a lease must not be lost by a rebuild."""
    run = rig.start(step("a", loop=loop(4, mode="parallel")))
    worker = rig.worker()
    claimer = rig.session(autocommit=False)
    held = rig.claim(worker, 2, claimer)
    rebuilder = rig.session()
    work = rig.background(lambda: rebuilder.execute("select noetl.rebuild(%s)", (run,)))
    assert rig.until_blocked(rebuilder, work)
    claimer.commit()
    work.result(30)
    assert rig.report(worker, held)["recorded"] == 2
    assert rig.finish(run) == "completed"
    assert rig.count(run, "loop.item") == 4


def test_report_gives_way_to_a_rebuild_and_comes_again(rig: Rig) -> None:
    run = rig.start(step("a"))
    worker = rig.worker()
    held = rig.claim(worker)
    rebuilder = rig.session(autocommit=False)
    rebuilder.execute("select noetl.rebuild(%s)", (run,))
    assert rig.report(worker, held)["retry"] == [0]
    rebuilder.commit()
    assert rig.report(worker, held)["recorded"] == 1
    assert rig.status(run) == "completed"


def test_rebuild_waits_for_a_report_under_way(rig: Rig) -> None:
    run = rig.start(step("a", next={"arcs": [{"step": "b"}]}), step("b"))
    worker = rig.worker()
    held = rig.claim(worker)
    reporter = rig.session(autocommit=False)
    assert rig.report(worker, held, reporter)["recorded"] == 1
    rebuilder = rig.session()
    work = rig.background(lambda: rebuilder.execute("select noetl.rebuild(%s)", (run,)))
    assert rig.until_blocked(rebuilder, work)
    reporter.commit()
    work.result(30)
    assert [c["step"] for c in rig.claim(worker)] == ["b"]


def test_stale_projection_does_not_undo_a_rebuilt_row(rig: Rig) -> None:
    """A projector leaves a run alone that is being rebuilt: it has read what was before."""
    run = rig.start(step("a"))
    rig.tick()
    rig.conn.execute("select noetl_internal.mark_change('dirty', %s)", (run,))
    rebuilder = rig.session(autocommit=False)
    rebuilder.execute("select noetl.rebuild(%s)", (run,))
    projector = rig.session()
    projector.execute("set lock_timeout = '1s'")
    assert projector.execute("select noetl.project_changes()").fetchone() == (0,)
    rebuilder.commit()
    rig.tick()
    assert rig.value(
        "select x.version >= r.version from noetl.execution as x"
        " inner join noetl.run as r using (execution_id) where r.execution_id = %s",
        run,
    )


def test_child_starts_while_its_parent_is_rebuilt_again_and_again(rig: Rig) -> None:
    """However many rebuilds are waited for, the command is held by who holds it."""
    path = rig.value("select noetl_test.playbook(%s)", Jsonb([step("work")]))
    run = rig.start(step("call"))
    worker = rig.worker()
    (parent,) = rig.claim(worker)
    done = threading.Event()

    def rebuild() -> None:
        conn = rig.session()
        while not done.is_set():
            conn.execute("select noetl.rebuild(%s)", (run,))

    rebuilders = [rig.background(rebuild) for _ in range(6)]
    try:
        for number in range(25):
            begin_child(path, worker, {**parent, "step": str(number)}, rig.conn)
    finally:
        done.set()
        for rebuilder in rebuilders:
            rebuilder.result(30)
    assert not rig.problems(run)


@pytest.mark.accept("P0.3-3")
def test_run_ends_while_all_its_state_is_lost_again_and_again(rig: Rig) -> None:
    """Workers claim and report; everything but events is dropped beneath them."""
    run = rig.start(
        step("a", loop=loop(300, mode="parallel", max_in_flight=20)),
    )
    other = rig.start(
        step("a", loop=loop(300), spec={"loop_mode": "fanout"}),
    )
    done = threading.Event()
    rebuilds = 0

    def work(name: str) -> None:
        conn = rig.session()
        worker = rig.worker(name, conn)
        while not done.is_set():
            held = rig.claim(worker, 5, conn)
            while held and rig.report(worker, held, conn)["retry"]:
                time.sleep(0.001)
            if not held:
                time.sleep(0.005)

    workers = [rig.background(partial(work, f"w{n}")) for n in range(3)]
    breaker = rig.session(autocommit=False)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        rig.tick()
        ended = {rig.status(run), rig.status(other)} == {"completed"}
        if ended:
            break
        for execution in (run, other):
            breaker.execute(
                "select pg_advisory_xact_lock(noetl_internal.lock_key('run', %s))",
                (execution,),
            )
        breaker.execute(
            "truncate noetl.run, noetl.token, noetl.loop, noetl.command,"
            " noetl.variable, noetl.execution"
        )
        for execution in (run, other):
            breaker.execute("select noetl.rebuild(%s)", (execution,))
        breaker.commit()
        rebuilds += 1
        time.sleep(0.02)
    done.set()
    for worker in workers:
        worker.result(30)
    assert ended
    assert rebuilds > 3
    for execution, event in ((run, "loop.item"), (other, "loop.shard.done")):
        assert rig.count(execution, event) == 300
        assert not rig.problems(execution)
