"""Fixtures: the command ``noetl`` with a home directory.

``cli``       a home whose embedded database is shared by a module's tests
``own_cli``   a home for one test, which may break its database
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.support import Cli


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cli]:
    cli = Cli(tmp_path_factory.mktemp("cli") / "home")
    yield cli
    cli("db", "down")


@pytest.fixture
def own_cli(tmp_path: Path) -> Iterator[Cli]:
    cli = Cli(tmp_path / "home")
    yield cli
    cli("db", "down")
