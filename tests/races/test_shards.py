"""The projection's shards: owners that meet, foreign transactions, checkpoints."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from tests.races.rig import Connection, Rig, loop, step


def dispatcher(rig: Rig, name: str) -> UUID:
    """Register a dispatcher."""
    registered: UUID = rig.value("select noetl.register_dispatcher(%s)", name)
    return registered


def look(rig: Rig, session: UUID) -> list[str]:
    """Ask what is due, which is how a dispatcher keeps and takes shards."""
    ticks: list[str] = rig.value("select d.ticks from noetl.due_work(%s) as d", session)
    return ticks


def at(rig: Rig, seconds: float) -> None:
    """Set the engine's clock, as this session sees it."""
    rig.conn.execute(
        "select set_config('noetl.test_now', (timestamptz '2030-01-01 00:00:00+00'"
        " + make_interval(secs => %s))::text, false)",
        (seconds,),
    )


def owner(rig: Rig, run: int) -> Any:
    """The session that owns the shard of a run."""
    return rig.value(
        "select s.owner_session_id from noetl.execution_shard as s"
        " where s.shard = noetl_internal.shard_of(%s)",
        run,
    )


def test_open_foreign_transaction_delays_nothing(rig: Rig) -> None:
    """Ids are taken before a commit: what comes later is projected first, and no less."""
    foreign = rig.session(autocommit=False)
    foreign.execute("create table foreign_work (id integer)")
    early = foreign.execute(
        "select noetl_test.start(%s)", (Jsonb([step("a")]),)
    ).fetchone()
    assert early is not None
    late = rig.start(step("a"))
    session = dispatcher(rig, "d1")
    assert "project_shards" in look(rig, session)
    assert rig.value("select noetl.project_shards(%s)", session) == 1
    assert rig.value("select max(lag_ms) from noetl.projection_lag()") == 0
    assert rig.value("select count(*) from noetl.execution") == 1
    foreign.commit()
    assert rig.value("select noetl.project_shards(%s)", session) >= 1
    assert rig.value("select noetl.project_shards(%s)", session) == 0
    assert {late, early[0]} == set(
        rig.value("select array_agg(execution_id) from noetl.execution")
    )


def test_shard_is_not_taken_while_its_owner_projects_it(rig: Rig) -> None:
    """The old owner was suspended in the middle; then it does nothing more."""
    first = dispatcher(rig, "d1")
    look(rig, first)
    run = rig.start(step("a"))
    suspended = rig.session(autocommit=False)
    suspended.execute("select noetl.project_shards(%s)", (first,))

    at(rig, 100000000)
    second = dispatcher(rig, "d2")
    look(rig, second)
    assert owner(rig, run) == first
    suspended.commit()
    look(rig, second)
    assert owner(rig, run) == second

    rig.conn.execute("select noetl_internal.mark_change('dirty', %s)", (run,))
    assert suspended.execute(
        "select noetl.project_shards(%s)", (first,)
    ).fetchone() == (0,)
    suspended.commit()
    assert rig.value("select noetl.project_shards(%s)", second) == 1


def test_two_owners_in_turn_count_epochs(rig: Rig) -> None:
    at(rig, 0)
    run = rig.start(step("a"))
    told = (
        "select p.epoch from noetl.projection_checkpoint as p"
        " where p.shard = noetl_internal.shard_of(%s)"
    )
    for epoch in (1, 2):
        session = dispatcher(rig, f"d{epoch}")
        look(rig, session)
        rig.conn.execute("select noetl_internal.mark_change('dirty', %s)", (run,))
        assert rig.value("select noetl.project_shards(%s)", session) > 0
        assert rig.value(told, run) == epoch
        rig.conn.execute("select noetl.end_session(%s)", (session,))


def test_workers_and_dispatchers_project_beside_each_other(rig: Rig) -> None:
    """As when a dispatcher begins while workers are in the middle of a tick."""
    session = dispatcher(rig, "d1")
    look(rig, session)
    runs = [rig.start(step("a", loop=loop(20))) for _ in range(20)]
    worker = rig.worker()

    def report() -> None:
        while held := rig.claim(worker, 20):
            rig.report(worker, held)

    def project(query: str) -> None:
        conn = rig.session()
        for _ in range(40):
            conn.execute(query.encode(), {"session": session})

    rig.together(
        report,
        lambda: project("select noetl.project_changes(7)"),
        lambda: project("select noetl.project_shards(%(session)s, 7)"),
        lambda: project("select noetl.project_shards(%(session)s, 7)"),
    )
    rig.tick()
    for run in runs:
        assert rig.value("select status from noetl.execution_status(%s)", run) == (
            "completed"
        )
    assert rig.value("select count(*) from noetl.change") == 0


