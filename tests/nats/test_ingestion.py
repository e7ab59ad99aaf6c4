"""What a dispatcher takes in: duplicates change nothing, poison is parked, the rest goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from typing import Any

import pytest

from tests.nats.conftest import DEAD, EVENTS, NatsLab

HELD = """
- step: one
  tool: { kind: noop, result: 1 }
"""


def claimed(lab: NatsLab) -> tuple[int, dict[str, Any]]:
    """A run whose command a session of ours holds, and the report that ends it."""
    run = lab.start(HELD)
    session = lab.conn.execute(
        "select noetl.register_session('held', '{default}', '{}', now()) as id"
    ).fetchone()
    assert session is not None
    row = lab.conn.execute(
        "select command_id from noetl.claim_commands(%s, %s, 1)",
        (session["id"], uuid.uuid4()),
    ).fetchone()
    assert row is not None
    return run, {
        "session": str(session["id"]),
        "execution_id": run,
        "command_id": row["command_id"],
        "type": "command.completed",
        "result": {"status": "ok", "reference": None, "context": {"data": 1}},
        "meta": {"attempt": 1},
    }


def parked(lab: NatsLab) -> list[dict[str, Any]]:
    return lab.conn.execute(
        "select * from noetl.dead_letter order by dead_letter_id"
    ).fetchall()


def send(lab: NatsLab, data: bytes) -> None:
    lab.publish("noetl.events.0.1.command.completed", data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{", "no JSON"),
        (b"17", "no list of reports"),
        (b"[]", "no list of reports"),
        (b"x" * 2000, "too large"),
        (b'["text"]', "must be a mapping"),
        (b'[{"execution_id": "x"}]', "execution_id must be an integer"),
        (b"unknown type", "type must be"),
        (b"unknown run", "there is no execution 5"),
        (b"nul", "unsupported Unicode"),
        (b"[" * 1500 + b"]" * 1500, ""),
    ],
)
def test_poison_is_parked_and_blocks_nothing(
    lab: NatsLab, data: bytes, reason: str
) -> None:
    lab.dispatcher(NOETL_NATS_MESSAGE_MAX_BYTES="4000" if b"[[" in data else "1500")
    lab.ready()
    run, report = claimed(lab)
    bad = {
        b"unknown type": report | {"type": "command.exploded"},
        b"unknown run": report | {"execution_id": 5},
        b"nul": report | {"ctx": {"a": "\0"}, "command_id": "other"},
    }.get(data)
    send(lab, data if bad is None else json.dumps([bad]).encode())
    send(lab, json.dumps([report]).encode())
    assert lab.wait(run)["status"] == "completed"
    lab.until(lambda: len(parked(lab)) == 1)
    letter = parked(lab)[0]
    assert reason in letter["reason"]
    assert letter["subject"] == "noetl.events.0.1.command.completed"
    lab.until(lambda: lab.messages(EVENTS) == 0 and lab.messages(DEAD) == 1)


def test_bad_report_does_not_take_others_of_its_message_along(lab: NatsLab) -> None:
    lab.dispatcher()
    lab.ready()
    run, report = claimed(lab)
    send(lab, json.dumps([{"type": "nonsense"}, report]).encode())
    assert lab.wait(run)["status"] == "completed"
    lab.until(lambda: len(parked(lab)) == 1)
    assert json.loads(parked(lab)[0]["payload"]) == {"type": "nonsense"}


def test_id_beyond_all_executions_is_parked(lab: NatsLab) -> None:
    """With a late one in its batch: then the database is asked which are unknown."""
    lab.dispatcher()
    lab.ready()
    run, report = claimed(lab)
    beyond = [report | {"execution_id": "9" * digits} for digits in (19, 5000)]
    send(lab, json.dumps([report]).encode())
    assert lab.wait(run)["status"] == "completed"
    send(lab, json.dumps([report, *beyond]).encode())
    lab.until(lambda: len(parked(lab)) == 2)
    lab.until(lambda: lab.messages(EVENTS) == 0)


@pytest.mark.parametrize(
    "subject", ["_INBOX.a b c d", "_INBOX.", "_INBOX.>", "noetl.commands.one"]
)
def test_answer_goes_to_an_inbox_only(lab: NatsLab, subject: str) -> None:
    """What would end the connection at each delivery ends nothing."""
    lab.dispatcher()
    lab.ready()
    run, report = claimed(lab)
    header = {"Noetl-Reply-To": subject}
    text = json.dumps([report]).encode()
    lab.publish("noetl.events.0.1.command.completed", text, **header)
    assert lab.wait(run)["status"] == "completed"
    lab.until(lambda: lab.messages(EVENTS) == 0)
    assert "noetl.commands.one" not in lab.subjects()
    assert "trying again" not in lab.log("d1")
    assert parked(lab) == []


def test_duplicates_change_nothing(lab: NatsLab) -> None:
    lab.dispatcher("d1")
    lab.dispatcher("d2")
    lab.ready()
    run, report = claimed(lab)
    for _ in range(20):
        send(lab, json.dumps([report, report]).encode())
    assert lab.wait(run)["status"] == "completed"
    lab.until(lambda: lab.messages(EVENTS) == 0)
    done = (
        "select count(*) from noetl.event where execution_id = %s and event_type = %s"
    )
    assert lab.count(done, run, "command.completed") == 1
    assert lab.count(done, run, "call.done") == 1
    assert parked(lab) == []


def test_dead_letter_is_retried_and_discarded(lab: NatsLab) -> None:
    run, report = claimed(lab)
    park = "select noetl.park_message(%s, 's', 'why', %s, now(), 1) as is_new"
    for key, data in (("a", json.dumps(report)), ("b", "{")):
        lab.conn.execute(park, (key, data.encode()))

    def noetl(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "noetl_shell", "dead-letters", *arguments],
            env={**os.environ, "NOETL_DB": lab.dsn, "NOETL_HOME": str(lab.home)},
            capture_output=True,
            text=True,
            check=False,
        )

    ids = [str(letter["dead_letter_id"]) for letter in parked(lab)]
    listed = json.loads(noetl("list", "--json").stdout)
    assert [letter["reason"] for letter in listed] == ["why", "why"]
    done = noetl("retry", *ids)
    assert done.returncode == 1, done.stderr
    assert "recorded" in done.stdout
    assert "invalid input syntax for type json" in done.stdout
    assert (
        lab.count("select count(*) from noetl.command where execution_id = %s", run)
        == 0
    )
    assert noetl("discard", ids[1]).returncode == 0
    assert noetl("discard", ids[1]).returncode == 1
    assert noetl("discard", str(2**63)).returncode == 2
    assert parked(lab) == []


def test_database_is_away_for_a_while(lab: NatsLab) -> None:
    """The dispatcher's connections are cut again and again; nothing is lost."""
    lab.dispatcher()
    lab.ready()
    run, report = claimed(lab)
    cut = (
        "select count(pg_terminate_backend(pid)) from pg_stat_activity"
        " where starts_with(application_name, 'noetl ingestion')"
        " and datname = current_database()"
    )
    send(lab, json.dumps([report | {"type": "command.heartbeat"}]).encode())
    lab.until(lambda: lab.count(cut) > 0)
    send(lab, json.dumps([report]).encode())
    assert lab.wait(run)["status"] == "completed"
    lab.until(lambda: lab.messages(EVENTS) == 0)
