"""Hosts whose clocks are minutes apart: times are the database's, and nobody is given up."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.nats.conftest import EVENTS, NatsLab
from tests.support.clocks import off_by

MINUTES = 7
ITEMS = """
- step: many
  loop: { in: "{{ range(40) | list }}", iterator: n, spec: { mode: parallel } }
  tool:
    kind: python
    input: { gate: "{{ workload.gate }}" }
    code: |
      import os, time
      while not os.path.exists(gate):
          time.sleep(0.02)
      result = 1
  next: { arcs: [ { step: last } ] }
- step: last
  tool: { kind: noop }
"""


def test_clocks_that_are_minutes_off(lab: NatsLab) -> None:
    processes = [
        lab.dispatcher("ahead", **off_by(MINUTES)),
        lab.dispatcher("behind", **off_by(-MINUTES)),
    ]
    lab.ready()
    for name, minutes in (("one", MINUTES), ("two", -MINUTES)):
        variables = {"NOETL_WORKER_SLOTS": "4", "NOETL_HEARTBEAT_SECONDS": "0.2"}
        processes.append(lab.over_nats(name, **variables, **off_by(minutes)))
    lab.until(
        lambda: (
            lab.count(
                "select count(*) from noetl.list_workers() as w where w.kind = 'worker'"
            )
            == 2
        )
    )
    gate = lab.home / "gate"
    run = lab.start(ITEMS, {"gate": str(gate)})
    holders = (
        "select count(distinct session_id) from noetl.command where status = 'leased'"
    )
    lab.until(lambda: lab.count(holders) == 2)
    gate.touch()
    assert lab.wait(run, 60)["status"] == "completed"
    assert lab.last_sequence(EVENTS) > 0
    found = lab.conn.execute(
        "select e.worker_id, e.created_at, e.meta ->> 'started_at' as started_at"
        " from noetl.event as e"
        " where e.execution_id = %s and e.event_type = 'command.completed'"
        " and e.node_name = 'many'",
        (run,),
    ).fetchall()
    assert len(found) == 40
    offsets = set()
    for row in found:
        told = datetime.fromisoformat(row["started_at"]) - row["created_at"]
        offsets.add(round(told / timedelta(minutes=1)))
    assert offsets == {MINUTES, -MINUTES}  # both worked, by clocks that were wrong
    age = lab.count("select max(now() - created_at) < '1 minute' from noetl.event")
    assert age == 1
    for process, name in zip(processes, ("ahead", "behind", "one", "two"), strict=True):
        assert process.poll() is None
        assert "session has ended" not in lab.log(name)
        assert "trying again" not in lab.log(name)
    lab.until(lambda: lab.messages(EVENTS) == 0)
