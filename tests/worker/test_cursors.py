"""Cursor loops: workers take rows of a real queue table themselves."""

from __future__ import annotations

import json
import signal
import time
from typing import Any

import pytest

from tests.worker.conftest import Lab

Json = dict[str, Any]

QUEUE = """
create table public.job (
  id integer primary key, state text not null default 'new', claimed_by text,
  lease_until timestamptz, done_count integer not null default 0
);
"""
CLAIM = """
update public.job as j
set state = 'taken', claimed_by = '{{ frame.id }}',
  lease_until = now() + make_interval(secs => {{ frame.lease_seconds }})
where j.id in (
  select k.id from public.job as k
  where k.state = 'new' or k.state = 'taken' and k.lease_until < now()
  order by k.id
  limit {{ frame.max_rows }}
  for update skip locked
)
returning j.id
"""
DONE = {
    "name": "done",
    "kind": "postgres",
    "auth": "lab",
    "command": "update public.job set state = 'done', done_count = done_count + 1"
    " where id = {{ iter.job.id }} and claimed_by = '{{ frame.id }}'",
}


@pytest.fixture
def queue(lab: Lab) -> Lab:
    lab.credential("lab", {"dsn": lab.dsn})
    lab.conn.execute(QUEUE)
    return lab


def fill(lab: Lab, count: int) -> None:
    lab.conn.execute(
        "insert into public.job (id) select generate_series(1, %s::integer)", (count,)
    )


def drain(
    *tools: Json,
    frame: Json | None = None,
    claim: str = CLAIM,
    spec: Json | None = None,
    told: str = "{{ drain.results }}",
    **loop_spec: Any,
) -> str:
    """A workflow, as JSON, that drains the queue and tells the results."""
    step = {
        "step": "drain",
        "loop": {
            "cursor": {"kind": "postgres", "auth": "lab", "claim": claim},
            "iterator": "job",
            "spec": {"frame": {"lease_seconds": 60, **(frame or {})}, **loop_spec},
        },
        "tool": list(tools or [DONE]),
        "spec": spec or {},
        "next": {"arcs": [{"step": "told"}]},
    }
    tell = {"step": "told", "tool": {"kind": "noop", "result": told}}
    return json.dumps([step, tell])


def shell(command: str) -> Json:
    return {"name": "wait", "kind": "shell", "command": command}


def python(code: str, **inputs: str) -> Json:
    return {"name": "code", "kind": "python", "input": inputs, "code": code}


def loop_of(status: Json) -> dict[str, int]:
    assert status["status"] == "completed", status["error"]
    loop = status["loops"]["drain"]
    return {name: loop[name] for name in ("total", "done", "failed")}


HOLDERS = "select count(distinct session_id) from noetl.command where status = 'leased'"


@pytest.mark.parametrize(("max_rows", "frames"), [(1, 1000), (30, 34)])
def test_thousand_rows_are_each_processed_once(
    queue: Lab, max_rows: int, frames: int
) -> None:
    fill(queue, 1000)
    for name in ("one", "two", "three"):
        queue.worker(name, NOETL_WORKER_SLOTS="3")
    queue.until(lambda: queue.count("select count(*) from noetl.runtime") == 3)
    with queue.connect() as gate, gate.transaction():
        # Claims wait, so that each worker has one.
        gate.execute("lock table public.job in share mode")
        run = queue.start(drain(frame={"max_rows": max_rows}, max_in_flight=8))
        queue.until(lambda: queue.count(HOLDERS) == 3)
    assert loop_of(queue.wait(run, 90)) == {"total": 1000, "done": 1000, "failed": 0}
    done_once = (
        "select count(*) from public.job where state = 'done' and done_count = 1"
    )
    assert queue.count(done_once) == 1000
    counted = queue.conn.execute(
        "select count(*) filter (where event_type = 'loop.done') as ended,"
        " count(*) filter (where event_type = 'command.issued') as frames,"
        " count(distinct current_index) filter (where event_type = 'loop.item') as items,"
        " count(distinct worker_id) as workers,"
        " sum((meta ->> 'rows')::integer) as rows"
        " from noetl.event where execution_id = %s and node_name = 'drain'",
        (run,),
    ).fetchone()
    assert counted is not None
    # Each slot ends with a claim that finds nothing; the last rows fill no frame.
    assert frames + 8 <= counted.pop("frames") <= frames + 16
    assert counted == {"ended": 1, "items": 1000, "workers": 3, "rows": 1000}


def test_rows_of_a_killed_worker_come_back_to_the_loop(queue: Lab) -> None:
    """Their lease outlives every other row: the loop must not end without them."""
    fill(queue, 40)
    victim = queue.worker("one")
    workflow = drain(
        shell("sleep 0.2"),
        DONE,
        frame={"max_rows": 3, "lease_seconds": 5},
        max_in_flight=4,
    )
    run = queue.start(workflow)
    queue.until(lambda: queue.status(run)["loops"]["drain"]["done"] > 0)
    time.sleep(0.1)
    victim.kill()
    victim.wait()
    reported = queue.count(
        "select count(*) from noetl.event where event_type = 'loop.item'"
    )
    unreported = queue.count("select count(*) from public.job where state <> 'new'")
    assert queue.count("select count(*) from public.job where state = 'taken'") > 0
    queue.worker("one")
    loop = loop_of(queue.wait(run))
    assert queue.count("select count(*) from public.job where state = 'done'") == 40
    assert queue.count("select max(done_count) from public.job") == 1
    # What was done, and not reported when the worker was killed, is not counted.
    assert 40 - (unreported - reported) <= loop["total"] <= 40


