"""A primary dies in the middle of a run, its standby is promoted, and workers follow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.operate.long_loop import ITEMS, LongLoop
from tests.support.databases import Databases
from tests.support.postgres import Server, running_server
from tests.worker.conftest import Lab


@dataclass(slots=True)
class Pair:
    """A primary, and a standby that streams from it."""

    primary: Server
    standby: Server

    def dsn(self) -> str:
        """Both hosts; whoever connects finds the one that takes writes."""
        hosts = f"127.0.0.1:{self.primary.port},127.0.0.1:{self.standby.port}"
        return f"postgresql://postgres@{hosts}/noetl?target_session_attrs=read-write"

    def configure_primary(self, name: str, value: str) -> None:
        self._configure(self.primary, name, value)

    def stop_receiving(self) -> None:
        """What is committed from now on is lost with the primary."""
        self._configure(self.standby, "primary_conninfo", "")
        with psycopg.connect(self.standby.dsn(), autocommit=True) as conn:
            _until_gone(conn, "select from pg_stat_wal_receiver")

    def promote(self) -> None:
        """What an operator does, or a manager of failovers."""
        with psycopg.connect(self.standby.dsn(), autocommit=True) as conn:
            assert conn.execute("select pg_promote(wait => true)").fetchone() == (True,)

    def _configure(self, server: Server, name: str, value: str) -> None:
        with psycopg.connect(server.dsn(), autocommit=True) as conn:
            conn.execute(f"alter system set {name} = '{value}'".encode())
            conn.execute("select pg_reload_conf()")


def _until_gone(conn: psycopg.Connection[tuple[object, ...]], query: str) -> None:
    deadline = "select clock_timestamp() > %s"
    (end,) = conn.execute("select clock_timestamp() + '1 min'").fetchone() or (None,)
    while conn.execute(query.encode()).fetchone() is not None:
        assert conn.execute(deadline, (end,)).fetchone() == (False,), query
        conn.execute("select pg_sleep(0.05)")


@pytest.fixture
def pair(own_server: Server) -> Iterator[Pair]:
    Databases(own_server).create("noetl")

    def copy(data: Path) -> None:
        own_server.run(
            *("pg_basebackup", f"--pgdata={data}", "--checkpoint=fast"),
            "--write-recovery-conf",
        )

    with running_server(own_server.version, copy) as standby:
        yield Pair(own_server, standby)


@contextmanager
def disturbed(pair: Pair, home: Path) -> Iterator[tuple[Lab, LongLoop]]:
    """A loop at work, with two workers and a dispatcher."""
    lab = Lab(pair.dsn(), home)
    try:
        loop = LongLoop(lab, home)
        lab.worker("d1", "noetl_shell", ("dispatcher", "--name", "d1"))
        lab.until(lambda: "as d1" in lab.log("d1"), 90)
        loop.start_worker(lab, "one", "one")
        loop.start_worker(lab, "two", "two")
        loop.until_recorded(lab, ITEMS // 4)
        yield lab, loop
        ended = [process.poll() for process in lab.workers]
        assert ended == [None] * 3, lab.log("d1") + lab.log("one") + lab.log("two")
    finally:
        lab.close()


def reconnect(lab: Lab) -> None:
    """With the very same URL."""
    lab.conn.close()
    lab.conn = lab.connect()


def test_synchronous_standby_loses_nothing(pair: Pair, tmp_path: Path) -> None:
    """What was confirmed to a worker is in the promoted standby, and never runs again."""
    pair.configure_primary("synchronous_standby_names", "*")
    pair.configure_primary("synchronous_commit", "remote_apply")
    with disturbed(pair, tmp_path) as (lab, loop):
        pair.primary.kill()
        told = loop.confirmed()
        pair.promote()
        reconnect(lab)
        known, before = loop.recorded(lab), loop.effects()
        assert len(told) >= ITEMS / 8
        assert loop.unrecorded(lab, told) == set()
        loop.must_end_well(lab)
        after = loop.effects()
        assert {n: after[n] for n in known} == {n: before[n] for n in known}


def test_asynchronous_standby_does_again_what_it_never_heard_of(
    pair: Pair, tmp_path: Path
) -> None:
    """The hard case: workers forget a report that was confirmed, and then is lost.

    Their next heartbeat does not list the command, so it is given out again. Sessions live
    on: nobody waits for them to run out.
    """
    with disturbed(pair, tmp_path) as (lab, loop):
        pair.stop_receiving()
        heard = loop.recorded(lab).total()
        loop.open_gate()  # they may have done what they were free to do
        loop.until_recorded(lab, heard + 20)
        lost_at_least = loop.recorded(lab).total() - heard
        pair.primary.kill()
        told = loop.confirmed()
        pair.promote()
        reconnect(lab)
        lost = loop.unrecorded(lab, told)
        known, before = loop.recorded(lab), loop.effects()
        print(f"{len(told)} confirmed, {len(lost)} of them lost")
        assert lost_at_least > 0
        assert lost
        loop.must_end_well(lab)
        after = loop.effects()
        again = {n for n in range(ITEMS) if after[n] > 1}
        assert {n: after[n] for n in known} == {n: before[n] for n in known}
        assert len(again) >= len(lost)
