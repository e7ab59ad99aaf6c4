"""Write the Grafana dashboards in ops/dashboards from the metrics that there are.

Every metric has a panel; one that no row names is in the last row, so none is forgotten.
``python -m tools.dashboards`` writes them, ``--check`` says whether they are current.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from noetl_shell.metrics import GAUGES, UP
from noetl_shell.metrics_page import process_metrics
from noetl_shell.nats.metrics import NATS_GAUGES
from tools.flatten_sql import ROOT

DIRECTORY: Final = ROOT / "ops/dashboards"
_WIDTH: Final = 24
_PANEL: Final = (8, 7)  # of 24 columns, in rows of 30 pixels
_QUANTILES: Final = (0.5, 0.95, 0.99)
_OTHER: Final = "Other"

# Title of a row: how the names of its metrics begin, after noetl_.
_SYSTEM: Final = {
    "Queue": ("up", "queue", "runs", "pool"),
    "Sessions and duties": ("sessions", "dispatcher"),
    "Projection and outbox": ("projection", "checkpoint", "outbox"),
    "Times": ("timers", "schedules", "concurrency"),
    "Size and retention": ("table", "event", "retention"),
    "NATS": ("nats",),
}
_PROCESSES: Final = {
    "Work": ("worker", "commands", "claim", "task", "tool"),
    "Reports": ("report", "engine", "heartbeats", "registrations"),
    "Ticks": ("tick",),
    "Stores": ("store", "objects", "collector"),
    "NATS": ("nats",),
    "Connections": ("db_pool",),
}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Metric:
    """A metric, and what to ask for it: a query and a legend each."""

    name: str
    meaning: str
    labels: tuple[str, ...]
    queries: tuple[tuple[str, str], ...]


def dashboards() -> dict[str, str]:
    """The content of each file by its name."""
    return {
        "noetl-system.json": _dashboard(
            "noetl-system", "NoETL: state of the database", _SYSTEM, list(_gauges())
        ),
        "noetl-processes.json": _dashboard(
            "noetl-processes",
            "NoETL: workers and dispatchers",
            _PROCESSES,
            list(_counted()),
        ),
    }


def _gauges() -> Iterator[_Metric]:
    """Each dispatcher tells the same, so the largest of what they tell."""
    yield _Metric(UP, "1 when the database has answered.", (), ((f"max({UP})", "up"),))
    for name, gauge in {**GAUGES, **NATS_GAUGES}.items():
        query = f"max{_by(gauge.labels)} ({name})"
        yield _Metric(name, gauge.meaning, gauge.labels, ((query, ""),))


def _counted() -> Iterator[_Metric]:
    for metric in process_metrics():
        name, labels = metric.name, metric.labels
        if metric.type == "histogram":
            rate = f"sum{_by(('le', *labels))} (rate({name}_bucket[$__rate_interval]))"
            queries = tuple(
                (f"histogram_quantile({quantile}, {rate})", f"p{quantile * 100:g}")
                for quantile in _QUANTILES
            )
        elif metric.type == "counter":
            queries = ((f"sum{_by(labels)} (rate({name}[$__rate_interval]))", ""),)
        else:
            queries = ((f"sum{_by(('instance', *labels))} ({name})", "{{instance}}"),)
        yield _Metric(name, metric.meaning, labels, queries)


def _by(labels: Sequence[str]) -> str:
    return f" by ({', '.join(labels)})" if labels else ""


def _dashboard(
    uid: str,
    title: str,
    rows: Mapping[str, tuple[str, ...]],
    metrics: Sequence[_Metric],
) -> str:
    panels: list[Json] = []
    y = 0
    for row in (*rows, _OTHER):
        members = [m for m in metrics if _row_of(m, rows) == row]
        if not members:
            continue
        panels.append(_row(row, y))
        y += 1
        width, height = _PANEL
        for index, metric in enumerate(members):
            line, column = divmod(index, _WIDTH // width)
            place = {"x": column * width, "y": y + line * height}
            panels.append(_panel(metric, {**place, "w": width, "h": height}))
        y += (len(members) + _WIDTH // width - 1) // (_WIDTH // width) * height
    for number, panel in enumerate(panels, start=1):
        panel["id"] = number
    document = {
        "uid": uid,
        "title": title,
        "description": "Made by python -m tools.dashboards; do not edit.",
        "tags": ["noetl"],
        "schemaVersion": 39,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {
            "list": [
                {"name": "datasource", "type": "datasource", "query": "prometheus"}
            ]
        },
        "panels": panels,
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _row_of(metric: _Metric, rows: Mapping[str, tuple[str, ...]]) -> str:
    name = metric.name.removeprefix("noetl_")
    return next(
        (row for row, starts in rows.items() if name.startswith(starts)), _OTHER
    )


def _row(title: str, y: int) -> Json:
    place = {"x": 0, "y": y, "w": _WIDTH, "h": 1}
    return {"type": "row", "title": title, "collapsed": False, "gridPos": place}


def _panel(metric: _Metric, place: Json) -> Json:
    source = {"type": "prometheus", "uid": "${datasource}"}
    labels = " ".join(f"{{{{{label}}}}}" for label in metric.labels)
    return {
        "type": "timeseries",
        "title": metric.name,
        "description": metric.meaning,
        "datasource": source,
        "gridPos": place,
        "fieldConfig": {
            "defaults": {"unit": _unit(metric), "min": 0},
            "overrides": [],
        },
        "targets": [
            {
                "refId": chr(ord("A") + number),
                "datasource": source,
                "expr": query,
                "legendFormat": f"{labels} {legend}".strip() or metric.name,
            }
            for number, (query, legend) in enumerate(metric.queries)
        ],
    }


def _unit(metric: _Metric) -> str:
    name = metric.name
    if name.endswith("_bytes_total"):
        return "Bps"
    if name.endswith("_total"):
        return "cps"
    if name.endswith("_bytes"):
        return "bytes"
    return "s" if name.endswith("_seconds") else "short"


def main() -> int:
    """Write the files, or say which are stale."""
    parser = argparse.ArgumentParser(description="Write ops/dashboards.")
    parser.add_argument("--check", action="store_true", help="only say what is stale")
    check = parser.parse_args().check
    stale = []
    for name, text in dashboards().items():
        path = DIRECTORY / name
        if not path.exists() or path.read_text() != text:
            stale.append(name)
            if not check:
                path.write_text(text)
    if check and stale:
        print(f"error: stale: {', '.join(stale)}; run python -m tools.dashboards")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
