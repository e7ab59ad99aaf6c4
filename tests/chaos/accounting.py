"""Brings together what was done, told and recorded, and asks what was lost or doubled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson
import psycopg
from psycopg import sql

from tests.chaos.faults import Fault
from tests.chaos.load import CHILD, Start

Connection = psycopg.Connection[Any]

SHOWN: Final = 20
_SCHEMA: Final = Path(__file__).with_name("accounting.sql")
_LOGGED: Final = """
select
  case
    when e.event_type in ('command.completed', 'command.failed') then 'command'
    when e.event_type = 'command.issued' then 'issued again'
    when e.event_type in ('loop.done', 'loop.fanin.completed') then 'loop end'
    else 'item'
  end,
  e.execution_id, e.node_name, coalesce(e.current_index, -1), e.meta ->> 'command_id',
  substring(e.meta ->> 'command_id' from '[0-9]+$')::integer,
  e.status = 'ok', e.meta ->> 'started_at'
from noetl.event as e
where
  e.event_type in ('command.completed', 'command.failed', 'loop.done', 'loop.fanin.completed')
  or e.event_type in ('loop.item', 'loop.shard.done', 'loop.shard.failed')
  and e.meta -> 'final' is distinct from 'false'
  or e.event_type = 'command.issued' and e.meta ->> 'command_id' !~ '-1$'
"""
_RUNS: Final = """
select r.execution_id, r.status, r.parent_execution_id from noetl.run as r
"""
_LEFT: Final = """
select 'command', c.execution_id, c.command_id
from noetl.command as c
inner join noetl.run as r on r.execution_id = c.execution_id and r.finished_at is not null
union all
select 'token', t.execution_id, t.step
from noetl.token as t
inner join noetl.run as r on r.execution_id = t.execution_id and r.finished_at is not null
union all
select 'live loop', l.execution_id, l.step
from noetl.loop as l
inner join noetl.run as r on r.execution_id = l.execution_id and r.finished_at is not null
where l.finished_at is null
union all
select 'command without an end', i.execution_id, i.meta ->> 'command_id'
from noetl.event as i
left join noetl.event as e
  on
    e.execution_id = i.execution_id and e.meta ->> 'command_id' = i.meta ->> 'command_id'
    and e.event_type in ('command.completed', 'command.failed', 'command.cancelled')
