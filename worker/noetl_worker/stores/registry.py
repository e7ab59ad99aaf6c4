"""The stores that the settings name, each opened when it is first used."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Final

from noetl_worker.stores.base import (
    ObjectStore,
    StoreDownError,
    StoreRefusedError,
    StoreTier,
)
from noetl_worker.stores.pvc import PvcStore
from noetl_worker.stores.settings import S3_TIERS, StoreSettings

_NEEDED: Final = {
    StoreTier.MINIO: "NOETL_MINIO_ENDPOINT, NOETL_MINIO_ACCESS_KEY and"
    " NOETL_MINIO_SECRET_KEY",
    StoreTier.S3: "NOETL_S3_BUCKET",
    StoreTier.GCS: "NOETL_GCS_BUCKET, NOETL_GCS_ACCESS_KEY and NOETL_GCS_SECRET_KEY",
    StoreTier.KV: "NOETL_NATS_URL",
    StoreTier.OBJECT: "NOETL_NATS_URL",
}


class Stores:
    """Opens each store once, for all threads.

    ``is_reader``: nothing is made, and nobody needs the right to write.
    """

    def __init__(
        self, settings: StoreSettings, pvc_root: Path, *, is_reader: bool = False
    ) -> None:
        self._settings = settings
        self._pvc_root = pvc_root
        self._is_reader = is_reader
        self._lock = threading.Lock()
        self._opened: dict[StoreTier, Future[ObjectStore]] = {}
        self._is_closed = False

    def configured(self) -> tuple[StoreTier, ...]:
        """The tiers that have what they need; whether they answer is another matter."""
        settings = self._settings
        has = {
            StoreTier.PVC: True,
            StoreTier.MINIO: settings.minio.endpoint and settings.minio.access_key,
            StoreTier.S3: settings.s3.bucket,
            StoreTier.GCS: settings.gcs.bucket and settings.gcs.access_key,
            StoreTier.KV: settings.nats.url,
            StoreTier.OBJECT: settings.nats.url,
        }
        return tuple(tier for tier, is_given in has.items() if is_given)

    def get(self, tier: StoreTier) -> ObjectStore:
        """The store of a tier, prepared; where that failed the next call tries again.

        Threads that come while it is being prepared share how that ends.
        """
        if tier not in self.configured():
            raise StoreRefusedError(_unconfigured(tier))
        with self._lock:
            if self._is_closed:
                raise StoreDownError(f"the store {tier} was closed")
            opened = self._opened.get(tier)
            if is_first := opened is None:
                opened = self._opened[tier] = Future()
        if is_first:
            self._open(tier, opened)
        return opened.result()

    def by_uri(self, tier: StoreTier, uri: str) -> tuple[ObjectStore, str]:
        """The store of a tier and the key in it of an address."""
        store = self.get(tier)
        return store, store.key(uri)

    def close(self) -> None:
        """Close what was opened; nothing is opened any more."""
        with self._lock:
            self._is_closed = True
            opened = list(self._opened.values())
            self._opened.clear()
        for each in opened:
            if each.exception() is None:
                each.result().close()

    def _open(self, tier: StoreTier, opened: Future[ObjectStore]) -> None:
        store: ObjectStore | None = None
        try:
            store = self._make(tier)
            if not self._is_reader:
                store.prepare()
        except BaseException as exc:
            with self._lock:
                self._opened.pop(tier, None)
            opened.set_exception(exc)
            if store is not None:
                store.close()
            raise
        opened.set_result(store)

    def _make(self, tier: StoreTier) -> ObjectStore:
        settings = self._settings
        if tier == StoreTier.PVC:
            return PvcStore(self._pvc_root)
        # Imported here, as most workers need none of them.
        for s3_tier in S3_TIERS:
            if tier == s3_tier:
                from noetl_worker.stores.s3 import S3Store

                return S3Store(s3_tier, settings.of(s3_tier), settings.timeout_seconds)
        if tier == StoreTier.KV:
            from noetl_worker.stores.nats_kv import KvStore

            return KvStore(
                settings.nats, settings.nats_kv_bucket, settings.timeout_seconds
            )
        from noetl_worker.stores.nats_object import ObjectBucket

        return ObjectBucket(
            settings.nats, settings.nats_object_bucket, settings.timeout_seconds
        )


def _unconfigured(tier: StoreTier) -> str:
    if tier in _NEEDED:
        return f"the store {tier} is not configured: set {_NEEDED[tier]}"
    return f"{tier} is no store of objects"
