"""N items that do nothing, through a fan-out with fan-in."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any, Final

from bench.calls import CallTimes, timed_calls
from bench.counters import SETTLE_SECONDS, Counters, read_counters
from bench.executions import Execution, run
from bench.limit import measure_limit
from bench.memory import Peaks, measured_memory
from bench.percentiles import median, percentile
from bench.rig import Connection, Rig

PATH: Final = "bench/fanout"


@dataclass(frozen=True, slots=True)
class Pass:
    """One run of the fan-out: how long, what it cost, what its calls took."""

    n: int
    execution: Execution
    cost: Counters
    peaks: Peaks
    calls: CallTimes

    @property
    def items_per_s(self) -> float:
        """Items through the fan-out and its fan-in, per second."""
        return self.n / self.execution.seconds


def limit_seconds(n: int) -> float:
    """Return the seconds after which a run of n items counts as hanging."""
    return 60 + n / 200


def run_fanout(rig: Rig, conn: Connection, n: int) -> Pass:
    """Run the fan-out once."""
    conn.execute("checkpoint")
    pids = [worker.pid for worker in rig.workers]
    before = read_counters(conn)
    with (
        timed_calls(rig.server_log) as calls,
        measured_memory(pids, rig.server_pid) as peaks,
    ):
        execution = run(rig, conn, PATH, {"n": n}, limit=limit_seconds(n))
        wal_bytes = read_counters(conn).wal_bytes
    time.sleep(SETTLE_SECONDS)
    cost = replace(read_counters(conn), wal_bytes=wal_bytes).since(before)
    return Pass(n, execution, cost, peaks, calls)


def measure_fanout(
    rig: Rig, conn: Connection, n: int, repeats: int, idle: Counters
) -> dict[str, Any]:
    """Run the fan-out several times; the figures are those of the median run."""
    passes = [run_fanout(rig, conn, n) for _ in range(repeats)]
    speed = median([p.items_per_s for p in passes])
    chosen = next(p for p in passes if p.items_per_s == speed)
    limit = n / measure_limit(conn, chosen.execution.execution_id, 3)
    idle_commits = idle.commits / idle.seconds * chosen.cost.seconds
    idle_wal = idle.wal_bytes / idle.seconds * chosen.execution.seconds
    return {
        "n": n,
        "items_per_s": speed,
        "items_per_s_of_runs": [p.items_per_s for p in passes],
        "cost_us_per_item": 1e6 / speed,
        "commits_per_item": max(chosen.cost.commits - idle_commits, 0) / n,
        "wal_bytes_per_item": max(chosen.cost.wal_bytes - idle_wal, 0) / n,
        "flushes_per_item": chosen.cost.syncs / n,
        "flush_mean_ms": chosen.cost.sync_ms / max(chosen.cost.syncs, 1),
        "limit_items_per_s": limit,
        "ratio_to_limit": speed / limit,
        "claims": len(chosen.calls.claims_ms),
        "claim_p50_ms": median(chosen.calls.claims_ms),
        "claim_p99_ms": percentile(chosen.calls.claims_ms, 0.99),
        "reports": len(chosen.calls.reports_ms),
        "report_p50_ms": median(chosen.calls.reports_ms),
        "report_p99_ms": percentile(chosen.calls.reports_ms, 0.99),
        "worker_rss_mb": chosen.peaks.worker_mb,
        "server_rss_mb": chosen.peaks.server_mb,
    }
