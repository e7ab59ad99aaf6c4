"""Whole runs by worker processes, over every way, and over several at once."""

from __future__ import annotations

import signal
from collections import Counter
from contextlib import ExitStack
from typing import Any

import pytest

from tests.support.postgres import Server
from tests.support.processes import children_of
from tests.worker.conftest import Lab
from tests.worker.transports.conftest import WAYS, HttpWay, Way, events, opened

# Something of everything that workers say: ctx, loops, a fan-out with a retry, chunks,
# results of all sizes, a frame of rows to look at, a child, a failure that is taken up.
CHILD = """
- step: double
  tool: { kind: python, input: { n: "{{ workload.n }}" }, code: "result = 2 * n" }
"""
ALL = """
- step: numbers
  tool:
    kind: python
    code: "result = list(range(12))"
  set: { ctx.seen: "{{ output.data | length }}" }
  next: { arcs: [ { step: squares } ] }
- step: squares
  loop: { in: "{{ numbers }}", iterator: n, spec: { mode: parallel } }
  tool: { kind: python, input: { n: "{{ iter.n }}" }, code: "result = n * n" }
  next: { arcs: [ { step: shards } ] }
- step: shards
  loop: { in: [1, 2, 3], iterator: n }
  spec: { loop_mode: fanout, fanout: { max_shard_retries: 1, allow_partial: true } }
  tool: { kind: python, input: { n: "{{ iter.n }}" }, code: "result = 6 / (n - 2)" }
  next: { arcs: [ { step: stream } ] }
- step: stream
  tool:
    kind: python
    code: |
      def main():
          for number in range(3):
              yield {"n": number}
  next: { arcs: [ { step: chunk, "on": call.partial }, { step: large } ] }
- step: chunk
  tool: { kind: noop, result: "{{ output.data.n }}" }
- step: large
  tool: { kind: python, code: "result = {'text': 'x' * 30_000}" }
  next: { arcs: [ { step: larger } ] }
- step: larger
  tool: { kind: python, code: "result = {'text': 'x' * 3_000_000}" }
  next: { arcs: [ { step: child } ] }
- step: child
  tool: { kind: playbook, path: "{{ workload.child }}", input: { n: 21 } }
  next: { arcs: [ { step: fail } ] }
- step: fail
  tool: { kind: python, code: "raise ValueError('on purpose')" }
  next: { arcs: [ { step: caught, when: "{{ event.name == 'call.error' }}" } ] }
- step: caught
  tool: { kind: noop }
- step: last
  tool:
    kind: python
    input: { seen: "{{ ctx.seen }}", child: "{{ child }}", size: "{{ larger.text | length }}" }
    code: "result = [seen, child, size]"
"""
# A chunk may be handled after all else: the result is to have one source.
LAST = {"spec": {"final_step": "last"}}
MANY = """
- step: many
  loop: { in: "{{ range(workload.count) | list }}", iterator: n }
  spec: { loop_mode: fanout }
  tool:
    kind: python
    input: { n: "{{ iter.n }}", wait: "{{ workload.wait }}" }
    code: |
      import time
      time.sleep(wait)
      result = n
"""
GATED = """
- step: many
  loop: { in: "{{ range(100) | list }}", iterator: n }
  spec: { loop_mode: fanout }
  tool:
    kind: python
    input: { n: "{{ iter.n }}", gate: "{{ workload.gate }}" }
    code: |
      import os, time
      while not os.path.exists(gate):
          time.sleep(0.02)
      result = n
"""
WAIT = """
- step: wait
  tool:
    kind: python
    input: { file: "{{ workload.file }}" }
    code: |
      import pathlib, time
      pathlib.Path(file).touch()
      time.sleep(60)
"""


def child_of(lab: Lab) -> str:
    lab.wait(lab.start(CHILD, {"n": 1}))
    row = lab.conn.execute("select path from noetl.catalog limit 1").fetchone()
    assert row is not None
    return str(row["path"])


@pytest.mark.accept("P4.1-2", "P4.1-3", "P4.1-5")
@pytest.mark.parametrize("name", [name for name in WAYS if name != "postgres"])
def test_events_of_a_run_are_those_of_the_way_through_the_database(
    lab: Lab, name: str
) -> None:
    told: dict[str, list[Any]] = {}
    child = ""
    for each in ("postgres", name):
        with opened(each, lab) as way:
            worker = way.worker()
            child = child or child_of(lab)
            run = lab.start(ALL, {"child": child}, executor=LAST)
            status = lab.wait(run, 60)
            assert status["result"] == [12, 42, 3_000_000], status
            told[each] = events(lab, run)
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(30) == 0
    kinds = {row["event_type"] for row in told[name]}
    assert kinds >= {"call.partial", "loop.shard.failed", "command.failed"}
    # What is in one and not in the other says more than two long lists.
    assert [row for row in told[name] if row not in told["postgres"]] == []
    assert [row for row in told["postgres"] if row not in told[name]] == []
    assert told[name] == told["postgres"]


