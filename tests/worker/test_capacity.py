"""Workers say what they can take, and take no more of a tool kind than they have slots for."""

from __future__ import annotations

from typing import Any

import pytest

from noetl_worker.settings import WorkerSettings
from tests.worker.conftest import Lab

PYTHON = """
- step: many
  loop: { in: "{{ workload.numbers }}", iterator: n }
  spec: { loop_mode: fanout }
  tool:
    kind: python
    code: |
      import os, time
      open(input_data["path"], "w").close()
      while not os.path.exists(input_data["go"]):
          time.sleep(0.02)
      result = 1
    input: { path: "{{ workload.home }}/{{ iter.n }}", go: "{{ workload.home }}/go" }
"""


def capacity(lab: Lab, name: str) -> dict[str, Any]:
    row = lab.conn.execute(
        "select w.capacity, w.held from noetl.list_workers() as w where w.name = %s",
        (name,),
    ).fetchone()
    return {} if row is None else {**row["capacity"], "held": row["held"]}


@pytest.mark.accept("P4.2-1")
@pytest.mark.accept("P4.2-2")
def test_registry_follows_a_worker(lab: Lab) -> None:
    lab.worker(
        "w",
        NOETL_WORKER_SLOTS="8",
        NOETL_TOOL_SLOTS="python=2",
        NOETL_HEARTBEAT_SECONDS="0.2",
        NOETL_POLL_SECONDS="0.1",
    )
    lab.until(lambda: bool(capacity(lab, "w")))
    idle = capacity(lab, "w")
    assert idle["slots"] == idle["available_slots"] == 8
    assert idle["active_tasks"] == idle["held"] == 0
    assert idle["tool_pools"] == {"python": {"slots": 2, "free": 2}}
    assert {"python", "duckdb", "http"} <= set(idle["tools"])
    assert idle["version"]
    home = lab.home / "work"
    home.mkdir()
    run = lab.start(PYTHON, {"numbers": list(range(5)), "home": str(home)})
    lab.until(lambda: capacity(lab, "w")["tool_pools"]["python"]["free"] == 0)
    lab.until(lambda: capacity(lab, "w")["available_slots"] == 6)
    busy = capacity(lab, "w")
    assert busy["active_tasks"] == busy["held"] == 2
    lab.until(lambda: len(list(home.iterdir())) == 2)
    # More than two never begin while none has ended, though six slots are free.
    noop = "- step: a\n  tool: { kind: noop }"
    for _ in range(5):
        assert lab.run(noop)["status"] == "completed"
    assert len(list(home.iterdir())) == 2
    (home / "go").touch()
    assert lab.wait(run)["status"] == "completed"
    lab.until(lambda: capacity(lab, "w")["available_slots"] == 8)


def test_worker_serves_only_its_tools(lab: Lab) -> None:
    lab.worker("pythonic", NOETL_WORKER_TOOLS="python")
    both = lab.start(
        "- step: a\n  tool:\n"
        "    - one: { kind: python, code: result = 1 }\n"
        "    - two: { kind: shell, command: 'true' }"
    )
    shell = lab.start("- step: a\n  tool: { kind: shell, command: 'true' }")
    python = lab.start("- step: a\n  tool: { kind: python, code: result = 1 }")
    assert lab.wait(python)["status"] == "completed"
    claimed = "select count(*) from noetl.event where event_type = 'command.claimed'"
    assert lab.count(f"{claimed} and execution_id = any(%s)", [both, shell]) == 0
    lab.worker("other", NOETL_WORKER_TOOLS="shell, python")
    assert lab.wait(both)["status"] == lab.wait(shell)["status"] == "completed"


def test_step_runs_only_in_its_pool(lab: Lab) -> None:
    lab.worker("plain")
    big = "- step: a\n  spec: { pool: big }\n  tool: { kind: noop }"
    run = lab.start(big)
    assert lab.run("- step: a\n  tool: { kind: noop }")["status"] == "completed"
    assert lab.status(run)["status"] == "running"
    lab.worker("big", NOETL_WORKER_POOLS="big")
    assert lab.wait(run)["status"] == "completed"
    row = lab.conn.execute(
        "select worker_id from noetl.event"
        " where execution_id = %s and event_type = 'command.claimed'",
        (run,),
    ).fetchall()
    assert [r["worker_id"] for r in row] == ["big"]


@pytest.mark.accept("P4.3-3")
def test_three_workers_of_different_capacity(lab: Lab) -> None:
    """While all are at work, each has as many as it has slots for the kind."""
    slots = {"small": 1, "middle": 2, "large": 4}
    for name, number in slots.items():
        lab.worker(
            name,
            NOETL_TOOL_SLOTS=f"python={number}",
            NOETL_PYTHON_PROCESSES=str(number),
            NOETL_POLL_SECONDS="0.1",
        )
    lab.until(lambda: all(capacity(lab, name) for name in slots))
    home = lab.home / "work"
    home.mkdir()
    run = lab.start(PYTHON, {"numbers": list(range(12)), "home": str(home)})
    lab.until(lambda: len(list(home.iterdir())) == 7)
    assert {name: capacity(lab, name)["held"] for name in slots} == slots
    (home / "go").touch()
    assert lab.wait(run)["status"] == "completed"


@pytest.mark.parametrize(
    ("variable", "text", "message"),
    [
        ("NOETL_TOOL_SLOTS", "python", "must be such as duckdb=1"),
        ("NOETL_TOOL_SLOTS", "python=0", "must be such as duckdb=1"),
        ("NOETL_TOOL_SLOTS", "python=1=2", "must be such as duckdb=1"),
        ("NOETL_TOOL_SLOTS", "cobol=1", 'no tool kind "cobol"'),
        ("NOETL_WORKER_TOOLS", "python,nats", 'no tool kind "nats"'),
    ],
)
def test_bad_setting_says_what_it_should_be(
    variable: str, text: str, message: str
) -> None:
    with pytest.raises(ValueError, match=f"{variable} {text!r} is bad: {message}"):
        WorkerSettings.from_environment({variable: text})
