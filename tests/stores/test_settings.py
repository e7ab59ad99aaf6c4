"""Settings of stores: bad values are told by their variable, secrets are not told."""

from __future__ import annotations

import pytest

from noetl_worker.settings import WorkerSettings
from noetl_worker.stores.base import StoreTier
from noetl_worker.stores.settings import StoreSettings

SECRET = "hush-5Kq"


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("NOETL_DEFAULT_STORE_TIER", "tape"),
        ("NOETL_DEFAULT_STORE_TIER", "duckdb"),
        ("NOETL_PVC_TIER_THRESHOLD_BYTES", "10MB"),
        ("NOETL_PVC_TIER_THRESHOLD_BYTES", "0"),
        ("NOETL_STORE_TIMEOUT_SECONDS", "0"),
        ("NOETL_MINIO_ENDPOINT", "minio:9000"),
        ("NOETL_MINIO_ENDPOINT", f"http://u:{SECRET}@minio:9000"),
        ("NOETL_S3_BUCKET", "a/b"),
        ("NOETL_MINIO_SECRET_KEY", SECRET),
        ("NOETL_NATS_URL", f"u:{SECRET}@nats"),
        ("NOETL_NATS_KV_BUCKET", "a.b"),
    ],
)
def test_bad_value_names_the_variable(variable: str, text: str) -> None:
    with pytest.raises(ValueError, match=variable) as caught:
        WorkerSettings.from_environment({variable: text})
    assert SECRET not in str(caught.value)


def test_secrets_are_in_no_text_of_the_settings() -> None:
    environment = {"NOETL_NATS_URL": f"nats://u:{SECRET}@nats:4222"}
    for tier in ("MINIO", "S3", "GCS"):
        environment[f"NOETL_{tier}_ACCESS_KEY"] = f"key-{SECRET}"
        environment[f"NOETL_{tier}_SECRET_KEY"] = SECRET
    settings = WorkerSettings.from_environment(environment)
    assert settings.stores.minio.secret_key == SECRET
    assert SECRET not in f"{settings} {settings!r} {settings.stores}"


def test_defaults() -> None:
    settings = StoreSettings.from_environment({"NOETL_MINIO_REGION": ""})
    assert settings == StoreSettings()
    assert settings.default_tier is StoreTier.PVC
    assert settings.minio.bucket == "noetl-results"
    assert settings.gcs.endpoint == "https://storage.googleapis.com"


def test_default_tier_may_be_auto() -> None:
    for text in ("auto", "db", "pvc", "minio", "s3", "gcs", "kv", "object"):
        settings = StoreSettings.from_environment({"NOETL_DEFAULT_STORE_TIER": text})
        assert settings.default_tier == text
