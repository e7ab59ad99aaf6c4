"""Helm finds nothing wrong, and the API servers would take every object."""

from __future__ import annotations

import importlib
import json
from typing import Any, Final

import helm_python
import kubernetes_validate
import pytest
import yaml

from tests.chart.support import (
    VALUES_FILES,
    Object,
    of_kind,
    render,
    values_file,
    variants,
    with_minimal,
)
from tools.chart import ALERTS, CHART, DASHBOARDS, ROOT, differing

_ABOUT: Final = yaml.safe_load((CHART / "Chart.yaml").read_text())
OLDEST: Final = _ABOUT["kubeVersion"].removeprefix(">=").removesuffix(".0-0")
NEWEST: Final = "1.37"
_CUSTOM: Final = {
    "keda.sh/v1alpha1": "cloudcoil.models.keda.v1alpha1",
    "monitoring.coreos.com/v1": "cloudcoil.models.prometheus_operator.v1",
}


def different(objects: list[Object]) -> list[Object]:
    """Each once, whatever variant it is of."""
    return list({json.dumps(each, sort_keys=True): each for each in objects}.values())


def all_objects() -> list[Object]:
    return different([each for objects in variants().values() for each in objects])


@pytest.mark.accept("P2.1-2")
@pytest.mark.parametrize("name", VALUES_FILES)
def test_lint(name: str) -> None:
    report = helm_python.lint(
        CHART, values_file(name), strict=True, kube_version=f"v{OLDEST}.0"
    )
    told = [m for m in report["messages"] if m["severity"] > 1]
    assert (told, report["errors"]) == ([], [])


def test_lint_tells_of_a_fault() -> None:
    report = helm_python.lint(CHART, {"database": {"existingSecret": "UPPER"}})
    assert report["errors"]


@pytest.mark.accept("P2.1-2")
@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_kubernetes_takes_every_object(version: str) -> None:
    for each in all_objects():
        if each["apiVersion"] not in _CUSTOM:
            kubernetes_validate.validate(each, version, strict=True)


def test_validation_is_strict() -> None:
    (deployment, *_) = of_kind(render(values_file("minimal")), "Deployment")
    deployment["spec"]["template"]["spec"]["containers"][0]["imagePolicy"] = "Always"
    with pytest.raises(kubernetes_validate.ValidationError, match="imagePolicy"):
        kubernetes_validate.validate(deployment, NEWEST, strict=True)


def test_no_object_is_there_twice_and_all_are_ours() -> None:
    for variant, objects in variants().items():
        names = [(each["kind"], each["metadata"]["name"]) for each in objects]
        assert len(set(names)) == len(names), variant
        for each in objects:
            labels = each["metadata"]["labels"]
            assert labels["app.kubernetes.io/instance"] == "noetl", (variant, each)
            assert "namespace" not in each["metadata"], (variant, each)


@pytest.mark.accept("P2.1-2")
def test_operators_take_their_objects() -> None:
    found = [each for each in all_objects() if each["apiVersion"] in _CUSTOM]
    kinds = {each["kind"] for each in found}
    assert kinds == {
        *("ScaledObject", "TriggerAuthentication"),
        *("ServiceMonitor", "PrometheusRule"),
    }
    for each in found:
        assert unknown_to_operator(each) == []


def unknown_to_operator(given: Object) -> list[str]:
    """What the operator's type has no field for; raises for a wrong value."""
    module = importlib.import_module(_CUSTOM[given["apiVersion"]])
    parsed = getattr(module, given["kind"]).model_validate(given)
    kept = json.loads(parsed.model_dump_json(by_alias=True, exclude_none=True))
    return list(_lost(given, kept, given["kind"]))


def _lost(given: Any, kept: Any, path: str) -> list[str]:
    if isinstance(given, dict):
        if not isinstance(kept, dict):
            return [path]
        return [
            lost
            for key, value in given.items()
            for lost in (
                _lost(value, kept[key], f"{path}.{key}")
                if key in kept
                else [f"{path}.{key}"]
            )
        ]
    if isinstance(given, list):
        return [
            lost
            for index, value in enumerate(given)
            for lost in _lost(value, kept[index], f"{path}[{index}]")
        ]
    return []


def test_operators_refuse_what_they_do_not_know() -> None:
    (monitor,) = of_kind(
        render(with_minimal({"metrics": {"serviceMonitor": {"enabled": True}}})),
        "ServiceMonitor",
    )
    monitor["spec"]["endpoints"][0]["every"] = "5s"
    assert unknown_to_operator(monitor) == ["ServiceMonitor.spec.endpoints[0].every"]


def test_rendering_again_gives_the_same_but_for_what_is_made_anew() -> None:
    first, second = (
        [each for each in render(values_file("kind")) if each["kind"] != "Secret"]
        for _ in range(2)
    )
    assert first == second


def test_what_the_chart_has_from_elsewhere_is_current() -> None:
    old = [str(path.relative_to(ROOT)) for path in differing()]
    assert old == [], "run 'make chart'"


def test_alerts_and_dashboards_are_those_of_ops() -> None:
    objects = variants()["monitoring"]
    (rule,) = of_kind(objects, "PrometheusRule")
    assert rule["spec"] == yaml.safe_load(ALERTS.read_text())
    shown = {
        name: text
        for each in of_kind(objects, "ConfigMap")
        for name, text in each["data"].items()
        if each["metadata"]["labels"].get("grafana_dashboard") == "1"
    }
    assert shown == {path.name: path.read_text() for path in DASHBOARDS.glob("*.json")}
    assert shown


def test_packed_chart_renders_the_same(tmp_path: Any) -> None:
    archive = helm_python.package(CHART, destination=tmp_path)
    with helm_python.Chart.load(archive) as packed:
        values = values_file("gke")
        assert packed.render(values, name="noetl") == helm_python.Chart.load(
            CHART
        ).render(values, name="noetl")
