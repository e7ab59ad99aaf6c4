"""A number in the database, watched while a test goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg

_PAUSE_SECONDS: Final = 0.05


@contextmanager
def sampled(dsn: str, query: str) -> Iterator[list[tuple[float, float]]]:
    """When (``time.monotonic``) a query was asked, and its number, where there was one.

    It is asked about twenty times a second, until the block or the database ends.
    """
    found: list[tuple[float, float]] = []
    over = threading.Event()

    def watch(conn: psycopg.Connection[tuple[float | None]]) -> None:
        with conn:
            while not over.wait(_PAUSE_SECONDS):
                try:
                    row = conn.execute(query).fetchone()
                except psycopg.OperationalError:
                    return  # the test has ended the server
                if row is not None and row[0] is not None:
                    found.append((time.monotonic(), float(row[0])))

    thread = threading.Thread(
        target=watch, args=(psycopg.connect(dsn, autocommit=True),)
    )
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()
