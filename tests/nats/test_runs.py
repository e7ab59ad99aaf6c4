"""Runs whose commands are announced and whose reports travel over NATS."""

from __future__ import annotations

import pytest

from tests.nats.conftest import COMMANDS, EVENTS, NatsLab

CHAIN = """
- step: first
  tool: { kind: noop, result: 1 }
  next: { arcs: [ { step: many } ] }
- step: many
  loop: { in: "{{ range(100) }}", iterator: n }
  spec: { loop_mode: fanout }
  tool: { kind: noop, result: "{{ iter.n }}" }
  next: { arcs: [ { step: last } ] }
- step: last
  tool: { kind: python, code: "result = 'done'" }
"""


@pytest.mark.accept("P4.1-1", "P4.1-2", "P3.1-4")
def test_run_over_nats(lab: NatsLab) -> None:
    lab.dispatcher()
    lab.ready()
    lab.over_nats()
    run = lab.start(CHAIN)
    status = lab.wait(run)
    assert status["status"] == "completed", status["error"]
    # Each command was announced once, and each report came through the stream.
    assert lab.last_sequence(COMMANDS) == 102
    assert lab.last_sequence(EVENTS) > 0
    assert "going without" not in lab.log()
    lab.until(lambda: lab.messages(EVENTS) == 0)
