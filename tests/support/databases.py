"""Databases with the schema deployed, copied from a template made once per server."""

from __future__ import annotations

from functools import cached_property
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from tests.support.postgres import Server
from tests.support.rebuilds import lost_in_rebuilds
from tools.schema import deploy

_CLOCK = Path(__file__).with_name("clock.sql")
_NUMBERS = count(1)


def deploy_for_tests(dsn: str) -> None:
    """Deploy the schema and replace the clock by one that tests can set."""
    deploy(dsn)
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute(_CLOCK.read_bytes())


class Databases:
    """Makes databases on one server."""

    def __init__(self, server: Server) -> None:
        self.server = server

    @cached_property
    def template(self) -> str:
        """The name of the template, deployed on first use."""
        name = "noetl_template"
        dsn = self.create_empty(name)
        try:
            deploy_for_tests(dsn)
        except BaseException:
            self.drop(dsn)  # or the next test would copy half a schema
            raise
        return name

    def create_empty(self, name: str | None = None) -> str:
        """Make an empty database; return its DSN."""
        return self._create(name, "template0")

    def create(self, name: str | None = None) -> str:
        """Make a database with the schema; return its DSN."""
        return self._create(name, self.template)

    def end(self, dsn: str) -> None:
        """Drop a database whose runs' events must tell all that the runs are."""
        lost = lost_in_rebuilds(dsn)
        self.drop(dsn)
        assert not lost, f"live | rebuilt: {lost[:3]}"

    def drop(self, dsn: str) -> None:
        """Drop a database, and whoever is still connected to it."""
        name = psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]
        self._execute(
            sql.SQL("drop database {} with (force)").format(sql.Identifier(str(name)))
        )

    def _create(self, name: str | None, template: str) -> str:
        name = name or f"t{next(_NUMBERS)}"
        self._execute(
            sql.SQL("create database {} template {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return self.server.dsn(name)

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.server.dsn(), autocommit=True) as conn:
            conn.execute(statement)
