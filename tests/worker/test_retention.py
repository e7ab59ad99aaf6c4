"""Retention happens by itself: whoever ticks calls it."""

from __future__ import annotations

import pytest

from tests.support.past import PAST, PRESENT, open_past
from tests.worker.conftest import Lab

WORKFLOW = """
- step: one
  tool: { kind: noop }
"""


@pytest.mark.parametrize("is_dispatcher", [False, True])
def test_old_run_is_retired_by_who_ticks(lab: Lab, is_dispatcher: bool) -> None:
    open_past(lab.conn)
    lab.conn.execute(PAST.encode())
    run = lab.start(WORKFLOW)
    lab.conn.execute("select noetl.cancel_execution(%s)", (run,))
    lab.conn.execute(PRESENT.encode())
    if is_dispatcher:
        lab.worker("d1", "noetl_shell", ("dispatcher", "--name", "d1"))
    else:
        lab.worker()
    lab.until(lambda: lab.status(run)["retired_at"] is not None)
    lab.until(
        lambda: (
            lab.count("select count(*) from noetl.event where execution_id = %s", run)
            == 0
        )
    )
    assert lab.status(run)["status"] == "cancelled"
