"""The physical limit: the events of a run, inserted again by one statement."""

from __future__ import annotations

import time

from psycopg import sql

from bench.percentiles import median
from bench.rig import Connection


def measure_limit(conn: Connection, execution_id: int, repeats: int) -> float:
    """Return the median seconds of one insert of a run's events, commit included.

    The rows go into the same table with the same indexes, under another execution id.
    They are prepared in an unlogged table, in the order in which they were written, and
    removed again.
    """
    seconds = [_insert_again(conn, execution_id, n + 1) for n in range(repeats)]
    conn.execute(
        "delete from noetl.event where execution_id between %s and %s",
        (execution_id + 1, execution_id + repeats),
    )
    conn.execute("vacuum noetl.event")
    return median(seconds)


def _insert_again(conn: Connection, execution_id: int, offset: int) -> float:
    conn.execute("create unlogged table bench_event (like noetl.event)")
    columns = [
        sql.Identifier(row[0])
        for row in conn.execute(
            "select a.attname from pg_attribute as a"
            " where a.attrelid = 'noetl.event'::regclass and a.attnum > 0"
            " and not a.attisdropped order by a.attnum"
        )
    ]
    names = sql.SQL(", ").join(columns)
    try:
        conn.execute(
            sql.SQL(
                "insert into bench_event ({names}) select {names} from noetl.event"
                " where execution_id = {id} order by event_id"
            ).format(names=names, id=execution_id)
        )
        conn.execute(
            sql.SQL("update bench_event set execution_id = execution_id + {}").format(
                offset
            )
        )
        conn.execute("vacuum analyze bench_event")
        conn.execute("checkpoint")
        statement = sql.SQL(
            "insert into noetl.event ({names}) select {names} from bench_event"
        ).format(names=names)
        started = time.perf_counter()
        conn.execute(statement)
        return time.perf_counter() - started
    finally:
        conn.execute("drop table bench_event")
