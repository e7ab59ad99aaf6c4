"""Fixtures of the benchmark's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.rig import Connection, Rig, running_rig


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    with running_rig() as running:
        yield running


@pytest.fixture
def bench_conn(rig: Rig) -> Iterator[Connection]:
    with rig.connect() as conn:
        yield conn
