"""Fixtures: real stores. Each test has a bucket or directory of its own.

``lab``     a store of each tier in turn: tests that use it are the conformance suite
``remote``  the same for tiers that have a server
``swift``   a server with S3's interface that checks signatures
``nats``    a server with JetStream
``tmpfs``   a mounted directory with room for 4 MB
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from noetl_worker.stores.base import StoreTier
from tests.stores.lab import Lab
from tests.support.nats import Nats
from tests.support.swift import Swift

_NUMBERS = count(1)


@pytest.fixture
def tmpfs(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "mounted"
    path.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "none", path],
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip("this machine does not let us mount a tmpfs")
    yield path
    subprocess.run(["umount", "-l", path], check=True)


def make_lab(tier: StoreTier, tmp_path: Path, request: pytest.FixtureRequest) -> Lab:
    """A lab of a tier, with an empty store."""
    name = f"lab-{next(_NUMBERS)}"
    root = tmp_path / "results"
    if tier == StoreTier.PVC:
        return Lab(tier, root, {}, large=3 << 20, huge=3 << 20)
    if tier in {StoreTier.KV, StoreTier.OBJECT}:
        nats: Nats = request.getfixturevalue("nats")
        variables = {
            "NOETL_NATS_URL": nats.url(),
            "NOETL_NATS_KV_BUCKET": name,
            "NOETL_NATS_OBJECT_BUCKET": name,
        }
        large = 900_000 if tier == StoreTier.KV else 9 << 20
        return Lab(tier, root, variables, large, large, nats)
    swift: Swift = request.getfixturevalue("swift")
    variables = swift.environment(tier.upper(), name)
    return Lab(tier, root, variables, 9 << 20, 42 << 20, swift)


@pytest.fixture(params=[StoreTier.PVC, StoreTier.MINIO, StoreTier.KV, StoreTier.OBJECT])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    made = make_lab(request.param, tmp_path, request)
    yield made
    made.close()


@pytest.fixture(params=[StoreTier.MINIO, StoreTier.KV, StoreTier.OBJECT])
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    made = make_lab(request.param, tmp_path, request)
    yield made
    made.close()


@pytest.fixture
def minio(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    made = make_lab(StoreTier.MINIO, tmp_path, request)
    yield made
    made.close()


@pytest.fixture
def pvc(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    made = make_lab(StoreTier.PVC, tmp_path, request)
    yield made
    made.close()
