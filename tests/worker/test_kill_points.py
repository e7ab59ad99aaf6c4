"""A worker killed between any two of its statements: nothing is lost or recorded twice."""

from __future__ import annotations

import json
import signal
from collections import Counter
from pathlib import Path

import pytest
import yaml

from noetl_worker.points import POINTS, Point
from tests.worker.conftest import Lab
from tools.flatten_sql import ROOT

ITEMS = 8
IN_FLIGHT = 3
LOOPS = {"collected": 600, "items": ITEMS, "shards": 4}
# They come with time, not with work.
TIMED = ("after_heartbeat", "after_tick", "after_expire")

# It comes to every point; its last step is at work when the worker is told to stop.
WORKFLOW = """
- step: numbers
  tool: { kind: python, code: "result = {'all': list(range(600))}" }
  next: { arcs: [ { step: collected } ] }
- step: collected  # by a worker, in two chunks: SQL does not see the file
  loop: { in: "{{ numbers.all | list }}", iterator: n }
  spec: { loop_mode: fanout }
  tool: { kind: noop }
  next: { arcs: [ { step: items } ] }
- step: items  # results of three tiers: in the event, in a row, in a file
  loop:
    in: "{{ range(workload.items) }}"
    iterator: n
    spec: { mode: parallel, max_in_flight: 3 }
  tool:
    kind: python
    input: { n: "{{ iter.n }}", file: "{{ workload.file }}", issue: "{{ job.issue }}" }
    code: |
      with open(file, "a") as effects:
          effects.write(f"{n} {issue}\\n")
      result = {"text": "x" * [10, 1500, 5000][n % 3]}
  next: { arcs: [ { step: shards } ] }
- step: shards
  loop: { in: "{{ range(4) }}", iterator: n }
  spec: { loop_mode: fanout }
  tool:
    kind: noop
    result: { n: "{{ iter.n }}" }
    spec:
      policy:
        rules:
          - { when: "{{ iter.n == 0 and job.issue == 1 }}", then: { do: fail } }
  next: { arcs: [ { step: child } ] }
- step: child
  tool: { kind: playbook, path: tests/failing_child }
  next: { arcs: [ { step: stream, when: "{{ event.name == 'call.error' }}" } ] }
- step: stream
  tool: { kind: python, code: "yield from ('x' * n for n in (9, 1500, 5000))" }
  next: { arcs: [ { step: piece, "on": call.partial }, { step: moved } ] }
- step: piece
  tool: { kind: noop, result: "{{ event.chunk_index }}" }
- step: moved
  tool:
    kind: transfer
    source: { type: duckdb, query: select range as n from range(10) }
    target: { type: file, path: "{{ workload.file }}.parts/", format: ndjson }
    chunk_size: 4
  next: { arcs: [ { step: long } ] }
- step: long
  tool:
    kind: shell
    command: |
      touch {{ workload.file }}.long
      for n in $(seq 100); do test -e {{ workload.file }}.end && exit; sleep 0.05; done
"""
CHILD = """
- step: only
  tool:
    kind: noop
    spec: { policy: { rules: [ { else: { then: { do: fail, message: planned } } } ] } }
"""


def effects(file: Path) -> Counter[int]:
    """How often each item has run."""
    lines = file.read_text().splitlines() if file.exists() else []
    return Counter(int(line.split()[0]) for line in lines)


def recorded(lab: Lab, run: int) -> set[int]:
    """The items that the engine has recorded."""
    rows = lab.conn.execute(
        "select e.current_index as n from noetl.event as e where e.execution_id = %s"
        " and e.event_type = 'loop.item' and e.node_name = 'items'",
        (run,),
    )
    return {row["n"] for row in rows}


def register_child(lab: Lab) -> None:
    document = {
        "apiVersion": "noetl.io/v2",
        "kind": "Playbook",
        "metadata": {"name": "failing_child", "path": "tests/failing_child"},
        "workflow": yaml.safe_load(CHILD),
    }
    lab.conn.execute(
        "select noetl.register_playbook(%s::jsonb)", (json.dumps(document),)
    )


@pytest.mark.parametrize("point", POINTS)
def test_nothing_is_lost_or_recorded_twice(
    lab: Lab, tmp_path: Path, point: Point
) -> None:
    file = tmp_path / "effects"
    lab.conn.execute((ROOT / "sql/tests/_factories.sql").read_bytes())
    register_child(lab)
    settings = {
        "NOETL_HEARTBEAT_SECONDS": "0.2",
        "NOETL_GRACE_SECONDS": "0.2",
        "NOETL_INLINE_MAX_BYTES": "2000",
    }
    run = lab.start(WORKFLOW, {"items": ITEMS, "file": str(file)})
    victim = lab.worker(NOETL_KILL_AT=point, **settings)
    long = file.with_suffix(".long")
    lab.until(
        lambda: victim.poll() is not None or (long.exists() and point not in TIMED)
    )
    if victim.poll() is None:
        victim.send_signal(signal.SIGTERM)
    assert victim.wait(60) == -signal.SIGKILL, f"nothing comes to {point}"
    seen, known = effects(file), recorded(lab, run)

    file.with_suffix(".end").touch()
    lab.worker(**settings)
    status = lab.wait(run)

    assert status["status"] == "completed", status["error"]
    for step, total in LOOPS.items():
        loop = status["loops"][step]
        assert (loop["total"], loop["done"], loop["failed"]) == (total, total, 0), step
    problems = "select noetl_test.problems(r.execution_id) from noetl.run as r"
    assert lab.conn.execute(problems).fetchall() == []
    runs = effects(file)
    assert set(runs) == set(range(ITEMS))
    assert {n: runs[n] for n in known} == {n: seen[n] for n in known}
    assert runs.total() <= ITEMS + IN_FLIGHT
    pieces = lab.conn.execute(
        "select e.result #> '{context,data}' as n from noetl.event as e"
        " where e.execution_id = %s and e.event_type = 'call.done'"
        " and e.node_name = 'piece' order by e.event_id",
        (run,),
    )
    assert [row["n"] for row in pieces] == [0, 1, 2]
    parts = sorted(Path(f"{file}.parts").glob("part-*"))
    lines = [
        json.loads(line)["n"] for p in parts for line in p.read_text().splitlines()
    ]
    assert lines == list(range(10))
    children = "select count(*) from noetl.run where parent_execution_id = %s"
    assert lab.count(children, run) == 1