def test_checkpoint_follows_within_a_second(rig: Rig) -> None:
    """At most one a second while a shard changes, and one more when it has stopped."""
    at(rig, 0)
    session = dispatcher(rig, "d1")
    look(rig, session)
    run = rig.start(step("a", loop=loop(4, mode="parallel")))
    worker = rig.worker()

    def checkpoint() -> Any:
        rig.value("select noetl.project_shards(%s)", session)
        return rig.value(
            "select to_jsonb(s) from noetl.list_shards() as s"
            " where s.shard = noetl_internal.shard_of(%s)",
            run,
        )

    def done(seconds: float) -> tuple[int, str]:
        at(rig, seconds)
        told = checkpoint()
        return told["state"]["done"], told["checkpoint_at"][17:19]

    first = checkpoint()
    assert first["owner"] == "d1"
    assert (
        first["state"].items()
        >= {
            "runs": 1,
            "waiting": 0,
            "oldest_run": str(run),
            "loops": 1,
            "items": 4,
            "done": 0,
            "failed": 0,
            "epoch": 1,
        }.items()
    )
    assert first["state"]["last_event_id"] == rig.value(
        "select max(event_id) from noetl.event where execution_id = %s", run
    )
    held = rig.claim(worker)
    rig.report(worker, held[:1])
    assert done(0.5) == (0, "00")
    assert "project_shards" not in look(rig, session)
    rig.report(worker, held[1:2])
    assert done(0.9) == (0, "00")
    assert done(1) == (2, "01")
    at(rig, 5)
    assert "project_shards" not in look(rig, session)
    assert done(6) == (2, "01")
    rig.report(worker, held[2:3])
    assert done(7) == (3, "07")
    rig.report(worker, held[3:])
    assert done(7.5) == (3, "07")
    assert rig.value("select next_in from noetl.due_work(%s)", session) == 0.5
    assert done(8) == (0, "08")
    assert checkpoint()["state"]["runs"] == 0


@pytest.mark.parametrize("limit", [1, 16, 500])
def test_no_shard_starves(rig: Rig, limit: int) -> None:
    """A shard with thousands of changes leaves the others their part of each pass."""
    runs = [rig.start(step("a")) for _ in range(40)]
    rig.tick()
    busy = runs[0]
    rig.conn.execute(
        "insert into noetl.change (kind, execution_id)"
        " select 'dirty', %s from generate_series(1, 3000)",
        (busy,),
    )
    others = rig.value(
        "select array_agg(r) from unnest(%s::bigint[]) as r"
        " where noetl_internal.shard_of(r) <> noetl_internal.shard_of(%s)",
        runs,
        busy,
    )
    rig.conn.execute(
        "insert into noetl.change (kind, execution_id)"
        " select 'dirty', r from unnest(%s::bigint[]) as r",
        (others,),
    )
    for _ in range(len(others)):
        rig.value("select noetl.project_changes(%s)", limit)
    assert rig.value("select count(distinct execution_id) from noetl.change") <= 1


TAKE = """
select
  cardinality(noetl_internal.take_duties(%(session)s, null, 8, now(), '25 s'))
  + cardinality(noetl_internal.take_shards(%(session)s, 16, now(), '25 s'))
"""
OWNED = """
select
  (select count(*) from noetl.duty as d where d.owner_session_id = %(session)s)
  + (select count(*) from noetl.execution_shard as s where s.owner_session_id = %(session)s)
"""


def taken(conn: Connection, session: UUID) -> int:
    """Take all duties and shards, as a look does that has seen the session alive."""
    row = conn.execute(TAKE, {"session": session}).fetchone()
    assert row is not None
    return int(row[0])


def test_a_dispatcher_that_has_ended_takes_nothing(rig: Rig) -> None:
    first = dispatcher(rig, "d1")
    ending = rig.session(autocommit=False)
    ending.execute("select noetl.end_session(%s)", (first,))
    rig.conn.execute("set lock_timeout = '5s'")
    assert taken(rig.conn, first) == 0, "it does not wait for who ends it"
    ending.commit()
    assert taken(rig.conn, first) == 0
    assert taken(rig.conn, dispatcher(rig, "d1")) > 16


def test_what_a_dispatcher_takes_while_it_ends_is_given_up(rig: Rig) -> None:
    first = dispatcher(rig, "d1")
    looking, registering = rig.session(autocommit=False), rig.session()
    assert taken(looking, first) > 16
    work = rig.background(
        lambda: registering.execute(
            "select noetl.register_dispatcher('d1', now() + interval '1 s')"
        )
    )
    assert rig.until_blocked(registering, work)
    looking.commit()
    work.result(30)
    assert rig.conn.execute(OWNED, {"session": first}).fetchone() == (0,)
