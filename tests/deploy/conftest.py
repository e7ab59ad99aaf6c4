"""Servers with a DBA who is no superuser, and sqitch as that DBA runs it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from tests.support.databases import Databases
from tests.support.postgres import VERSIONS, Server, running_server
from tools.flatten_sql import ROOT

DBA = "dba"


@dataclass(frozen=True, slots=True)
class Target:
    """A database, empty at first, and who deploys there."""

    server: Server
    dbname: str
    user: str = DBA

    @property
    def dsn(self) -> str:
        return self.server.dsn(self.dbname, user=self.user)

    def sqitch(self, *arguments: str, fails: bool = False) -> str:
        """Run plain sqitch; return what it prints."""
        done = subprocess.run(
            ["sqitch", *arguments, f"db:pg:{self.dbname}"],
            cwd=ROOT,
            env={
                **self.server.environment(self.dbname),
                "PGUSER": self.user,
                "SQITCH_FULLNAME": "A DBA",
                "SQITCH_EMAIL": "dba@example.com",
                "SQITCH_USER_CONFIG": "/dev/null",
                "SQITCH_SYSTEM_CONFIG": "/dev/null",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stdout
        return done.stdout


@pytest.fixture(scope="session", params=VERSIONS, ids=lambda version: f"pg{version}")
def dba_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A cluster of its own: roles are cluster-wide, and here the DBA makes them."""
    with running_server(request.param) as server:
        with psycopg.connect(server.dsn(), autocommit=True) as conn:
            conn.execute(f"create role {DBA} login createrole createdb")
        yield server


@pytest.fixture
def target(dba_server: Server) -> Iterator[Target]:
    databases = Databases(dba_server)
    dsn = databases.create_empty()
    dbname = psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]
    assert isinstance(dbname, str)
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute(f"alter database {dbname} owner to {DBA}")
    yield Target(dba_server, dbname)
    databases.drop(dsn)
