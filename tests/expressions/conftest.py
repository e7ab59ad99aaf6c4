"""A database that holds the expression functions alone, and both evaluators."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.expressions.evaluators import Evaluators
from tests.support.databases import Databases
from tests.support.postgres import Server

_FUNCTIONS = Path(__file__).parents[2] / "sql" / "functions"
_OUTCOME = Path(__file__).with_name("outcome.sql")


@pytest.fixture(scope="session")
def expression_database(databases: Databases, server: Server) -> Iterator[str]:
    """Yield the DSN of a database with the functions of sql/functions/expression."""
    dsn = databases.create_empty()
    subprocess.run(
        [
            "psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", dsn,
            "-c", "create schema noetl_internal",
            "-f", str(_FUNCTIONS / "engine" / "clock_now.sql"),
            "-f", str(_FUNCTIONS / "expression" / "install.sql"),
        ],
        check=True,
    )  # fmt: skip
    yield dsn
    databases.drop(dsn)


@pytest.fixture(scope="session")
def evaluators(expression_database: str) -> Iterator[Evaluators]:
    """Yield the evaluators, SQL under the search path that API functions pin."""
    connection: psycopg.Connection[Any]
    with psycopg.connect(expression_database, autocommit=True) as connection:
        connection.execute("set search_path = pg_catalog, pg_temp")
        connection.execute(_OUTCOME.read_bytes())
        yield Evaluators(connection)
