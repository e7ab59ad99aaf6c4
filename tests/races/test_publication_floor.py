"""Looks for what is to be published do not walk again and again over dead rows that a foreign
snapshot keeps, and yet nothing stays below the floor.

Sequences do not roll back, so these tests have a database of their own each.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.races.rig import Connection, Rig

MANY = 20_000
LONG, SHORT = 100, 2  # blocks


@contextmanager
def foreign_snapshot(rig: Rig) -> Iterator[None]:
    """Somebody's long report, which keeps each row that is deleted meanwhile."""
    conn = rig.session(autocommit=False)
    conn.execute("set transaction isolation level repeatable read")
    conn.execute("select count(*) from noetl.run")
    yield
    conn.rollback()


def mark(conn: Connection, count: int = 1) -> list[int]:
    """Put entries into the outbox; their ids."""
    rows = conn.execute(
        "insert into noetl.change (kind, execution_id, command_id)"
        " select 'publish', n, 'c' from generate_series(1, %s) as n"
        " returning change_id",
        (count,),
    ).fetchall()
    return [row[0] for row in rows]


def look(rig: Rig) -> tuple[int | None, int]:
    """The first entry, and how many blocks were read to find it."""
    blocks = "pg_stat_get_xact_blocks_fetched('noetl.change'::regclass)"
    row = rig.conn.execute(
        f"select {blocks}, noetl_internal.first_publication(), {blocks}".encode()
    ).fetchone()
    assert row is not None
    before, first, after = row
    return first, after - before


def let_time_pass(rig: Rig) -> None:
    """Until a look from the bottom is due."""
    rig.conn.execute("select setval('noetl.publication_floor_due', 1)")


def hold_time(rig: Rig) -> None:
    """No look from the bottom is due, however long what follows takes."""
    rig.conn.execute(
        "select setval('noetl.publication_floor_due',"
        " (extract(epoch from clock_timestamp()) * 1000)::bigint + 600000)"
    )


def test_dead_rows_are_walked_over_now_and_then_only(rig: Rig) -> None:
    with foreign_snapshot(rig):
        mark(rig.conn, MANY)
        rig.conn.execute("delete from noetl.change")
        assert look(rig)[1] > LONG
        assert look(rig)[1] > LONG, "the floor lags behind by one look"
        hold_time(rig)
        for _ in range(3):
            found, blocks = look(rig)
            assert found is None
            assert blocks <= SHORT
        (first,) = mark(rig.conn)
        found, blocks = look(rig)
        assert found == first
        assert blocks <= SHORT
        let_time_pass(rig)
        found, blocks = look(rig)
        assert found == first
        assert blocks > LONG


def test_entry_that_commits_late_is_found_by_the_next_look_from_the_bottom(
    rig: Rig,
) -> None:
    slow = rig.session(autocommit=False)
    (late,) = mark(slow)
    with foreign_snapshot(rig):
        mark(rig.conn, MANY)
        rig.conn.execute("delete from noetl.change")
        slower = rig.session(autocommit=False)
        look(rig)
        (later,) = mark(slower)
        look(rig)
        hold_time(rig)
        slow.commit()
        slower.commit()
        assert look(rig)[0] == later, "what was begun since lies above the floor"
        let_time_pass(rig)
        assert look(rig)[0] == late
        assert look(rig)[0] == late


def test_a_short_look_begins_at_the_bottom_and_writes_nothing(rig: Rig) -> None:
    (first,) = mark(rig.conn)
    slow = rig.session(autocommit=False)
    (late,) = mark(slow)
    rig.conn.execute("delete from noetl.change where change_id = %s", (first,))

    def is_quiet() -> bool:
        before = rig.value("select pg_current_wal_insert_lsn()")
        assert look(rig)[0] is None
        return bool(rig.value("select pg_current_wal_insert_lsn()") == before)

    # The server itself writes now and then.
    assert any(is_quiet() for _ in range(5))
    slow.commit()
    assert look(rig)[0] == late
