"""The accounting finds each kind of loss and doubling, and nothing where there is none."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.chaos.accounting import find, prepare

# A loop of three items, the second of which fails as planned, and a step behind it. Item
# 2 was given to w1, which was killed, and then to w2 under the next issue number.
SOUND = """
insert into planned_step values (1, 'work', 3, '{1}'), (1, 'after', null, '{}');
insert into claim values
  ('w1', '7-0-1', 1, 'work', 0, 1, '2030-01-01 00:00:00+00'),
  ('w1', '7-1-1', 1, 'work', 1, 1, '2030-01-01 00:00:00+00'),
  ('w1', '7-2-1', 1, 'work', 2, 1, '2030-01-01 00:00:00+00'),
  ('w2', '7-2-2', 1, 'work', 2, 2, '2030-01-01 00:00:04+00'),
  ('w2', '1-r1-1', 1, 'after', -1, 1, '2030-01-01 00:00:06+00');
insert into effect values
  (1, 'work', 7, 0, 1, 'w1', '2030-01-01 00:00:01+00'),
  (1, 'work', 7, 1, 1, 'w1', '2030-01-01 00:00:01+00'),
  (1, 'work', 7, 2, 1, 'w1', '2030-01-01 00:00:07+00'),
  (1, 'work', 7, 2, 2, 'w2', '2030-01-01 00:00:05+00'),
  (1, 'after', null, -1, 1, 'w2', '2030-01-01 00:00:07+00');
insert into confirmation values
  ('w1', 1, '7-0-1', true, 'a', 2, 0, '2030-01-01 00:00:01+00', '2030-01-01 00:00:02+00'),
  ('w1', 1, '7-1-1', false, 'a', 2, 0, '2030-01-01 00:00:01+00', '2030-01-01 00:00:02+00'),
  ('w2', 1, '7-2-2', true, 'b', 1, 0, '2030-01-01 00:00:05+00', '2030-01-01 00:00:06+00'),
  ('w2', 2, '1-r1-1', true, 'c', 1, 0, '2030-01-01 00:00:07+00', '2030-01-01 00:00:08+00');
insert into logged values
  ('command', 1, 'work', 0, '7-0-1', 1, true, 'a'),
  ('command', 1, 'work', 1, '7-1-1', 1, false, 'a'),
  ('command', 1, 'work', 2, '7-2-2', 2, true, 'b'),
  ('command', 1, 'after', -1, '1-r1-1', 1, true, 'c'),
  ('item', 1, 'work', 0, null, null, true, null),
  ('item', 1, 'work', 1, null, null, false, null),
  ('item', 1, 'work', 2, null, null, true, null),
  ('issued again', 1, 'work', 2, '7-2-2', 2, false, null),
  ('loop end', 1, 'work', -1, null, null, true, null);
