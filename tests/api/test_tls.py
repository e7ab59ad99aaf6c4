"""The API over HTTPS: what it shows, what it takes, and what it does when renewed."""

from __future__ import annotations

import logging
import socket
import ssl
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from noetl_shell.api import tls
from noetl_shell.api.tls import Certificate
from noetl_shell.errors import InputError
from tests.api.conftest import serving, until
from tests.support.certificates import Authority


def shown_by(port: int, authority: Authority) -> bytes:
    """The certificate that a server shows."""
    context = ssl.create_default_context(cafile=str(authority.file))
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secured,
    ):
        found = secured.getpeercert(binary_form=True)
    assert found
    return found


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def test_renewed_certificate_serves_new_connections_and_a_broken_one_none(
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(tls, "_LOOK_SECONDS", 0.05)
    authority = Authority(tmp_path)
    cert, key = authority.issue("localhost", "127.0.0.1")
    trust = ssl.create_default_context(cafile=str(authority.file))
    with (
        caplog.at_level(logging.INFO, tls.__name__),
        serving(database, verify=trust, tls_cert=cert, tls_key=key) as server,
    ):
        port = port_of(server.url)
        first = shown_by(port, authority)
        with httpx.Client(base_url=server.url, verify=trust) as client:
            assert client.get("/api/health").status_code == 200
            authority.issue("localhost", "127.0.0.1")
            until(lambda: shown_by(port, authority) != first)
            assert client.get("/api/health").status_code == 200
        second = shown_by(port, authority)
        key.write_text("no key")
        until(lambda: "the old certificate goes on" in caplog.text)
        assert shown_by(port, authority) == second


def test_certificate_and_key_may_be_in_one_file(database: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    cert, key = authority.issue("localhost", "127.0.0.1")
    cert.write_text(cert.read_text() + key.read_text())
    trust = ssl.create_default_context(cafile=str(authority.file))
    with serving(database, verify=trust, tls_cert=cert) as server:
        assert server.url.startswith("https://")
        assert shown_by(port_of(server.url), authority)


def test_what_is_no_tls_and_who_says_nothing_disturb_nobody(
    database: str, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    cert, key = authority.issue("localhost", "127.0.0.1")
    trust = ssl.create_default_context(cafile=str(authority.file))
    with serving(database, verify=trust, tls_cert=cert, tls_key=key) as server:
        address = ("127.0.0.1", port_of(server.url))
        with socket.create_connection(address), socket.create_connection(address) as it:
            it.sendall(b"GET /api/health HTTP/1.1\r\n\r\n")
            it.settimeout(20)
            assert it.recv(1000) in (b"", b"\x15\x03\x01\x00\x02\x02\x46")
            assert shown_by(address[1], authority)


def test_files_that_cannot_serve_are_told_apart(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    cert, key = authority.issue("localhost")
    _, other = authority.issue("localhost", name="other")
    secret = generate_private_key(SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
    )
    encrypted = tmp_path / "encrypted.key"
    encrypted.write_bytes(secret)
    for certificate, its_key, message in (
        (tmp_path / "none.pem", key, "cannot read .*none.pem: No such file"),
        (cert, tmp_path / "none.key", "cannot read .*none.key: No such file"),
        (tmp_path, key, "cannot read .*: Is a directory"),
        (cert, other, "is not that of"),
        (key, key, "there is no certificate in .*, or no key in"),
        (cert, None, "there is no certificate in .*, or no key in"),
        (cert, encrypted, "is encrypted"),
    ):
        with pytest.raises(InputError, match=message) as raised:
            Certificate(certificate, its_key)
        assert raised.value.hint
