"""Whoever follows the events of a run gets each of them once, however late it commits."""

from __future__ import annotations

from psycopg.types.json import Jsonb

from noetl_shell.events import EventReader
from tests.races.rig import Rig, loop, step


def read(reader: EventReader) -> list[int]:
    return [event.event_id for event in reader.new_events()]


def test_event_that_commits_late_is_read_late_and_once(rig: Rig) -> None:
    run = rig.start(step("items", loop=loop(4, mode="parallel")))
    worker = rig.worker()
    reader = EventReader(rig.conn, run)
    found = read(reader)
    assert read(reader) == []
    signalling, claiming = (rig.session(autocommit=False) for _ in range(2))
    signalling.execute("select noetl.signal_execution(%s, 'go')", (run,))
    commands = rig.claim(worker, 1, conn=claiming)
    rig.report(worker, rig.claim(worker, 1))
    found += (later := read(reader))
    assert read(reader) == []
    claiming.commit()
    found += (claimed := read(reader))
    assert 0 < max(claimed) < max(later)
    rig.report(worker, commands)
    found += read(reader)
    signalling.commit()
    found += (signalled := read(reader))
    assert len(signalled) == 1
    assert signalled[0] < min(later)
    assert rig.finish(run) == "completed"
    found += read(reader)
    assert sorted(found) == rig.value(
        "select array_agg(event_id order by event_id) from noetl.event"
        " where execution_id = %s",
        run,
    )


def test_only_transactions_that_write_events_are_waited_for(rig: Rig) -> None:
    run = rig.start(step("a"))
    reading, writing = (rig.session(autocommit=False) for _ in range(2))
    reading.execute("select count(*) from noetl.event")
    reading.execute("create table others_work (n integer)")
    settled = "select (noetl.settled_events() ->> 'settled')::bigint"
    last = rig.value("select max(event_id) from noetl.event")
    assert rig.value(settled) == last
    writing.execute("select noetl.signal_execution(%s, 'go')", (run,))
    assert rig.value(settled) == 0
    writing.rollback()
    assert rig.value(settled) > last


def test_what_was_pending_is_settled_when_its_writers_are_gone(rig: Rig) -> None:
    """However many others write meanwhile."""
    runs = [rig.start(step("a")) for _ in range(2)]
    first, second = (rig.session(autocommit=False) for _ in range(2))
    first.execute("select noetl.signal_execution(%s, 'go')", runs[:1])
    mark = rig.value("select noetl.settled_events()")
    second.execute("select noetl.signal_execution(%s, 'go')", runs[1:])
    ask = "select noetl.settled_events(%s)"
    assert rig.value(ask, Jsonb(mark)) == mark
    first.commit()
    again = rig.value(ask, Jsonb(mark))
    one = rig.value("select max(event_id) from noetl.event")
    assert again["settled"] == mark["pending"] == one
    assert again["pending"] > one