insert into run_status values (1, 'completed', null);
insert into counted_loop values (1, 'work', 3, 2, 1);
"""
LATER = "'2030-01-01 00:00:09+00'"

WRONG = {
    "recorded without an effect": "delete from effect where issue = 2",
    "run ended without it": "delete from effect where iter_index = 0",
    "run ended, never recorded": "delete from logged where iter_index = 0",
    "loop ended with another total": "update counted_loop set total = 2, done = 1",
    "start was confirmed, no such run": "delete from run_status",
    "confirmed, not in the log": "delete from logged where command_id = '7-0-1'",
    "run again after it was confirmed": f"""
        insert into claim values ('w3', '7-0-2', 1, 'work', 0, 2, {LATER});
        insert into effect values (1, 'work', 7, 0, 2, 'w3', {LATER})""",
    "given out again after it was confirmed": f"""
        insert into claim values ('w3', '1-r1-1', 1, 'after', -1, 1, {LATER})""",
    "recorded twice": """
        insert into logged values ('item', 1, 'work', 0, null, null, true, null)""",
    "command recorded twice": """
        insert into logged values ('command', 1, 'work', 1, '7-1-1', 1, false, 'a')""",
    "issued again after it was recorded": """
        insert into logged values ('issued again', 1, 'work', 0, '7-0-2', 2, false, null)""",
    "more children than items": """
        update planned_step set is_calling = true where step = 'work';
        insert into run_status select n, 'completed', 1 from generate_series(2, 5) as n""",
    "left behind: token": "insert into left_behind values ('token', 1, 'work')",
    "loop ended twice": """
        insert into logged values ('loop end', 1, 'work', -1, null, null, true, null)""",
    "counted more than recorded": "update counted_loop set done = 3",
    "run failed": "update run_status set status = 'failed'",
    "item failed": """
        update logged set is_ok = false where kind = 'item' and iter_index = 0""",
    "item did not fail": """
        update logged set is_ok = true where kind = 'item' and iter_index = 1""",
    "run by a process that was not given it": """
        insert into effect values (1, 'work', 7, 0, 1, 'w9', '2030-01-01 00:00:01+00')""",
}


@pytest.fixture
def ledger(empty_database: str, connect: Any) -> psycopg.Connection[Any]:
    conn: psycopg.Connection[Any] = connect(empty_database)
    prepare(conn)
    conn.execute(SOUND)
    return conn


def found(ledger: psycopg.Connection[Any]) -> str:
    return " ".join(str(examples) for examples in find(ledger).examples.values())


def test_nothing_is_found_where_nothing_is_wrong(
    ledger: psycopg.Connection[Any],
) -> None:
    """Item 2 was still at work in w1 when w2 had done it: that is not doubled."""
    findings = find(ledger)
    assert findings.counts == {"lost": 0, "doubled": 0, "stuck": 0, "unexpected": 0}, (
        findings.examples
    )


@pytest.mark.parametrize("reason", WRONG)
def test_what_is_wrong_is_found(ledger: psycopg.Connection[Any], reason: str) -> None:
    ledger.execute(WRONG[reason].encode())
    assert reason in found(ledger)


def test_a_run_that_goes_on_is_stuck(ledger: psycopg.Connection[Any]) -> None:
    ledger.execute("update run_status set status = 'running'")
    assert find(ledger)["stuck"] == 1


def test_a_late_report_is_no_confirmation(ledger: psycopg.Connection[Any]) -> None:
    """What else was done of the item counts, and may be run again."""
    ledger.execute(
        "update confirmation set recorded = 0, late = 1 where process = 'w2'"
    )
    ledger.execute("update logged set started_at = 'd' where started_at in ('b', 'c')")
    ledger.execute(
        "insert into claim values ('w3', '7-2-3', 1, 'work', 2, 3, %s)",
        ("2030-01-01 00:00:09+00",),
    )
    assert find(ledger)["doubled"] == 0


def test_a_repeated_report_is_one(ledger: psycopg.Connection[Any]) -> None:
    """Its first answer was lost, the second said late; the log knows whose it is."""
    ledger.execute(
        "update confirmation set recorded = 0, late = 1 where process = 'w2'"
    )
    ledger.execute(
        "insert into claim values ('w3', '7-2-3', 1, 'work', 2, 3, %s)",
        ("2030-01-01 00:00:09+00",),
    )
    assert find(ledger)["doubled"] == 1


def test_a_failed_shard_may_run_again(ledger: psycopg.Connection[Any]) -> None:
    ledger.execute("update planned_step set is_retried = true")
    ledger.execute(
        "insert into claim values ('w3', '7-1-2', 1, 'work', 1, 2, %s)",
        ("2030-01-01 00:00:09+00",),
    )
    assert find(ledger)["doubled"] == 0


def test_work_resumes_with_the_next_report(ledger: psycopg.Connection[Any]) -> None:
    ledger.execute("""
        insert into fault values
          ('kill worker', 'w', 'w2', '2030-01-01 00:00:02+00', '2030-01-01 00:00:03+00'),
          ('kill database', null, null, '2030-01-01 00:00:06+00', '2030-01-01 00:00:06.5+00'),
          ('cut connections', null, null, '2030-01-01 00:00:09+00', '2030-01-01 00:00:09+00')
    """)
    rows = ledger.execute("select r.kind, r.seconds from resumption as r order by 1")
    assert {kind: seconds and float(seconds) for kind, seconds in rows} == {
        "kill worker": 3.0,
        "kill database": 1.5,
        "cut connections": None,
    }


def test_a_fault_in_between_is_not_measured(ledger: psycopg.Connection[Any]) -> None:
    ledger.execute("""
        insert into fault values
          ('kill worker', 'w', 'w2', '2030-01-01 00:00:02+00', '2030-01-01 00:00:03+00'),
          ('stop database', null, null, '2030-01-01 00:00:01+00', '2030-01-01 00:00:04+00')
    """)
    rows = ledger.execute(
        "select r.seconds from resumption as r where r.process = 'w2'"
    )
    assert rows.fetchall() == [(None,)]
