"""Selectors, ports, addresses and network policies name the same things."""

from __future__ import annotations

from typing import Any

import pytest

from tests.chart.support import (
    AnySecret,
    Object,
    containers,
    environment,
    every_container,
    named,
    of_kind,
    pods,
    variants,
)


def test_selectors_match() -> None:
    for variant, objects in variants().items():
        labels = [pod["metadata"]["labels"] for _, pod in pods(objects)]
        for each in objects:
            spec, where = each.get("spec", {}), (variant, each["metadata"]["name"])
            if each["kind"] in {"Deployment", "StatefulSet"}:
                own = spec["template"]["metadata"]["labels"]
                wanted = spec["selector"]["matchLabels"]
                assert wanted.items() <= own.items(), where
                alike = [one for one in labels if wanted.items() <= one.items()]
                assert alike == [own], where
            elif each["kind"] == "Service":
                assert any(spec["selector"].items() <= one.items() for one in labels)
            elif each["kind"] == "PodDisruptionBudget":
                wanted = spec["selector"]["matchLabels"]
                assert any(wanted.items() <= one.items() for one in labels), where


def test_selectors_hold_nothing_that_an_upgrade_changes() -> None:
    for objects in variants().values():
        for each in of_kind(objects, "Deployment", "StatefulSet"):
            for label in each["spec"]["selector"]["matchLabels"]:
                assert "version" not in label
                assert "chart" not in label


def ports_of(pod: Object) -> dict[str, int]:
    return {
        port["name"]: port["containerPort"]
        for each in pod["spec"]["containers"]
        for port in each.get("ports", [])
    }


def behind(service: Object, objects: list[Object]) -> list[Object]:
    return [
        pod
        for _, pod in pods(objects)
        if service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
    ]


def test_ports_agree() -> None:
    for variant, objects in variants().items():
        for service in of_kind(objects, "Service"):
            where = (variant, service["metadata"]["name"])
            for pod in behind(service, objects):
                for port in service["spec"]["ports"]:
                    assert port["targetPort"] in ports_of(pod), where
        for owner, pod in pods(objects):
            for each in containers(pod):
                for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                    if probe in each:
                        asked = each[probe]["httpGet"]["port"]
                        assert asked in ports_of(pod), (variant, owner)
        for monitor in of_kind(objects, "ServiceMonitor"):
            chosen = monitor["spec"]["selector"]["matchLabels"]
            watched = [
                service
                for service in of_kind(objects, "Service")
                if chosen.items() <= service["metadata"]["labels"].items()
            ]
            assert len(watched) == 2, variant
            for service in watched:
                given = {port["name"] for port in service["spec"]["ports"]}
                assert {e["port"] for e in monitor["spec"]["endpoints"]} <= given


def test_processes_listen_where_their_ports_say() -> None:
    secrets = AnySecret()
    for where, _, pod, container in every_container():
        given = environment(container, secrets)
        for variable, port in (
            ("NOETL_API_LISTEN", "http"),
            ("NOETL_METRICS_LISTEN", "metrics"),
        ):
            if variable in given:
                assert given[variable] == f"0.0.0.0:{ports_of(pod)[port]}", where


def test_addresses_inside_the_release_are_those_of_its_services() -> None:
    for variant, objects in variants().items():
        services = {
            each["metadata"]["name"]: {p["port"] for p in each["spec"]["ports"]}
            for each in of_kind(objects, "Service")
        }
        for _, pod in pods(objects):
            for each in containers(pod):
                given = environment(each, AnySecret())
                for name in ("NOETL_API_URL", "NOETL_MINIO_ENDPOINT", "NOETL_NATS_URL"):
                    host, _, port = (
                        given.get(name, "").rpartition("/")[2].partition(":")
                    )
                    if host.endswith(("-dispatcher", "-minio", "-nats")):
                        assert int(port) in services[host], (variant, name)
        for ingress in of_kind(objects, "Ingress"):
            (rule,) = ingress["spec"]["rules"]
            (path,) = rule["http"]["paths"]
            backend = path["backend"]["service"]
            service = named(objects, "Service", backend["name"])
            names = {port["name"] for port in service["spec"]["ports"]}
            assert backend["port"]["name"] in names


@pytest.mark.accept("P2.1-5")
def test_minio_has_its_console_in_the_service() -> None:
    objects = variants()["values-kind.yaml"]
    service = named(objects, "Service", "noetl-minio")
    ports = {port["name"]: port["port"] for port in service["spec"]["ports"]}
    assert ports == {"api": 9000, "console": 9001}
    (pod,) = behind(service, objects)
    assert "--console-address=:9001" in pod["spec"]["containers"][0]["args"]


def test_pods_that_talk_to_each_other_may() -> None:
    """Each address that a container is given has a policy that lets it in and out."""
    for variant, objects in variants().items():
        policies = of_kind(objects, "NetworkPolicy")
        if not policies:
            continue
        by_name = {
            each["metadata"]["name"]: behind(each, objects)
            for each in of_kind(objects, "Service")
        }
        for owner, pod in pods(objects):
            covering = [p for p in policies if covers(p, pod)]
            assert len(covering) == 1, (variant, owner["metadata"]["name"])
            for each in containers(pod):
                given = environment(each, AnySecret())
                for name in ("NOETL_API_URL", "NOETL_MINIO_ENDPOINT", "NOETL_NATS_URL"):
                    host = given.get(name, "").rpartition("/")[2].partition(":")[0]
                    for server in by_name.get(host, []):
                        where = (variant, owner["metadata"]["name"], name)
                        (gate,) = [p for p in policies if covers(p, server)]
                        assert lets(gate, "ingress", "from", pod), where
                        assert lets(covering[0], "egress", "to", server), where


def covers(policy: Object, pod: Object) -> bool:
    return selects(policy["spec"]["podSelector"], pod)


def selects(selector: Object, pod: Object) -> bool:
    labels = pod["metadata"]["labels"]
    return selector.get("matchLabels", {}).items() <= labels.items() and all(
        rule["operator"] == "In" and labels.get(rule["key"]) in rule["values"]
        for rule in selector.get("matchExpressions", [])
    )


def lets(policy: Object, direction: str, side: str, pod: Object) -> bool:
    for rule in policy["spec"].get(direction, []):
        peers: list[Any] = rule.get(side, [])
        if any("podSelector" in p and selects(p["podSelector"], pod) for p in peers):
            return True
    return False
