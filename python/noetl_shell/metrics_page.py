"""The page docs/metrics.md, from the metrics themselves, so that it cannot be wrong.

``python -m noetl_shell.metrics_page > docs/metrics.md``
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from prometheus_client.metrics import MetricWrapperBase

from noetl_shell.metrics import GAUGES, UP, Gauge
from noetl_shell.nats.metrics import NATS_GAUGES

# Where processes keep what they count.
MODULES: Final = ("noetl_worker.metrics",)


@dataclass(frozen=True, slots=True)
class ProcessMetric:
    """A counter, gauge or histogram of a process, under the name that it is served by."""

    name: str
    type: str
    labels: tuple[str, ...]
    meaning: str


_INTRODUCTION: Final = """\
# Metrics

Made by `python -m noetl_shell.metrics_page`; do not edit.

Workers and dispatchers serve them in Prometheus' format at `NOETL_METRICS_LISTEN`
(`HOST:PORT`, path `/metrics`), and dispatchers with their HTTP API, too; else they serve none.
Beside it, `/health` is 503 when the event loop has stood still for a minute, and `/ready` while the
engine does not answer; else both are 200.
Labels never hold ids of runs or commands. Alerts are in `ops/alerts/noetl.yaml`, Grafana
dashboards in `ops/dashboards` (made by `python -m tools.dashboards`).

## State of the database

Dispatchers ask `noetl.metrics()` at each scrape, at most once a second; each dispatcher gives
the same numbers, so aggregate with `max`. While the database does not answer within three
seconds, `noetl_up` is 0 and the others are missing. What there is none of may be missing too.

| gauge | labels | meaning |
|---|---|---|"""
_NATS: Final = """
## NATS

Dispatchers with `NOETL_NATS_URL` ask NATS at each scrape; each gives the same numbers, so
aggregate with `max`. While NATS does not answer they are missing.

| gauge | labels | meaning |
|---|---|---|"""
_PROCESSES: Final = """
## Processes

Since the start of the process; sums over processes make sense. Python's own (`process_*`,
`python_*`) come with them. A process has those that it has to do with.

| metric | type | labels | meaning |
|---|---|---|---|"""


def metrics_page() -> str:
    """The whole page."""
    up = Gauge("1 when the database has answered this scrape.")
    state = _gauges({UP: up, **GAUGES})
    nats = _gauges(NATS_GAUGES)
    return "\n".join([_INTRODUCTION, *state, _NATS, *nats, _PROCESSES, *_processes()])


def _gauges(gauges: Mapping[str, Gauge]) -> Iterator[str]:
    for name, gauge in gauges.items():
        yield f"| `{name}` | {_names(gauge.labels)}| {gauge.meaning} |"


def _processes() -> Iterator[str]:
    for metric in process_metrics():
        yield (
            f"| `{metric.name}` | {metric.type} | {_names(metric.labels)}|"
            f" {metric.meaning} |"
        )


def process_metrics() -> Iterator[ProcessMetric]:
    """What processes count, in the order of the page."""
    for module in MODULES:
        for metric in vars(import_module(module)).values():
            if isinstance(metric, MetricWrapperBase):
                family = next(iter(metric.describe()))
                suffix = "_total" if family.type == "counter" else ""
                # The library shows the names of a metric's labels nowhere else.
                labels = tuple(getattr(metric, "_labelnames", ()))
                yield ProcessMetric(
                    f"{family.name}{suffix}", family.type, labels, family.documentation
                )


def _names(labels: tuple[str, ...]) -> str:
    return "".join(f"`{label}` " for label in labels)


if __name__ == "__main__":
    print(metrics_page())
