"""The chart as Helm renders it, with many values: Helm's own library, no cluster."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import helm_python
import yaml

from noetl_shell.settings import SETTINGS
from tools.chart import CHART

RELEASE: Final = "noetl"
NAMESPACE: Final = "etl"

Object = dict[str, Any]

KNOWN: Final = {setting.variable: setting for setting in SETTINGS}

VALUES_FILES: Final = ("minimal", "kind", "gke")

_MINIO: Final = {"minio": {"enabled": True}}
_MINIO_ELSEWHERE: Final = {
    "minio": {"endpoint": "http://minio.storage:9000", "existingSecret": "store"}
}
_NATS: Final = {"nats": {"enabled": True}}
_NATS_ELSEWHERE: Final = {
    "nats": {
        "url": "nats://nats.messaging:4222",
        "existingSecret": "bus",
        "keys": {"user": "user", "password": "password"},
    }
}
_CLAIM: Final = {"sharedVolume": {"enabled": True, "storageClassName": "filestore"}}
_GCSFUSE: Final = {
    "sharedVolume": {"enabled": True, "type": "gcsfuse", "gcsfuse": {"bucket": "files"}}
}
_SQITCH: Final = {"schema": {"deployer": "sqitch"}}

# Each on top of values-minimal.yaml.
SWITCHES: Final[dict[str, dict[str, Any]]] = {
    "nothing": {},
    "sqitch": _SQITCH,
    "no deployer": {"schema": {"deployer": "none"}},
    "minio": _MINIO,
    "minio with a secret": {"minio": {"enabled": True, "existingSecret": "store"}},
    "minio elsewhere": _MINIO_ELSEWHERE,
    "s3 by role": {"s3": {"bucket": "results", "region": "eu-central-1"}},
    "s3 by keys": {
        "s3": {
            "bucket": "results",
            "endpoint": "https://s3.example.com:8443",
            "existingSecret": "s3",
        }
    },
    "gcs": {"gcs": {"bucket": "results", "existingSecret": "gcs"}},
    "nats": _NATS,
    "nats elsewhere": _NATS_ELSEWHERE,
    "nats by token": {
        "nats": {
            "url": "nats://nats:4222",
            "existingSecret": "bus",
            "keys": {"token": "token"},
        }
    },
    "nats by nkey, over tls": {
        "nats": {
            "url": "tls://nats:4222",
            "existingSecret": "bus",
            "keys": {"nkeySeed": "seed"},
            "tls": {
                "existingSecret": "tls",
                "ca": "ca.crt",
                "cert": "tls.crt",
                "key": "tls.key",
            },
        }
    },
    "nats by credentials, not required": {
        "nats": {
            "url": "nats://nats:4222",
            "existingSecret": "bus",
            "keys": {"credentials": "creds"},
            "required": False,
        }
    },
    "kv": {**_NATS, "results": {"defaultTier": "kv"}},
    "http": {
        "workerDefaults": {"transport": "http"},
        "api": {"workerToken": {"existingSecret": "token"}},
    },
    "http over tls": {
        "workerDefaults": {"transport": "http"},
        "api": {
            "url": "https://noetl.example.com",
            "workerToken": {"existingSecret": "token"},
            "ca": {"existingSecret": "authority"},
        },
    },
    "claim": _CLAIM,
    "existing claim": {"sharedVolume": {"enabled": True, "existingClaim": "files"}},
    "nfs": {
        "sharedVolume": {
            "enabled": True,
            "type": "nfs",
            "nfs": {"server": "10.0.0.5", "path": "/exports/noetl"},
        }
    },
    "hostPath": {
        "sharedVolume": {
            "enabled": True,
            "type": "hostPath",
            "hostPath": {"path": "/srv/noetl"},
        }
    },
    "gcsfuse": _GCSFUSE,
    "hpa": {"workerDefaults": {"autoscaling": {"type": "hpa"}}},
    "keda by prometheus": {
        "workerDefaults": {"autoscaling": {"type": "keda"}},
        "keda": {"prometheusAddress": "http://prometheus:9090"},
    },
    "keda by postgresql": {
        "workerDefaults": {
            "pools": ["a", "b"],
            "autoscaling": {"type": "keda", "minReplicas": 0, "commandsPerWorker": 7},
        },
        "keda": {"trigger": "postgresql"},
    },
    "ingress": {
        "ingress": {
            "enabled": True,
            "className": "nginx",
            "host": "noetl.example.com",
            "tlsSecret": "tls",
            "annotations": {"a/b": "c"},
        },
        "networkPolicies": {"apiFrom": [{"namespaceSelector": {}}]},
    },
    "monitoring": {
        "metrics": {
            "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
            "prometheusRule": {"enabled": True, "labels": {"release": "prometheus"}},
            "dashboards": {"enabled": True},
        }
    },
    "pooler": {"database": {"keys": {"direct": "direct-url"}}},
    "no network policies": {"networkPolicies": {"enabled": False}},
    "closed network": {
        "networkPolicies": {
            "metricsFrom": [],
            "consoleFrom": [{"podSelector": {"matchLabels": {"app": "proxy"}}}],
            "workerEgress": [
                {
                    "to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}],
                    "ports": [{"port": 443, "protocol": "TCP"}],
                }
            ],
            "extraEgress": [{"ports": [{"port": 4443, "protocol": "TCP"}]}],
        },
        **_MINIO,
    },
    "a key of its own": {"encryptionKey": {"existingSecret": "", "generate": True}},
    "images by digest": {
        "image": {
            "registry": "registry.example.com/data",
            "pullSecrets": ["registry"],
            "shell": {"digest": "sha256:" + "a" * 64},
            "worker": {"tag": "0.2.0"},
        }
    },
    "another name": {"fullnameOverride": "etl", **_NATS, **_MINIO},
    "pools": {
        "workers": [
            {"name": "default", "slots": 100},
            {
                "name": "heavy",
                "pools": ["heavy", "slow"],
                "tools": ["duckdb", "python"],
                "toolSlots": {"duckdb": 1, "python": 4},
                "graceSeconds": 300,
                "transport": "postgres",
            },
        ],
        **_NATS,
    },
    "placement": {
        "dispatcher": {
            "podAnnotations": {"a": "b"},
            "podLabels": {"c": "d"},
            "nodeSelector": {"e": "f"},
            "tolerations": [{"key": "g", "operator": "Exists"}],
            "priorityClassName": "high",
            "affinity": {"nodeAffinity": {}},
            "service": {"annotations": {"h": "i"}},
            "extraEnv": [{"name": "OTEL_EXPORTER_OTLP_ENDPOINT", "value": "http://o"}],
        },
        "workerDefaults": {
            "podAnnotations": {"a": "b"},
            "podLabels": {"c": "d"},
            "nodeSelector": {"e": "f"},
            "extraEnv": [{"name": "OTEL_EXPORTER_OTLP_ENDPOINT", "value": "http://o"}],
        },
        "serviceAccounts": {
            "dispatcher": {"annotations": {"j": "k"}},
            "worker": {"annotations": {"l": "m"}},
        },
        **_GCSFUSE,
    },
    "settings": {
        "settings": {
            "NOETL_RESULT_MAX_BYTES": 5368709120,
            "NOETL_POLL_SECONDS": 2.5,
            "NOETL_DB_PREPARE": False,
            "NOETL_TEMPLATE_ENV": "HOME",
        }
    },
}
_DIMENSIONS: Final[tuple[dict[str, dict[str, Any]], ...]] = (
    {"": {}, "minio": _MINIO},
    {"": {}, "nats": _NATS, "nats elsewhere": _NATS_ELSEWHERE},
    {"": {}, "claim": _CLAIM},
    {"": {}, "sqitch": _SQITCH},
)


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """As Helm merges values: mappings deeply, all else is replaced."""
    merged = copy.deepcopy(dict(base))
    for key, value in over.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = merge(merged[key], value) if both else copy.deepcopy(value)
    return merged


@cache
def values_file(name: str) -> dict[str, Any]:
    """values-NAME.yaml."""
    found = yaml.safe_load((CHART / f"values-{name}.yaml").read_text())
    assert isinstance(found, dict)
    return found


@cache
def _chart() -> helm_python.Chart:
    return helm_python.Chart.load(CHART)


def render(values: Mapping[str, Any], revision: int = 1) -> list[Object]:
    """All objects, hooks too; raises ``helm_python.HelmError``."""
    texts = _chart().render(
        dict(values), name=RELEASE, namespace=NAMESPACE, revision=revision
    )
    return [
        document
        for path, text in sorted(texts.items())
        if not path.endswith("NOTES.txt")
        for document in yaml.load_all(text, yaml.CSafeLoader)
        if document
    ]


def with_minimal(over: Mapping[str, Any]) -> dict[str, Any]:
    """values-minimal.yaml with something on top."""
    return merge(values_file("minimal"), over)


@cache
def variants() -> dict[str, list[Object]]:
    """What each values file, each switch and each product of switches gives."""
    found = {f"values-{name}.yaml": render(values_file(name)) for name in VALUES_FILES}
    for name, over in SWITCHES.items():
        found[name] = render(with_minimal(over))
    for choice in itertools.product(*(kinds.items() for kinds in _DIMENSIONS)):
        name = " + ".join(part for part, _ in choice if part)
        if name and name not in found:
            both: dict[str, Any] = {}
            for _, part in choice:
                both = merge(both, part)
            found[name] = render(with_minimal(both))
    return found


def of_kind(objects: list[Object], *kinds: str) -> list[Object]:
    """Those of some kinds."""
    return [each for each in objects if each["kind"] in kinds]


def named(objects: list[Object], kind: str, name: str) -> Object:
    """The one object of a kind and name."""
    (found,) = [
        each for each in of_kind(objects, kind) if each["metadata"]["name"] == name
    ]
    return found


def pods(objects: list[Object]) -> Iterator[tuple[Object, Object]]:
    """The owner of each pod, and the pod: metadata and spec."""
    for each in objects:
        if each["kind"] == "Pod":
            yield each, each
        elif "template" in each.get("spec", {}):
            yield each, each["spec"]["template"]


def containers(pod: Object) -> list[Object]:
    """Those that run at the start, and those that stay."""
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


def every_container() -> Iterator[tuple[str, Object, Object, Object]]:
    """Variant and owner, for messages and rules; pod; container."""
    for variant, objects in variants().items():
        for owner, pod in pods(objects):
            for container in containers(pod):
                where = f"{variant}: {owner['kind']}/{owner['metadata']['name']}"
                yield f"{where}/{container['name']}", owner, pod, container


def environment(
    container: Object, secrets: Mapping[tuple[str, str], str]
) -> dict[str, str]:
    """The variables as the kubelet would set them; secrets by name and key."""
    found: dict[str, str] = {}
    for entry in container.get("env", []):
        if "value" in entry:
            text = str(entry["value"])
            for name, value in found.items():
                text = text.replace(f"$({name})", value)
            found[entry["name"]] = text
            continue
        reference = entry["valueFrom"]["secretKeyRef"]
        place = (reference["name"], reference["key"])
        if place in secrets:
            found[entry["name"]] = secrets[place]
        else:
            assert reference.get("optional"), f"{place} is missing: no start"
    return found


def is_ours(container: Object) -> bool:
    """Whether its image is one that this project builds."""
    return "noetl/" in container["image"]


class AnySecret(dict[tuple[str, str], str]):
    """Every secret is there; a value that a setting of any kind could have."""

    def __contains__(self, place: object) -> bool:
        return True

    def __missing__(self, place: tuple[str, str]) -> str:
        return "postgresql://u:p@h/d" if "url" in place[1] else "text"
