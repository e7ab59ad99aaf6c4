"""Read what a process serves to Prometheus, and what its checks answer."""

from __future__ import annotations

import urllib.error
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


def status_of(url: str) -> int:
    """The HTTP status of what a URL answers; 0 when nobody does."""
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            code: int = response.status
    except urllib.error.HTTPError as exc:
        return exc.code
    except OSError:
        return 0
    return code
