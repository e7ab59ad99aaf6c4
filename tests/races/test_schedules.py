"""Schedules: each firing happens once, whoever ticks, and whoever changes them meanwhile."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.races.rig import Connection, Rig, step

NOW = "2026-07-01 00:01:00+00"


@pytest.fixture
def path(rig: Rig) -> str:
    """A playbook to be scheduled, put at midnight; it is a minute later."""
    found: str = rig.value("select noetl_test.playbook(%s)", Jsonb([step("a")]))
    return found


def at(conn: Connection, time: str) -> Connection:
    """Set a session's clock."""
    conn.execute("select set_config('noetl.test_now', %s, false)", (time,))
    if not conn.autocommit:
        conn.commit()
    return conn


def put(
    rig: Rig, name: str, path: str, cron: str = "* * * * *", **options: Any
) -> None:
    """Put a schedule at midnight."""
    at(rig.conn, "2026-07-01 00:00:00+00")
    rig.conn.execute(
        "select noetl.put_schedule(%s, %s, %s, 'UTC', '{}', %s)",
        (name, path, cron, Jsonb(options)),
    )
    at(rig.conn, NOW)


def fire(conn: Connection, limit: int = 100) -> int:
    """Tick once."""
    row = conn.execute("select noetl.fire_schedules(%s)", (limit,)).fetchone()
    assert row is not None
    return int(row[0])


def fire_all(conn: Connection, limit: int) -> int:
    """Tick until nothing is due."""
    total = 0
    while count := fire(conn, limit):
        total += count
    return total


def call(rig: Rig, conn: Connection, query: str, *arguments: Any) -> Future[Any]:
    """Run a call in the background, with the rig's clock."""
    at(conn, NOW)
    return rig.background(lambda: conn.execute(query.encode(), arguments).fetchone())


def runs(rig: Rig) -> int:
    """How many runs there are."""
    count: int = rig.value("select count(*) from noetl.run")
    return count


def test_many_tickers_start_each_due_schedule_once(rig: Rig, path: str) -> None:
    at(rig.conn, "2026-07-01 00:00:00+00")
    rig.conn.execute(
        "select noetl.put_schedule('s' || n, %s, '* * * * *')"
        " from generate_series(1, 200) as n",
        (path,),
    )
    sessions = [at(rig.session(), NOW) for _ in range(8)]
    counts = rig.together(*(partial(fire_all, conn, 7) for conn in sessions))

    # A ticker may find the last ones locked and leave; what they hold is theirs.
    assert sum(counts) == 200
    assert runs(rig) == 200
    assert (
        rig.value("select count(distinct last_execution_id) from noetl.schedule") == 200
    )
    assert (
        rig.value("select count(*) from noetl.schedule where last_error is null") == 200
    )
    assert rig.value("select noetl.fire_schedules()") == 0


def test_many_tickers_make_up_for_each_missed_time_once(rig: Rig, path: str) -> None:
    for name in ("one", "two", "three"):
        put(rig, name, path, missed="all")
    sessions = [at(rig.session(), "2026-07-01 00:40:00+00") for _ in range(6)]
    for _ in range(3):  # who finds all rows locked leaves
        rig.together(*(partial(fire_all, conn, 2) for conn in sessions))

    assert runs(rig) == 3 * 40
    assert (
        rig.value("select count(distinct idempotency_key) from noetl.start_key") == 120
    )
    assert rig.value("select min(next_at)::text from noetl.schedule").startswith(
        "2026-07-01 00:41"
    )


def test_ticker_leaves_what_another_is_firing(rig: Rig, path: str) -> None:
    put(rig, "one", path)
    put(rig, "two", path)
    first, second = at(rig.session(autocommit=False), NOW), at(rig.session(), NOW)
    assert fire(first, 1) == 1

    assert fire(second) == 1  # the other one, without waiting
    assert fire(second) == 0
    first.rollback()
    assert fire(second) == 1
    assert runs(rig) == 2


@pytest.mark.parametrize("fire_first", [True, False])
def test_fire_and_pause_meet(rig: Rig, path: str, fire_first: bool) -> None:
    put(rig, "one", path)
    first, second = at(rig.session(autocommit=False), NOW), at(rig.session(), NOW)
    if fire_first:
        fire(first)
        paused = call(rig, second, "select noetl.pause_schedule('one')")
        assert rig.until_blocked(second, paused)
        first.commit()
        assert paused.result(30) == (True,)
    else:
        first.execute("select noetl.pause_schedule('one')")
        assert fire(second) == 0
        first.commit()
    assert fire(second) == 0
    assert runs(rig) == int(fire_first)
    assert rig.value("select next_at from noetl.schedule") is None


