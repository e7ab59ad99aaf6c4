"""What a pod may do: its user, its limits, its images, what it can write to."""

from __future__ import annotations

import re

from tests.chart.support import every_container, of_kind, pods, variants


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