inner join noetl.run as r on r.execution_id = i.execution_id and r.finished_at is not null
where i.event_type = 'command.issued' and e.event_id is null
union all
select 'older projection', r.execution_id, e.status
from noetl.run as r
inner join noetl.execution as e using (execution_id)
where e.status <> r.status
"""
_LOOPS: Final = """
select l.execution_id, l.step, l.total, l.done, l.failed from noetl.loop as l
"""
_INDEXES: Final = """
create index on effect (execution_id, step, iter_index, issue);
create index on claim (execution_id, step, iter_index, issue, process, asked_at);
create index on claim (process, command_id);
create index on confirmation (sent_at) where recorded > 0;
create index on confirmation (process, sent_at) where recorded > 0;
create index on logged (execution_id, step, iter_index);
create index on logged (command_id);
analyze;
"""


@dataclass(slots=True)
class Findings:
    """What there is to find fault with: how much of each, and examples."""

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def __getitem__(self, kind: str) -> int:
        return self.counts.get(kind, 0)


def prepare(conn: Connection) -> None:
    """Make the tables, in a database of their own."""
    conn.execute(_SCHEMA.read_bytes())


def plan(conn: Connection, execution_id: int, start: Start) -> None:
    """Note what is to come of a run."""
    shape, count = start.shape, start.items
    rows = [
        ("work", count, shape.failing(count), shape.is_retried, shape.is_calling),
        ("after", None, [], False, False),
    ]
    with conn.cursor() as cursor:
        cursor.executemany(
            "insert into planned_step values (%s, %s, %s, %s, %s, %s)"
            " on conflict do nothing",
            [(execution_id, *row) for row in rows],
        )


def gather(
    conn: Connection, engine: Connection, directory: Path, faults: Iterable[Fault]
) -> None:
    """Bring in what items and workers wrote in files, and what the engine recorded."""
    _copy(conn, "effect", _effects(directory))
    claims, confirmations = _told(directory / "witness")
    _copy(conn, "claim", claims)
    _copy(conn, "confirmation", confirmations)
    _copy(conn, "logged", _rows(engine, _LOGGED))
    _copy(conn, "run_status", _rows(engine, _RUNS))
    _copy(conn, "left_behind", _rows(engine, _LEFT))
    _plan_children(conn)
    _copy(conn, "counted_loop", _rows(engine, _LOOPS))
    _copy(
        conn,
        "fault",
        (
            (f.kind, f.worker, f.process, _time(f.hit_at), _time(f.up_at))
            for f in faults
        ),
    )
    conn.execute(_INDEXES)


def find(conn: Connection) -> Findings:
    """Count what is lost, doubled, stuck or otherwise not as planned."""
    findings = Findings()
    for view in ("lost", "doubled", "stuck", "unexpected"):
        rows = conn.execute(
            sql.SQL("select v::text from {} as v order by 1").format(
                sql.Identifier(view)
            )
        ).fetchall()
        findings.counts[view] = len(rows)
        findings.examples[view] = [row[0] for row in rows[:SHOWN]]
    return findings


def _plan_children(conn: Connection) -> None:
    """Children are started by items; what is to come of one is known all the same."""
    conn.execute(
        "insert into planned_step (execution_id, step, item_count)"
        " select r.execution_id, s.step, s.item_count"
        " from run_status as r cross join (values ('work', %s), ('after', null))"
        " as s (step, item_count) where r.parent_execution_id is not null",
        (CHILD.sizes[0],),
    )


def _copy(conn: Connection, table: str, rows: Iterable[Any]) -> None:
    query = sql.SQL("copy {} from stdin").format(sql.Identifier(table))
    with conn.cursor() as cursor, cursor.copy(query) as copy:
        for row in rows:
            copy.write_row(row)


def _rows(engine: Connection, query: str) -> Iterator[Any]:
    with engine.transaction(), engine.cursor("rows") as cursor:
        cursor.itersize = 10_000
        yield from cursor.execute(query)


def _effects(directory: Path) -> Iterator[Any]:
    for path in sorted(directory.glob("*.effects")):
        for row in _lines(path):
            yield (
                *(row[name] for name in ("execution_id", "step", "loop_id")),
                *(row[name] for name in ("iter_index", "issue", "process")),
                _time(row["ended_at"]),
            )


def _told(directory: Path) -> tuple[list[Any], list[Any]]:
    claims: list[Any] = []
    confirmations: list[Any] = []
    for path in sorted(directory.glob("*.jsonl")):
        for note in _lines(path):
            process = note["process"]
            if "commands" in note:
                asked_at = _time(note["asked_at"])
                for command_id, run, step, index, issue in note["commands"]:
                    index = -1 if index is None else index
                    claims.append(
                        (process, command_id, run, step, index, issue, asked_at)
                    )
                continue
            times = (_time(note["sent_at"]), _time(note["at"]))
            more = (note["recorded"], note["late"], *times)
            confirmations += [
                (process, note["batch"], *report, *more) for report in note["reports"]
            ]
    return claims, confirmations


def _lines(path: Path) -> Iterator[Any]:
    """The whole lines of a file: the writer of the last one may have been killed."""
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield orjson.loads(line)


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def percentile(conn: Connection, share: float) -> float | None:
    """Seconds until work went on after a fault; None when none was measured."""
    row = conn.execute(
        "select percentile_disc(%s) within group (order by r.seconds)"
        " from resumption as r where r.seconds is not null",
        (share,),
    ).fetchone()
    return None if row is None or row[0] is None else float(row[0])