@pytest.mark.parametrize("fire_first", [True, False])
def test_fire_and_remove_meet(rig: Rig, path: str, fire_first: bool) -> None:
    put(rig, "one", path)
    first, second = at(rig.session(autocommit=False), NOW), at(rig.session(), NOW)
    if fire_first:
        fire(first)
        removed = call(rig, second, "select noetl.remove_schedule('one')")
        assert rig.until_blocked(second, removed)
        first.commit()
        assert removed.result(30) == (True,)
    else:
        first.execute("select noetl.remove_schedule('one')")
        assert fire(second) == 0
        first.commit()
    assert fire(second) == 0
    assert runs(rig) == int(fire_first)
    assert rig.value("select count(*) from noetl.schedule") == 0


@pytest.mark.parametrize("fire_first", [True, False])
def test_fire_and_put_meet(rig: Rig, path: str, fire_first: bool) -> None:
    """A due firing happens or gives way to the new times; never both, never twice."""
    put(rig, "one", path)
    change = "select noetl.put_schedule('one', %s, '30 * * * *')"
    first, second = at(rig.session(autocommit=False), NOW), at(rig.session(), NOW)
    if fire_first:
        fire(first)
        changed = call(rig, second, change, path)
        assert rig.until_blocked(second, changed)
        first.commit()
        changed.result(30)
    else:
        first.execute(change.encode(), (path,))
        assert fire(second) == 0
        first.commit()
    assert fire(second) == 0
    assert runs(rig) == int(fire_first)
    next_at = rig.value("select next_at at time zone 'UTC' from noetl.schedule")
    assert next_at.strftime("%H:%M") == "00:30"


def test_new_workload_does_not_lose_what_is_due(rig: Rig, path: str) -> None:
    put(rig, "one", path)
    first, second = at(rig.session(autocommit=False), NOW), at(rig.session(), NOW)
    first.execute(
        "select noetl.put_schedule('one', %s, '* * * * *', 'UTC', %s)",
        (path, Jsonb({"n": 1})),
    )
    assert fire(second) == 0
    first.commit()
    assert fire(second) == 1
    assert rig.value("select value from noetl.variable where name = 'n'") == 1


def test_two_puts_of_one_name_make_one_schedule(rig: Rig, path: str) -> None:
    first, second = at(rig.session(autocommit=False), NOW), at(rig.session(), NOW)
    query = "select created, changed from noetl.put_schedule('one', %s, %s)"
    assert first.execute(query, (path, "@daily")).fetchone() == (True, True)
    same = call(rig, second, query, path, "@daily")
    assert rig.until_blocked(second, same)
    first.commit()
    assert same.result(30) == (False, False)

    assert rig.conn.execute("select cron from noetl.schedule").fetchall() == [
        ("@daily",)
    ]


@pytest.mark.parametrize("removed", [True, False])
def test_put_waits_for_a_remove(rig: Rig, path: str, removed: bool) -> None:
    put(rig, "one", path)
    first, second = at(rig.session(autocommit=False), NOW), at(rig.session(), NOW)
    first.execute("select noetl.remove_schedule('one')")
    query = "select created, changed from noetl.put_schedule('one', %s, '* * * * *')"
    made = call(rig, second, query, path)
    assert rig.until_blocked(second, made)
    if removed:
        first.commit()
        assert made.result(30) == (True, True)
    else:
        first.rollback()
        assert made.result(30) == (False, False)
    assert rig.value("select count(*) from noetl.schedule") == 1


def test_put_begins_again_when_its_schedule_is_removed_meanwhile(
    rig: Rig, path: str
) -> None:
    put(rig, "one", path, "@daily")
    first, second = at(rig.session(autocommit=False), NOW), at(rig.session(), NOW)
    first.execute("select from noetl.schedule for no key update")
    query = "select created, changed from noetl.put_schedule('one', %s, '@hourly')"
    made = call(rig, second, query, path)
    assert rig.until_blocked(second, made)
    first.execute("select noetl.remove_schedule('one')")
    first.commit()
    assert made.result(30) == (True, True)
    assert rig.value("select cron from noetl.schedule") == "@hourly"


def test_firing_that_would_wait_too_long_stays_due(rig: Rig, path: str) -> None:
    """Somebody in the way is no failure: the next pass does it."""
    put(rig, "one", path)
    put(rig, "two", path)
    first, second = rig.session(autocommit=False), at(rig.session(), NOW)
    first.execute(
        "insert into noetl.start_key (path, idempotency_key, execution_id)"
        " values (%s, 'schedule:one:2026-07-01T00:01:00+00:00', 1)",
        (path,),
    )
    second.execute("set lock_timeout = '100ms'")

    assert fire(second) == 1
    assert rig.conn.execute(
        "select name, last_error from noetl.schedule where last_at is null"
    ).fetchall() == [("one", None)]
    first.rollback()
    assert fire(second) == 1
    assert runs(rig) == 2


def test_start_exists_only_if_the_tick_commits(rig: Rig, path: str) -> None:
    put(rig, "one", path)
    first = at(rig.session(autocommit=False), NOW)
    assert fire(first) == 1
    first.rollback()
    assert runs(rig) == 0
    assert fire(rig.conn) == 1
    assert runs(rig) == 1
