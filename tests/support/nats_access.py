"""Everything that lets a client come to a NATS server: keys, JWTs, certificates."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nkeys  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from nacl.signing import SigningKey

from tests.support.nats import BY_PASSWORD, PASSWORD, USER

_UNLIMITED = ("subs", "data", "payload", "imports", "exports", "conn", "leaf")
_STORAGE = ("mem_storage", "disk_storage", "streams", "consumer")


@dataclass(frozen=True, slots=True)
class Access:
    """A way in: what the server is told, and our settings."""

    config: str
    settings: dict[str, str]
    scheme: str = "nats"


def ways_in(kind: str, path: Path) -> Access:
    """By ``user``, ``token``, ``nkey``, ``credentials`` or ``tls``, a user too."""
    if kind == "token":
        return Access(
            'authorization { token: "tok-Qw81" }', {"NOETL_NATS_TOKEN": "tok-Qw81"}
        )
    if kind == "nkey":
        seed, public = nkey(path / "seed")
        return Access(
            f"authorization {{ users: [ {{ nkey: {public} }} ] }}",
            {"NOETL_NATS_NKEY_SEED_FILE": str(seed)},
        )
    if kind == "credentials":
        config = credentials(path / "user.creds")
        return Access(config, {"NOETL_NATS_CREDENTIALS_FILE": str(path / "user.creds")})
    user = {"NOETL_NATS_USER": USER, "NOETL_NATS_PASSWORD": PASSWORD}
    if kind == "tls":
        return tls(path, BY_PASSWORD, user)
    return Access(BY_PASSWORD, user)


def nkey(path: Path) -> tuple[Path, str]:
    """A file with a new user's seed, and that user's public key."""
    seed, pair = _pair(nkeys.PREFIX_BYTE_USER)
    path.write_bytes(seed)
    return path, pair.public_key.decode()


def credentials(path: Path) -> str:
    """Write a user's credentials file as ``nsc`` does; the server's part of it."""
    _, operator = _pair(nkeys.PREFIX_BYTE_OPERATOR)
    _, account = _pair(nkeys.PREFIX_BYTE_ACCOUNT)
    _, system = _pair(nkeys.PREFIX_BYTE_ACCOUNT)
    seed, user = _pair(nkeys.PREFIX_BYTE_USER)
    limits = dict.fromkeys((*_UNLIMITED, *_STORAGE), -1) | {"wildcards": True}
    operator_jwt = _jwt(operator, operator, {"type": "operator"})
    accounts = {
        one.public_key.decode(): _jwt(
            operator,
            one,
            {"type": "account", "limits": limits if one is account else {}},
        )
        for one in (account, system)
    }
    free = {"pub": {}, "sub": {}, "subs": -1, "data": -1, "payload": -1}
    user_jwt = _jwt(account, user, {"type": "user", **free})
    path.write_text(
        f"-----BEGIN NATS USER JWT-----\n{user_jwt}\n------END NATS USER JWT------\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{seed.decode()}\n"
        "------END USER NKEY SEED------\n"
    )
    preload = "\n".join(f"{public}: {jwt}" for public, jwt in accounts.items())
    return (
        f"operator: {operator_jwt}\nsystem_account: {system.public_key.decode()}\n"
        f"resolver: MEMORY\nresolver_preload: {{\n{preload}\n}}"
    )


def tls(path: Path, access: str, settings: dict[str, str]) -> Access:
    """Certificates of both sides, checked by both, and who may come then."""
    certificates(path)
    config = (
        f'tls {{ cert_file: "{path}/node.crt", key_file: "{path}/node.key",'
        f' ca_file: "{path}/ca.crt", verify: true }}\n{access}'
    )
    files = {
        "NOETL_NATS_TLS_CA": str(path / "ca.crt"),
        "NOETL_NATS_TLS_CERT": str(path / "node.crt"),
        "NOETL_NATS_TLS_KEY": str(path / "node.key"),
    }
    return Access(config, {**settings, **files}, "tls")


def certificates(path: Path) -> None:
    """An authority, and a certificate of 127.0.0.1 for a server and a client."""
    now = datetime.datetime.now(datetime.UTC)
    pairs: dict[str, tuple[x509.Name, ec.EllipticCurvePrivateKey]] = {}
    for name in ("ca", "node"):
        key = ec.generate_private_key(ec.SECP256R1())
        issuer, issuer_key = pairs.get("ca", (None, key))
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer or subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(name == "ca", None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName(
                    [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
                ),
                critical=False,
            )
            .sign(issuer_key, hashes.SHA256())
        )
        pairs[name] = (subject, key)
        (path / f"{name}.crt").write_bytes(
            made.public_bytes(serialization.Encoding.PEM)
        )
        (path / f"{name}.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )


def _pair(prefix: int) -> tuple[bytes, Any]:
    seed = nkeys.encode_seed(bytes(SigningKey.generate()), prefix)
    return seed, nkeys.from_seed(bytearray(seed))


def _jwt(issuer: Any, subject: Any, nats: dict[str, Any]) -> str:
    """Of version 2; https://github.com/nats-io/jwt."""
    public = subject.public_key.decode()
    claims = {
        "jti": public,
        "iat": int(time.time()),
        "iss": issuer.public_key.decode(),
        "sub": public,
        "name": nats["type"],
        "nats": {**nats, "version": 2},
    }
    parts = [_text({"typ": "JWT", "alg": "ed25519-nkey"}), _text(claims)]
    signature = issuer.sign(".".join(parts).encode())
    return ".".join([*parts, _base64(signature)])


def _text(value: Any) -> str:
    return _base64(json.dumps(value).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
