"""What must hold for every object, whatever the values: rights, limits, names that agree."""

from __future__ import annotations

import base64
import json
import re
from typing import Any, Final

import click
import pytest

from noetl_shell.cli import noetl
from noetl_shell.metrics_page import metrics_page
from noetl_shell.settings import SETTINGS, read_values
from noetl_worker.secrets import _decode_key
from tests.chart.support import (
    Object,
    containers,
    environment,
    every_container,
    named,
    of_kind,
    pods,
    render,
    values_file,
    variants,
)
from tools.chart import CHART, NOT_IN_PODS, free_settings, set_by_templates

KNOWN: Final = {setting.variable: setting for setting in SETTINGS}
# What the values files tell people to make themselves.
MADE_BEFORE: Final = {
    *("noetl-database", "noetl-encryption-key", "noetl-gcs", "noetl-nats"),
    *("store", "s3", "gcs", "bus", "tls", "token", "authority", "registry"),
    "noetl-tls",
}
# Set by the shells of containers, and read by programs that are not ours.
FOREIGN: Final = {
    *("HOME", "DATABASE_URL", "SQITCH_TARGET", "SQITCH_FULLNAME", "SQITCH_EMAIL"),
    *("MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD", "MINIO_REGION", "NATS_PASSWORD"),
    "OTEL_EXPORTER_OTLP_ENDPOINT",
}


def is_ours(container: Object) -> bool:
    return "noetl/" in container["image"]


def test_nobody_is_root_and_nothing_can_be_changed() -> None:
    for where, _, pod, container in every_container():
        spec = pod["spec"]
        assert spec["automountServiceAccountToken"] is False, where
        assert spec["securityContext"]["runAsNonRoot"] is True, where
        assert spec["securityContext"]["runAsUser"] >= 1000, where
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec), where
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "capabilities": {"drop": ["ALL"]},
        }, where


def test_every_container_has_requests_and_limits() -> None:
    for where, _, _, container in every_container():
        for kind in ("requests", "limits"):
            assert {"cpu", "memory"} <= set(container["resources"][kind]), where


def test_no_account_has_rights_and_each_pod_has_one_of_the_chart() -> None:
    for variant, objects in variants().items():
        assert not of_kind(
            objects, "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"
        )
        accounts = of_kind(objects, "ServiceAccount")
        assert all(each["automountServiceAccountToken"] is False for each in accounts)
        names = {each["metadata"]["name"] for each in accounts}
        for owner, pod in pods(objects):
            assert pod["spec"]["serviceAccountName"] in names, (variant, owner)


def test_images_are_pinned() -> None:
    for where, _, _, container in every_container():
        assert re.search(r":[^:/]*\d[^:/]*$|@sha256:", container["image"]), where


def test_directories_that_are_written_to_are_bounded() -> None:
    for where, _, pod, _ in every_container():
        for volume in pod["spec"].get("volumes", []):
            if "emptyDir" in volume:
                assert volume["emptyDir"]["sizeLimit"], where


def test_mounts_have_volumes_and_volumes_are_mounted() -> None:
    for variant, objects in variants().items():
        for owner, pod in pods(objects):
            where = (variant, owner["metadata"]["name"])
            mounted = {
                mount["name"]
                for each in containers(pod)
                for mount in each["volumeMounts"]
            }
            made = [volume["name"] for volume in pod["spec"].get("volumes", [])]
            made += [
                claim["metadata"]["name"]
                for claim in owner.get("spec", {}).get("volumeClaimTemplates", [])
            ]
            assert len(made) == len(set(made)), where
            # The driver uses it by its name.
            assert mounted == set(made) - {"gke-gcsfuse-cache"}, where
            for each in containers(pod):
                paths = [mount["mountPath"] for mount in each["volumeMounts"]]
                assert len(paths) == len(set(paths)), where


def secrets_of(pod: Object) -> set[tuple[str, str | None]]:
    """Name and key of each reference to a secret; None: all keys."""
    found: set[tuple[str, str | None]] = set()
    for container in containers(pod):
        for entry in container.get("env", []):
            if reference := entry.get("valueFrom", {}).get("secretKeyRef"):
                found.add((reference["name"], reference["key"]))
    for volume in pod["spec"].get("volumes", []):
        if "secret" in volume:
            found.add((volume["secret"]["secretName"], None))
    for each in pod["spec"].get("imagePullSecrets", []):
        found.add((each["name"], None))
    return found


