"""Keys are replaced while workers work, and nothing is lost on the way."""

from __future__ import annotations

import base64
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from noetl_shell import calls
from noetl_shell.database import Connection
from noetl_shell.rotation import reseal_all
from noetl_worker.secrets import KEY_FILE, load_keys, new_key, open_, seal
from tests.cli.support import Cli, wait_for

USE = """
apiVersion: noetl.io/v2
kind: Playbook
metadata: { name: use, path: t/use }
workflow:
  - step: ask
    tool: { kind: postgres, auth: mine, command: "select current_user as me" }
"""


def add(cli: Cli) -> None:
    url = cli("db", "url").stdout.strip().replace("postgres@", "noetl_data@")
    cli("credential", "add", "mine", "--kind", "postgres", "--dsn", url)


@contextmanager
def worker(cli: Cli) -> Iterator[None]:
    with cli.start("worker", "--name", "keeper") as process:
        wait_for(lambda: "keeper" in cli("workers").stdout)
        yield
        process.terminate()
        assert process.wait(60) == 0


def run(cli: Cli, playbook: Path) -> None:
    found = cli.json("run", playbook, "--workers", "0")
    assert found["result"]["rows"] == [{"me": "noetl_data"}]


def test_a_worker_goes_on_while_the_key_file_is_replaced(own_cli: Cli) -> None:
    """It was started with the old key, and is never told."""
    add(own_cli)
    playbook = own_cli.write("use.yaml", USE)
    (old,) = load_keys(own_cli.home)
    with worker(own_cli):
        run(own_cli, playbook)
        assert (
            "4 of 4 sealed anew" in own_cli("credential", "rotate", "--new-key").stdout
        )
        new, *others = load_keys(own_cli.home)
        assert others == [old]
        run(own_cli, playbook)
        done = own_cli("credential", "rotate", "--drop-old").stdout
        assert "1 old keys dropped" in done
        assert load_keys(own_cli.home) == [new]
        run(own_cli, playbook)
    assert "0 of 4 sealed anew" in own_cli("credential", "rotate").stdout
    assert (own_cli.home / KEY_FILE).stat().st_mode & 0o777 == 0o600


def test_keys_of_the_environment_are_the_callers(own_cli: Cli) -> None:
    old = own_cli("credential", "new-key").stdout.strip()
    new = own_cli("credential", "new-key").stdout.strip()
    assert old != new
    assert len(base64.urlsafe_b64decode(new)) == 32
    own_cli.environment = {"NOETL_ENCRYPTION_KEY": old}
    add(own_cli)
    own_cli.environment = {"NOETL_ENCRYPTION_KEY": f"{new},{old}"}
    refused = own_cli("credential", "rotate", "--new-key", code=2).stderr
    assert "come from NOETL_ENCRYPTION_KEY" in refused
    assert "sealed anew" in own_cli("credential", "rotate").stdout
    own_cli.environment = {"NOETL_ENCRYPTION_KEY": new}
    found = own_cli.json("run", own_cli.write("use.yaml", USE))
    assert found["status"] == "completed"
    assert not (own_cli.home / KEY_FILE).exists()


def test_old_keys_stay_while_something_opens_with_none(own_cli: Cli) -> None:
    add(own_cli)
    before = load_keys(own_cli.home)
    with own_cli.connect() as conn:
        sealed = seal(new_key(), "lost", {"token": "x"})
        conn.execute("select noetl.put_credential('lost', 'http', %s)", (sealed,))
    done = own_cli("credential", "rotate", "--new-key", "--drop-old", code=1)
    assert "no key opens lost" in done.stderr
    assert load_keys(own_cli.home)[1:] == before
    own_cli("credential", "remove", "lost")
    assert "1 old keys" in own_cli("credential", "rotate", "--drop-old").stdout


def test_one_at_a_time_changes_the_file(own_cli: Cli) -> None:
    own_cli("db", "up")
    with (own_cli.home / f"{KEY_FILE}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = own_cli("credential", "rotate", "--new-key", code=1)
    assert "another process is changing the key file" in done.stderr


def test_what_is_replaced_meanwhile_is_looked_at_again(
    own_cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Someone without the new key yet puts other fields between our look and our write."""
    own_cli("db", "up")
    old, new = new_key(), new_key()
    keys = [new, old, *load_keys(own_cli.home)]
    with own_cli.connect() as conn:
        calls.put_credential(
            conn, name="seen", kind="http", secret=seal(old, "seen", {"n": 1})
        )
        original = calls.reseal_credential
        theirs = [seal(old, "seen", {"n": 2})]

        def interfere(conn: Connection, **given: object) -> bool:
            if given["name"] == "seen" and theirs:
                calls.put_credential(
                    conn, name="seen", kind="http", secret=theirs.pop()
                )
            return original(conn, **given)  # type: ignore[arg-type]

        monkeypatch.setattr(calls, "reseal_credential", interfere)
        assert reseal_all(conn, keys).unreadable == ()
        stored = {
            item.name: item.secret for item in calls.list_sealed_credentials(conn)
        }
        assert open_([new], "seen", stored["seen"]) == {"n": 2}
