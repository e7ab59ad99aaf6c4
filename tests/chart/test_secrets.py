"""Secrets are there, are written down nowhere, and go to no pod that needs none."""

from __future__ import annotations

import base64
import json
from typing import Final

from noetl_worker.secrets import _decode_key
from tests.chart.support import (
    KNOWN,
    Object,
    containers,
    every_container,
    of_kind,
    pods,
    variants,
)

# What the values files tell people to make themselves.
MADE_BEFORE: Final = {
    *("noetl-database", "noetl-encryption-key", "noetl-gcs", "noetl-nats"),
    *("store", "s3", "gcs", "bus", "tls", "token", "authority", "registry"),
    "noetl-tls",
}


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


def test_workers_over_http_have_no_way_to_the_database() -> None:
    for variant in ("http", "http over tls"):
        for owner, pod in pods(variants()[variant]):
            if "-worker-" in owner["metadata"]["name"]:
                assert "url" not in {key for _, key in secrets_of(pod)}, variant
