"""Credentials are sealed here, by the client: the database never sees the key.

AES-256-GCM with the credential's name as associated data, so that a stored secret cannot
be passed off under another name. Layout: one version byte, a 12-byte nonce, ciphertext.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

KEY_VARIABLE: Final = "NOETL_ENCRYPTION_KEY"
KEY_FILE: Final = "encryption.key"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_VERSION: Final = b"\x01"


class SecretError(Exception):
    """A key is missing or unusable, or a sealed secret does not open with it."""


def load_key(home: Path, create: bool = False) -> bytes:
    """The key from NOETL_ENCRYPTION_KEY, else from the key file under ``home``.

    With ``create`` a missing key file is made, mode 0600; of several processes that
    create it at once, one wins and all return its key.
    """
    if text := os.environ.get(KEY_VARIABLE):
        return _decode_key(text, KEY_VARIABLE)
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


def seal(key: bytes, name: str, secret: Mapping[str, Any]) -> bytes:
    """Encrypt a credential's fields; only ``open_`` with the same name reads them."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(_NONCE_BYTES)
    plain = json.dumps(dict(secret), separators=(",", ":")).encode()
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, plain, name.encode())


def open_(key: bytes, name: str, data: bytes) -> dict[str, Any]:
    """Decrypt what ``seal`` made for this name."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if data[:1] != _VERSION:
        raise SecretError(f"credential {name!r} was sealed by an unknown version")
    nonce, sealed = data[1 : 1 + _NONCE_BYTES], data[1 + _NONCE_BYTES :]
    try:
        plain = AESGCM(key).decrypt(nonce, sealed, name.encode())
    except (InvalidTag, ValueError):
        raise SecretError(
            f"credential {name!r} does not open with this encryption key:"
            " use the key it was added with, or add the credential again"
        ) from None
    fields = json.loads(plain)
    if not isinstance(fields, dict):
        raise SecretError(f"credential {name!r} holds no mapping")
    return fields


def _create_key_file(path: Path) -> None:
    """Publish a complete key file by link, which never replaces an existing one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(base64.urlsafe_b64encode(os.urandom(_KEY_BYTES)) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            # If another process was first, its key is the key.
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink()
    except OSError as exc:
        raise SecretError(f"cannot create the key file {path}: {exc.strerror}") from exc


def _read_key_file(path: Path) -> bytes:
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
    return _decode_key(text, str(path))


def _decode_key(text: str, source: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text.strip().encode())
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise SecretError(f"{source} must hold {_KEY_BYTES} bytes in URL-safe base64")
    return key
