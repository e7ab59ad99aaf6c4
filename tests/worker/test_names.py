"""What a task reads of its run is what stood there when it was issued."""

from __future__ import annotations

from tests.worker.conftest import Lab


def test_step_of_a_cycle_reads_what_the_last_round_left(lab: Lab) -> None:
    lab.worker()
    status = lab.run(
        """
        - step: count
          tool: { kind: noop, result: { n: "{{ (echo.n if echo is defined else 0) + 1 }}" } }
          next:
            arcs:
              - { step: echo, when: "{{ count.n < 4 }}" }
              - { step: last }
        - step: echo
          tool: { kind: noop, result: { n: "{{ count.n }}" } }
          next: { arcs: [ { step: count } ] }
        - step: last
          tool: { kind: noop, result: "{{ count.n }}" }
        """
    )
    assert status["result"] == 4
