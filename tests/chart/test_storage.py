"""Volumes and stores: what is mounted is there, and all workers see the same."""

from __future__ import annotations

import pytest

from tests.chart.support import (
    AnySecret,
    containers,
    environment,
    every_container,
    named,
    of_kind,
    pods,
    variants,
)


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
