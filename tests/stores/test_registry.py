"""``Stores`` opens what is configured, once, and says what is missing."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from noetl_worker.stores.base import (
    BadKeyError,
    StoreDownError,
    StoreRefusedError,
    StoreTier,
)
from noetl_worker.stores.pvc import PvcStore
from noetl_worker.stores.registry import Stores
from noetl_worker.stores.settings import StoreSettings
from tests.stores.lab import Lab, get, put

ALL = {
    "NOETL_MINIO_ENDPOINT": "http://127.0.0.1:9",
    "NOETL_MINIO_ACCESS_KEY": "a",
    "NOETL_MINIO_SECRET_KEY": "b",
    "NOETL_S3_BUCKET": "results",
    "NOETL_GCS_BUCKET": "results",
    "NOETL_GCS_ACCESS_KEY": "a",
    "NOETL_GCS_SECRET_KEY": "b",
    "NOETL_NATS_URL": "nats://127.0.0.1:9",
}


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    made = Stores(StoreSettings(), tmp_path / "results")
    yield made
    made.close()


def test_configured_tiers(stores: Stores, tmp_path: Path) -> None:
    assert stores.configured() == (StoreTier.PVC,)
    everything = Stores(StoreSettings.from_environment(ALL), tmp_path)
    assert set(everything.configured()) == {
        *(StoreTier.PVC, StoreTier.MINIO, StoreTier.S3, StoreTier.GCS),
        *(StoreTier.KV, StoreTier.OBJECT),
    }


@pytest.mark.parametrize(
    ("tier", "variable"),
    [
        (StoreTier.MINIO, "NOETL_MINIO_ENDPOINT"),
        (StoreTier.S3, "NOETL_S3_BUCKET"),
        (StoreTier.GCS, "NOETL_GCS_BUCKET"),
        (StoreTier.KV, "NOETL_NATS_URL"),
        (StoreTier.OBJECT, "NOETL_NATS_URL"),
        (StoreTier.DB, "db"),
    ],
)
def test_unconfigured_tier_says_what_to_set(
    stores: Stores, tier: StoreTier, variable: str
) -> None:
    with pytest.raises(StoreRefusedError, match=variable):
        stores.get(tier)


def test_a_store_is_opened_once_for_all_threads(stores: Stores) -> None:
    barrier = threading.Barrier(8)

    def take(_: int) -> int:
        barrier.wait(10)
        return id(stores.get(StoreTier.PVC))

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(take, range(8)))) == 1


def test_a_failed_preparation_is_tried_again(tmp_path: Path) -> None:
    root = tmp_path / "results"
    root.write_text("a file is in the way")
    stores = Stores(StoreSettings(), root)
    for _ in range(2):
        with pytest.raises(Exception, match="results"):
            stores.get(StoreTier.PVC)
    root.unlink()
    put(stores.get(StoreTier.PVC), "a", b"1")


def test_threads_share_how_a_preparation_ends(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that is down costs one wait, not one for each thread."""
    entered, released, calls = threading.Event(), threading.Event(), []

    def prepare(self: PvcStore) -> None:
        calls.append(1)
        entered.set()
        assert released.wait(60)
        raise StoreDownError("down")

    monkeypatch.setattr(PvcStore, "prepare", prepare)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(stores.get, StoreTier.PVC)
        assert entered.wait(60)
        others = [threads.submit(stores.get, StoreTier.PVC) for _ in range(3)]
        threading.Timer(3, released.set).start()  # they are waiting by then
        for outcome in [first, *others]:
            assert isinstance(outcome.exception(), StoreDownError)
    assert len(calls) == 1


def test_closed_stores_open_nothing(stores: Stores) -> None:
    stores.get(StoreTier.PVC)
    stores.close()
    stores.close()
    with pytest.raises(StoreDownError):
        stores.get(StoreTier.PVC)


def test_by_uri(lab: Lab) -> None:
    stores = lab.stores()
    store = stores.get(lab.tier)
    put(store, "exec/1/a.json", b"{}")
    found, key = lab.stores().by_uri(lab.tier, store.uri("exec/1/a.json"))
    assert get(found, key) == b"{}"
    with pytest.raises(BadKeyError):
        stores.by_uri(lab.tier, "file:///etc/passwd")


def test_closing_ends_the_threads(remote: Lab) -> None:
    before = set(threading.enumerate())
    stores = remote.stores()
    store = stores.get(remote.tier)
    put(store, "a", b"1" * remote.large)
    assert get(store, "a") == b"1" * remote.large
    stores.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(30)
        assert not thread.is_alive()
    with pytest.raises(StoreDownError):
        put(store, "a", b"1" * remote.large)


def test_clients_are_imported_by_those_who_need_them() -> None:
    code = (
        "import sys, noetl_worker.main, noetl_shell.cli, noetl_worker.stores.registry;"
        "print([n for n in ('boto3', 'botocore', 'nats') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
