"""Files: nothing leads out of the root, and what was committed is on the disk."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from noetl_worker.stores.base import (
    BadKeyError,
    ObjectMissingError,
    StoreDownError,
    StoreRefusedError,
    StoreTier,
)
from noetl_worker.stores.registry import Stores
from noetl_worker.stores.settings import StoreSettings
from tests.stores.lab import Lab, get, keys, put

FAR = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A directory that no key may reach."""
    path = tmp_path / "outside"
    path.mkdir()
    (path / "secret").write_text("secret")
    (path / ".draft-0").write_text("another's")
    return path


def contents(path: Path) -> dict[str, str]:
    return {entry.name: entry.read_text() for entry in path.iterdir()}


def test_planted_links_to_directories_lead_nowhere(pvc: Lab, outside: Path) -> None:
    store, before = pvc.open(), contents(outside)
    (pvc.root / "exec").symlink_to(outside)
    (pvc.root / "real").mkdir()
    (pvc.root / "real" / "up").symlink_to("../../outside")
    for directory in ("exec", "real/up"):
        for act in (
            lambda d=directory: put(store, f"{d}/new", b"x"),
            lambda d=directory: put(store, f"{d}/deep/new", b"x"),
            lambda d=directory: get(store, f"{d}/secret"),
            lambda d=directory: store.stat(f"{d}/secret"),
            lambda d=directory: store.delete(f"{d}/secret"),
        ):
            with pytest.raises(BadKeyError):
                act()
        assert keys(store, f"{directory}/") == set()
    assert keys(store) == set()
    assert store.sweep(FAR) == 0
    assert contents(outside) == before


def test_planted_links_to_files_lead_nowhere(pvc: Lab, outside: Path) -> None:
    store = pvc.open()
    (pvc.root / "link").symlink_to(outside / "secret")
    with pytest.raises(BadKeyError):
        get(store, "link")
    with pytest.raises(BadKeyError):
        store.stat("link")
    assert keys(store) == set()
    put(store, "link", b"mine")
    assert not (pvc.root / "link").is_symlink()
    assert get(store, "link") == b"mine"
    assert (outside / "secret").read_text() == "secret"


def test_planted_pipe_makes_nobody_wait(pvc: Lab) -> None:
    store = pvc.open()
    os.mkfifo(pvc.root / "pipe")
    with pytest.raises(ObjectMissingError):
        get(store, "pipe")
    assert keys(store) == set()


def test_a_root_behind_a_link_is_a_root(pvc: Lab, tmp_path: Path) -> None:
    """Administrators place mounts where they like."""
    (tmp_path / "disk").mkdir()
    pvc.root.symlink_to(tmp_path / "disk")
    put(pvc.open(), "a/b", b"x")
    assert (tmp_path / "disk/a/b").read_bytes() == b"x"


def test_address_is_the_path(pvc: Lab) -> None:
    pvc.root = pvc.root / "Application Support"
    store = pvc.open()
    put(store, "exec/1/a b.json", b"{}")
    path = store.uri("exec/1/a b.json").removeprefix("file://")
    assert Path(path).read_bytes() == b"{}"


