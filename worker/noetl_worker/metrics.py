"""What a worker process counts, in Prometheus' terms."""

from __future__ import annotations

from prometheus_client import Counter

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
