"""The units are what systemd understands, keep their promises, and agree with the program."""

from __future__ import annotations

import os
import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest

from noetl_worker.tools.duckdb import SPILL
from tests.machines.support import (
    GRACE_SECONDS,
    OPS,
    assignments,
    program,
    require_command,
    require_settings,
)

UNITS = OPS / "systemd"
SERVICES = ("noetl-dispatcher.service", "noetl-worker@.service")
NOETL = "/opt/noetl/bin/noetl"
# systemd-analyze's own scale, times ten: 0 nothing is open, 100 everything is.
EXPOSURE_MAX = 20


def settings(name: str) -> dict[str, list[str]]:
    """All values of each setting of a unit's service, in order."""
    found: dict[str, list[str]] = {}
    for line in (UNITS / name).read_text().splitlines():
        if line and not line.startswith(("#", "[")):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units as installed, with a program that is there."""
    for path in [*UNITS.glob("*.service"), *UNITS.glob("*.target")]:
        text = path.read_text()
        (tmp_path / path.name).write_text(text.replace(NOETL, program("noetl")))
    return tmp_path


def analyze(units: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", "--no-pager", *arguments],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"},
        cwd=units,
        capture_output=True,
        text=True,
        check=False,
    )


def test_systemd_understands_all_of_it(installed: Path) -> None:
    units = ("noetl.target", "noetl-dispatcher.service", "noetl-worker@1.service")
    for unit in units:
        done = analyze(installed, "verify", "--man=no", unit)
        told = [line for line in done.stderr.splitlines() if "noetl" in line]
        assert (done.returncode, told) == (0, []), done.stderr


@pytest.mark.parametrize("name", ["noetl-dispatcher.service", "noetl-worker@1.service"])
def test_little_is_open_to_what_runs_in_it(installed: Path, name: str) -> None:
    options = ("security", "--offline=yes", f"--threshold={EXPOSURE_MAX}")
    done = analyze(installed, *options, name)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_stops_in_order_and_starts_again(name: str) -> None:
    given = settings(name)
    (timeout,) = given["TimeoutStopSec"]
    # Reports and the end of the session come after the grace.
    assert float(timeout) >= GRACE_SECONDS + 15
    assert given["KillSignal"] == ["SIGTERM"]
    assert given["KillMode"] == ["mixed"]  # the tools' processes get none
    assert given["Restart"] == ["always"]
    assert given["StartLimitIntervalSec"] == ["0"]
    assert given["RestartPreventExitStatus"] == ["2"]  # InputError's


@pytest.mark.parametrize("name", SERVICES)
def test_starts_a_command_that_exists(name: str) -> None:
    given = settings(name)
    (start,) = given["ExecStart"]
    command, *words = start.split()
    assert command == NOETL
    require_command(words)
    pairs = " ".join(given["Environment"]).split()
    variables = dict(pair.split("=", 1) for pair in pairs)
    assert variables["NOETL_HOME"] == f"/var/lib/{given['StateDirectory'][0]}"
    assert variables.pop("PGPASSFILE") == "%d/pgpass"
    require_settings(variables)


def test_no_secret_stands_in_a_unit_or_in_the_environment_file() -> None:
    variables = assignments((UNITS / "noetl.env.example").read_text().splitlines())
    require_settings(variables)
    assert variables["NOETL_DB_PREPARE"] == "0"
    for value in variables.values():
        assert ":" not in value.partition("//")[2].partition("@")[0], value


def test_paths_are_the_same_everywhere() -> None:
    (state,) = {
        value for name in SERVICES for value in settings(name)["StateDirectory"]
    }
    home = Path("/var/lib", state)
    user = (UNITS / "noetl.sysusers").read_text().splitlines()[-1]
    assert str(home) in user.split()
    kept = [
        line.split()[:2]
        for line in (UNITS / "noetl.tmpfiles").read_text().splitlines()
        if not line.startswith("#")
    ]
    assert ["e", str(home / SPILL)] in kept
    example = (UNITS / "noetl.env.example").read_text()
    results = Path(assignments(example.splitlines())["NOETL_PVC_MOUNT_PATH"])
    assert ["d", str(results)] in kept
    (writable,) = settings("noetl-worker@.service")["ReadWritePaths"]
    assert results.is_relative_to(writable.removeprefix("-"))
    (file,) = settings(SERVICES[0])["EnvironmentFile"]
    assert example.startswith(f"# {file},")
    for name in SERVICES:
        assert settings(name)["EnvironmentFile"] == [file]
        assert settings(name)["LoadCredential"] == [
            f"pgpass:{Path(file).with_name('pgpass')}"
        ]


def test_target_wants_units_that_are_there() -> None:
    config = RawConfigParser()
    config.optionxform = str  # type: ignore[assignment,method-assign]
    config.read(UNITS / "noetl.target")
    for unit in config["Unit"]["Wants"].split():
        name, _, rest = unit.partition("@")
        template = f"{name}@.service" if rest else unit
        assert (UNITS / template).is_file()
        assert "noetl.target" in settings(template)["PartOf"]


def test_user_and_directories_are_made(tmp_path: Path) -> None:
    """By systemd's own programs, below another root, as whoever runs this may."""
    (tmp_path / "etc").mkdir()
    commands: tuple[list[str | Path], ...] = (
        ["systemd-sysusers", f"--root={tmp_path}", UNITS / "noetl.sysusers"],
        [
            *("systemd-tmpfiles", "--create", f"--root={tmp_path}"),
            UNITS / "noetl.tmpfiles",
        ],
    )
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert "noetl:x:10001:10001:" in (tmp_path / "etc/passwd").read_text()
    results = tmp_path / "srv/noetl/results"
    assert (results.stat().st_uid, results.stat().st_mode & 0o777) == (10001, 0o750)
    assert (tmp_path / "etc/noetl").stat().st_mode & 0o777 == 0o750
