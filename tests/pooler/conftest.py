"""Fixtures: NoETL behind a pgbouncer that pools transactions.

``pooler``  a pgbouncer with the shipped configuration before ``database``; each
            transaction gets another connection to the server
``pooled``  a lab (tests/worker) whose processes go through it, and listen directly
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.pgbouncer import Pgbouncer, running_pgbouncer
from tests.support.postgres import Server
from tests.worker.conftest import Lab


@pytest.fixture
def pooler(server: Server, database: str) -> Iterator[Pgbouncer]:
    with running_pgbouncer(server, database) as running:
        yield running


class PooledLab(Lab):
    """Our own questions go to the server; processes get the pooler's address."""

    def __init__(self, dsn: str, home: Path, pooler: Pgbouncer) -> None:
        super().__init__(dsn, home)
        self.variables = {
            "NOETL_DB": pooler.dsn,
            "NOETL_DB_DIRECT": dsn,
            "NOETL_DB_PREPARE": "0",
        }


@pytest.fixture
def pooled(database: str, tmp_path: Path, pooler: Pgbouncer) -> Iterator[PooledLab]:
    opened = PooledLab(database, tmp_path, pooler)
    yield opened
    opened.close()
