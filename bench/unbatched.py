"""Reports without batches: many sessions on one loop, one report per transaction."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from bench.executions import start
from bench.fanout import PATH
from bench.rig import BenchError, Connection, Rig
from tests.support.postgres import binaries

SESSIONS: Final = 32
_RATE: Final = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)

_REPORT: Final = """
select noetl.record_events(
  jsonb_build_array(jsonb_build_object(
    'execution_id', {execution_id}, 'session', '{session}', 'type', 'command.completed',
    'command_id', '{loop_id}-' || lpad(nextval('bench_item')::text, 7, '0') || '-1',
    'result', '{{"status": "ok", "context": {{"data": 1}}}}'::jsonb
  ))
);
"""
# The two events that the engine writes for the report, and nothing else.
_INSERT: Final = """
with item as (select nextval('bench_item')::integer as n)
insert into noetl.event (
  execution_id, catalog_id, event_type, node_name, status, current_index, result, meta,
  created_at
)
select {other_id}, 1, 'command.completed', 'work', 'ok', i.n, null::jsonb,
  jsonb_build_object('command_id', '{loop_id}-' || lpad(i.n::text, 7, '0') || '-1'), now()
from item as i
union all
select {other_id}, 1, 'loop.shard.done', 'work', 'ok', i.n,
  '{{"status": "ok", "context": {{"data": 1}}}}',
  jsonb_build_object(
    'loop_id', {loop_id}, 'shard_id', i.n, 'iter_index', i.n, 'iter_key', i.n::text,
    'command_id', '{loop_id}-' || lpad(i.n::text, 7, '0') || '-1', 'shard_attempt', 1
  ), now()
from item as i;
"""

# What a report must change at the least: the command leaves under its fence, the two events, the
# count, left behind while another session counts. No check of the report, no window, no answer.
_LEAST_FUNCTION: Final = """
create function bench_least.report_least(
  p_execution_id bigint, p_command_id text, p_session uuid
)
returns void language plpgsql as $$
declare
  v_command noetl.command;
begin
  delete from noetl.command as c
  where
    c.execution_id = p_execution_id and c.command_id = p_command_id
    and c.session_id = p_session
  returning c.* into strict v_command;
  insert into noetl.event (
    execution_id, catalog_id, event_type, node_name, status, current_index, result, meta,
    created_at
  )
  values
  (
    p_execution_id, v_command.catalog_id, 'command.completed', v_command.step, 'ok',
    v_command.iter_index, null, jsonb_build_object('command_id', p_command_id), now()
  ),
  (
    p_execution_id, v_command.catalog_id, 'loop.shard.done', v_command.step, 'ok',
    v_command.iter_index, '{"status": "ok", "context": {"data": 1}}',
    jsonb_build_object(
      'loop_id', v_command.loop_id, 'shard_id', v_command.iter_index,
      'iter_index', v_command.iter_index, 'iter_key', v_command.iter_index::text,
      'command_id', p_command_id, 'shard_attempt', 1
    ), now()
  );
  if pg_try_advisory_xact_lock(v_command.loop_id) then
    update noetl.loop set done = done + 1
    where execution_id = p_execution_id and loop_id = v_command.loop_id;
  else
    insert into noetl.loop_tally (execution_id, loop_id, done, failed)
    values (p_execution_id, v_command.loop_id, 1, 0);
  end if;
end;
$$
"""
_LEAST: Final = """
select bench_least.report_least(
  {execution_id}, '{loop_id}-' || lpad(nextval('bench_item')::text, 7, '0') || '-1',
  '{session}'
);
"""


def measure_unbatched(rig: Rig, conn: Connection, n: int) -> dict[str, Any]:
    """Let 32 sessions report n items, all claimed before; as often the least, and inserts."""
    conn.execute("create schema bench_least")
    conn.execute(_LEAST_FUNCTION)
    try:
        inserts = _measure(rig, conn, n, _INSERT)
        least = _measure(rig, conn, n, _LEAST)
        reports = _measure(rig, conn, n, _REPORT)
    finally:
        conn.execute("drop schema bench_least cascade")
    return {
        "sessions": SESSIONS,
        "items": n,
        "reports_per_s": reports,
        "least_per_s": least,
        "inserts_per_s": inserts,
        "ratio": reports / inserts,
    }


def _measure(rig: Rig, conn: Connection, n: int, script: str) -> float:
    """Run a script for each of n claimed items of a new run; how often per second."""
    execution_id = start(conn, PATH, {"n": n})
    conn.execute("create sequence bench_item minvalue 0 start 0")
    try:
        names = _claim_all(conn, execution_id, n)
        rate = _run(rig, n, script.format(other_id=execution_id + 1, **names))
        conn.execute("select noetl.cancel_execution(%s)", (execution_id,))
    finally:
        conn.execute("drop sequence bench_item")
        conn.execute(
            "delete from noetl.event where execution_id = %s", (execution_id + 1,)
        )
    return rate


def _claim_all(conn: Connection, execution_id: int, n: int) -> dict[str, Any]:
    """Claim every item in one session; what the scripts need to name them."""
    row = conn.execute(
        "select noetl.register_session('bench-unbatched', '{default}')"
    ).fetchone()
    assert row is not None
    claimed = 0
    while claimed < n:
        expanded = conn.execute("select noetl.expand_loops()").fetchone()
        found = conn.execute(
            "select count(*) from noetl.claim_commands(%s, %s, 1000)", (row[0], uuid4())
        ).fetchone()
        assert found is not None
        assert expanded is not None
        claimed += found[0]
        if not found[0] and not expanded[0]:
            raise BenchError(
                f"only {claimed} of {n} items can be open: loop_backlog_max"
            )
    loop = conn.execute(
        "select loop_id from noetl.loop where execution_id = %s", (execution_id,)
    ).fetchone()
    assert loop is not None
    return {"execution_id": execution_id, "session": row[0], "loop_id": loop[0]}


def _run(rig: Rig, n: int, script: str) -> float:
    """Run a script n times over all sessions; how often per second."""
    file: Path = rig.home / "script.sql"
    file.write_text(" ".join(script.split()) + "\n")
    done = subprocess.run(
        [
            *(binaries("15") / "pgbench", "--no-vacuum", "--protocol=prepared"),
            *(f"--client={SESSIONS}", "--jobs=2", f"--transactions={n // SESSIONS}"),
            *(f"--file={file}", rig.dsn),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    rate = _RATE.search(done.stdout)
    if done.returncode or rate is None:
        raise BenchError(f"pgbench: {done.stderr.strip()}")
    return float(rate[1])
