"""What every store does alike: the suite that an adapter has to pass."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import pytest

from noetl_worker.stores.base import (
    BadKeyError,
    ObjectMissingError,
    ObjectStore,
    StoreDownError,
    StoreError,
    StoreFullError,
    StoreRefusedError,
    StoreTier,
)
from tests.stores.lab import BOUND_SECONDS, HASTY, Lab, Server, get, keys, put
from tests.support.nats import running_nats
from tests.support.swift import Swift

T = TypeVar("T")

FAR = datetime.now(UTC) + timedelta(days=1)
KEY = "exec/7/step/7-r1-1.json"


@contextmanager
def bounded() -> Iterator[None]:
    """What happens inside must end in time."""
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < BOUND_SECONDS


def test_what_was_stored_is_read(lab: Lab) -> None:
    store = lab.open()
    for size in (0, 1, 1000, 900_000):
        data = os.urandom(size)
        put(store, KEY, data, step=100_001)
        assert get(store, KEY) == data
        found = store.stat(KEY)
        assert (found.key, found.size) == (KEY, size)
        assert abs(found.modified_at - datetime.now(UTC)) < timedelta(minutes=1)
        assert found.modified_at.tzinfo is not None
    assert store.key(store.uri(KEY)) == KEY


def test_large_object_and_its_ranges(lab: Lab) -> None:
    store, data = lab.open(), os.urandom(lab.large + 17)
    put(store, KEY, data, step=700_001)
    blocks = list(store.read(KEY))
    assert b"".join(blocks) == data
    assert max(map(len, blocks)) <= 1 << 20
    size = len(data)
    ranges = [(0, 1), (size - 1, 1), (size - 5, 100), (3, None), (size // 2, 600_000)]
    ranges += [((8 << 20) - 3, 7), (size - 600_000, None), (0, size), (0, size + 1)]
    for start, length in ranges:
        stop = None if length is None else start + length
        assert get(store, KEY, start, length) == data[start:stop], (start, length)


def test_range_beyond_the_end_is_empty(lab: Lab) -> None:
    store = lab.open()
    put(store, "empty", b"")
    put(store, KEY, b"abc")
    assert get(store, KEY, 1, 0) == b""
    assert get(store, KEY, 3) == b""
    assert get(store, KEY, 99, 5) == b""
    assert get(store, "empty", 0, 5) == b""
    assert get(store, "empty", 7) == b""


def test_object_that_is_missing(lab: Lab) -> None:
    store = lab.open()
    put(store, "there", b"x")
    for key in (KEY, "there/below"):
        for look in (
            partial(get, store, key),
            partial(get, store, key, 5, 0),
            partial(store.stat, key),
        ):
            with pytest.raises((ObjectMissingError, BadKeyError)) as caught:
                look()
            assert key in str(caught.value)
    store.delete(KEY)


def test_delete_removes(lab: Lab) -> None:
    store = lab.open()
    put(store, KEY, b"1")
    put(store, "exec/7/other", b"2")
    store.delete(KEY)
    store.delete(KEY)
    with pytest.raises(ObjectMissingError):
        get(store, KEY)
    assert keys(store) == {"exec/7/other"}
    put(store, KEY, b"3")
    assert get(store, KEY) == b"3"


def test_list_by_prefix(lab: Lab) -> None:
    store = lab.open()
    names = {"exec/5/a", "exec/5/a.b/c", "exec/55/a", "other/ü ~=2E", "exec/5/a.bc"}
    for name in names:
        put(store, name, name.encode())
    assert keys(store) == names
    assert keys(store, "exec/5/") == {"exec/5/a", "exec/5/a.b/c", "exec/5/a.bc"}
    assert keys(store, "exec/5") == {n for n in names if n.startswith("exec/5")}
    assert keys(store, "exec/5/a.b") == {"exec/5/a.b/c", "exec/5/a.bc"}
    assert keys(store, "nothing/here") == set()
    for found in store.list():
        known = store.stat(found.key)
        assert known.size == found.size == len(found.key.encode())
        assert abs(known.modified_at - found.modified_at) < timedelta(seconds=1)


def test_nothing_is_readable_before_the_commit(lab: Lab) -> None:
    store = lab.open()
    with store.create(KEY, "text/plain") as upload:
        upload.write(b"a" * lab.large)
        assert keys(store) == set()
        with pytest.raises(ObjectMissingError):
            store.stat(KEY)
    upload.abort()
    assert keys(store) == set()
    assert store.sweep(FAR) == 0
    with pytest.raises(ZeroDivisionError):
        fail_in_upload(store, lab.large)
    assert keys(store) == set()
    assert store.sweep(FAR) == 0


def fail_in_upload(store: ObjectStore, size: int) -> None:
    with store.create(KEY, "text/plain") as upload:
        upload.write(b"a" * size)
        raise ZeroDivisionError


def test_upload_that_has_ended_takes_nothing(lab: Lab) -> None:
    store = lab.open()
    with store.create(KEY, "text/plain") as upload:
        upload.write(b"1")
        upload.commit()
        for act in (upload.commit, lambda: upload.write(b"2")):
            with pytest.raises(ValueError):
                act()
        upload.abort()
    assert get(store, KEY) == b"1"


def test_overwrite_replaces_and_abort_does_not(lab: Lab) -> None:
    store = lab.open()
    put(store, KEY, b"long" * 1000)
    put(store, KEY, b"short")
    assert get(store, KEY) == b"short"
    assert store.stat(KEY).size == 5
    with store.create(KEY, "text/plain") as upload:
        upload.write(b"x" * lab.large)
    assert get(store, KEY) == b"short"
    assert store.sweep(FAR) == 0
    assert keys(store) == {KEY}


def test_views_and_arrays_are_bytes_too(lab: Lab) -> None:
    store = lab.open()
    with store.create(KEY, "text/plain") as upload:
        source = bytearray(b"ab")
        upload.write(source)
        source[:] = b"!!"  # a writer may use its buffer again
        upload.write(memoryview(b"-cde-")[1:-1])
        upload.write(b"")
        upload.commit()
    assert get(store, KEY) == b"abcde"


def test_threads_write_at_once(lab: Lab) -> None:
    store, size = lab.open(), lab.large

    def write(number: int) -> None:
        put(store, f"own/{number}", bytes([number]) * size)
        put(store, KEY, bytes([number]) * 100_000)

    with ThreadPoolExecutor(5) as threads:
        list(threads.map(write, range(5)))
    for number in range(5):
        assert get(store, f"own/{number}") == bytes([number]) * size
    assert get(store, KEY) in {bytes([number]) * 100_000 for number in range(5)}
    assert store.sweep(FAR) == 0


def test_processes_write_at_once(lab: Lab) -> None:
    size = lab.large
    writers = [lab.child("fill", KEY, byte, 2, size) for byte in "ab"]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    store = lab.open()
    assert get(store, KEY) in {b"a" * size, b"b" * size}
    assert keys(store) == {KEY}


def test_reader_never_sees_a_mix(lab: Lab) -> None:
    """A reader may be told to come again; what it gets is one object, and whole."""
    store, size = lab.open(), lab.large
    put(store, KEY, b"0" * size)
    done = threading.Event()

    def overwrite() -> None:
        try:
            for number in range(1, 4 if size >= 1 << 23 else 30):
                put(store, KEY, str(number % 10).encode() * size)
        finally:
            done.set()

    def read() -> int:
        count = 0
        while not done.is_set() or count == 0:
            try:
                data = get(store, KEY)
            except StoreDownError:
                continue
            assert len(data) == size
            assert data == data[:1] * size
            count += 1
        return count

    with ThreadPoolExecutor(3) as threads:
        writer = threads.submit(overwrite)
        readers = [threads.submit(read) for _ in range(2)]
        writer.result()
        assert all(reader.result() for reader in readers)


def silence(server: Server) -> Callable[[], None]:
    server.suspend()
    return server.resume


def death(server: Server) -> Callable[[], None]:
    server.kill()
    return server.restart


def eventually(act: Callable[[], T]) -> T:
    """What a store that has just come back may need several tries of hasty ones for."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return act()
        except StoreDownError:
            if time.monotonic() > deadline:
                raise