def test_run_survives_the_restart_of_its_worker(way: Way) -> None:
    worker = way.worker()
    run = way.lab.start(MANY, {"count": 60, "wait": 0.05})
    way.lab.until(lambda: done(way.lab, run) > 5)
    worker.kill()
    worker.wait()
    way.worker()
    assert way.lab.wait(run, 60)["status"] == "completed"
    assert done(way.lab, run) == 60


def test_cancelled_command_is_stopped(way: Way) -> None:
    worker = way.worker(NOETL_HEARTBEAT_SECONDS="0.3")
    file = way.lab.home / "at work"
    run = way.lab.start(WAIT, {"file": str(file)})
    way.lab.until(file.exists)
    way.lab.conn.execute("select noetl.cancel_execution(%s)", (run,))
    way.lab.until(lambda: not children_of(worker.pid))
    assert way.lab.wait(run)["status"] == "cancelled"


def test_doorbell_rings_long_before_the_worker_would_poll(way: Way) -> None:
    way.worker(NOETL_POLL_SECONDS="60")
    way.lab.wait(way.lab.start(CHILD, {"n": 1}))
    for _ in range(3):
        status = way.lab.wait(way.lab.start(CHILD, {"n": 4}), 30)
        assert status["result"] == 8


@pytest.mark.parametrize("name", WAYS)
def test_run_goes_on_when_the_database_was_away(
    own_lab: Lab, own_server: Server, name: str
) -> None:
    with opened(name, own_lab) as way:
        way.worker()
        run = own_lab.start(MANY, {"count": 60, "wait": 0.05})
        own_lab.until(lambda: done(own_lab, run) > 5)
        own_lab.conn.close()
        own_server.kill()
        own_lab.until(lambda: "is away, waiting" in own_lab.log())
        own_server.start()
        own_lab.conn = own_lab.connect()
        assert own_lab.wait(run, 60)["status"] == "completed"
    assert done(own_lab, run) == 60
    # Over NATS the run may end before the worker has tried the database again.
    own_lab.until(lambda: "is back" in own_lab.log())


def test_run_goes_on_when_the_api_was_away(lab: Lab) -> None:
    with opened("http", lab) as http:
        assert isinstance(http, HttpWay)
        http.worker()
        run = lab.start(MANY, {"count": 60, "wait": 0.05})
        lab.until(lambda: done(lab, run) > 5)
        http.kill()
        lab.until(lambda: "API is away, waiting" in lab.log())
        http.start()
        assert lab.wait(run, 60)["status"] == "completed"
    assert done(lab, run) == 60
    lab.until(lambda: "API is back" in lab.log())
    # Of the commands that were at work none was given to anybody again.
    assert lab.count(ISSUED, run) == 60


@pytest.mark.accept("P4.1-5")
def test_mixed_fleet_shares_one_fan_out(lab: Lab) -> None:
    with ExitStack() as stack:
        for name in WAYS:
            way = stack.enter_context(opened(name, lab))
            way.worker(name, NOETL_WORKER_SLOTS="4")
        lab.until(lambda: lab.count(WORKERS) == len(WAYS))
        gate = lab.home / "gate"
        run = lab.start(GATED, {"gate": str(gate)})
        lab.until(lambda: lab.count(HOLDERS) == len(WAYS))
        gate.touch()
        assert lab.wait(run, 120)["status"] == "completed"
    rows = lab.conn.execute(
        "select current_index as i from noetl.event"
        " where execution_id = %s and event_type = 'command.completed'",
        (run,),
    ).fetchall()
    assert Counter(row["i"] for row in rows) == Counter(range(100))
    rows = lab.conn.execute(
        "select distinct s.name from noetl.event as e join noetl.runtime as s"
        " on s.session_id = (e.meta ->> 'session')::uuid"
        " where e.execution_id = %s and e.event_type = 'command.claimed'",
        (run,),
    ).fetchall()
    assert {row["name"] for row in rows} == set(WAYS)


HOLDERS = "select count(distinct session_id) from noetl.command where status = 'leased'"
WORKERS = (
    "select count(*) from noetl.runtime where kind = 'worker' and status = 'active'"
)
ISSUED = (
    "select count(*) from noetl.event"
    " where execution_id = %s and event_type = 'command.issued'"
)


def done(lab: Lab, run: int) -> int:
    """How many items' results are recorded."""
    return lab.count(
        "select count(*) from noetl.event"
        " where execution_id = %s and event_type = 'command.completed'",
        run,
    )
