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


def measure_unbatched(rig: Rig, conn: Connection, n: int) -> dict[str, Any]:
    """Let 32 sessions report n items, all claimed before, and insert as many plainly."""
    conn.execute("create sequence bench_item minvalue 0 start 0")
    try:
        execution_id = start(conn, PATH, {"n": n})
        names = _claim_all(conn, execution_id, n)
        insert = _run(rig, n, _INSERT.format(other_id=execution_id + 1, **names))
        conn.execute("select setval('bench_item', 0, false)")
        report = _run(rig, n, _REPORT.format(**names))
        conn.execute("select noetl.cancel_execution(%s)", (execution_id,))
    finally:
        conn.execute("drop sequence bench_item")
        conn.execute(
            "delete from noetl.event where execution_id = %s", (execution_id + 1,)
        )
    return {
        "sessions": SESSIONS,
        "items": n,
        "reports_per_s": report,
        "inserts_per_s": insert,
        "ratio": report / insert,
    }


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
