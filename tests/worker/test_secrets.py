"""Sealed credentials open with their own key and name, and with nothing else."""

from __future__ import annotations

import base64
import threading
from pathlib import Path

import pytest

from noetl_worker import secrets
from noetl_worker.secrets import SecretError

SECRET = {"host": "db", "password": "wörd", "port": 5432}


@pytest.fixture(autouse=True)
def no_key_in_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(secrets.KEY_VARIABLE, raising=False)


def test_round_trip(tmp_path: Path) -> None:
    key = secrets.load_key(tmp_path, create=True)
    sealed = secrets.seal(key, "warehouse", SECRET)
    assert "wörd".encode() not in sealed
    assert secrets.open_([key], "warehouse", sealed) == SECRET
    assert secrets.load_key(tmp_path) == key
    assert (tmp_path / secrets.KEY_FILE).stat().st_mode & 0o777 == 0o600


def test_another_name_or_key_or_byte_is_refused(tmp_path: Path) -> None:
    key = secrets.load_key(tmp_path, create=True)
    sealed = secrets.seal(key, "warehouse", SECRET)
    other_key = bytes([key[0] ^ 1]) + key[1:]
    flipped = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for other, name, data in (
        (key, "other", sealed),
        (other_key, "warehouse", sealed),
        (key, "warehouse", flipped),
        (key, "warehouse", sealed[:5]),
        (key, "warehouse", b"\x02" + sealed[1:]),
    ):
        with pytest.raises(SecretError, match=name):
            secrets.open_([other], name, data)


def test_no_key_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="NOETL_ENCRYPTION_KEY"):
        secrets.load_key(tmp_path)


def test_readable_key_file_is_refused(tmp_path: Path) -> None:
    secrets.load_key(tmp_path, create=True)
    (tmp_path / secrets.KEY_FILE).chmod(0o640)
    with pytest.raises(SecretError, match="chmod 600"):
        secrets.load_key(tmp_path)


def test_environment_wins_and_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        secrets.KEY_VARIABLE, base64.urlsafe_b64encode(b"k" * 32).decode()
    )
    assert secrets.load_key(tmp_path) == b"k" * 32
    monkeypatch.setenv(secrets.KEY_VARIABLE, "short")
    with pytest.raises(SecretError, match="32 bytes"):
        secrets.load_key(tmp_path)


def test_many_creators_get_one_key(tmp_path: Path) -> None:
    keys: list[bytes] = []
    threads = [
        threading.Thread(
            target=lambda: keys.append(secrets.load_key(tmp_path / "home", create=True))
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert [p.name for p in (tmp_path / "home").iterdir()] == [secrets.KEY_FILE]


def test_the_first_key_seals_and_all_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = secrets.load_key(tmp_path, create=True)
    new = secrets.new_key()
    secrets.write_keys(tmp_path, [new, old])
    path = tmp_path / secrets.KEY_FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert secrets.load_keys(tmp_path) == [new, old]
    assert secrets.load_key(tmp_path) == new
    sealed = secrets.seal(old, "warehouse", SECRET)
    assert secrets.open_([new, old], "warehouse", sealed) == SECRET
    assert secrets.is_sealed_with(old, "warehouse", sealed)
    assert not secrets.is_sealed_with(new, "warehouse", sealed)

    texts = [secrets.encode_key(key) for key in (old, new)]
    monkeypatch.setenv(secrets.KEY_VARIABLE, ", ".join(texts))
    assert secrets.load_keys(tmp_path) == [old, new]


@pytest.mark.parametrize("text", ["", "\n\n", "short\n", f"{'A' * 44}\n" * 11])
def test_a_file_without_keys_or_with_too_many_is_refused(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / secrets.KEY_FILE
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(SecretError, match=secrets.KEY_FILE):
        secrets.load_keys(tmp_path)
