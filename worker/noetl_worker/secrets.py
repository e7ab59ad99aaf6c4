"""Credentials are sealed here, by the client: the database never sees the key.

AES-256-GCM with the credential's name as associated data, so that a stored secret cannot
be passed off under another name. Layout: one version byte, a 12-byte nonce, ciphertext.

There may be several keys, with commas in the variable, one a line in the file: the first
seals, all open. So a key is replaced without a moment at which something does not open.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

KEY_VARIABLE: Final = "NOETL_ENCRYPTION_KEY"
KEY_FILE: Final = "encryption.key"
_KEY_BYTES: Final = 32
_KEYS_MAX: Final = 10
_NONCE_BYTES: Final = 12
_VERSION: Final = b"\x01"


class SecretError(Exception):
    """A key is missing or unusable, or a sealed secret does not open with it."""


def load_keys(home: Path, create: bool = False) -> list[bytes]:
    """The keys of NOETL_ENCRYPTION_KEY, else of the key file under ``home``.

    With ``create`` a missing key file is made, mode 0600; of several processes that
    create it at once, one wins and all return its key.
    """
    if text := os.environ.get(KEY_VARIABLE):
        return _decode_keys(text.split(","), KEY_VARIABLE)
    path = home / KEY_FILE
    try:
        return _read_key_file(path)
    except FileNotFoundError:
        if not create:
            raise SecretError(
                f"no encryption key: set {KEY_VARIABLE}, or put the key file at {path}"
            ) from None
    _create_key_file(path)
    return _read_key_file(path)


def load_key(home: Path, create: bool = False) -> bytes:
    """The key that seals, the first of ``load_keys``."""
    return load_keys(home, create)[0]


def new_key() -> bytes:
    """A key, made at random."""
    return os.urandom(_KEY_BYTES)


def encode_key(key: bytes) -> str:
    """A key as the variable and the file hold it."""
    return base64.urlsafe_b64encode(key).decode()


def write_keys(home: Path, keys: Sequence[bytes]) -> None:
    """Replace the key file, at once and on the disk; the first key seals from now on."""
    path = home / KEY_FILE
    try:
        draft = _write_draft(path, keys)
        draft.replace(path)
        directory = os.open(home, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except OSError as exc:
        raise SecretError(f"cannot write the key file {path}: {exc.strerror}") from exc


def seal(key: bytes, name: str, secret: Mapping[str, Any]) -> bytes:
    """Encrypt a credential's fields; only ``open_`` with the same name reads them."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(_NONCE_BYTES)
    plain = json.dumps(dict(secret), separators=(",", ":")).encode()
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, plain, name.encode())


def open_(keys: Sequence[bytes], name: str, data: bytes) -> dict[str, Any]:
    """Decrypt what ``seal`` made for this name with one of the keys."""
    if data[:1] != _VERSION:
        raise SecretError(f"credential {name!r} was sealed by an unknown version")
    for key in keys:
        if (plain := _decrypt(key, name, data)) is not None:
            fields = json.loads(plain)
            if not isinstance(fields, dict):
                raise SecretError(f"credential {name!r} holds no mapping")
            return fields
    raise SecretError(
        f"credential {name!r} does not open with this encryption key:"
        " use the key it was added with, or add the credential again"
    )


def is_sealed_with(key: bytes, name: str, data: bytes) -> bool:
    """Whether this very key opens it."""
    return data[:1] == _VERSION and _decrypt(key, name, data) is not None


def _decrypt(key: bytes, name: str, data: bytes) -> bytes | None:
    """The plain text; None: it was sealed with another key or for another name."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce, sealed = data[1 : 1 + _NONCE_BYTES], data[1 + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, sealed, name.encode())
    except (InvalidTag, ValueError):
        return None


def _create_key_file(path: Path) -> None:
    """Publish a complete key file by link, which never replaces an existing one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = _write_draft(path, [new_key()])
        try:
            # If another process was first, its key is the key.
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink()
    except OSError as exc:
        raise SecretError(f"cannot create the key file {path}: {exc.strerror}") from exc


def _write_draft(path: Path, keys: Sequence[bytes]) -> Path:
    """A complete file beside the key file, on the disk, readable to nobody else."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for key in keys:
            file.write(encode_key(key).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return draft


def _read_key_file(path: Path) -> list[bytes]:
    try:
        with path.open(encoding="ascii", errors="replace") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read()
    except FileNotFoundError:
        raise
    except OSError as exc:
        raise SecretError(f"cannot read the key file {path}: {exc.strerror}") from exc
    if mode & 0o077:
        raise SecretError(f"others can read the key file {path}: run chmod 600 {path}")
    return _decode_keys(text.split(), str(path))


def _decode_keys(texts: Sequence[str], source: str) -> list[bytes]:
    if not 1 <= len(texts) <= _KEYS_MAX:
        raise SecretError(f"{source} must hold one key, or up to {_KEYS_MAX}")
    return [_decode_key(text, source) for text in texts]


def _decode_key(text: str, source: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text.strip().encode())
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise SecretError(
            f"each key of {source} must be {_KEY_BYTES} bytes in URL-safe base64"
        )
    return key
