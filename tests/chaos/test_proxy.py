"""The proxy forwards, and cuts in each way, while the database goes on."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import psycopg
import pytest

from tests.chaos.proxy import CUTS, HOST, Cut, Proxy
from tests.support.postgres import Server


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    with Proxy(server.port) as running:
        yield running


def connect(proxy: Proxy) -> psycopg.Connection[tuple[int]]:
    return psycopg.connect(
        f"postgresql://postgres@{HOST}:{proxy.port}/postgres", autocommit=True
    )


def use(conn: psycopg.Connection[tuple[int]]) -> None:
    for _ in range(1000):
        conn.execute("select repeat('x', 100)")


def test_it_forwards_large_answers(proxy: Proxy) -> None:
    with connect(proxy) as conn:
        row = conn.execute("select repeat('x', 3000000)").fetchone()
    assert row is not None
    assert len(str(row[0])) == 3_000_000


@pytest.mark.parametrize("how", CUTS)
def test_a_cut_connection_is_lost_and_the_next_works(proxy: Proxy, how: Cut) -> None:
    with connect(proxy) as conn:
        conn.execute("select 1")
        assert proxy.cut(how, 1.0, random.Random(1)) == 1
        with pytest.raises(psycopg.OperationalError):
            use(conn)
    with connect(proxy) as conn:
        assert conn.execute("select 1").fetchone() == (1,)


class Late(random.Random):
    """Draws the same time always, so that what is asked gets through before it."""

    def uniform(self, a: float, b: float) -> float:  # noqa: ARG002
        return 3.0


def test_what_was_asked_is_done_although_the_answer_is_lost(
    proxy: Proxy, server: Server
) -> None:
    with connect(proxy) as conn, psycopg.connect(server.dsn()) as direct:
        conn.execute("create table proxied (n integer)")
        proxy.cut("after losing answers", 1.0, Late(1))
        with pytest.raises(psycopg.OperationalError):
            conn.execute("insert into proxied values (1)")
        deadline = time.monotonic() + 10
        while direct.execute("select n from proxied").fetchone() is None:
            assert time.monotonic() < deadline
            direct.rollback()
            time.sleep(0.01)
        direct.execute("drop table proxied")


def test_a_share_of_the_connections_is_cut(proxy: Proxy) -> None:
    conns = [connect(proxy) for _ in range(10)]
    assert proxy.cut("at once", 0.3, random.Random(1)) == 3
    time.sleep(0.1)
    lost = 0
    for conn in conns:
        try:
            conn.execute("select 1")
        except psycopg.OperationalError:
            lost += 1
        conn.close()
    assert lost == 3


def test_it_refuses_what_the_database_refuses() -> None:
    with Proxy(1) as proxy, pytest.raises(psycopg.OperationalError):
        connect(proxy)
