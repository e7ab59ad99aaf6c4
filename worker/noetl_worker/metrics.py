"""What a process counts, in Prometheus' terms; docs/metrics.md is made from it.

No label is an id of a run, a step or a command: their number has no bound. A process
shows what it has to do with (``show``): a dispatcher claims nothing, and says no zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from prometheus_client import REGISTRY, Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

_LATENCY: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_DURATION: Final = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800)

CLAIMS = Counter(
    "noetl_claims_total",
    "Claims that were answered.",
    registry=None,
)
CLAIMED = Counter(
    "noetl_claimed_commands_total", "Commands that claims gave.", registry=None
)
COMMANDS = Counter(
    "noetl_commands_total",
    "Commands that ended here, by the kind of their first tool and outcome:"
    " completed, failed, cancelled or handed_back.",
    ("kind", "outcome"),
    registry=None,
)
TOOL_SECONDS = Histogram(
    "noetl_tool_duration_seconds",
    "Calls of tools, by kind: how long each took.",
    ("kind",),
    buckets=_DURATION,
    registry=None,
)
RETRIES = Counter(
    "noetl_task_retries_total",
    "Tasks that a policy repeated, by kind of tool.",
    ("kind",),
    registry=None,
)
REPORTS = Counter(
    "noetl_reported_events_total",
    "Events that were reported, by what the engine answered: recorded, late (again, or of"
    " a command that was another's by then), rejected, or retry (their run was locked).",
    ("answer",),
    registry=None,
)
REPORT_BYTES = Counter(
    "noetl_reported_bytes_total",
    "Bytes of events that were sent, repeats included.",
    registry=None,
)
REPORT_SECONDS = Histogram(
    "noetl_report_duration_seconds",
    "Round trips with reports: how long each took until the engine had committed.",
    buckets=_LATENCY,
    registry=None,
)
HEARTBEATS = Counter(
    "noetl_heartbeats_total", "Heartbeats that were answered.", registry=None
)
REGISTRATIONS = Counter(
    "noetl_registrations_total", "Sessions that this process has begun.", registry=None
)
CONNECTED = Gauge(
    "noetl_engine_connected",
    "1 while the engine answers, by what calls it: worker or ticker.",
    ("role",),
    registry=None,
)
SLOTS = Gauge(
    "noetl_worker_slots", "Commands that this worker runs at once.", registry=None
)
RUNNING = Gauge(
    "noetl_worker_running_commands",
    "Commands at work, those that wait for a child included.",
    registry=None,
)
UNCONFIRMED = Gauge(
    "noetl_worker_unconfirmed_reports",
    "Reports that the engine has not confirmed.",
    registry=None,
)
TICK_SECONDS = Histogram(
    "noetl_tick_duration_seconds",
    "Calls of the engine's maintenance functions, by name: how long each took.",
    ("tick",),
    buckets=_LATENCY,
    registry=None,
)
TICK_RESULTS = Counter(
    "noetl_tick_results_total",
    "What the maintenance functions have found to do, by name: of reap_stale the commands"
    " of lost workers, of fire_schedules the runs started.",
    ("tick",),
    registry=None,
)
TICK_FAILURES = Counter(
    "noetl_tick_failures_total",
    "Calls of the maintenance functions that failed, by name.",
    ("tick",),
    registry=None,
)
STORE_FALLBACKS = Counter(
    "noetl_store_fallbacks_total",
    "Results that went to another store because theirs was down or full.",
    ("wanted", "used"),
    registry=None,
)
OBJECTS_REMOVED = Counter(
    "noetl_objects_removed_total",
    "Objects that the collector has removed, by store and reason:"
    " expired, orphan or unfinished.",
    ("store", "reason"),
    registry=None,
)
COLLECTOR_FAILURES = Counter(
    "noetl_collector_failures_total",
    "Turns of the collector that failed, and on what.",
    ("what",),
    registry=None,
)

NATS_CONNECTED = Gauge(
    "noetl_nats_connected", "1 while there is a connection to NATS.", registry=None
)
NATS_RECONNECTS = Counter(
    "noetl_nats_reconnects_total",
    "Connections to NATS that came after one that was lost.",
    registry=None,
)
POOL_SIZE = Gauge(
    "noetl_db_pool_size",
    "Connections to the database that a pool may open, by what uses it: worker, reader"
    " (commands at work), dispatcher or api.",
    ("role",),
    registry=None,
)
POOL_USED = Gauge(
    "noetl_db_pool_used",
    "Connections of a pool that are in use.",
    ("role",),
    registry=None,
)
POOL_WAITING = Gauge(
    "noetl_db_pool_waiting",
    "Calls that wait for a connection of a pool.",
    ("role",),
    registry=None,
)

Metrics = tuple[MetricWrapperBase, ...]
# Of every process.
COMMON: Final[Metrics] = (
    *(CONNECTED, TICK_SECONDS, TICK_RESULTS, TICK_FAILURES),
    *(POOL_SIZE, POOL_USED, POOL_WAITING),
)
WORKER: Final[Metrics] = (
    *(CLAIMS, CLAIMED, COMMANDS, TOOL_SECONDS, RETRIES, REPORTS, REPORT_BYTES),
    *(REPORT_SECONDS, HEARTBEATS, REGISTRATIONS, SLOTS, RUNNING, UNCONFIRMED),
    *(STORE_FALLBACKS, OBJECTS_REMOVED, COLLECTOR_FAILURES),
)
NATS: Final[Metrics] = (NATS_CONNECTED, NATS_RECONNECTS)

_ANSWERS: Final = {
    answer: REPORTS.labels(answer)
    for answer in ("recorded", "late", "rejected", "retry")
}


def count_answer(answer: Mapping[str, Any]) -> None:
    """Count what ``record_events`` says of a batch."""
    for name, counter in _ANSWERS.items():
        if told := answer[name]:
            counter.inc(told if isinstance(told, int) else len(told))


def show(metrics: Metrics) -> None:
    """Let this process's /metrics have these; once for each."""
    for metric in metrics:
        REGISTRY.register(metric)
