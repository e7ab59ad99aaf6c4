"""Wrong values are refused before anything is installed, in words that say what to change."""

from __future__ import annotations

from typing import Any

import helm_python
import pytest
import yaml

from tests.chart.support import environment, merge, named, render, with_minimal
from tools.chart import CHART


def refusal(values: dict[str, Any]) -> str:
    with pytest.raises(helm_python.HelmError) as caught:
        render(values)
    return str(caught.value)


@pytest.mark.parametrize(
    ("over", "told"),
    [
        ({"database": {"existingSecret": ""}}, "existingSecret"),
        ({"database": {"url": "postgresql://u:p@h/d"}}, "'url' not allowed"),
        ({"encryptionKey": {"existingSecret": ""}}, "encryptionKey"),
        ({"dispatcher": {"replicas": 0}}, "/dispatcher/replicas"),
        ({"dispatcher": {"replicas": "two"}}, "/dispatcher/replicas"),
        ({"dispatcher": {"service": {"port": 70000}}}, "/dispatcher/service/port"),
        ({"dispatcher": {"resources": {"limits": {"memory": "1GB"}}}}, "memory"),
        ({"workers": [{"name": "Heavy"}]}, "/workers/0/name"),
        ({"workers": [{"pools": ["a"]}]}, "missing property 'name'"),
        ({"workers": [{"name": "a", "tools": ["duckdbs"]}]}, "/workers/0/tools/0"),
        ({"workers": [{"name": "a", "slots": 0}]}, "/workers/0/slots"),
        ({"workers": [{"name": "a", "toolSlots": {"python": 0}}]}, "toolSlots/python"),
        ({"workers": [{"name": "a", "transport": "kafka"}]}, "/workers/0/transport"),
        ({"workers": [{"name": "a", "replica": 3}]}, "'replica' not allowed"),
        ({"settings": {"NOETL_POLL_SECOND": 1}}, "NOETL_POLL_SECOND"),
        ({"settings": {"NOETL_MINIO_SECRET_KEY": "x"}}, "NOETL_MINIO_SECRET_KEY"),
        ({"settings": {"NOETL_POLL_SECONDS": [1]}}, "NOETL_POLL_SECONDS"),
        ({"minio": {"bucket": "No_Bucket"}}, "/minio/bucket"),
        ({"minio": {"endpoint": "minio:9000"}}, "/minio/endpoint"),
        ({"minio": {"endpoint": "http://minio:9000"}}, "existingSecret"),
        ({"minio": {"persistence": {"size": "20 Gi"}}}, "/minio/persistence/size"),
        ({"gcs": {"bucket": "results"}}, "existingSecret"),
        ({"nats": {"url": "nats://noetl:secret@nats:4222"}}, "/nats/url"),
        ({"nats": {"streamReplicas": 2}}, "/nats/streamReplicas"),
        ({"results": {"defaultTier": "tape"}}, "/results/defaultTier"),
        ({"sharedVolume": {"type": "cephfs"}}, "/sharedVolume/type"),
        ({"sharedVolume": {"mountPath": "data"}}, "/sharedVolume/mountPath"),
        ({"ingress": {"host": "https://a.example"}}, "/ingress/host"),
        ({"schema": {"deployer": "flyway"}}, "/schema/deployer"),
        ({"networkPolicies": {"databasePorts": []}}, "databasePorts"),
        ({"metrics": {"serviceMonitor": {"interval": "30"}}}, "interval"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_schema_refuses(over: dict[str, Any], told: str) -> None:
    assert told in refusal(with_minimal(over))


@pytest.mark.parametrize(
    ("over", "told"),
    [
        ({"results": {"defaultTier": "pvc"}}, "set sharedVolume.enabled"),
        ({"results": {"defaultTier": "minio"}}, "set minio.enabled"),
        ({"results": {"defaultTier": "s3"}}, "set s3.bucket"),
        ({"results": {"defaultTier": "gcs"}}, "set gcs.bucket"),
        ({"results": {"defaultTier": "kv"}}, "there is no NATS"),
        (
            {
                "minio": {
                    "enabled": True,
                    "endpoint": "http://minio:9000",
                    "existingSecret": "store",
                }
            },
            "set one of them",
        ),
        ({"nats": {"enabled": True, "url": "nats://nats:4222"}}, "set one of them"),
        (
            {"nats": {"url": "nats://nats:4222", "keys": {"token": "t"}}},
            "set nats.existingSecret",
        ),
        ({"encryptionKey": {"generate": True}}, "exclude each other"),
        ({"ingress": {"enabled": True}}, "needs ingress.host"),
        ({"ingress": {"enabled": True, "host": "a.example"}}, "apiFrom"),
        ({"workers": [{"name": "a"}, {"name": "a"}]}, "two are named a"),
        ({"workers": [{"name": "a", "transport": "nats"}]}, "there is none"),
        ({"workers": [{"name": "a", "transport": "http"}]}, "api.workerToken"),
        (
            {"workers": [{"name": "a", "autoscaling": {"type": "keda"}}]},
            "set keda.prometheusAddress",
        ),
        (
            {"workers": [{"name": "a", "autoscaling": {"minReplicas": 11}}]},
            "minReplicas over maxReplicas",
        ),
        ({"sharedVolume": {"enabled": True, "type": "nfs"}}, "nfs.server"),
        ({"sharedVolume": {"enabled": True, "type": "hostPath"}}, "hostPath.path"),
        ({"sharedVolume": {"enabled": True, "type": "gcsfuse"}}, "gcsfuse.bucket"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_values_that_do_not_fit_together_are_refused(
    over: dict[str, Any], told: str
) -> None:
    assert told in refusal(with_minimal(over))


def test_nothing_is_installed_without_the_names_of_the_secrets() -> None:
    told = refusal({})
    assert "/database/existingSecret" in told
    assert "encryptionKey" in told


def test_large_and_small_numbers_stay_as_they_are() -> None:
    values = with_minimal(
        {
            "settings": {
                "NOETL_RESULT_MAX_BYTES": 5368709120,
                "NOETL_POLL_SECONDS": 0.5,
            },
            "nats": {"enabled": True, "streamMaxBytes": 10737418240},
        }
    )
    worker = named(render(values), "Deployment", "noetl-worker-default")
    (container,) = worker["spec"]["template"]["spec"]["containers"]
    container["env"] = [e for e in container["env"] if "value" in e]
    given = environment(container, {})
    assert given["NOETL_RESULT_MAX_BYTES"] == "5368709120"
    assert given["NOETL_POLL_SECONDS"] == "0.5"
    assert given["NOETL_NATS_MAX_BYTES"] == "10737418240"


def test_every_value_is_told_of_and_used() -> None:
    """values.yaml holds what the templates read, and the schema knows each key."""
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    texts = "\n".join(
        path.read_text() for path in (CHART / "templates").rglob("*") if path.is_file()
    )
    for section in values:
        assert f".Values.{section}" in texts, section
    with helm_python.Chart.load(CHART) as chart:
        chart.validate_schema(merge(values, with_minimal({})))