def test_secrets_exist() -> None:
    for variant, objects in variants().items():
        made = {
            each["metadata"]["name"]: set(each["data"])
            for each in of_kind(objects, "Secret")
        }
        for owner, pod in pods(objects):
            for name, key in secrets_of(pod):
                where = (variant, owner["metadata"]["name"], name, key)
                assert name in made or name in MADE_BEFORE, where
                assert key is None or name not in made or key in made[name], where


def test_no_secret_is_written_down() -> None:
    """Neither in a variable, where kubectl describe shows it, nor in an argument."""
    for where, _, _, container in every_container():
        for entry in container.get("env", []):
            setting = KNOWN.get(entry["name"])
            if entry["name"] == "NOETL_NATS_URL":
                assert "@" not in entry["value"], where
            elif setting is not None and setting.is_secret:
                assert "value" not in entry, (where, entry["name"])
        shown = json.dumps([container.get("args"), container.get("command")])
        assert "$(" not in shown, where


def test_generated_secrets_are_long_outlive_the_release_and_differ() -> None:
    seen = set()
    for objects in variants().values():
        for each in of_kind(objects, "Secret"):
            assert each["metadata"]["annotations"] == {
                "helm.sh/resource-policy": "keep"
            }
            for key, data in each["data"].items():
                text = base64.b64decode(data).decode()
                if key != "access-key":
                    assert len(text) >= 32
                    assert text not in seen
                    seen.add(text)
                if each["metadata"]["name"] == "noetl-encryption-key":
                    assert len(_decode_key(text, key)) == 32
                    assert each["immutable"] is True
    assert seen


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


@pytest.mark.accept("P2.1-1")
def test_minio_is_there_when_it_is_enabled() -> None:
    assert not [
        each
        for each in variants()["nothing"]
        if each["metadata"]["name"].endswith("-minio")
    ]
    objects = variants()["minio"]
    (claim,) = named(objects, "StatefulSet", "noetl-minio")["spec"][
        "volumeClaimTemplates"
    ]
    assert claim["spec"]["resources"]["requests"]["storage"] == "20Gi"
    assert set(named(objects, "Secret", "noetl-minio")["data"]) == {
        "access-key",
        "secret-key",
    }
    assert named(objects, "Job", "noetl-store-init-1")
    for where, _, _, container in every_container():
        if where.startswith("minio: ") and container["name"] in {
            "worker",
            "store-init",
        }:
            given = environment(container, AnySecret())
            assert given["NOETL_DEFAULT_STORE_TIER"] == "minio", where
            assert given["NOETL_MINIO_BUCKET"] == "noetl-results", where
            assert given["NOETL_MINIO_ENDPOINT"] == "http://noetl-minio:9000", where
            assert {"NOETL_MINIO_ACCESS_KEY", "NOETL_MINIO_SECRET_KEY"} <= set(given)


class AnySecret(dict[tuple[str, str], str]):
    """Every secret is there; a value that a setting of any kind could have."""

    def __contains__(self, place: object) -> bool:
        return True

    def __missing__(self, place: tuple[str, str]) -> str:
        return "postgresql://u:p@h/d" if "url" in place[1] else "text"


def test_variables_are_settings_with_good_values() -> None:
    for where, _, _, container in every_container():
        names = [entry["name"] for entry in container.get("env", [])]
        assert len(names) == len(set(names)), where
        assert set(names) <= set(KNOWN) | FOREIGN, where
        if is_ours(container):
            read_values(environment(container, AnySecret()))


def test_no_setting_is_missing() -> None:
    """Each is set by a template, can be given in ``settings``, or is not for pods."""
    reachable = set_by_templates() | set(free_settings()) | NOT_IN_PODS
    assert set(KNOWN) <= reachable
    assert set_by_templates() - set(KNOWN) == set()
    used = {
        entry["name"]
        for _, _, _, container in every_container()
        for entry in container.get("env", [])
    }
    assert set_by_templates() <= used, "no variant shows them"


