"""Runs whose commands are announced and whose reports travel over NATS."""

from __future__ import annotations

import json
import re
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.nats.conftest import COMMANDS, DEAD, EVENTS, NatsLab

STEPS = """
- step: first
  tool: { kind: noop, result: 1 }
  next: { arcs: [ { step: many } ] }
- step: many
  loop: { in: "{{ range(40) }}", iterator: n }
  spec: { loop_mode: fanout, fanout: { allow_partial: true, max_shard_retries: 0 } }
  tool:
    kind: python
    input: { n: "{{ iter.n }}" }
    code: |
      if n == 7:
          raise ValueError("planned")
      result = n
  next: { arcs: [ { step: chunks } ] }
- step: chunks
  tool: { kind: python, code: "yield from (1, 2, 3)" }
  next: { arcs: [ { step: piece, "on": call.partial }, { step: last } ] }
- step: piece
  tool: { kind: noop, result: "{{ event.chunk_index }}" }
- step: last
  tool: { kind: python, code: "result = 'done'" }
"""
END = """
- step: end
  tool: { kind: noop, result: ended }
"""
SLOW = """
- step: many
  loop: { in: "{{ range(60) }}", iterator: n }
  spec: { loop_mode: fanout }
  tool: { kind: python, code: "import time; time.sleep(0.2); result = 1" }
"""
HUNDRED = """
- step: many
  loop: { in: "{{ range(100) }}", iterator: n }
  spec: { loop_mode: fanout }
  tool: { kind: noop, result: "{{ iter.n }}" }
"""
TWO = """
- step: first
  tool: { kind: noop }
  next: { arcs: [ { step: second } ] }
- step: second
  tool: { kind: noop }
"""


def rows(lab: NatsLab, run: int) -> list[tuple[Any, ...]]:
    """The events of a run without ids, times and who did it."""
    found = lab.conn.execute(
        "select e.event_type, e.node_name, e.status, e.current_index, e.result, e.error,"
        " e.context, e.meta - '{command_id,loop_id,token_id,worker,duration_ms,"
        "started_at,session,place}'::text[] as meta"
        " from noetl.event as e where e.execution_id = %s",
        (run,),
    ).fetchall()
    return sorted(
        tuple(
            re.sub(r"(loop|tests)/\d+", r"\1/N", repr(value).replace(str(run), "RUN"))
            for value in row.values()
        )
        for row in found
    )


@pytest.mark.accept("P4.1-1", "P4.1-2")
def test_run_over_nats(lab: NatsLab) -> None:
    lab.dispatcher()
    lab.ready()
    lab.over_nats(
        NOETL_LONG_COMMAND_SECONDS="0.1",
        NOETL_HEARTBEAT_SECONDS="0.2",
        NOETL_NATS_CONFIRM_SECONDS="60",
    )
    run = lab.start(STEPS + SLOW.replace("many", "slow"))
    status = lab.wait(run)
    assert status["status"] == "completed", status["error"]
    assert lab.last_sequence(COMMANDS) > 0
    assert lab.last_sequence(EVENTS) > 0
    assert "go over" not in lab.log()
    assert "do not get through" not in lab.log()
    # What was taken in is gone from the stream.
    lab.until(lambda: lab.messages(EVENTS) == 0)
    assert lab.messages(DEAD) == 0


@pytest.mark.accept("P4.1-3", "S.E")
def test_same_events_as_without_nats(lab: NatsLab) -> None:
    def start() -> int:
        # The pieces and the last step go side by side, and a run without a final step
        # takes the result of whichever ends last.
        return lab.start(STEPS + END, executor={"spec": {"final_step": "end"}})

    lab.worker("direct")
    direct = start()
    lab.wait(direct)
    lab.workers[0].terminate()
    lab.workers[0].wait(30)
    lab.dispatcher()
    lab.ready()
    lab.over_nats()
    over = start()
    assert lab.wait(over)["status"] == "completed"
    assert lab.last_sequence(EVENTS) > 0
    assert rows(lab, over) == rows(lab, direct)


@pytest.mark.accept("P3.1-4")
def test_each_command_is_announced_once(lab: NatsLab) -> None:
    lab.dispatcher()
    lab.ready()
    run = lab.start(HUNDRED)
    issued = "select count(*) from noetl.command where execution_id = %s"
    lab.until(lambda: lab.count(issued, run) == 100)
    lab.until(lambda: lab.messages(COMMANDS) == 100)
    lab.over_nats()
    assert lab.wait(run)["status"] == "completed"
    lab.until(lambda: lab.messages(COMMANDS) == 0)
    assert lab.last_sequence(COMMANDS) == 100


