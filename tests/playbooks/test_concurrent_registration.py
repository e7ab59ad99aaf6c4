"""Two sessions register under one path at once: versions stay in line."""

from __future__ import annotations

import threading
import time
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from tests.conftest import Connect

REGISTER = "select version, created from noetl.register_playbook(%s)"


def playbook(size: int) -> Jsonb:
    """A playbook whose content depends on the size."""
    return Jsonb(
        {
            "metadata": {"name": "shared"},
            "workload": {"size": size},
            "workflow": [{"step": "a"}],
        }
    )


def second_answer(connect: Connect, content: Jsonb) -> Any:
    """Register one content, and another while the first is not yet committed."""
    first, second, watcher = connect(autocommit=False), connect(), connect()
    assert first.execute(REGISTER, [playbook(1)]).fetchone() == (1, True)
    answers: list[Any] = []

    def register() -> None:
        answers.append(second.execute(REGISTER, [content]).fetchone())

    thread = threading.Thread(target=register)
    thread.start()
    waits(watcher, second.info.backend_pid)
    first.commit()
    thread.join(10)
    return answers[0]


def waits(conn: psycopg.Connection[Any], pid: int) -> None:
    """Return once the session waits for a lock."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        row = conn.execute(
            "select wait_event_type from pg_stat_activity where pid = %s", [pid]
        ).fetchone()
        if row == ("Lock",):
            return
        time.sleep(0.02)
    raise AssertionError("the second session never waited")


def test_another_content_becomes_the_next_version(connect: Connect) -> None:
    assert second_answer(connect, playbook(2)) == (2, True)


def test_the_same_content_finds_the_version_just_made(connect: Connect) -> None:
    assert second_answer(connect, playbook(1)) == (1, False)
