"""Read what a process serves to Prometheus."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterable

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample


def scrape(url: str, seconds: float = 30) -> list[Sample]:
    """All samples of noetl's metrics."""
    with urllib.request.urlopen(url, timeout=seconds) as response:
        families = text_string_to_metric_families(response.read().decode())
    return [
        sample
        for family in families
        if family.name.startswith("noetl_")
        for sample in family.samples
    ]


def value(samples: Iterable[Sample], name: str, **labels: str) -> float | None:
    """The value of the sample that has exactly these labels; None: there is none."""
    return next(
        (s.value for s in samples if s.name == name and s.labels == labels), None
    )