@pytest.mark.accept("P0.3-5")
def test_nats_is_down_all_the_time(lab: NatsLab) -> None:
    lab.nats.kill()
    lab.dispatcher()
    lab.over_nats()
    run = lab.start(STEPS)
    assert lab.wait(run)["status"] == "completed"
    for name in ("one", "d1"):
        where = f"NATS at 127.0.0.1:{lab.nats.port}: "
        told = [line for line in lab.log(name).splitlines() if where in line]
        assert told
        assert all("trying again" in line for line in told)
        assert len(told) == len(set(told))  # each reason once
        assert "Traceback" not in lab.log(name)


def test_nats_comes_later(lab: NatsLab) -> None:
    lab.nats.kill()
    lab.dispatcher()
    lab.over_nats()
    assert lab.run(HUNDRED)["status"] == "completed"
    lab.nats.start()
    lab.ready()
    assert lab.run(STEPS)["status"] == "completed"
    lab.until(lambda: lab.last_sequence(EVENTS) > 0 or lab.run(HUNDRED) is None, 60)


@pytest.mark.accept("S.E", "P0.3-5")
@pytest.mark.parametrize("fault", ["kill", "wipe", "suspend"])
def test_nats_fails_in_mid_run(lab: NatsLab, fault: str) -> None:
    lab.dispatcher()
    lab.ready()
    lab.over_nats("one", NOETL_WORKER_SLOTS="4", NOETL_NATS_CONFIRM_SECONDS="1")
    run = lab.start(SLOW)
    done = (
        "select count(*) from noetl.event where execution_id = %s"
        " and event_type = 'command.completed'"
    )
    lab.until(lambda: lab.count(done, run) >= 5 and lab.last_sequence(EVENTS) > 0)
    getattr(lab.nats, fault)()
    try:
        status = lab.wait(run, 60)
    finally:
        if fault == "suspend":
            lab.nats.resume()
    assert status["status"] == "completed", status["error"]
    assert status["loops"]["many"]["done"] == 60
    assert lab.count(done, run) == 60
    if fault == "wipe":
        lab.ready()


def test_no_dispatcher_takes_reports_in(lab: NatsLab) -> None:
    dispatcher = lab.dispatcher()
    lab.ready()
    dispatcher.send_signal(signal.SIGKILL)
    dispatcher.wait()
    lab.over_nats(NOETL_WORKER_TICKS="1", NOETL_NATS_CONFIRM_SECONDS="1")
    lab.conn.execute(
        "update noetl.setting set value = '2' where name = 'dispatcher_lease_seconds'"
    )
    assert lab.run(STEPS)["status"] == "completed"
    assert "do not get through NATS" in lab.log()
    # What the stream has kept meanwhile is late, and changes nothing.
    assert lab.messages(EVENTS) > 0
    lab.dispatcher("d2")
    lab.until(lambda: lab.messages(EVENTS) == 0)


@pytest.mark.accept("P4.3-4")
def test_target_that_is_dead(lab: NatsLab) -> None:
    """It has most room of all, and never takes what is meant for it: all are told."""
    lab.dispatcher(NOETL_NATS_TARGET_SECONDS="1")
    lab.ready()
    lab.conn.execute(
        "select noetl.register_session('gone', '{default}', %s)",
        ('{"slots": 500, "available_slots": 500, "tools": ["noop", "python"]}',),
    )
    run = lab.start(HUNDRED)
    lab.until(lambda: lab.last_sequence(COMMANDS) >= 100)
    lab.until(lambda: lab.subjects() == {"noetl.commands.pool.default": 100})
    # It says so after it is done.
    lab.until(lambda: "to noetl.commands.gone are told to all" in lab.log("d1"))
    lab.over_nats(NOETL_POLL_SECONDS="60")
    assert lab.wait(run)["status"] == "completed"
    lab.until(lambda: lab.messages(COMMANDS) == 0)