@pytest.mark.parametrize("fault", [silence, death])
def test_store_goes_down_and_comes_back(
    remote: Lab, fault: Callable[[Server], Callable[[], None]]
) -> None:
    """Also in the middle of an upload and of a read; all are told so, in time."""
    patient, store, data = remote.open(), remote.open(**HASTY), os.urandom(remote.huge)
    put(patient, "before", data)
    assert remote.server is not None
    reader = store.read("before")
    upload = store.create(KEY, "text/plain")
    first = next(reader)
    upload.write(data[: len(data) // 2])

    def finish() -> None:
        with upload:
            upload.write(data[len(data) // 2 :])
            upload.commit()

    acts = [
        finish,
        lambda: put(store, "meanwhile", b"1"),
        lambda: get(store, "before"),
        lambda: keys(store),
    ]
    if remote.tier != StoreTier.KV:  # a value comes as a whole
        acts.append(lambda: b"".join(reader))
    repair = fault(remote.server)
    try:
        with ThreadPoolExecutor(len(acts)) as threads, bounded():
            for outcome in [threads.submit(act) for act in acts]:
                assert isinstance(outcome.exception(), StoreDownError), outcome
    finally:
        repair()
    # What had been sent when we gave up may be done still; but as a whole.
    assert {"before"} <= keys(patient) <= {"before", "meanwhile", KEY}
    assert get(patient, "before") == data
    assert data.startswith(first)
    if KEY in keys(patient):
        assert get(patient, KEY) == data
    eventually(lambda: put(store, "after", b"all is well"))
    assert eventually(lambda: get(store, "after")) == b"all is well"


def test_short_absence_goes_unnoticed(remote: Lab) -> None:
    store = remote.open()
    put(store, KEY, b"here")
    assert remote.server is not None
    remote.server.suspend()
    timer = threading.Timer(0.7, remote.server.resume)
    timer.start()
    assert get(store, KEY) == b"here"
    timer.join()


def test_store_that_is_down_at_the_start(remote: Lab) -> None:
    stores = remote.stores(**HASTY)
    assert remote.server is not None
    remote.server.suspend()
    try:
        with bounded(), pytest.raises(StoreDownError):
            stores.get(remote.tier)
    finally:
        remote.server.resume()
    assert eventually(lambda: keys(stores.get(remote.tier))) == set()


SECRET = "not-the-secret-9fQ2"


def test_wrong_secret_is_refused_and_not_told(remote: Lab) -> None:
    name = "NOETL_MINIO_SECRET_KEY" if remote.tier == "minio" else "NOETL_NATS_URL"
    right = remote.variables[name]
    wrong = SECRET
    if remote.tier != "minio":
        user, _, host = right.rpartition("@")
        wrong = f"{user.rpartition(':')[0]}:{SECRET}@{host}"
    with bounded(), pytest.raises(StoreRefusedError) as caught:
        remote.open(**{name: wrong})
    assert name in str(caught.value)
    error: BaseException | None = caught.value
    while error is not None:
        assert SECRET not in f"{error} {error!r}"
        error = error.__cause__ or error.__context__


def test_no_room(lab: Lab, request: pytest.FixtureRequest) -> None:
    """What does not fit is refused as that, leaves nothing, and breaks nothing."""
    with full_store(lab, request) as store:
        put(store, "fits", b"x" * 1000)
        with pytest.raises(StoreFullError):
            put_many(store)
        for found in store.list("large/"):
            assert len(get(store, found.key)) == 900_000
            store.delete(found.key)
        assert store.sweep(FAR) == 0
        assert get(store, "fits") == b"x" * 1000
        put(store, "fits", b"y" * 1000)
        assert keys(store) == {"fits"}


def put_many(store: ObjectStore) -> None:
    for number in range(12):
        put(store, f"large/{number}", os.urandom(900_000))


@contextmanager
def full_store(lab: Lab, request: pytest.FixtureRequest) -> Iterator[ObjectStore]:
    """A store with room for a few megabytes."""
    if lab.tier == StoreTier.PVC:
        lab.root = request.getfixturevalue("tmpfs") / "results"
        yield lab.open()
    elif lab.tier == StoreTier.MINIO:
        store = lab.open()
        swift: Swift = request.getfixturevalue("swift")
        swift.limit(lab.variables["NOETL_MINIO_BUCKET"], 500_000)
        yield store
    else:
        with running_nats(room=4 << 20) as nats:
            yield lab.open(NOETL_NATS_URL=nats.url())


def test_crash_in_an_upload_leaves_nothing_readable(lab: Lab) -> None:
    store = lab.open()
    child = lab.child("hang", KEY, lab.large)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    child.kill()
    child.wait()
    assert keys(store) == set()
    with pytest.raises(ObjectMissingError):
        get(store, KEY)
    assert store.sweep(datetime.now(UTC) - timedelta(hours=1)) == 0
    assert store.sweep(FAR) == (0 if lab.tier == StoreTier.KV else 1)
    assert store.sweep(FAR) == 0
    put(store, KEY, b"again")
    assert store.sweep(FAR) == 0
    assert get(store, KEY) == b"again"


BAD_KEYS = (
    *("", "/", "/etc/passwd", "a/", "a//b", "..", "../a", "a/../../b", "a/..", "."),
    *("a/./b", "a\0b", "a\nb", "x" * 256, "a/" + "ü" * 128, "a/" * 600 + "a"),
    *(".hidden", "a/.draft-0", "a\ud800"),
)


def test_keys_that_lead_elsewhere_are_refused(lab: Lab) -> None:
    store = lab.open()
    for key in BAD_KEYS:
        for act in (
            partial(store.create, key, "text/plain"),
            partial(get, store, key),
            partial(store.stat, key),
            partial(store.delete, key),
            partial(store.uri, key),
            partial(store.key, store.uri("a").removesuffix("a") + key),
        ):
            with pytest.raises(BadKeyError):
                act()
    assert keys(store) == set()


def test_addresses_of_other_stores_are_refused(lab: Lab) -> None:
    store = lab.open()
    inside = store.uri("a/b")
    scheme = inside.split(":")[0]
    for uri in (
        *("", "a/b", "file:///etc/passwd", f"{scheme}://elsewhere/a/b", "s3://x"),
        *(inside.replace("://", ":/"), f"x{inside}", inside.replace("/a/b", "-2/a/b")),
        inside.replace("/a/b", "/../a/b"),
    ):
        with pytest.raises(BadKeyError):
            store.key(uri)


def test_errors_of_stores_are_one_family() -> None:
    for kind in (
        *(ObjectMissingError, StoreDownError, StoreRefusedError),
        *(StoreFullError, BadKeyError),
    ):
        assert issubclass(kind, StoreError)
