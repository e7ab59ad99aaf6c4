"""Start executions and wait for their end, without disturbing what is measured."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from bench.rig import BenchError, Connection, Rig

_FINAL = ("completed", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Execution:
    """An execution that has completed; ``seconds`` is from its first event to its end."""

    execution_id: int
    seconds: float


def start(conn: Connection, path: str, workload: dict[str, Any]) -> int:
    """Start an execution; returns its id."""
    row = conn.execute(
        "select noetl.start_execution(%s, %s)", (path, Jsonb(workload))
    ).fetchone()
    assert row is not None
    return int(row[0])


def wait(
    rig: Rig, conn: Connection, execution_id: int, *, limit: float, pause: float
) -> None:
    """Wait for an execution's end; anything but success, or no end, is an error.

    One transaction around the polling, so that it counts as one commit. It reads
    committed rows and keeps no snapshot between them.
    """
    deadline = time.monotonic() + limit
    with conn.transaction():
        while True:
            row = conn.execute(
                "select r.status, r.error::text, r.last_step from noetl.run as r"
                " where r.execution_id = %s",
                (execution_id,),
            ).fetchone()
            if row is None:
                raise BenchError(f"execution {execution_id} does not exist")
            if row[0] == "completed":
                return
            if row[0] in _FINAL:
                raise BenchError(f"execution {execution_id} {row[0]}: {row[1]}")
            if time.monotonic() > deadline:
                raise BenchError(
                    f"execution {execution_id} did not end within {limit:.0f} s:"
                    f" {row[0]}, last step {row[2]}"
                )
            rig.check_workers()
            time.sleep(pause)


def run(
    rig: Rig, conn: Connection, path: str, workload: dict[str, Any], *, limit: float
) -> Execution:
    """Start an execution, wait for its end, and say how long it took."""
    execution_id = start(conn, path, workload)
    wait(rig, conn, execution_id, limit=limit, pause=0.005)
    row = conn.execute(
        "select extract(epoch from clock_timestamp() - e.created_at)"
        " from noetl.event as e"
        " where e.execution_id = %s and e.event_type = 'playbook.initialized'",
        (execution_id,),
    ).fetchone()
    if row is None:
        raise BenchError(f"execution {execution_id} has no playbook.initialized")
    return Execution(execution_id, float(row[0]))