@pytest.mark.parametrize(
    "data", [b"{", b"[1]", b"{}", b'{"pool": 5}', b"", b"x" * 900_000]
)
def test_what_is_no_announcement_harms_nobody(lab: NatsLab, data: bytes) -> None:
    dispatcher = lab.dispatcher(NOETL_NATS_TARGET_SECONDS="1")
    lab.ready()
    lab.over_nats()
    lab.publish("noetl.commands.nobody", data)
    lab.publish("noetl.commands.pool.default", data)
    assert lab.run(TWO)["status"] == "completed"
    lab.until(lambda: lab.messages(COMMANDS) == 0)
    assert "removed from noetl.commands.nobody" in lab.log("d1")
    assert dispatcher.poll() is None


@pytest.mark.accept("P0.1-3")
def test_two_sessions_report_the_same_at_once(lab: NatsLab) -> None:
    """One of them makes the next step's command, which is announced once."""
    lab.dispatcher()
    lab.ready()
    run = lab.start(TWO)
    lab.until(lambda: lab.last_sequence(COMMANDS) == 1)
    row = lab.conn.execute(
        "select s as session, c.command_id from noetl.register_session('s', '{default}')"
        " as s, noetl.claim_commands(s, gen_random_uuid(), 1) as c"
    ).fetchone()
    assert row is not None
    report = {
        "session": str(row["session"]),
        "execution_id": run,
        "command_id": row["command_id"],
        "type": "command.completed",
        "result": {"status": "ok", "reference": None, "context": {}},
    }
    barrier = threading.Barrier(2)

    def tell(_: int) -> int:
        with lab.connect() as conn:
            barrier.wait()
            found = conn.execute(
                "select noetl.record_events(%s::jsonb) as told", (json.dumps([report]),)
            ).fetchone()
        assert found is not None
        return int(found["told"]["recorded"])

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(tell, range(2))) == [0, 1]
    issued = (
        "select count(*) from noetl.event where execution_id = %s"
        " and event_type = 'command.issued' and node_name = 'second'"
    )
    assert lab.count(issued, run) == 1
    lab.over_nats()
    assert lab.wait(run)["status"] == "completed"
    lab.until(lambda: lab.messages(COMMANDS) == 0)
    assert lab.last_sequence(COMMANDS) == 2


def test_dispatcher_is_killed_between_publication_and_confirmation(
    lab: NatsLab,
) -> None:
    lab.conn.execute(
        "update noetl.setting set value = '2' where name = 'dispatcher_lease_seconds'"
    )
    first = lab.dispatcher(NOETL_KILL_AT="after_publish")
    lab.ready()
    run = lab.start(HUNDRED)
    assert first.wait(30) == -signal.SIGKILL
    assert lab.messages(COMMANDS) == 100
    lab.dispatcher("d2")
    outbox = "select count(*) from noetl.change where kind = 'publish'"
    lab.until(lambda: lab.count(outbox) == 0)
    assert lab.last_sequence(COMMANDS) == 100
    lab.over_nats()
    assert lab.wait(run)["status"] == "completed"


def test_dispatcher_is_killed_between_recording_and_acknowledgement(
    lab: NatsLab,
) -> None:
    lab.conn.execute(
        "update noetl.setting set value = '2' where name = 'dispatcher_lease_seconds'"
    )
    first = lab.dispatcher(NOETL_KILL_AT="after_ingest:2")
    lab.ready()
    lab.over_nats(NOETL_WORKER_TICKS="1")
    run = lab.start(STEPS)
    assert first.wait(30) == -signal.SIGKILL
    lab.dispatcher("d2")
    assert lab.wait(run, 60)["status"] == "completed"
    done = (
        "select count(*) from noetl.event where execution_id = %s"
        " and event_type = 'command.completed' and node_name = 'many'"
    )
    assert lab.count(done, run) == 39


def test_dispatcher_drains_when_it_is_stopped(lab: NatsLab) -> None:
    first = lab.dispatcher()
    lab.ready()
    lab.over_nats(NOETL_WORKER_TICKS="1", NOETL_NATS_CONFIRM_SECONDS="1")
    run = lab.start(SLOW)
    lab.until(lambda: lab.last_sequence(EVENTS) > 0)
    first.send_signal(signal.SIGTERM)
    assert first.wait(30) == 0
    assert "Traceback" not in lab.log("d1")
    lab.dispatcher("d2")
    assert lab.wait(run, 60)["status"] == "completed"
    lab.until(lambda: lab.messages(EVENTS) == 0, 60)
