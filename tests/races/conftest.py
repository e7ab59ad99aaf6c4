"""The rig as a fixture."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.races.rig import Rig


@pytest.fixture
def rig(database: str) -> Iterator[Rig]:
    with ThreadPoolExecutor(24) as pool:
        made = Rig(database, pool)
        try:
            yield made
        finally:
            made.close()
