"""The rig as a fixture; and no test of a race may leave a deadlock in the server's log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.races.rig import Rig
from tests.support.postgres import Server


@pytest.fixture(autouse=True)
def no_deadlock(server: Server) -> Iterator[None]:
    start = server.log.stat().st_size
    yield
    with server.log.open("rb") as log:
        log.seek(start)
        told = log.read().decode(errors="replace")
    assert not re.search("deadlock detected|detected deadlock", told), told[-5000:]


@pytest.fixture
def rig(database: str) -> Iterator[Rig]:
    with ThreadPoolExecutor(64) as pool:
        made = Rig(database, pool)
        try:
            yield made
        finally:
            made.close()
