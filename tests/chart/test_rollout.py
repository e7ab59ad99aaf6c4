"""What an upgrade and a scaler change, and what they wait for."""

from __future__ import annotations

import json
import re

from noetl_shell.metrics_page import metrics_page
from tests.chart.support import named, of_kind, pods, render, values_file, variants


def test_scaled_deployments_leave_their_number_alone() -> None:
    for variant in ("hpa", "keda by prometheus", "keda by postgresql"):
        objects = variants()[variant]
        (scaler,) = of_kind(objects, "HorizontalPodAutoscaler", "ScaledObject")
        target = scaler["spec"]["scaleTargetRef"]
        deployment = named(objects, target["kind"], target["name"])
        assert "replicas" not in deployment["spec"]
        assert deployment["apiVersion"] == target["apiVersion"]


def test_scaling_asks_for_metrics_that_exist() -> None:
    known = set(re.findall(r"^\| `(noetl_\w+)`", metrics_page(), re.MULTILINE))
    asked: set[str] = set()
    for objects in variants().values():
        for each in of_kind(objects, "ScaledObject", "PrometheusRule"):
            asked |= set(re.findall(r"\bnoetl_[a-z_]+\b", json.dumps(each["spec"])))
    suffix = re.compile(r"_(bucket|count|sum)$")
    assert asked
    assert {suffix.sub("", name) for name in asked} <= known


def test_jobs_stop_a_rollout() -> None:
    """The schema's before anything else; workers wait for what the others make."""
    for variant, objects in variants().items():
        for job in of_kind(objects, "Job"):
            spec, where = job["spec"], (variant, job["metadata"]["name"])
            assert spec["template"]["spec"]["restartPolicy"] == "Never", where
            (rule,) = spec["podFailurePolicy"]["rules"]
            names = {c["name"] for c in spec["template"]["spec"]["containers"]}
            assert rule["onExitCodes"]["containerName"] in names, where
            hook = job["metadata"].get("annotations", {}).get("helm.sh/hook")
            is_schema = job["metadata"]["name"].endswith("-schema")
            assert (hook == "pre-install,pre-upgrade") == is_schema, where
        makes_stores = any(
            "store-init" in job["metadata"]["name"] for job in of_kind(objects, "Job")
        )
        for owner, pod in pods(objects):
            if "-worker-" in owner["metadata"]["name"]:
                waits = [c["name"] for c in pod["spec"].get("initContainers", [])]
                assert waits == (["check-stores"] if makes_stores else []), variant


def test_jobs_of_two_revisions_differ() -> None:
    first, second = (
        {
            job["metadata"]["name"]
            for job in of_kind(render(values_file("kind"), revision), "Job")
        }
        for revision in (1, 2)
    )
    assert first & second == {"noetl-schema"}
