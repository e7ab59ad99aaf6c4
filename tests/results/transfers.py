"""Playbooks of one transfer, and tables to move."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import yaml

from tests.worker.conftest import Lab

# Every type that JSON has no word for, and what is hard to quote.
TABLE = """
create table orders (
  id bigint primary key, name text, amount numeric(20, 4), rate float8, is_paid boolean,
  ordered_on date, seen_at timestamptz, local_at timestamp, code uuid, raw bytea,
  tags text[], numbers integer[], extra jsonb, small numeric(9, 2)
)
"""
ROWS = """
insert into orders
select
  n, case n %% 5 when 0 then null when 1 then '' when 2 then E'it''s "q", \\\\ back\\n\\tline é漢'
    when 3 then '007' else 'name ' || n end,
  n * 1234567.1234 + 0.0001, 1.0 / n, n %% 2 = 0, date '2024-01-31' + n,
  timestamptz '2024-01-31 10:00:00.123456+02' + n * interval '1 minute',
  timestamp '2024-01-31 10:00:00' + n * interval '1 second',
  md5(n::text)::uuid, decode(md5(n::text), 'hex'),
  array['a "b"', null, 'c,d' || n], array[n, n + 1],
  jsonb_build_object('n', n, 'deep', jsonb_build_array(1.25, null, 'x"y', true)), n / 100.0
from generate_series(1, %s) as n
"""
SUM = """
select count(*) as rows, count(distinct t.id) as ids, sum(t.id) as total,
  md5(string_agg(md5(t::text), '' order by t.id)) as digest
from {} as t
"""


def flow(**options: Any) -> str:
    """A workflow of one step that transfers."""
    spec = {"max_attempts": 20}  # workers are killed more often than usual
    step = {"step": "move", "spec": spec, "tool": {"kind": "transfer", **options}}
    return yaml.safe_dump([step])


def moved(lab: Lab, **options: Any) -> dict[str, Any]:
    """The payload of a transfer that ends well."""
    status = lab.run(flow(**options))
    assert status["status"] == "completed", f"{status['error']} {lab.log()}"
    result: dict[str, Any] = status["result"]
    return result


def refused(lab: Lab, **options: Any) -> dict[str, Any]:
    """The error of a transfer that fails."""
    status = lab.run(flow(**options))
    assert status["status"] == "failed", status
    error: dict[str, Any] = status["error"]
    return error


def make_orders(lab: Lab, count: int) -> None:
    lab.conn.execute("set timezone = 'UTC'")
    lab.conn.execute(TABLE)
    lab.conn.execute(ROWS, (count,))


def digest(lab: Lab, table: str) -> dict[str, Any]:
    row = lab.conn.execute(SUM.format(table)).fetchone()
    assert row is not None
    return row


def in_duckdb(path: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as conn:
        return conn.execute(query).fetchall()


def read_lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]
