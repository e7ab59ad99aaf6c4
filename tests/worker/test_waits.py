"""Waits: in the engine without a worker, and within pipelines without a slot."""

from __future__ import annotations

import time

from tests.worker.conftest import Lab


def test_pipeline_waits_without_holding_a_slot(lab: Lab) -> None:
    lab.worker(NOETL_WORKER_SLOTS="1")
    began = time.monotonic()
    status = lab.run(
        """
        - step: many
          loop: { in: "{{ range(8) }}", iterator: n, spec: { mode: parallel } }
          tool:
            - first: { kind: noop }
            - pause: { kind: wait, duration: "2s" }
        """
    )
    assert status["status"] == "completed"
    assert 2 <= time.monotonic() - began < 8 * 2


def test_bad_duration_is_an_error_of_the_task(lab: Lab) -> None:
    lab.worker()
    status = lab.run(
        """
        - step: a
          tool:
            - one: { kind: noop, result: soon }
            - two: { kind: wait, duration: "{{ one }}" }
        """
    )
    assert "'soon' is no number of seconds" in status["error"]["message"]


def test_worker_wakes_a_run_whose_time_has_come(lab: Lab) -> None:
    lab.worker()
    status = lab.run(
        """
        - step: a
          tool: { kind: wait, duration: 0.3 }
          next: { arcs: [ { step: b } ] }
        - step: b
          tool: { kind: noop, result: "{{ a.waited_until }}" }
        """
    )
    assert status["status"] == "completed"
    assert status["result"]
