"""Commands that are published while others claim, issue, confirm or take over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.races.rig import Connection, Rig, step

NATS = '{"nats": true}'


def dispatcher(rig: Rig, name: str = "d1") -> UUID:
    """One that can publish, and has asked what is due."""
    session: UUID = rig.value(
        "select noetl.register_dispatcher(%s, null, %s)", name, NATS
    )
    ask(rig, session)
    return session


def ask(rig: Rig, session: UUID) -> list[str]:
    ticks: list[str] = rig.value("select ticks from noetl.due_work(%s)", session)
    return ticks


def take(rig: Rig, session: UUID, conn: Connection | None = None) -> dict[int, Any]:
    """Change ids of what is to be published, and the runs."""
    rows = (conn or rig.conn).execute(
        "select change_id, execution_id from noetl.take_publications(%s, 2)", (session,)
    )
    return dict(rows.fetchall())


def confirm(session: UUID, changes: list[int], conn: Connection) -> int:
    row = conn.execute(
        "select noetl.confirm_publications(%s, %s)", (session, changes)
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_two_who_take_at_once_do_not_wait_for_each_other(rig: Rig) -> None:
    session = dispatcher(rig)
    runs = [rig.start(step("a")) for _ in range(4)]
    first, second = rig.session(autocommit=False), rig.session()
    one, two = take(rig, session, first), take(rig, session, second)
    assert sorted([*one.values(), *two.values()]) == runs
    first.commit()
    assert take(rig, session) == one


def test_entry_that_commits_late_is_not_skipped(rig: Rig) -> None:
    session = dispatcher(rig)
    slow = rig.session(autocommit=False)
    row = slow.execute(
        'select noetl_test.start(\'[{"step": "a", "tool": {"kind": "noop"}}]\')'
    ).fetchone()
    assert row is not None
    later = rig.start(step("a"))
    seen = take(rig, session)
    assert list(seen.values()) == [later]
    assert confirm(session, list(seen), rig.conn) == 1
    slow.commit()
    assert list(take(rig, session).values()) == [row[0]]


def test_claim_between_take_and_confirm(rig: Rig) -> None:
    session, worker = dispatcher(rig), rig.worker()
    run = rig.start(step("a"))
    taken = take(rig, session)
    claiming = rig.session(autocommit=False)
    commands = rig.claim(worker, conn=claiming)
    assert take(rig, session) == taken  # a claim that is not committed may fail yet
    claiming.commit()
    assert take(rig, session) == {}
    assert confirm(session, list(taken), rig.conn) == 0
    rig.report(worker, commands)
    assert rig.status(run) == "completed"


def test_confirming_waits_for_who_takes(rig: Rig) -> None:
    session = dispatcher(rig)
    for _ in range(2):
        rig.start(step("a"))
    first, second = rig.session(autocommit=False), rig.session()
    taken = take(rig, session, first)
    work = rig.background(lambda: confirm(session, list(taken), second))
    assert rig.until_blocked(second, work)
    first.commit()
    assert work.result(30) == 2
    assert take(rig, session) == {}


@pytest.mark.parametrize("is_lost", [True, False])
def test_another_takes_over_what_was_not_confirmed(rig: Rig, is_lost: bool) -> None:
    one, two = dispatcher(rig), dispatcher(rig, "d2")
    rig.start(step("a"))
    taken = take(rig, one)
    assert taken
    assert take(rig, two) == {}
    if is_lost:
        rig.conn.execute(
            "update noetl.duty set lease_until = now() where owner_session_id = %s",
            (one,),
        )
    else:
        rig.value("select noetl.end_session(%s)", one)
    assert "publish_commands" in ask(rig, two)
    assert take(rig, two) == taken
    if is_lost:
        assert take(rig, one) == {}
