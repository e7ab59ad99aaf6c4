"""What a worker process counts, in Prometheus' terms."""

from __future__ import annotations

from prometheus_client import Counter

STORE_FALLBACKS = Counter(
    "noetl_store_fallbacks_total",
    "Results that went to another store because theirs was down or full.",
    ("wanted", "used"),
)