def test_commit_syncs_file_and_directory(
    pvc: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, done, fsync, rename = pvc.open(), [], os.fsync, os.rename

    def spy_fsync(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        done.append("directory" if path.is_dir() else "file")
        fsync(descriptor)

    def spy_rename(source: str, target: str, **directories: Any) -> None:
        done.append("rename")
        rename(source, target, **directories)

    with store.create("exec/1/a", "text/plain") as upload:
        upload.write(b"x")
        monkeypatch.setattr(os, "fsync", spy_fsync)
        monkeypatch.setattr(os, "rename", spy_rename)
        upload.commit()
    assert done == ["file", "rename", "directory"]


def test_new_directories_are_synced(pvc: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    store, done, fsync = pvc.open(), [], os.fsync

    def spy(descriptor: int) -> None:
        done.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", spy)
    store.create("exec/1/a", "text/plain").abort()
    assert done == [pvc.root, pvc.root / "exec"]


def test_failed_commit_leaves_nothing(pvc: Lab) -> None:
    store = pvc.open()
    (pvc.root / "exec/a").mkdir(parents=True)
    (pvc.root / "exec/a/file").touch()
    with pytest.raises(BadKeyError):
        put(store, "exec/a", b"x")
    assert [entry.name for entry in (pvc.root / "exec").iterdir()] == ["a"]


def test_directories_go_with_their_last_object(pvc: Lab) -> None:
    store = pvc.open()
    put(store, "exec/1/step/a", b"x")
    put(store, "exec/2/a", b"x")
    store.delete("exec/1/step/a")
    assert [entry.name for entry in (pvc.root / "exec").iterdir()] == ["2"]
    store.delete("exec/2/a")
    assert pvc.root.is_dir()
    assert list(pvc.root.iterdir()) == []


def test_writers_and_deleters_of_one_directory(pvc: Lab) -> None:
    store, until = pvc.open(), time.monotonic() + 1

    def work(number: int) -> None:
        while time.monotonic() < until:
            put(store, f"exec/1/step/{number}", b"x")
            store.delete(f"exec/1/step/{number}")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    assert keys(store) == set()


def test_a_list_misses_nothing_when_others_go(
    pvc: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files may vanish between being seen and being looked at."""
    store, scandir = pvc.open(), os.scandir
    for key in ("exec/a", "exec/b"):
        put(store, key, b"x")

    @contextmanager
    def slow(directory: int) -> Iterator[list[os.DirEntry[str]]]:
        with scandir(directory) as entries:
            found = list(entries)
        if len(found) == 2:
            store.delete("exec/a")
        yield found

    monkeypatch.setattr(os, "scandir", slow)
    assert keys(store) == {"exec/b"}


def test_a_list_goes_on_when_a_directory_goes(pvc: Lab) -> None:
    store, names = pvc.open(), {"exec/1/a", "exec/2/a"}
    for key in names:
        put(store, key, b"x")
    listing = store.list()
    first = next(listing).key
    for key in names - {first}:
        store.delete(key)
    assert list(listing) == []


def test_root_that_is_gone_is_a_store_that_is_down(pvc: Lab) -> None:
    store = pvc.open()
    pvc.root.rmdir()
    for act in (
        lambda: get(store, "a"),
        lambda: put(store, "a", b"x"),
        lambda: store.stat("a"),
        lambda: store.delete("a"),
        lambda: keys(store),
    ):
        with pytest.raises(StoreDownError, match="mounted"):
            act()


def test_read_only_directory_refuses(pvc: Lab, tmpfs: Path) -> None:
    pvc.root = tmpfs / "results"
    store = pvc.open()
    put(store, "a", b"x")
    subprocess.run(["mount", "-o", "remount,ro", tmpfs], check=True)
    try:
        for act in (
            lambda: put(store, "b", b"x"),
            lambda: store.delete("a"),
            pvc.open,
        ):
            with pytest.raises(StoreRefusedError, match="NOETL_PVC_MOUNT_PATH"):
                act()
        assert get(store, "a") == b"x"
    finally:
        subprocess.run(["mount", "-o", "remount,rw", tmpfs], check=True)


@pytest.mark.accept("P2.3-1")
def test_one_gigabyte_takes_little_memory(pvc: Lab) -> None:
    child = pvc.child("pass", "exec/1/large", 1 << 30)
    output, _ = child.communicate(timeout=120)
    assert child.returncode == 0
    put_mb, get_mb = map(float, output.split())
    assert put_mb < 16
    assert get_mb < 16
    assert pvc.open().stat("exec/1/large").size == 1 << 30


def test_pvc_needs_no_other_setting(tmp_path: Path) -> None:
    stores = Stores(StoreSettings(), tmp_path / "results")
    put(stores.get(StoreTier.PVC), "a", b"x")
    assert (tmp_path / "results/a").read_bytes() == b"x"
