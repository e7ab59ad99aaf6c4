"""Which stores there are: environment variables, named as docs/settings.md lists them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args
from urllib.parse import urlsplit

from noetl_worker.environment import Variables, read, read_all, seconds, size
from noetl_worker.nats.settings import NatsSettings
from noetl_worker.stores.base import StoreTier

S3Tier = Literal[StoreTier.MINIO, StoreTier.S3, StoreTier.GCS]
S3_TIERS: Final[tuple[S3Tier, ...]] = get_args(S3Tier)
AUTO: Final = "auto"
# What a result can be stored in; the other tiers say where else one may come from.
RESULT_TIERS: Final = (
    *(StoreTier.DB, StoreTier.PVC, StoreTier.MINIO, StoreTier.S3, StoreTier.GCS),
    *(StoreTier.KV, StoreTier.OBJECT),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Settings:
    """One store with S3's interface; the variables begin with NOETL_ and the tier."""

    endpoint: str = ""  # …_ENDPOINT: URL; AWS needs none
    access_key: str = field(default="", repr=False)  # …_ACCESS_KEY
    secret_key: str = field(default="", repr=False)  # …_SECRET_KEY
    bucket: str = ""  # …_BUCKET
    region: str = ""  # …_REGION
    origin: str = ""  # what these settings are from, if not from the variables


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """Stores of results; the environment variable is named beside each setting."""

    default_tier: StoreTier | Literal["auto"] = (
        StoreTier.PVC
    )  # NOETL_DEFAULT_STORE_TIER
    pvc_threshold_bytes: int = 10 << 20  # NOETL_PVC_TIER_THRESHOLD_BYTES
    timeout_seconds: float = 20.0  # NOETL_STORE_TIMEOUT_SECONDS: then a store is down
    orphan_seconds: float = 3600.0  # NOETL_STORE_ORPHAN_SECONDS: then nobody records it
    minio: S3Settings = S3Settings(bucket="noetl-results")  # NOETL_MINIO_*
    s3: S3Settings = S3Settings()  # NOETL_S3_*
    gcs: S3Settings = S3Settings(  # NOETL_GCS_*
        endpoint="https://storage.googleapis.com", region="auto"
    )
    nats: NatsSettings = field(  # of the stores kv and object: NOETL_NATS_*
        default_factory=NatsSettings
    )
    nats_kv_bucket: str = "noetl-results"  # NOETL_NATS_KV_BUCKET
    nats_object_bucket: str = "noetl-objects"  # NOETL_NATS_OBJECT_BUCKET

    def of(self, tier: S3Tier) -> S3Settings:
        """The settings of a store with S3's interface."""
        return {
            StoreTier.MINIO: self.minio,
            StoreTier.S3: self.s3,
            StoreTier.GCS: self.gcs,
        }[tier]

    @staticmethod
    def from_environment(environ: Mapping[str, str]) -> StoreSettings:
        """Settings from the variables; what is unset or empty keeps its default."""
        given = read_all(environ, VARIABLES)
        given["nats"] = NatsSettings.from_environment(environ)
        base = StoreSettings()
        for tier in S3_TIERS:
            given[tier.value] = _s3_settings(tier, base.of(tier), environ)
        return StoreSettings(**given)


def parse_tier(text: str) -> StoreTier | Literal["auto"]:
    """A tier that results can be stored in, or ``auto``."""
    if text == AUTO:
        return AUTO
    if text not in RESULT_TIERS:
        raise ValueError(f"must be one of {', '.join((AUTO, *RESULT_TIERS))}")
    return StoreTier(text)


def parse_endpoint(text: str) -> str:
    """A URL of a server, without a password in it."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be a URL such as http://minio:9000")
    if parts.username or parts.query or parts.fragment:
        raise ValueError("must be a URL such as http://minio:9000, without more")
    return text.rstrip("/")


def parse_bucket(text: str) -> str:
    """The name of a bucket."""
    if not (3 <= len(text) <= 63 and all(c.isalnum() or c in "-._" for c in text)):
        raise ValueError("must be 3 to 63 letters, digits, dots and dashes")
    return text


def parse_nats_bucket(text: str) -> str:
    """The name of a bucket in NATS."""
    if not all(c.isascii() and (c.isalnum() or c in "-_") for c in text):
        raise ValueError("must be letters, digits, dashes and underscores")
    return text


parse_wait: Final = seconds(1, 3600)
parse_age: Final = seconds(1, 30 * 86_400)


def _s3_settings(
    tier: S3Tier, base: S3Settings, environ: Mapping[str, str]
) -> S3Settings:
    given = {name: getattr(base, name) for name in S3_VARIABLES}
    for name, parse in S3_VARIABLES.items():
        variable = f"NOETL_{tier.upper()}_{name.upper()}"
        if text := environ.get(variable):
            given[name] = read(variable, text, parse)
    if bool(given["access_key"]) != bool(given["secret_key"]):
        raise ValueError(
            f"NOETL_{tier.upper()}_ACCESS_KEY and NOETL_{tier.upper()}_SECRET_KEY"
            " belong together: set both or none"
        )
    return S3Settings(**given)


VARIABLES: Final[Variables] = {
    "NOETL_DEFAULT_STORE_TIER": ("default_tier", parse_tier),
    "NOETL_PVC_TIER_THRESHOLD_BYTES": ("pvc_threshold_bytes", size),
    "NOETL_STORE_TIMEOUT_SECONDS": ("timeout_seconds", parse_wait),
    "NOETL_STORE_ORPHAN_SECONDS": ("orphan_seconds", parse_age),
    "NOETL_NATS_KV_BUCKET": ("nats_kv_bucket", parse_nats_bucket),
    "NOETL_NATS_OBJECT_BUCKET": ("nats_object_bucket", parse_nats_bucket),
}
S3_VARIABLES: Final[dict[str, Callable[[str], str]]] = {
    "endpoint": parse_endpoint,
    "access_key": str,
    "secret_key": str,
    "bucket": parse_bucket,
    "region": str,
}
