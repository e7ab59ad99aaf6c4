"""Workers tick: what is due starts, once, and is carried out."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import pairwise

from tests.worker.conftest import Lab

PLAYBOOK = {
    "apiVersion": "noetl.io/v2",
    "kind": "Playbook",
    "metadata": {"name": "scheduled", "path": "tests/scheduled"},
    "workload": {"scheduled_at": None},
    "workflow": [
        {"step": "a", "tool": {"kind": "noop", "result": "{{ workload.scheduled_at }}"}}
    ],
}


def test_every_due_time_is_carried_out_once(lab: Lab) -> None:
    lab.conn.execute(
        "select noetl.register_playbook(%s::jsonb)", (json.dumps(PLAYBOOK),)
    )
    lab.conn.execute(
        "select noetl.put_schedule('minutely', 'tests/scheduled', '* * * * *',"
        " 'Asia/Kolkata', '{}', '{\"missed\": \"all\"}')"
    )
    lab.conn.execute(
        "update noetl.schedule"
        " set next_at = date_trunc('minute', now()) - interval '9 minutes'"
    )
    for name in ("one", "two"):
        lab.worker(name)

    due = "select count(*) from noetl.schedule where next_at <= now()"
    lab.until(lambda: lab.count(due) == 0)
    runs = lab.conn.execute(
        "select execution_id from noetl.run order by execution_id"
    ).fetchall()
    results = [lab.wait(run["execution_id"])["result"] for run in runs]
    assert len(results) >= 10
    assert all(result.endswith(":00+05:30") for result in results)
    times = [datetime.fromisoformat(result) for result in results]
    assert {later - time for time, later in pairwise(times)} == {timedelta(minutes=1)}
