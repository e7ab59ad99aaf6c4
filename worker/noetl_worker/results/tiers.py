"""Which store takes a result, and which one when that is down."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from noetl_worker.metrics import STORE_FALLBACKS
from noetl_worker.settings import WorkerSettings
from noetl_worker.stores.base import (
    ObjectStore,
    StoreDownError,
    StoreFullError,
    StoreTier,
)
from noetl_worker.stores.registry import Stores

T = TypeVar("T")

KV_MAX: Final = 1 << 20
_REMOTE: Final = (StoreTier.MINIO, StoreTier.S3, StoreTier.GCS)
_NEXT: Final = (StoreTier.KV, StoreTier.OBJECT)

log = logging.getLogger(__name__)


class Tiers:
    """Chooses by size and settings; a remote store that is down is replaced by NATS."""

    def __init__(self, settings: WorkerSettings, stores: Stores) -> None:
        self._settings = settings
        self._stores = stores

    def tier(self, wanted: str, size: int) -> StoreTier:
        """The tier for a result outside the database; ``size`` is what is known of it."""
        if wanted not in ("auto", "db", "eventlog"):
            return StoreTier(wanted)
        given = self._settings.stores
        is_shared = self._settings.store_path is not None
        if is_shared and size > given.pvc_threshold_bytes:
            return StoreTier.PVC
        return StoreTier.PVC if given.default_tier == "auto" else given.default_tier

    def on_first(
        self, first: StoreTier, size: int, use: Callable[[ObjectStore], T]
    ) -> T:
        """What ``use`` gives for the first tier whose store is up and has room."""
        tiers = [first, *self._others(first, size)]
        for tier, other in zip(tiers, [*tiers[1:], None], strict=True):
            try:
                return use(self._stores.get(tier))
            except (StoreDownError, StoreFullError) as exc:
                if other is None:
                    raise
                log.warning("store %s: %s; using %s instead", tier, exc, other)
                STORE_FALLBACKS.labels(str(tier), str(other)).inc()
        raise AssertionError("there is a first tier")

    def _others(self, first: StoreTier, size: int) -> Iterator[StoreTier]:
        if first not in _REMOTE and first not in _NEXT:
            return
        configured = self._stores.configured()
        for tier in _NEXT:
            if tier is first or tier not in configured:
                continue
            if tier is StoreTier.KV and size > KV_MAX:
                continue
            yield tier
