"""Who may come, over what, and streams that others have made otherwise."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nats as client
import pytest

from tests.nats.conftest import NatsLab
from tests.support.nats import running_nats
from tests.support.nats_access import tls, ways_in

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


@pytest.mark.parametrize("kind", ["user", "url", "token", "nkey", "credentials"])
def test_who_may_come(kind: str, tmp_path: Path) -> None:
    way = ways_in(kind, tmp_path)
    with running_nats(access=way.config) as nats:
        given = {"NOETL_NATS_URL": f"nats://127.0.0.1:{nats.port}", **way.settings}
        if kind == "url":
            given = {"NOETL_NATS_URL": nats.url()}
        done = noetl("init", **given)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("made") == 3
        assert noetl("init", **given).stdout.count("ok") == 3
        stranger = noetl(
            "check", NOETL_NATS_URL=f"nats://x:wrong@127.0.0.1:{nats.port}"
        )
        assert stranger.returncode == 1
        assert "Authorization Violation" in stranger.stderr
        assert "wrong" not in stranger.stderr
        # Each reason once, however often it was tried.
        assert stranger.stderr.count("Violation'; trying again") == 1


def test_tls(tmp_path: Path) -> None:
    way = tls(tmp_path, "", {})
    with running_nats(access=way.config) as nats:
        given = {"NOETL_NATS_URL": f"tls://127.0.0.1:{nats.port}", **way.settings}
        done = noetl("init", **given)
        assert done.returncode == 0, done.stderr
        del given["NOETL_NATS_TLS_CA"]
        done = noetl("check", **given)
        assert done.returncode == 1
        assert "certificate" in done.stderr.lower()


def test_server_that_is_away_is_told_in_time() -> None:
    done = noetl("init", NOETL_NATS_URL="nats://u:hush@127.0.0.1:1")
    assert done.returncode == 1
    assert "error: NATS at 127.0.0.1:1: " in done.stderr
    assert "hint: Check NOETL_NATS_URL and the other settings" in done.stderr
    assert "hush" not in done.stderr


def test_url_is_needed() -> None:
    assert "NOETL_NATS_URL is not set" in noetl("check").stderr


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        (name, None, "cannot be read: No such file")
        for name in ("NKEY_SEED_FILE", "CREDENTIALS_FILE", "TLS_CA", "TLS_CERT")
    ]
    + [
        ("NKEY_SEED_FILE", "SUAM", "holds no seed"),
        ("CREDENTIALS_FILE", "user", "holds no JWT"),
        ("TLS_CA", "-----BEGIN", "holds no certificate"),
        ("TLS_CERT", "-----BEGIN", "hold no certificate with its key"),
    ],
)
def test_bad_file_is_named_with_its_setting(
    tmp_path: Path, name: str, text: str | None, problem: str
) -> None:
    file = tmp_path / "given"
    if text is not None:
        file.write_text(text)
    given = {
        "NOETL_NATS_URL": "nats://127.0.0.1:1",
        "NOETL_EVENT_TRANSPORT": "nats",
        "NOETL_DB": "postgresql://127.0.0.1:1/none",
        f"NOETL_NATS_{name}": str(file),
    }
    for command in (("noetl_shell", "nats", "check"), ("noetl_worker",)):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            env={**os.environ, **given},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert f"NOETL_NATS_{name}" in done.stderr
        assert f"{file} " in done.stderr
        assert problem in done.stderr
        assert "unexpected" not in done.stderr
        assert "Traceback" not in done.stderr


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
