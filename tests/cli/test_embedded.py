"""The embedded server starts, is found again, recovers, and says what is in the way."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from noetl_shell.embedded.programs import find_programs, major_version
from noetl_shell.embedded.server import Server
from noetl_shell.errors import InputError, ShellError
from tests.cli.support import Cli


def pid_of(cli: Cli) -> int:
    text = (cli.home / "postgres/postmaster.pid").read_text()
    return int(text.split()[0])


def test_server_outlives_and_is_reused(own_cli: Cli) -> None:
    own_cli("db", "status", code=1)
    assert not own_cli.home.exists()
    own_cli("db", "up")
    first = pid_of(own_cli)
    own_cli("db", "up")
    assert pid_of(own_cli) == first
    assert own_cli.json("db", "status")["state"] == "up"
    assert own_cli("db", "down").stdout == "stopped\n"
    assert own_cli("db", "down").stdout == "it was not running\n"
    assert own_cli.json("db", "status", code=1)["state"] == "down"


def test_server_is_durable_and_private(cli: Cli) -> None:
    with cli.connect() as conn:
        rows = conn.execute(
            "select name, setting from pg_settings where name in"
            " ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses')"
        ).fetchall()
    assert dict(rows) == {
        "fsync": "on",
        "full_page_writes": "on",
        "listen_addresses": "",
        "synchronous_commit": "on",
    }
    assert (cli.home / "run").stat().st_mode & 0o777 == 0o700


def test_it_recovers_from_a_crash(own_cli: Cli) -> None:
    own_cli("db", "up")
    os.kill(pid_of(own_cli), signal.SIGKILL)
    own_cli("list")
    own_cli("db", "status")


def test_stale_pid_file_of_another_program(own_cli: Cli) -> None:
    """After a container's restart the pid in the file is often somebody else's."""
    own_cli("db", "up")
    own_cli("db", "down")
    with subprocess.Popen(["sleep", "60"]) as other:
        file = own_cli.home / "postgres/postmaster.pid"
        file.write_text(f"{other.pid}\n{own_cli.home / 'postgres'}\n1\n5432\n\n\n\n")
        own_cli("db", "up")
        assert pid_of(own_cli) != other.pid
        other.kill()


def test_long_home_has_a_short_socket(own_cli: Cli) -> None:
    own_cli.home /= "x" * 100
    own_cli("db", "up")
    assert len(str(Server(own_cli.home).socket_dir)) < 90
    own_cli("db", "reset", "--yes")
    assert not Server(own_cli.home).socket_dir.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's database has another user")
def test_closed_directory_above_is_opened_to_pass_and_told_of_once(
    own_cli: Cli,
) -> None:
    above = own_cli.home.parent
    above.chmod(0o700)
    note = f"note: gave others the right to pass through {above} (o+x)"
    assert own_cli("db", "up").stderr.startswith(note)
    assert above.stat().st_mode & 0o777 == 0o701
    own_cli("db", "down")
    assert note not in own_cli("db", "up").stderr


def test_reset_begins_anew(own_cli: Cli) -> None:
    own_cli("db", "up")
    with own_cli.connect() as conn:
        conn.execute("create table mine (n int)")
    own_cli("db", "reset", code=130)  # nobody confirms
    own_cli("db", "reset", "--yes")
    with own_cli.connect() as conn:
        assert conn.execute("select to_regclass('mine')").fetchone() == (None,)


def test_home_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = Cli(tmp_path / "file" / "home")("list", code=1)
    assert str(tmp_path / "file") in done.stderr
    assert len(done.stderr.splitlines()) <= 2


def test_full_disk_is_told(own_cli: Cli) -> None:
    home = own_cli.home
    home.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m,mode=755", "tmpfs", str(home)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small file system")
    try:
        done = own_cli("list", code=1)
        assert "No space left on device" in done.stderr
        assert not (home / "postgres").exists()
    finally:
        subprocess.run(["umount", home], check=True)


def test_corrupt_data_is_told_with_the_log(own_cli: Cli) -> None:
    own_cli("db", "up")
    own_cli("db", "down")
    control = own_cli.home / "postgres/global/pg_control"
    good = control.read_bytes()
    control.write_bytes(b"\0" * len(good))
    done = own_cli("list", code=1)
    assert "did not start" in done.stderr
    assert "postgres.log" in done.stderr
    control.write_bytes(good)


def test_programs_are_those_that_were_named(tmp_path: Path) -> None:
    found = find_programs(None, None)
    assert find_programs(found, major_version(found)) == found
    with pytest.raises(InputError, match="NOETL_EMBEDDED_BIN"):
        find_programs(tmp_path, None)
    with pytest.raises(ShellError, match="PostgreSQL 3, which was not found"):
        find_programs(None, 3)


def test_system_server_can_take_its_place(own_cli: Cli) -> None:
    system = Path("/usr/lib/postgresql/15/bin")
    if not system.exists():
        pytest.skip("needs a PostgreSQL of the system")
    own_cli.environment = {"NOETL_EMBEDDED_BIN": str(system)}
    own_cli("db", "up")
    assert own_cli.json("db", "status")["server"] == "PostgreSQL 15"
    own_cli("db", "down")
    own_cli.environment = {}
    own_cli("db", "up")  # found again by the data's version
    assert own_cli.json("db", "status")["server"] == "PostgreSQL 15"