def test_rows_left_for_want_of_time_come_back(queue: Lab) -> None:
    fill(queue, 4)
    queue.worker()
    workflow = drain(
        shell("sleep 0.3"),
        DONE,
        frame={"max_rows": 4, "max_seconds": 0.4, "lease_seconds": 1.5},
        max_in_flight=1,
    )
    assert loop_of(queue.run(workflow)) == {"total": 4, "done": 4, "failed": 0}
    claims = queue.conn.execute(
        "select array_agg((meta ->> 'rows')::integer order by event_id) as rows"
        " from noetl.event where event_type = 'command.completed' and meta ? 'rows'"
    ).fetchone()
    assert claims is not None
    assert claims["rows"][0] == 4
    assert sum(claims["rows"]) > 4


def test_frame_may_be_processed_whole(queue: Lab) -> None:
    fill(queue, 25)
    queue.worker()
    code = python(
        'return {"index": index, "ids": [job["id"] for job in jobs]}',
        index="{{ iter.index }}",
        jobs="{{ iter.job }}",
    )
    frame = {"max_rows": 10, "process": "frame"}
    status = queue.run(drain(code, frame=frame, max_in_flight=1))
    assert loop_of(status) == {"total": 3, "done": 3, "failed": 0}
    assert status["result"] == [
        {"index": 0, "ids": list(range(1, 11))},
        {"index": 1, "ids": list(range(11, 21))},
        {"index": 2, "ids": list(range(21, 26))},
    ]


def test_large_results_of_rows_are_stored_one_by_one(queue: Lab) -> None:
    fill(queue, 120)
    queue.worker()
    code = python(
        'return {"id": id, "text": "x" * (3000 if id == 7 else 900)}',
        id="{{ iter.job.id }}",
    )
    ids = "{{ drain.results | map(attribute='id') | list }}"
    status = queue.run(drain(code, frame={"max_rows": 100}, max_in_flight=1, told=ids))
    assert loop_of(status) == {"total": 120, "done": 120, "failed": 0}
    stored = queue.count("select count(*) from noetl.result_ref where step = 'drain'")
    assert 20 < stored < 60, "the large one, and those that had no room"
    assert status["result"] == list(range(1, 121))


def test_each_row_has_its_own_names_and_children(queue: Lab) -> None:
    fill(queue, 3)
    queue.worker()
    child = {
        "apiVersion": "noetl.io/v2",
        "kind": "Playbook",
        "metadata": {"name": "tests/child", "path": "tests/child"},
        "workflow": [{"step": "a", "tool": {"kind": "noop", "result": 1}}],
    }
    queue.conn.execute(
        "select noetl.register_playbook(%s::jsonb)", (json.dumps(child),)
    )
    tools = (
        {"name": "child", "kind": "playbook", "path": "tests/child"},
        {
            "name": "names",
            "kind": "noop",
            "result": "{{ [iter.index, loop_index, job.id, iter.job.id] }}",
        },
    )
    status = queue.run(drain(*tools, frame={"max_rows": 3}, max_in_flight=1))
    assert loop_of(status) == {"total": 3, "done": 3, "failed": 0}
    assert status["result"] == [[n, n, n + 1, n + 1] for n in range(3)]
    assert queue.count("select count(*) from noetl.run where path = 'tests/child'") == 3


def test_child_of_a_row_that_is_handed_back_is_cancelled(queue: Lab) -> None:
    """No other worker will find it: the frame that is issued again claims other rows."""
    fill(queue, 1)
    sleeper = [{"step": "a", "tool": shell("sleep 60")}]
    path = queue.status(queue.start(json.dumps(sleeper)))["path"]
    run = queue.start(drain({"name": "c", "kind": "playbook", "path": path}))
    worker = queue.worker(NOETL_GRACE_SECONDS="0.1")
    children = "select count(*) from noetl.run where parent_execution_id = %s"
    queue.until(lambda: queue.count(children, run) == 1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0
    alive = children + " and status = 'running'"
    assert queue.count(alive, run) == 0


def test_failed_row_is_told_and_the_others_go_on(queue: Lab) -> None:
    fill(queue, 5)
    queue.worker()
    code = python('assert id != 3, "no three"', id="{{ iter.job.id }}")
    status = queue.run(drain(code, frame={"max_rows": 2}, policy="best_effort"))
    assert loop_of(status) == {"total": 5, "done": 4, "failed": 1}
    told = queue.conn.execute(
        "select error from noetl.event"
        " where event_type = 'loop.item' and status = 'error'"
    ).fetchall()
    assert len(told) == 1
    assert "no three" in told[0]["error"]


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ("update public.job set state = 'taken' returning id", "gave 3 rows"),
        ("update public.job set state = 'taken'", "returned none"),
        ("begin; select 1; commit", "one transaction"),
        ("select nothing from public.job", 'column "nothing" does not exist'),
        ("select {{ frame.no_such_key }}", "no_such_key"),
        ("select {{ iter.index }}", "index"),
    ],
)
def test_claim_that_fails_takes_nothing(queue: Lab, claim: str, message: str) -> None:
    fill(queue, 3)
    queue.worker()
    status = queue.run(drain(claim=claim, max_in_flight=2))
    assert status["status"] == "failed"
    assert message in status["error"]["message"]
    assert queue.count("select count(*) from public.job where state = 'new'") == 3


def test_claim_has_the_time_limit_of_the_step(queue: Lab) -> None:
    fill(queue, 3)
    queue.worker()
    claim = "select id, pg_sleep(10) from public.job limit 1"
    status = queue.run(drain(claim=claim, max_in_flight=1, spec={"timeout": 0.5}))
    assert status["status"] == "failed"
    assert "0.5 seconds" in status["error"]["message"]


def test_empty_queue_ends_the_loop(queue: Lab) -> None:
    queue.worker()
    assert loop_of(queue.run(drain())) == {"total": 0, "done": 0, "failed": 0}
