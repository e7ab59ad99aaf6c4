"""Claims do not look below the floor, and yet nothing stays there.

Sequences do not roll back, so these tests have a database of their own each.
"""

from __future__ import annotations

import time

from psycopg.types.json import Jsonb

from tests.races.rig import Rig, loop, step

PAUSE = 0.25  # longer than raise_floor waits before it rises again


def raise_floor(rig: Rig, times: int = 3) -> int:
    """Let the floor rise as far as it may; where it is then."""
    for _ in range(times):
        rig.conn.execute("select noetl.raise_floor()")
        time.sleep(PAUSE)
    keep_floor(rig)
    floor: int = rig.value("select noetl_internal.claim_floor()")
    return floor


def keep_floor(rig: Rig) -> None:
    """It is used for ten seconds more, and no look from the bottom is due meanwhile."""
    rig.conn.execute(
        "select setval('noetl.claim_floor_due', noetl_internal.clock_ms() + 8000)"
    )


def served(rig: Rig) -> int:
    place: int = rig.value("select noetl_internal.served_place()")
    return place


def test_the_floor_follows_what_was_served_and_spares_what_is_queued(rig: Rig) -> None:
    rig.start(step("items", loop=loop(50, mode="parallel", max_in_flight=50)))
    worker = rig.worker()
    rig.claim(worker, 40)
    rig.conn.execute("select noetl.raise_floor()")
    assert rig.value("select noetl_internal.claim_floor()") == 0, "it lags behind"
    assert raise_floor(rig) == served(rig)
    rig.conn.execute("select setval('noetl.virtual_clock', %s)", (served(rig) + 1000,))
    first = rig.value("select min(place) from noetl.command where status = 'queued'")
    assert raise_floor(rig) == first < served(rig)
    assert len(rig.claim(worker)) == 10


def test_a_start_that_commits_late_is_found_by_the_next_look(rig: Rig) -> None:
    worker = rig.worker()
    path = rig.value("select noetl_test.playbook(%s)", Jsonb([step("late")]))
    slow = rig.session(autocommit=False)
    slow.execute("select noetl.start_execution(%s)", (path,))
    run = rig.start(step("items", loop=loop(20, mode="parallel", max_in_flight=20)))
    assert rig.finish(run) == "completed"
    raise_floor(rig)
    slow.commit()
    place = rig.value("select place from noetl.command")
    assert place < rig.value("select noetl_internal.claim_floor()")
    assert rig.claim(worker) == []
    rig.conn.execute("select setval('noetl.claim_floor_due', 1)")
    time.sleep(PAUSE)
    rig.conn.execute("select noetl.raise_floor()")
    assert [command["step"] for command in rig.claim(worker)] == ["late"]


def test_a_floor_that_nobody_checks_is_not_used(rig: Rig) -> None:
    worker = rig.worker()
    rig.start(step("a"))
    rig.conn.execute("select noetl.raise_floor()")
    rig.conn.execute("select setval('noetl.claim_floor', 1000000)")
    keep_floor(rig)
    assert rig.claim(worker) == []
    rig.conn.execute(
        "select setval('noetl.claim_floor_due', d.last_value - 60000)"
        " from noetl.claim_floor_due as d"
    )
    assert len(rig.claim(worker)) == 1


def test_two_sessions_that_raise_it_do_not_wait_for_each_other(rig: Rig) -> None:
    rig.worker()
    first, second = rig.session(autocommit=False), rig.session()
    first.execute("select noetl.raise_floor()")
    second.execute("set lock_timeout = '1s'")
    second.execute("select noetl.raise_floor()")
    first.commit()