def test_commands_exist() -> None:
    found = set()
    for where, _, _, container in every_container():
        if not is_ours(container):
            continue
        command: click.Command | None = noetl
        context = click.Context(noetl)
        arguments = list(container["args"])
        while isinstance(command, click.Group):
            command = command.get_command(context, arguments.pop(0))
        assert command is not None, where
        options = {
            name for each in command.params for name in (*each.opts, each.name or "")
        }
        for argument in arguments:
            if argument.startswith("-"):
                assert argument.partition("=")[0] in options, where
        found.add(command.name)
    assert found == {
        *("dispatcher", "worker", "deploy", "scripts", "status"),
        *("init", "check"),
    }


def test_processes_have_time_to_end() -> None:
    for where, owner, pod, container in every_container():
        given = environment(container, AnySecret())
        if "NOETL_GRACE_SECONDS" not in given or owner["kind"] != "Deployment":
            continue
        grace = float(given["NOETL_GRACE_SECONDS"])
        # A dispatcher's bridge and its API have as long each, ending a session 5 s.
        rounds = 2 if container["name"] == "dispatcher" else 1
        stop = container.get("lifecycle", {}).get("preStop", {"exec": {"command": [0]}})
        before = int(stop["exec"]["command"][-1])
        needed = before + rounds * grace + 5
        assert pod["spec"]["terminationGracePeriodSeconds"] > needed, where


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


def test_heavy_pool_says_what_it_takes() -> None:
    deployment = named(variants()["pools"], "Deployment", "noetl-worker-heavy")
    (worker,) = deployment["spec"]["template"]["spec"]["containers"]
    given = environment(worker, AnySecret())
    assert given["NOETL_WORKER_POOLS"] == "heavy,slow"
    assert given["NOETL_WORKER_TOOLS"] == "duckdb,python"
    assert given["NOETL_TOOL_SLOTS"] == "duckdb=1,python=4"
    assert given["NOETL_EVENT_TRANSPORT"] == "postgres"
    other = named(variants()["pools"], "Deployment", "noetl-worker-default")
    (worker,) = other["spec"]["template"]["spec"]["containers"]
    given = environment(worker, AnySecret())
    assert given["NOETL_WORKER_SLOTS"] == "100"
    assert given["NOETL_EVENT_TRANSPORT"] == "nats"


def test_workers_over_http_have_no_way_to_the_database() -> None:
    for variant in ("http", "http over tls"):
        for owner, pod in pods(variants()[variant]):
            if "-worker-" in owner["metadata"]["name"]:
                assert "url" not in {key for _, key in secrets_of(pod)}, variant


def test_shared_volume_is_one_for_all_workers() -> None:
    for variant in ("claim", "existing claim", "nfs", "hostPath", "gcsfuse"):
        objects = variants()[variant]
        name = "files" if variant == "existing claim" else "noetl-shared-data-pvc"
        if variant != "existing claim":
            claim = named(objects, "PersistentVolumeClaim", name)
            assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
            for volume in of_kind(objects, "PersistentVolume"):
                assert claim["spec"]["volumeName"] == volume["metadata"]["name"]
                assert volume["spec"]["claimRef"] == {"namespace": "etl", "name": name}
        users = []
        for owner, pod in pods(objects):
            claims = [
                volume["persistentVolumeClaim"]["claimName"]
                for volume in pod["spec"].get("volumes", [])
                if "persistentVolumeClaim" in volume
            ]
            if not claims:
                continue
            assert claims == [name], variant
            users.append(owner["metadata"]["name"])
            for each in containers(pod):
                given = environment(each, AnySecret())
                assert given["NOETL_PVC_MOUNT_PATH"] == "/data"
                assert {"name": "shared", "mountPath": "/data"} in each["volumeMounts"]
            annotated = pod["metadata"].get("annotations", {})
            assert ("gke-gcsfuse/volumes" in annotated) == (variant == "gcsfuse")
        assert users == ["noetl-store-init-1", "noetl-worker-default"], variant
    (volume,) = of_kind(variants()["gcsfuse"], "PersistentVolume")
    assert volume["spec"]["csi"]["driver"] == "gcsfuse.csi.storage.gke.io"


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


def test_settings_of_the_schema_are_offered_nowhere_else() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    offered = schema["properties"]["settings"]["propertyNames"]["enum"]
    assert offered == free_settings()
    assert not [name for name in offered if KNOWN[name].is_secret]
