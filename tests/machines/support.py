"""What files in ops/ say about NoETL, held against the program."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click
import yaml

from noetl_shell.cli import noetl
from noetl_shell.settings import SETTINGS, read_values
from noetl_worker.settings import WorkerSettings
from tools.flatten_sql import ROOT

OPS: Final = ROOT / "ops"
VERSION: Final[str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
    "version"
]
GRACE_SECONDS: Final = WorkerSettings().grace_seconds


def program(name: str) -> str:
    """A program of the development tools."""
    path = Path(sys.executable).with_name(name)
    assert path.exists(), f"no {name}: run 'make setup'"
    return str(path)


def require_command(words: Sequence[str]) -> None:
    """Fail unless ``noetl`` takes these words."""
    command: click.Command = noetl
    rest = list(words)
    while isinstance(command, click.Group):
        assert rest, f"noetl {' '.join(words)} is not complete"
        found = command.get_command(click.Context(command), rest.pop(0))
        assert found is not None, f"there is no noetl {' '.join(words)}"
        command = found
    command.make_context(command.name, rest)


def require_settings(variables: Mapping[str, str]) -> None:
    """Fail unless each ``NOETL_`` variable is a setting, and its value can be read."""
    ours = {name: str(v) for name, v in variables.items() if name.startswith("NOETL_")}
    assert ours
    unknown = ours.keys() - {setting.variable for setting in SETTINGS}
    assert not unknown
    read_values(ours)


def assignments(lines: Iterable[str]) -> dict[str, str]:
    """``NAME=value`` lines, those in comments too; empty ones and prose are left out."""
    found = {}
    for line in lines:
        name, separator, value = line.removeprefix("#").partition("=")
        if separator and name.isupper() and " " not in name:
            found[name] = value.strip()
    return found


def load(path: str) -> Any:
    """A YAML file in ops/."""
    return yaml.safe_load((OPS / path).read_text())
