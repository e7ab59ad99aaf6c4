"""Every setting is listed, masked when secret, refused when bad, and documented."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from noetl_shell.errors import InputError
from noetl_shell.reference import cli_reference, settings_table
from noetl_shell.settings import SETTINGS, read_values
from noetl_worker import settings as worker_settings
from noetl_worker.nats import settings as nats_settings
from noetl_worker.settings import WorkerSettings
from noetl_worker.stores import settings as store_settings
from tests.cli.support import Cli

DOCS = Path(__file__).parents[2] / "docs"


def test_worker_reads_no_unlisted_setting() -> None:
    listed = {setting.variable for setting in SETTINGS}
    assert set(worker_settings._VARIABLES) <= listed
    assert set(store_settings.VARIABLES) <= listed
    assert set(nats_settings.VARIABLES) <= listed
    assert {
        f"NOETL_{tier.upper()}_{name.upper()}"
        for tier in store_settings.S3_TIERS
        for name in store_settings.S3_VARIABLES
    } <= listed


def test_config_shows_value_and_source(cli: Cli) -> None:
    cli.environment = {"NOETL_WORKERS": "3", "NOETL_DB": "postgresql://u:hidden@h/d"}
    shown = {entry["name"]: entry for entry in cli.json("config")}
    cli.environment = {}
    assert shown["NOETL_WORKERS"]["value"] == 3
    assert shown["NOETL_WORKERS"]["source"] == "NOETL_WORKERS"
    assert shown["NOETL_INLINE_MAX_BYTES"]["source"] == "default"
    assert "hidden" not in str(shown)


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("NOETL_WORKERS", "many"),
        ("NOETL_WORKERS", "0"),
        ("NOETL_GRACE_SECONDS", "nan"),
        ("NOETL_LOG_LEVEL", "loud"),
        ("NOETL_WORKER_TICKS", "perhaps"),
    ],
)
def test_bad_value_names_the_variable(variable: str, text: str) -> None:
    with pytest.raises(InputError, match=f"{variable} '{text}' is bad"):
        read_values({variable: text})


NUMBERS = [
    setting.variable
    for setting in SETTINGS
    if isinstance(setting.default(), int | float)
    and not isinstance(setting.default(), bool)
]


@pytest.mark.parametrize("text", ["abc", "-1", "nan", "1e999", "9" * 5000])
@pytest.mark.parametrize("variable", NUMBERS)
def test_bad_number_names_variable_value_and_what_is_allowed(
    variable: str, text: str
) -> None:
    """In the words of the command line and of the worker's own program."""
    told = f"{variable} {text[:80]!r} is bad: must be "
    with pytest.raises(InputError, match=re.escape(told)) as caught:
        read_values({variable: text})
    assert re.search(r"from \d\S* to \d|1, 3 or 5", str(caught.value))
    if variable != "NOETL_WORKERS":  # of the command line only
        with pytest.raises(ValueError, match=re.escape(told)):
            WorkerSettings.from_environment({variable: text})


@pytest.mark.parametrize(
    "module",
    [("noetl_worker",), ("noetl_shell", "worker"), ("noetl_shell", "nats", "check")],
)
def test_programs_refuse_bad_numbers(module: tuple[str, ...], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *module],
        env={**os.environ, "NOETL_WORKER_SLOTS": "abc", "NOETL_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    told = "NOETL_WORKER_SLOTS 'abc' is bad: must be a whole number from 1 to 100000"
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("command", "variable", "text", "message"),
    [
        (("dispatcher",), "NOETL_MINIO_ACCESS_KEY", "key", "belong together"),
        (("nats", "check"), "NOETL_NATS_REPLICAS", "2", "must be 1, 3 or 5"),
        (("nats", "check"), "NOETL_NATS_URL", "nats", "must be a URL"),
    ],
)
def test_commands_refuse_bad_values(
    cli: Cli, command: tuple[str, ...], variable: str, text: str, message: str
) -> None:
    cli.environment = {variable: text}
    try:
        told = cli(*command, code=2).stderr
    finally:
        cli.environment = {}
    assert message in told
    assert "defect" not in told


@pytest.mark.parametrize(("text", "is_shown"), [("0", False), ("1", True)])
def test_traceback_is_for_who_asks(text: str, *, is_shown: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "noetl_shell", "config"],
        env={**os.environ, "NOETL_WORKERS": "many", "NOETL_DEBUG": text},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert ("Traceback" in done.stderr) == is_shown


def test_settings_page_is_current(conn: psycopg.Connection[Any]) -> None:
    page = (DOCS / "settings.md").read_text()
    assert settings_table() in page
    for name, value, description in conn.execute(
        "select name, value, description from noetl.setting"
    ):
        assert f"| `{name}` | {value} | {description} |" in page


def test_command_page_is_current() -> None:
    """Written by: python -m noetl_shell.reference > docs/cli.md"""
    assert (DOCS / "cli.md").read_text() == cli_reference()
