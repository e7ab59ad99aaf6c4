"""S3: buckets, parts, broken connections, and what a real server answers."""

from __future__ import annotations

import json
import os
import random
import threading
import time
from typing import Any

import pytest

from noetl_worker.stores import s3_upload
from noetl_worker.stores.base import (
    ObjectMissingError,
    StoreDownError,
    StoreFullError,
    StoreRefusedError,
    StoreTier,
)
from noetl_worker.stores.s3 import S3Store
from noetl_worker.stores.s3_client import S3Client, UploadMissingError
from noetl_worker.stores.s3_upload import PART
from tests.chaos.proxy import CUTS, Proxy
from tests.stores.lab import Lab, get, keys, put
from tests.support.swift import GUEST_ACCESS_KEY, GUEST_SECRET_KEY, Swift

KEY = "exec/7/step/7-r1-1"
PARTS = 42 << 20
MEMORY_MB = 64


@pytest.mark.accept("P2.2-1")
def test_round_trip_of_json_and_binary(minio: Lab) -> None:
    store = minio.open()
    value = {"größe": [1, None, 2**60], "text": "x" * 100_000}
    with store.create(f"{KEY}.json", "application/json") as upload:
        upload.write(json.dumps(value).encode())
        upload.commit()
    assert json.loads(get(store, f"{KEY}.json")) == value
    binary = bytes(range(256)) * 1000
    put(store, f"{KEY}.bin", binary)
    assert get(store, f"{KEY}.bin") == binary


@pytest.mark.accept("P2.2-3")
def test_15_mb_stored_resolved_and_compared(minio: Lab) -> None:
    """Another process' view: only tier and address are known there."""
    data = os.urandom(15_000_000)
    store = minio.open()
    put(store, KEY, data)
    found, key = minio.stores().by_uri(StoreTier.MINIO, store.uri(KEY))
    assert found.stat(key).size == len(data)
    assert get(found, key) == data
    with pytest.raises(StoreRefusedError):  # so signatures are checked
        minio.open(NOETL_MINIO_SECRET_KEY="another")


def test_content_type_is_kept(minio: Lab) -> None:
    store = minio.open()
    for size in (10, PART + 10):
        with store.create(KEY, "application/json") as upload:
            upload.write(b"1" * size)
            upload.commit()
        found = client_of(store).call("head_object", KEY)
        assert found["ContentType"] == "application/json"


def client_of(store: Any) -> S3Client:
    assert isinstance(store, S3Store)
    return store._client


@pytest.mark.parametrize("tier", [StoreTier.S3, StoreTier.GCS])
def test_other_tiers_are_the_same_store(
    minio: Lab, swift: Swift, tier: StoreTier
) -> None:
    bucket = minio.variables["NOETL_MINIO_BUCKET"]
    variables = swift.environment(tier.upper(), bucket)
    variables[f"NOETL_{tier.upper()}_REGION"] = "us-east-1"
    store = minio.stores(**variables).get(tier)
    put(store, KEY, b"1" * 1000)
    assert get(minio.open(), KEY) == b"1" * 1000
    scheme = "gs" if tier == StoreTier.GCS else "s3"
    assert store.uri(KEY) == f"{scheme}://{bucket}/{KEY}"


def test_bucket_is_made_by_several_processes_at_once(minio: Lab) -> None:
    children = [minio.child("prepare") for _ in range(4)]
    assert [child.wait(60) for child in children] == [0, 0, 0, 0]
    store = minio.open()
    assert keys(store) == set()
    store.prepare()
    pages = client_of(store).pages("list_multipart_uploads")
    assert not any(page.get("Uploads") for page in pages)


def test_bucket_that_cannot_be_made_is_refused(minio: Lab) -> None:
    with pytest.raises(StoreRefusedError) as caught:
        minio.open(
            NOETL_MINIO_ACCESS_KEY=GUEST_ACCESS_KEY,
            NOETL_MINIO_SECRET_KEY=GUEST_SECRET_KEY,
        )
    message = str(caught.value)
    assert "NOETL_MINIO_BUCKET" in message
    assert minio.variables["NOETL_MINIO_BUCKET"] in message
    assert GUEST_SECRET_KEY not in message


def test_region_that_is_not_the_servers_is_refused(minio: Lab) -> None:
    with pytest.raises(StoreRefusedError, match="NOETL_MINIO_REGION"):
        minio.open(NOETL_MINIO_REGION="eu-north-1")


def test_bucket_that_was_removed_is_not_a_missing_object(minio: Lab) -> None:
    store = minio.open()
    put(store, KEY, b"1")
    store.delete(KEY)
    with pytest.raises(ObjectMissingError):
        store.stat(KEY)
    client_of(store).call("delete_bucket")
    for look in (lambda: store.stat(KEY), lambda: get(store, KEY)):
        with pytest.raises(StoreRefusedError):
            look()


