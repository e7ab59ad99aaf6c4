"""Alerts and dashboards ask for metrics that there are, and lead to runbooks that there are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import promql_parser
import pytest
import yaml

from noetl_shell.metrics import GAUGES, UP
from noetl_shell.metrics_page import process_metrics
from noetl_shell.nats.metrics import NATS_GAUGES
from tools.dashboards import DIRECTORY, dashboards
from tools.flatten_sql import ROOT

ALERTS: Final = ROOT / "ops/alerts/noetl.yaml"
RUNBOOKS: Final = ROOT / "ops/runbooks"


def known() -> dict[str, set[str]]:
    """The labels of each time series by its name."""
    gauges = {**GAUGES, **NATS_GAUGES}
    found = {UP: set[str]()} | {name: set(g.labels) for name, g in gauges.items()}
    for metric in process_metrics():
        if metric.type == "histogram":
            found[f"{metric.name}_bucket"] = {*metric.labels, "le"}
            found[f"{metric.name}_count"] = set(metric.labels)
        else:
            found[metric.name] = set(metric.labels)
    return found


def selectors(expression: object) -> Iterator[promql_parser.VectorSelector]:
    """All selectors of a parsed expression."""
    if isinstance(expression, promql_parser.VectorSelector):
        yield expression
        return
    parts: list[object] = []
    for name in ("expr", "lhs", "rhs", "vs", "vector_selector", "args", "param"):
        part = getattr(expression, name, None)
        parts += part if isinstance(part, list) else [part]
    for part in parts:
        if part is not None:
            yield from selectors(part)


def problems_of(text: str) -> list[str]:
    """What an expression asks for that there is not."""
    found = list(selectors(promql_parser.parse(text)))
    problems = [] if found else ["it asks for nothing"]
    for selector in found:
        labels = known().get(selector.name or "")
        if labels is None:
            problems.append(f"no metric {selector.name}")
            continue
        asked = {matcher.name for matcher in selector.matchers.matchers}
        problems += [f"{selector.name} has no label {name}" for name in asked - labels]
    return problems


def rules() -> list[dict[str, Any]]:
    document = yaml.safe_load(ALERTS.read_text())
    return [rule for group in document["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_alert_asks_for_what_there_is_and_leads_to_its_runbook(
    rule: dict[str, Any],
) -> None:
    assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}
    assert problems_of(rule["expr"]) == []
    assert rule["labels"]["severity"] in ("critical", "warning")
    path = ROOT / rule["annotations"]["runbook"]
    assert path.is_relative_to(RUNBOOKS)
    assert f"`{rule['alert']}`" in path.read_text(), f"{path} does not name it"


def test_runbooks_name_no_alert_that_is_gone() -> None:
    names = {rule["alert"] for rule in rules()}
    assert len(names) == len(rules()), "two alerts have one name"
    for path in RUNBOOKS.glob("*.md"):
        told = {
            word.strip("`.,;:()")
            for word in path.read_text().split()
            if word.startswith("`Noetl")
        }
        assert told <= names, path.name


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("max(noetl_gone) > 1", "no metric noetl_gone"),
        ('rate(noetl_ticks_total{tick="x"}[5m])', "no metric noetl_ticks_total"),
        ('noetl_up{shard="1"} == 0', "noetl_up has no label shard"),
        ("vector(1) > 0", "it asks for nothing"),
        ("a_b > 0 unless on (x) noetl_runs", "no metric a_b"),
    ],
)
def test_the_check_sees_what_is_wrong(text: str, problem: str) -> None:
    assert problem in problems_of(text)


def test_dashboards_are_current() -> None:
    """Written by: python -m tools.dashboards"""
    written = {path.name: path.read_text() for path in DIRECTORY.glob("*.json")}
    assert written == dashboards()


def test_dashboards_show_every_metric_that_there_is() -> None:
    asked: set[str] = set()
    for text in dashboards().values():
        panels = json.loads(text)["panels"]
        assert len({panel["id"] for panel in panels}) == len(panels)
        for panel in panels:
            assert panel["title"] != "Other", (
                "give the metric a row in tools/dashboards.py"
            )
            for target in panel.get("targets", ()):
                query = target["expr"].replace("$__rate_interval", "1m")
                assert problems_of(query) == [], target["expr"]
                asked |= {s.name or "" for s in selectors(promql_parser.parse(query))}
    assert asked == {name for name in known() if not name.endswith("_count")}
