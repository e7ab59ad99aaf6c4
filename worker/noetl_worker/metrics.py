"""What a process counts, in Prometheus' terms; docs/metrics.md is made from it.

No label is an id of a run, a step or a command: their number has no bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from prometheus_client import Counter, Gauge, Histogram

_LATENCY: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_DURATION: Final = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800)

CLAIMS = Counter("noetl_claims_total", "Claims that were answered.")
CLAIMED = Counter("noetl_claimed_commands_total", "Commands that claims gave.")
COMMANDS = Counter(
    "noetl_commands_total",
    "Commands that ended here, by the kind of their first tool and outcome:"
    " completed, failed, cancelled or handed_back.",
    ("kind", "outcome"),
)
TOOL_SECONDS = Histogram(
    "noetl_tool_duration_seconds",
    "Calls of tools, by kind: how long each took.",
    ("kind",),
    buckets=_DURATION,
)
RETRIES = Counter(
    "noetl_task_retries_total",
    "Tasks that a policy repeated, by kind of tool.",
    ("kind",),
)
REPORTS = Counter(
    "noetl_reported_events_total",
    "Events that were reported, by what the engine answered: recorded, late (again, or of"
    " a command that was another's by then), rejected, or retry (their run was locked).",
    ("answer",),
)
REPORT_BYTES = Counter(
    "noetl_reported_bytes_total", "Bytes of events that were sent, repeats included."
)
REPORT_SECONDS = Histogram(
    "noetl_report_duration_seconds",
    "Round trips with reports: how long each took until the engine had committed.",
    buckets=_LATENCY,
)
HEARTBEATS = Counter("noetl_heartbeats_total", "Heartbeats that were answered.")
REGISTRATIONS = Counter(
    "noetl_registrations_total", "Sessions that this process has begun."
)
CONNECTED = Gauge(
    "noetl_engine_connected",
    "1 while the engine answers, by what calls it: worker or ticker.",
    ("role",),
)
SLOTS = Gauge("noetl_worker_slots", "Commands that this worker runs at once.")
RUNNING = Gauge(
    "noetl_worker_running_commands",
    "Commands at work, those that wait for a child included.",
)
UNCONFIRMED = Gauge(
    "noetl_worker_unconfirmed_reports", "Reports that the engine has not confirmed."
)
TICK_SECONDS = Histogram(
    "noetl_tick_duration_seconds",
    "Calls of the engine's maintenance functions, by name: how long each took.",
    ("tick",),
    buckets=_LATENCY,
)
TICK_RESULTS = Counter(
    "noetl_tick_results_total",
    "What the maintenance functions have found to do, by name: of reap_stale the commands"
    " of lost workers, of fire_schedules the runs started.",
    ("tick",),
)
TICK_FAILURES = Counter(
    "noetl_tick_failures_total",
    "Calls of the maintenance functions that failed, by name.",
    ("tick",),
)
STORE_FALLBACKS = Counter(
    "noetl_store_fallbacks_total",
    "Results that went to another store because theirs was down or full.",
    ("wanted", "used"),
)
OBJECTS_REMOVED = Counter(
    "noetl_objects_removed_total",
    "Objects that the collector has removed, by store and reason:"
    " expired, orphan or unfinished.",
    ("store", "reason"),
)
COLLECTOR_FAILURES = Counter(
    "noetl_collector_failures_total",
    "Turns of the collector that failed, and on what.",
    ("what",),
)

_ANSWERS: Final = {
    answer: REPORTS.labels(answer)
    for answer in ("recorded", "late", "rejected", "retry")
}


def count_answer(answer: Mapping[str, Any]) -> None:
    """Count what ``record_events`` says of a batch."""
    for name, counter in _ANSWERS.items():
        told = answer[name]
        counter.inc(told if isinstance(told, int) else len(told))
