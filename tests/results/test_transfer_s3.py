"""Rows into and out of a bucket: one object, or parts that a killed worker has begun."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import pytest

from noetl_worker.stores.base import StoreTier
from noetl_worker.stores.s3 import S3Store
from noetl_worker.stores.settings import S3Settings
from tests.results.transfers import digest, flow, make_orders, moved, refused
from tests.support.swift import ACCESS_KEY, SECRET_KEY, Swift, running_swift
from tests.worker.conftest import Lab

BUCKET = "moved"
FAST = {"NOETL_HEARTBEAT_SECONDS": "0.2", "NOETL_GRACE_SECONDS": "0.2"}


@pytest.fixture(scope="module")
def swift() -> Iterator[Swift]:
    with running_swift() as running:
        yield running


@pytest.fixture
def bucket(swift: Swift) -> Iterator[S3Store]:
    settings = S3Settings(
        endpoint=swift.endpoint,
        access_key=ACCESS_KEY,
        secret_key=SECRET_KEY,
        bucket=BUCKET,
    )
    store = S3Store(StoreTier.MINIO, settings, 10)
    store.prepare()
    yield store
    for found in list(store.list()):
        store.delete(found.key)
    store.close()


@pytest.fixture
def loaded(lab: Lab, swift: Swift, bucket: S3Store) -> Lab:
    fields = {"endpoint": swift.endpoint, "region": "us-east-1"}
    right = {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY}
    lab.credential("db", {"dsn": lab.dsn})
    lab.credential("bucket", {**fields, **right})
    lab.credential("wrong", {**fields, **right, "secret_key": "something else"})
    make_orders(lab, 1_000)
    lab.conn.execute("create table again (like orders)")
    return lab


def pg(**options: Any) -> dict[str, Any]:
    return {"type": "postgres", "auth": "db", **options}


def minio(key: str, **options: Any) -> dict[str, Any]:
    uri = f"s3://{BUCKET}/{key}"
    return {"type": "minio", "auth": "bucket", "uri": uri, **options}


@pytest.mark.parametrize("name", ["parquet", "ndjson", "csv"])
def test_one_object_and_back(loaded: Lab, bucket: S3Store, name: str) -> None:
    loaded.worker()
    place = minio(f"deep/orders.{name}")
    moved(loaded, source=pg(table="orders"), target=place, chunk_size=300)
    assert [found.key for found in bucket.list()] == [f"deep/orders.{name}"]
    moved(loaded, source=place, target=pg(table="again"))
    assert digest(loaded, "again") == digest(loaded, "orders")


def test_parts_after_kills(loaded: Lab, bucket: S3Store) -> None:
    target = minio("parts/", format="parquet")
    run = loaded.start(
        flow(source=pg(table="orders", key="id"), target=target, chunk_size=100)
    )
    for point in ("after_transfer_chunk:3", "after_transfer_part:2"):
        victim = loaded.worker(NOETL_KILL_AT=point, **FAST)
        assert victim.wait(30) == -signal.SIGKILL
    loaded.worker(**FAST)
    status = loaded.wait(run)
    assert status["status"] == "completed", f"{status['error']} {loaded.log()}"
    assert (status["result"]["chunks"], status["result"]["resumed_at_chunk"]) == (10, 4)
    names = sorted(found.key for found in bucket.list("parts/part-"))
    assert names == [f"parts/part-{n:05}.parquet" for n in range(10)]
    moved(loaded, source=minio("parts/*.parquet"), target=pg(table="again"))
    assert digest(loaded, "again") == digest(loaded, "orders")


@pytest.mark.parametrize(
    ("side", "auth", "key", "gist"),
    [
        ("target", "wrong", "x.csv", "check the credential of target minio"),
        ("source", "wrong", "x.csv", "403"),
        ("source", "bucket", "nothing.csv", "404"),
    ],
)
def test_what_a_bucket_refuses(
    loaded: Lab, bucket: S3Store, side: str, auth: str, key: str, gist: str
) -> None:
    loaded.worker()
    places = {"source": pg(table="orders"), "target": pg(table="again")}
    places[side] = minio(key, auth=auth)
    error = refused(loaded, **places)
    assert gist in error["message"], error
    assert "something else" not in error["message"]
    assert loaded.count("select count(*) from again") == 0


def test_a_store_that_goes_away_is_worth_a_retry(
    loaded: Lab, swift: Swift, bucket: S3Store
) -> None:
    loaded.worker(NOETL_STORE_TIMEOUT_SECONDS="2")
    swift.kill()
    try:
        error = refused(
            loaded, source=pg(table="orders"), target=minio("x/", format="csv")
        )
    finally:
        swift.restart()
    assert (error["kind"], error.get("retryable")) == ("store", True), error
