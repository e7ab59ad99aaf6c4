"""Fixtures: the command ``noetl`` with a home directory.

``cli``       a home whose embedded database is shared by a module's tests
``own_cli``   a home for one test, which may break its database
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.support import Cli


@contextmanager
def home() -> Iterator[Path]:
    """Not pytest's: it closes its directories to others while we use them.

    Others may pass, so that the first command has nothing to say of that.
    """
    with tempfile.TemporaryDirectory(prefix="noetl-cli-") as directory:
        Path(directory).chmod(0o711)
        yield Path(directory) / "home"


@pytest.fixture(scope="module")
def cli() -> Iterator[Cli]:
    with home() as path:
        cli = Cli(path)
        yield cli
        cli("db", "down")


@pytest.fixture
def own_cli() -> Iterator[Cli]:
    with home() as path:
        cli = Cli(path)
        yield cli
        cli("db", "down")
