"""NATS: what other clients read, and what belongs to others."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import nats as client
import pytest
from nats.js import JetStreamContext

from noetl_worker.stores.base import (
    ObjectMissingError,
    StoreDownError,
    StoreFullError,
    StoreRefusedError,
    StoreTier,
)
from noetl_worker.stores.nats_kv import _decode, _encode
from noetl_worker.stores.nats_object import CHUNK, _pack, _unpack
from tests.stores.conftest import make_lab
from tests.stores.lab import Lab, get, keys, put
from tests.support.nats import Nats, running_nats
from tests.support.nats_access import ways_in

FAR = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def kv(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    made = make_lab(StoreTier.KV, tmp_path, request)
    yield made
    made.close()


@pytest.fixture
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    made = make_lab(StoreTier.OBJECT, tmp_path, request)
    yield made
    made.close()


def on(nats: Nats, work: Callable[[JetStreamContext], Awaitable[Any]]) -> Any:
    """Do something with the ordinary client."""

    async def run() -> Any:
        connection = await client.connect(nats.url())
        try:
            return await work(connection.jetstream())
        finally:
            await connection.close()

    return asyncio.run(run())


def bucket_of(lab: Lab) -> str:
    return lab.variables["NOETL_NATS_OBJECT_BUCKET"]


def test_others_read_our_values(kv: Lab, nats: Nats) -> None:
    put(kv.open(), "exec/7/a.json", b"{}")

    async def read(js: JetStreamContext) -> Any:
        bucket = await js.key_value(bucket_of(kv))
        return (await bucket.get("exec.7.a=2Ejson")).value

    assert on(nats, read) == b"{}"


def test_others_read_our_objects(objects: Lab, nats: Nats) -> None:
    data = bytes(range(256)) * 5000
    put(objects.open(), "exec/7/ü.bin", data)

    async def read(js: JetStreamContext) -> Any:
        bucket = await js.object_store(bucket_of(objects))
        return await bucket.get("exec/7/ü.bin")

    found = on(nats, read)
    assert found.data == data
    assert found.info.size == len(data)


def test_others_objects_are_not_ours(objects: Lab, nats: Nats) -> None:
    store = objects.open()

    async def write(js: JetStreamContext) -> None:
        bucket = await js.object_store(bucket_of(objects))
        await bucket.put("theirs", io.BytesIO(b"x" * 1000))

    on(nats, write)
    put(store, "ours", b"1")
    assert keys(store) == {"ours"}
    with pytest.raises(ObjectMissingError):
        get(store, "theirs")
    assert store.sweep(FAR) == 0


def test_value_deleted_by_others_is_missing(kv: Lab, nats: Nats) -> None:
    store = kv.open()
    put(store, "a", b"1")

    async def delete(js: JetStreamContext) -> None:
        await (await js.key_value(bucket_of(kv))).delete("a")

    on(nats, delete)
    with pytest.raises(ObjectMissingError):
        store.stat("a")
    assert keys(store) == set()
    put(store, "a", b"2")
    assert get(store, "a") == b"2"


def test_value_of_one_megabyte_is_the_largest(kv: Lab) -> None:
    store = kv.open()
    put(store, "fits", b"1" * (1 << 20))
    assert store.stat("fits").size == 1 << 20
    with store.create("fits", "text/plain") as upload:
        upload.write(b"1" * (1 << 20))
        with pytest.raises(StoreFullError):
            upload.write(b"1")
    assert store.stat("fits").size == 1 << 20


def test_object_that_is_replaced_is_not_read_on(objects: Lab) -> None:
    store, size = objects.open(), 30 * CHUNK
    put(store, "a", b"a" * size)
    reader = store.read("a")
    first = next(reader)
    put(store, "a", b"b" * size)
    with pytest.raises(StoreDownError, match="replaced"):
        first += b"".join(reader)
    assert set(first) == {ord("a")}


def test_aborts_leave_no_chunks(objects: Lab) -> None:
    store = objects.open()
    for _ in range(20):
        with store.create("a", "text/plain") as upload:
            upload.write(b"a" * (6 * CHUNK))
    assert store.sweep(FAR) == 0


def test_list_of_more_than_a_page(kv: Lab) -> None:
    store = kv.open()
    names = {f"exec/{number}/a" for number in range(1100)}
    for name in names:
        put(store, name, b"1")
    assert keys(store) == names
    assert keys(store, "exec/99/") == {"exec/99/a"}


@pytest.mark.parametrize("key", ["a", "exec/5/a.b", "ü=2E/~ +", "=/=3D", "a_-/0"])
def test_keys_are_encoded_reversibly(key: str) -> None:
    assert _decode(_encode(key)) == key
    assert set(_encode(key)) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=."
    )


@pytest.mark.parametrize("places", [[], [7], [1, 2, 3], [1, 3, 4, 5, 9]])
def test_places_are_written_as_ranges(places: list[int]) -> None:
    assert _unpack(_pack(places)) == places


@pytest.mark.parametrize("tier", [StoreTier.KV, StoreTier.OBJECT])
@pytest.mark.parametrize("kind", ["user", "token", "nkey", "credentials", "tls"])
def test_stores_come_as_the_transport_does(
    kind: str, tier: StoreTier, tmp_path: Path
) -> None:
    way = ways_in(kind, tmp_path)
    with running_nats(access=way.config) as nats:
        where = {"NOETL_NATS_URL": f"{way.scheme}://127.0.0.1:{nats.port}"}
        known = Lab(tier, tmp_path, where | way.settings, 0, 0, nats)
        stranger = Lab(tier, tmp_path, where, 0, 0, nats)
        try:
            put(known.open(), "exec/7/a", b"1")
            assert get(known.open(), "exec/7/a") == b"1"
            with pytest.raises(StoreRefusedError, match="check NOETL_NATS_URL and"):
                stranger.open()
        finally:
            known.close()
            stranger.close()


def test_file_that_is_missing_is_named(tmp_path: Path) -> None:
    given = {
        "NOETL_NATS_URL": "nats://127.0.0.1:1",
        "NOETL_NATS_TLS_CA": str(tmp_path / "missing"),
    }
    lab = Lab(StoreTier.KV, tmp_path, given, 0, 0)
    with pytest.raises(StoreRefusedError, match=r"NOETL_NATS_TLS_CA: \S+/missing"):
        lab.open()
