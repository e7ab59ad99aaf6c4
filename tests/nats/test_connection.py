"""Who may come, over what, and streams that others have made otherwise."""

from __future__ import annotations

import datetime
import ipaddress
import json
import os
import subprocess
import sys
from pathlib import Path

import nats as client
import nkeys  # type: ignore[import-untyped]
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from nacl.signing import SigningKey

from tests.nats.conftest import NatsLab
from tests.support.nats import BY_PASSWORD, PASSWORD, USER, running_nats

HELLO = """
- step: hello
  tool: { kind: noop, result: 1 }
"""


def noetl(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "noetl_shell", "nats", *arguments],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def nkey(path: Path) -> tuple[Path, str]:
    """A file with a new user's seed, and that user's public key."""
    seed = nkeys.encode_seed(bytes(SigningKey.generate()), nkeys.PREFIX_BYTE_USER)
    path.write_bytes(seed)
    return path, nkeys.from_seed(bytearray(seed)).public_key.decode()


@pytest.mark.parametrize("kind", ["user", "url", "token", "nkey"])
def test_who_may_come(kind: str, tmp_path: Path) -> None:
    access, given = BY_PASSWORD, {}
    if kind == "user":
        given = {"NOETL_NATS_USER": USER, "NOETL_NATS_PASSWORD": PASSWORD}
    elif kind == "token":
        access = 'authorization { token: "tok-Qw81" }'
        given = {"NOETL_NATS_TOKEN": "tok-Qw81"}
    elif kind == "nkey":
        seed, public = nkey(tmp_path / "seed")
        access = f"authorization {{ users: [ {{ nkey: {public} }} ] }}"
        given = {"NOETL_NATS_NKEY_SEED_FILE": str(seed)}
    with running_nats(access=access) as nats:
        url = nats.url() if kind == "url" else f"nats://127.0.0.1:{nats.port}"
        done = noetl("init", NOETL_NATS_URL=url, **given)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("made") == 3
        assert noetl("init", NOETL_NATS_URL=url, **given).stdout.count("ok") == 3
        stranger = noetl(
            "check", NOETL_NATS_URL=f"nats://x:wrong@127.0.0.1:{nats.port}"
        )
        assert stranger.returncode == 1
        assert "Authorization Violation" in stranger.stderr
        assert "wrong" not in stranger.stderr
        # Each reason once, however often it was tried.
        assert stranger.stderr.count("Violation'; trying again") == 1


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


def test_tls(tmp_path: Path) -> None:
    certificates(tmp_path)
    access = (
        f'tls {{ cert_file: "{tmp_path}/node.crt", key_file: "{tmp_path}/node.key",'
        f' ca_file: "{tmp_path}/ca.crt", verify: true }}'
    )
    with running_nats(access=access) as nats:
        given = {
            "NOETL_NATS_URL": f"tls://127.0.0.1:{nats.port}",
            "NOETL_NATS_TLS_CA": str(tmp_path / "ca.crt"),
            "NOETL_NATS_TLS_CERT": str(tmp_path / "node.crt"),
            "NOETL_NATS_TLS_KEY": str(tmp_path / "node.key"),
        }
        done = noetl("init", **given)
        assert done.returncode == 0, done.stderr
        del given["NOETL_NATS_TLS_CA"]
        done = noetl("check", **given)
        assert done.returncode == 1
        assert "certificate" in done.stderr.lower()


def test_bad_settings_are_named(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    for name in ("NKEY_SEED_FILE", "CREDENTIALS_FILE", "TLS_CA"):
        done = noetl(
            "check",
            **{"NOETL_NATS_URL": "nats://127.0.0.1:1", f"NOETL_NATS_{name}": missing},
        )
        assert done.returncode == 1
        assert f"NOETL_NATS_{name}" in done.stderr
        assert "unexpected" not in done.stderr
    assert "NOETL_NATS_URL is not set" in noetl("check").stderr


def test_streams_that_differ(lab: NatsLab) -> None:
    async def make(js: client.js.JetStreamContext) -> None:
        await js.add_stream(
            name="NOETL_WORKER_EVENTS", subjects=["noetl.events.>"], max_age=7
        )

    lab.on(make)
    done = noetl("check", "--json", NOETL_NATS_URL=lab.nats.url())
    assert done.returncode == 1
    states = {state["name"]: state["differences"] for state in json.loads(done.stdout)}
    assert states["NOETL_COMMANDS"] == ["is missing"]
    assert "max_age is 7, should be 86400" in states["NOETL_WORKER_EVENTS"]
    assert "retention is limits, should be workqueue" in states["NOETL_WORKER_EVENTS"]
    refusing = lab.dispatcher("strict", NOETL_NATS_REQUIRED="1")
    assert refusing.wait(30) == 1
    assert "max_age is 7, should be 86400" in lab.log("strict")
    lab.dispatcher("d1")
    lab.over_nats(NOETL_NATS_CONFIRM_SECONDS="1")
    lab.until(lambda: "going without NATS" in lab.log("d1"))
    assert lab.run(HELLO)["status"] == "completed"
