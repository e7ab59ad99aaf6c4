"""Logs for machines: each line is one JSON object, with the ids of what it is about."""

from __future__ import annotations

import json
import logging
import os
import signal
from datetime import datetime
from typing import Any

import pytest

from noetl_worker.logs import configure_logging
from tests.worker.conftest import Lab

JSON = {"NOETL_LOG_FORMAT": "json"}
PRINTS = """
- step: many
  loop: { in: [1, 2, 3], iterator: n, spec: { mode: parallel } }
  tool: { kind: python, input: { n: "{{ iter.n }}" }, code: "print('größe', n)" }
"""


def lines(lab: Lab, name: str = "one") -> list[dict[str, Any]]:
    return [json.loads(line) for line in lab.log(name).splitlines()]


def test_lines_of_a_worker_are_json_and_carry_the_ids(lab: Lab) -> None:
    process = lab.worker(**JSON)
    run = lab.start(PRINTS)
    assert lab.wait(run)["status"] == "completed"
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    for line in lines(lab):
        assert {"timestamp", "level", "logger", "message"} <= line.keys()
        datetime.fromisoformat(line["timestamp"])
    printed = [line for line in lines(lab) if "größe" in line["message"]]
    assert sorted(line["message"][-1] for line in printed) == ["1", "2", "3"]
    commands = {
        row["command_id"]
        for row in lab.conn.execute(
            "select meta ->> 'command_id' as command_id from noetl.event"
            " where execution_id = %s and event_type = 'command.issued'",
            (run,),
        )
    }
    assert {line["command_id"] for line in printed} == commands
    assert {(line["execution_id"], line["step"]) for line in printed} == {
        (str(run), "many")
    }
    others = [line for line in lines(lab) if line not in printed]
    assert others
    assert not any("command_id" in line for line in others)


def test_cancelled_command_is_named(lab: Lab) -> None:
    lab.worker(**JSON, NOETL_HEARTBEAT_SECONDS="0.1")
    began = lab.home / "began"
    run = lab.start(
        f"[{{step: s, tool: {{kind: shell, command: 'touch {began}; sleep 60'}}}}]"
    )
    lab.until(began.exists, 90)
    lab.conn.execute("select noetl.cancel_execution(%s)", (run,))
    lab.until(lambda: "was cancelled" in lab.log(), 90)
    (line,) = (line for line in lines(lab) if "was cancelled" in line["message"])
    assert (line["execution_id"], line["step"]) == (str(run), "s")
    assert line["command_id"] in line["message"]


def test_dispatcher_logs_json_too(lab: Lab) -> None:
    lab.worker("d1", "noetl_shell", ("dispatcher", "--name", "d1"), **JSON)
    lab.until(lambda: "session" in lab.log("d1"), 90)
    assert lines(lab, "d1")[0]["logger"] == "noetl_shell.dispatcher"


def test_fault_of_a_tool_is_one_line_without_its_secrets(lab: Lab) -> None:
    lab.credential("pg", {"dsn": "postgresql://nobody:s3cr3t-word@127.0.0.1:1/x"})
    lab.worker(**JSON)
    lab.run(
        "[{step: s, tool: {kind: postgres, auth: pg, query: select 1}}]",
    )
    assert lines(lab)
    assert "s3cr3t-word" not in lab.log()


def test_bad_format_is_refused(lab: Lab) -> None:
    process = lab.worker(NOETL_LOG_FORMAT="xml")
    assert process.wait(30) == 2
    assert "must be text or json" in lab.log()
    assert "Traceback" not in lab.log()


@pytest.mark.parametrize("form", ["text", "json"])
def test_exceptions_are_logged(
    form: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()  # as it is when a program starts
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    configure_logging("info", form)
    try:
        os.environ["NOETL_LOST"]
    except KeyError:
        logging.getLogger("noetl").exception("failed\nbadly")
    text = capsys.readouterr().err
    if form == "json":
        line = json.loads(text)
        assert line["message"] == "failed\nbadly"
        assert "KeyError: 'NOETL_LOST'" in line["exc_info"]
    assert "KeyError" in text
