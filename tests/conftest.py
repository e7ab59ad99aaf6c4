"""Fixtures: real PostgreSQL servers and databases. Nothing is mocked, fsync is on.

``server``           the session's server (``--postgres=15``, the default, or ``18``,
                     the embedded one): ``.dsn(dbname, user)``, ``.port``, ``.pid``,
                     ``.socket_dir``, ``.bin``, ``.environment(dbname)``
``embedded_server``  a server of the embedded PostgreSQL 18, whatever ``--postgres`` is
``own_server``       a server for one test, which may stop, crash and start it
``databases``        makes databases on ``server``: ``.create()``, ``.create_empty()``,
                     ``.end(dsn)``; for fixtures of wider scope than one test
``database``         DSN of a fresh database with the schema, dropped afterwards; at the
                     end the events of its runs must tell all that the runs are
``empty_database``   the same without the schema
``connect``          ``connect(dsn=database, role=None, autocommit=True, **options)``:
                     connections that are closed at the end of the test;
                     ``role="noetl_worker"`` acts as that role
``conn``             one such connection to ``database``, in autocommit

Databases come from a template that is deployed once, functions taken from their source
files. Their clock stands at ``set noetl.test_now = '2030-01-01'`` if a session sets it.

``@pytest.mark.accept("P0.1-3")`` names the rows of docs/acceptance.md that a test
proves; ``--results FILE`` records them for ``make acceptance``.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest

from tests.support.databases import Databases
from tests.support.nats import Nats, running_nats
from tests.support.postgres import VERSIONS, Server, running_server
from tests.support.swift import Swift, running_swift
from tools.acceptance import Outcomes

_ROWS = "accept"

Connect = Callable[..., psycopg.Connection[Any]]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("noetl")
    group.addoption("--postgres", choices=VERSIONS, default="15", help="server version")
    group.addoption(
        "--full",
        action="store_true",
        help="bounds that need a machine to itself, test_pft_flow at full size",
    )
    group.addoption("--results", type=Path, help="record accepted rows in this file")


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with running_server(request.config.getoption("--postgres")) as running:
        yield running


@pytest.fixture(scope="session")
def embedded_server() -> Iterator[Server]:
    with running_server("18") as running:
        yield running


@pytest.fixture
def own_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with running_server(request.config.getoption("--postgres")) as running:
        yield running


@pytest.fixture(scope="session")
def databases(server: Server) -> Databases:
    return Databases(server)


@pytest.fixture
def database(databases: Databases) -> Iterator[str]:
    dsn = databases.create()
    yield dsn
    databases.end(dsn)


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[str]:
    dsn = databases.create_empty()
    yield dsn
    databases.drop(dsn)


@pytest.fixture
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    with ExitStack() as stack:

        def open_connection(
            dsn: str | None = None,
            *,
            role: str | None = None,
            autocommit: bool = True,
            **options: Any,
        ) -> psycopg.Connection[Any]:
            target: str = dsn or request.getfixturevalue("database")
            if role is not None:
                options["options"] = f"-c role={role} {options.get('options', '')}"
            return stack.enter_context(
                psycopg.connect(target, autocommit=autocommit, **options)
            )

        yield open_connection


@pytest.fixture
def conn(database: str, connect: Connect) -> psycopg.Connection[Any]:
    return connect(database)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    # A shell starts what runs in its background with Ctrl-C ignored, and what we start
    # and interrupt would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Most of a short process's time is compiling what it imports.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if config.option.basetemp is None:
        # Not pytest's own place: each pytest that starts makes that unreadable for
        # others, and as root the embedded servers of a running one are such others.
        directory = TemporaryDirectory(
            prefix="noetl-pytest-", ignore_cleanup_errors=True
        )
        config.option.basetemp = Path(directory.name) / "tests"
        config.add_cleanup(directory.cleanup)
    path: Path | None = config.getoption("--results")
    if path is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Recorder(path))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    rows = [row for mark in item.iter_markers("accept") for row in mark.args]
    if rows and (report.when == "call" or not report.passed):
        report.user_properties.append((_ROWS, rows))
    return report


class _Recorder:
    """Writes what the tests said about the rows they carry, in whichever process they ran."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._outcomes = Outcomes()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, rows in report.user_properties:
            if name == _ROWS:
                for row in rows:  # type: ignore[attr-defined]
                    self._outcomes.add(row, report.nodeid, report.outcome)

    def pytest_sessionfinish(self) -> None:
        self._outcomes.write(self._path)


@pytest.fixture(scope="session")
def swift() -> Iterator[Swift]:
    with running_swift() as running:
        yield running


@pytest.fixture(scope="session")
def nats() -> Iterator[Nats]:
    with running_nats() as running:
        yield running
