"""Dispatchers: they share out what workers would do without them."""

from __future__ import annotations

import signal
import subprocess

import pytest

from tests.worker.conftest import Lab

WAIT = """
- step: wait
  tool: { kind: wait, duration: 0.3 }
  next: { arcs: [ { step: many } ] }
- step: many
  loop: { in: [1, 2, 3, 4, 5], iterator: n }
  spec: { loop_mode: fanout }
  tool: { kind: noop, result: "{{ iter.n }}" }
"""
LEASE_LEFT = """
select extract(epoch from max(s.lease_until) - clock_timestamp())
from noetl.list_shards() as s
where s.owner = %s
"""


def dispatcher(lab: Lab, name: str) -> subprocess.Popen[bytes]:
    return lab.worker(name, "noetl_shell", ("dispatcher", "--name", name))


def owners(lab: Lab) -> dict[str | None, int]:
    """How many duties each has."""
    rows = lab.conn.execute(
        "select s.name, count(*)::integer as count from noetl.duty as d"
        " left join noetl.runtime as s on s.session_id = d.owner_session_id"
        " where d.needs is null group by s.name"
    )
    return {row["name"]: row["count"] for row in rows}


def shards(lab: Lab) -> dict[str | None, int]:
    """How many shards of the projection each has."""
    rows = lab.conn.execute(
        "select s.owner, count(*)::integer as count from noetl.list_shards() as s"
        " group by s.owner"
    )
    return {row["owner"]: row["count"] for row in rows}


def lease(lab: Lab, seconds: int) -> None:
    lab.conn.execute(
        "update noetl.setting set value = to_jsonb(%s::integer)"
        " where name = 'dispatcher_lease_seconds'",
        (seconds,),
    )


def test_three_share_and_take_over_from_one_that_was_killed(lab: Lab) -> None:
    lease(lab, 2)
    names = {"d1", "d2", "d3"}
    processes = {name: dispatcher(lab, name) for name in names}
    lab.until(lambda: owners(lab).keys() == names and max(owners(lab).values()) <= 3)
    lab.worker()
    runs = [lab.start(WAIT)]
    processes["d2"].send_signal(signal.SIGKILL)
    runs.append(lab.start(WAIT))
    lab.until(lambda: owners(lab).keys() == names - {"d2"})
    runs.append(lab.start(WAIT))
    for run in runs:
        assert lab.wait(run)["status"] == "completed"


@pytest.mark.accept("S.C")
def test_shards_of_one_that_was_killed_are_taken_over_within_30_seconds(
    lab: Lab,
) -> None:
    """With the lease that systems have; no change of a run is lost meanwhile."""
    processes = {name: dispatcher(lab, name) for name in ("d1", "d2", "d3")}
    lab.until(lambda: shards(lab).keys() == processes.keys(), 60)
    lab.until(lambda: max(shards(lab).values()) <= 6)
    lab.worker()
    assert lab.run(WAIT)["status"] == "completed"
    owned = shards(lab)["d2"]

    processes["d2"].send_signal(signal.SIGKILL)
    # Others look every 1.5 s, and on a machine that others use now and then later.
    assert lab.count(LEASE_LEFT, "d2") <= 28
    runs = [lab.start(WAIT) for _ in range(32)]
    lab.until(lambda: shards(lab) == {"d1": 8, "d3": 8}, 90)
    assert owned > 0
    for run in runs:
        assert lab.wait(run, 60)["status"] == "completed"
    lab.until(lambda: lab.count("select count(*) from noetl.change") == 0)


def test_one_that_was_suspended_leaves_its_shards_to_others(lab: Lab) -> None:
    """When it comes back it takes its share again, and has spoilt nothing."""
    lease(lab, 2)
    processes = {name: dispatcher(lab, name) for name in ("d1", "d2")}
    lab.until(lambda: shards(lab) == {"d1": 8, "d2": 8}, 60)
    lab.worker()
    processes["d2"].send_signal(signal.SIGSTOP)
    try:
        runs = [lab.start(WAIT) for _ in range(8)]
        lab.until(lambda: shards(lab) == {"d1": 16})
        for run in runs:
            assert lab.wait(run, 60)["status"] == "completed"
    finally:
        processes["d2"].send_signal(signal.SIGCONT)
    lab.until(lambda: shards(lab) == {"d1": 8, "d2": 8})
    runs += [lab.start(WAIT) for _ in range(8)]
    for run in runs:
        assert lab.wait(run, 60)["status"] == "completed"
    assert processes["d2"].poll() is None


def test_worker_leaves_the_ticks_to_a_dispatcher(lab: Lab) -> None:
    process = dispatcher(lab, "d1")
    lab.until(lambda: owners(lab) == {"d1": 8})
    lab.worker()
    assert lab.run(WAIT)["status"] == "completed"
    process.send_signal(signal.SIGSTOP)
    try:
        run = lab.start(WAIT)
        with pytest.raises(AssertionError, match="waited too long"):
            lab.wait(run, 3)
    finally:
        process.send_signal(signal.SIGCONT)
    assert lab.wait(run)["status"] == "completed"


def test_workers_tick_when_the_last_one_is_gone(lab: Lab) -> None:
    lease(lab, 2)
    process = dispatcher(lab, "d1")
    lab.until(lambda: owners(lab) == {"d1": 8})
    lab.worker()
    process.send_signal(signal.SIGKILL)
    assert lab.run(WAIT)["status"] == "completed"


def test_stopped_one_lets_others_have_its_duties_at_once(lab: Lab) -> None:
    process = dispatcher(lab, "d1")
    lab.until(lambda: owners(lab) == {"d1": 8})
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert owners(lab) == {None: 8}
    assert shards(lab) == {None: 16}
    lab.worker()
    assert lab.run(WAIT)["status"] == "completed"


def test_younger_one_of_a_name_keeps_it(lab: Lab) -> None:
    first = dispatcher(lab, "d1")
    lab.until(lambda: owners(lab) == {"d1": 8})
    session = lab.conn.execute(
        "select owner_session_id as id from noetl.duty where needs is null"
    ).fetchone()
    second = dispatcher(lab, "d1")
    assert first.wait(30) == 1
    assert 'another process has started as dispatcher "d1"' in lab.log("d1")
    lab.until(lambda: owners(lab) == {"d1": 8})
    later = lab.conn.execute(
        "select owner_session_id as id from noetl.duty where needs is null"
    ).fetchone()
    assert later != session
    assert second.poll() is None


def test_one_whose_session_has_ended_begins_another(lab: Lab) -> None:
    process = dispatcher(lab, "d1")
    lab.until(lambda: owners(lab) == {"d1": 8})
    lab.conn.execute(
        "select noetl.end_session(s.session_id) from noetl.runtime as s"
        " where s.name = 'd1' and s.status = 'active'"
    )
    lab.until(
        lambda: lab.count("select count(*) from noetl.runtime where name = 'd1'") == 2
    )
    lab.until(lambda: owners(lab) == {"d1": 8})
    assert process.poll() is None
    assert "the session has ended; beginning another" in lab.log("d1")
