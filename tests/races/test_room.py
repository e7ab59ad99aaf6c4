"""A claim that had to walk far remembers it only if it need not wait for that."""

from __future__ import annotations

from uuid import uuid4

from tests.races.rig import Rig, loop, step

MANY = 3_000


def test_a_claim_does_not_wait_for_a_heartbeat_of_its_session(rig: Rig) -> None:
    run = rig.start(
        step("many", loop=loop(MANY, mode="parallel", max_in_flight=MANY)),
    )
    while rig.value("select noetl.expand_loops()"):
        pass
    worker = rig.worker()
    renewing, claiming = rig.session(autocommit=False), rig.session()
    renewing.execute("select noetl.heartbeat(%s, '{}')", (worker,))
    claiming.execute("set lock_timeout = '2s'")
    passed = "select passed -> 'open' from noetl.runtime where session_id = %s"
    for is_free in (False, True):
        given = claiming.execute(
            "select * from noetl.claim_commands(%s, %s, 10, null, %s)",
            (worker, uuid4(), '{"noop": 0}'),
        ).fetchall()
        assert given == []
        assert rig.value(passed, worker) == ({"noop": False} if is_free else None)
        renewing.commit()
    assert len(rig.claim(worker, 10)) == 10
    rig.conn.execute("select noetl.cancel_execution(%s)", (run,))