def test_read_goes_on_where_a_connection_broke(minio: Lab, swift: Swift) -> None:
    data = os.urandom(PARTS)
    put(minio.open(), KEY, data)
    with Proxy(swift.port) as proxy:
        store = minio.open(NOETL_MINIO_ENDPOINT=f"http://127.0.0.1:{proxy.port}")
        found, cuts = bytearray(), 0
        for block in store.read(KEY):
            found += block
            if len(found) % (5 << 20) == 0:
                cuts += proxy.cut("at once", 1.0, random.Random(1))
        assert found == data
        assert cuts > 3


def test_upload_goes_on_where_a_connection_broke(minio: Lab, swift: Swift) -> None:
    data = os.urandom(PARTS)
    with Proxy(swift.port) as proxy:
        store = minio.open(NOETL_MINIO_ENDPOINT=f"http://127.0.0.1:{proxy.port}")
        with store.create(KEY, "application/octet-stream") as upload:
            for start in range(0, PARTS, 1 << 20):
                upload.write(data[start : start + (1 << 20)])
                if start % (11 << 20) == 0:
                    proxy.cut(CUTS[(start >> 20) % 2 * 2], 1.0, random.Random(1))
            upload.commit()
    assert get(minio.open(), KEY) == data


def test_object_that_is_replaced_is_not_read_on(minio: Lab) -> None:
    store = minio.open()
    put(store, KEY, b"a" * PARTS)
    reader = store.read(KEY)
    first = next(reader)
    put(store, KEY, b"b" * PARTS)
    with pytest.raises(StoreDownError, match="replaced"):
        first += b"".join(reader)
    assert set(first) == {ord("a")}


def test_lost_answer_to_the_commit_is_no_failure(
    minio: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, call = minio.open(), S3Client.call

    def lose(self: S3Client, operation: str, *args: Any, **kwargs: Any) -> Any:
        answer = call(self, operation, *args, **kwargs)
        if operation == "complete_multipart_upload":
            raise UploadMissingError("as the second attempt is answered")
        return answer

    monkeypatch.setattr(S3Client, "call", lose)
    put(store, KEY, b"a" * (PART + 1))
    assert get(store, KEY) == b"a" * (PART + 1)


def test_upload_that_was_swept_fails(minio: Lab) -> None:
    store = minio.open()
    with store.create(KEY, "text/plain") as upload:
        upload.write(b"a" * (PART + 1))
        for page in client_of(store).pages("list_multipart_uploads"):
            for found in page["Uploads"]:
                client_of(store).call(
                    "abort_multipart_upload", KEY, UploadId=found["UploadId"]
                )
        with pytest.raises(StoreDownError):
            upload.commit()
    assert keys(store) == set()


def test_abort_waits_for_parts_on_their_way(
    minio: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part that arrives after the abort would stay in the bucket, and be paid for."""
    store, call, ended = minio.open(), S3Client.call, []

    def slow(self: S3Client, operation: str, *args: Any, **kwargs: Any) -> Any:
        if operation == "upload_part":
            time.sleep(0.5)
        answer = call(self, operation, *args, **kwargs)
        ended.append(operation)
        return answer

    monkeypatch.setattr(S3Client, "call", slow)
    with store.create(KEY, "text/plain") as upload:
        upload.write(b"a" * (2 * PART + 1))
    assert ended == [
        *("create_multipart_upload", "upload_part", "upload_part"),
        "abort_multipart_upload",
    ]


def test_too_many_parts_are_refused(
    minio: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_upload, "PARTS_MAX", 2)
    store = minio.open()
    put(store, KEY, b"a" * (2 * PART))
    with pytest.raises(StoreFullError):
        put(store, KEY, b"b" * (2 * PART + 1))
    assert store.stat(KEY).size == 2 * PART
    assert list(store.read(KEY, 0, 1)) == [b"a"]


def test_others_objects_are_not_listed(minio: Lab) -> None:
    store = minio.open()
    for key in (".hidden", "a//b", "mine"):
        client_of(store).call("put_object", key, Body=b"1")
    assert keys(store) == {"mine"}


def test_large_object_takes_a_bounded_amount_of_memory(minio: Lab) -> None:
    child = minio.child("pass", KEY, 100 << 20)
    output, _ = child.communicate(timeout=120)
    assert child.returncode == 0
    put_mb, get_mb = map(float, output.split())
    assert put_mb < MEMORY_MB
    assert get_mb < MEMORY_MB


def test_many_readers_share_the_connections(minio: Lab) -> None:
    """More threads than connections wait for one, and are not told that it is down."""
    store = minio.open()
    put(store, KEY, b"1" * 1000)
    failures: list[Exception] = []

    def read() -> None:
        try:
            assert get(store, KEY) == b"1" * 1000
        except Exception as exc:  # noqa: BLE001 - shown below
            failures.append(exc)

    threads = [threading.Thread(target=read) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
