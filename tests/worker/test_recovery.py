"""Everything killed in the middle, and a worker that was taken for dead and is not.

``make flow`` asserts the bounds of time of S.D; ``make test`` runs beside other tests.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
import psutil
import pytest
import yaml

from bench.percentiles import percentile
from tests.support.databases import Databases
from tests.support.postgres import Server
from tests.support.samples import sampled
from tests.worker.conftest import Lab
from tools.flatten_sql import ROOT

RECOVERY = ROOT / "tests/fixtures/playbooks/valid/loop_state_recovery.yaml"
ITEMS = 1000
IN_FLIGHT = 20
# With a machine to itself, and with one that others use: a lost worker is given up only
# after 300 s, and a checkpoint that nobody writes grows as old as the loop takes.
RESUME_SECONDS = {True: 5, False: 60}
CHECKPOINT_SECONDS = {True: 1.5, False: 15}
CHECKPOINT_AGE = """
select extract(epoch from clock_timestamp() - max(k.checkpoint_at))
from noetl.run as r
join noetl.checkpoint as k on k.shard = noetl_internal.shard_of(r.execution_id)
where r.finished_at is null
"""

ITERATION = """
- step: items
  loop: { in: [ 0 ], iterator: n }
  tool:
    kind: python
    input: { file: "{{ workload.file }}", issue: "{{ job.issue }}" }
    libs: { time: time }
    code: |
      def note(what):
          with open(file, "a") as effects:
              effects.write(f"{what} {issue}\\n")
      note("begins")
      time.sleep(4)
      note("ends")
"""


def effects(file: Path) -> Counter[int]:
    """How often each item has run."""
    return Counter(int(line) for line in file.read_text().splitlines())


def recorded(lab: Lab, run: int) -> Counter[int]:
    """How often each item is recorded."""
    rows = lab.conn.execute(
        "select e.current_index as n from noetl.event as e"
        " where e.execution_id = %s and e.event_type = 'loop.item'",
        (run,),
    )
    return Counter(row["n"] for row in rows)


def confirmed(paths: Iterable[Path]) -> set[str]:
    """The commands whose report was confirmed to a worker; docs/chaos.md."""
    notes = [
        orjson.loads(line)
        for path in paths
        for line in path.read_bytes().splitlines(keepends=True)
        if line.endswith(b"\n")
    ]
    return {report[0] for note in notes for report in note.get("reports", ())}


@pytest.mark.accept("P0.3-4", "S.D")
def test_no_finished_iteration_runs_again_when_everything_was_killed(
    own_server: Server, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    lab, full = (
        Lab(Databases(own_server).create(), tmp_path),
        request.config.getoption("--full"),
    )
    file = tmp_path / "effects"
    witnesses = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]

    def start_workers() -> None:
        for witness in witnesses:
            variables = {"CHAOS_PROCESS": witness.stem, "CHAOS_WITNESS": str(witness)}
            lab.worker(witness.stem, "tests.chaos.witness", **variables)

    try:
        playbook = yaml.safe_load(RECOVERY.read_text())
        lab.conn.execute(
            "select noetl.register_playbook(%s::jsonb)", (json.dumps(playbook),)
        )
        run = lab.count(
            "select noetl.start_execution(%s, %s::jsonb)",
            playbook["metadata"]["path"],
            json.dumps({"effects": str(file)}),
        )
        start_workers()
        with sampled(lab.dsn, CHECKPOINT_AGE) as ages:
            lab.until(lambda: recorded(lab, run).total() >= ITEMS / 2)
        lab.conn.close()
        for worker in lab.workers:
            worker.kill()
        own_server.kill()

        told = confirmed(witnesses)
        own_server.start()
        lab.conn = lab.connect()
        known, seen = recorded(lab, run), effects(file)
        assert ITEMS / 2 <= known.total() < ITEMS
        assert len(told) > ITEMS / 4
        for command_id in told:
            assert lab.count(
                "select count(*) from noetl.event where event_type = 'command.completed'"
                " and meta ->> 'command_id' = %s",
                command_id,
            ), f"{command_id} was confirmed and is not recorded"

        start_workers()
        restarted_at = time.monotonic()
        lab.until(lambda: recorded(lab, run).total() > known.total())
        resumed_s = time.monotonic() - restarted_at
        print(
            f"known {known.total()}, told {len(told)}, resumed after {resumed_s:.2f} s"
        )
        assert resumed_s < RESUME_SECONDS[full]

        with sampled(lab.dsn, CHECKPOINT_AGE) as later_ages:
            status = lab.wait(run)
        assert status["status"] == "completed"
        assert status["result"] == {"total": ITEMS, "failed": 0}
        assert status["loops"]["work"]["done"] == ITEMS
        assert recorded(lab, run) == Counter(range(ITEMS))
        # How old what a restart would find is, while the loop goes on.
        age = percentile([age for _, age in ages + later_ages], 0.99)
        print(f"checkpoint age p99 {age:.2f} s of {len(ages + later_ages)}")
        assert age < CHECKPOINT_SECONDS[full]
        runs = effects(file)
        assert set(runs) == set(range(ITEMS))
        assert {n: runs[n] for n in known} == {n: seen[n] for n in known}
        assert {runs[n] for n in known} == {1}
        assert runs.total() <= ITEMS + IN_FLIGHT
    finally:
        lab.close()


@pytest.mark.accept("P0.4-3", "P0.4-4")
@pytest.mark.parametrize("comes_back", ["meanwhile", "afterwards"])
def test_an_iteration_of_a_suspended_worker_is_completed_once_by_another(
    lab: Lab, tmp_path: Path, comes_back: str
) -> None:
    file = tmp_path / "effects"
    lab.conn.execute(
        "update noetl.setting set value = '6' where name = 'session_timeout_seconds'"
    )
    first = lab.worker("one", NOETL_HEARTBEAT_SECONDS="0.5")
    run = lab.start(ITERATION, {"file": str(file)})
    lab.until(lambda: file.exists() and file.read_text() == "begins 1\n")
    older = session(lab, "one")
    command = lab.conn.execute("select command_id from noetl.command").fetchone()
    assert command is not None
    process = psutil.Process(first.pid)
    processes = [process, *process.children(recursive=True)]
    for process in processes:
        process.suspend()

    lab.worker("two", NOETL_HEARTBEAT_SECONDS="0.5")
    if comes_back == "meanwhile":
        lab.until(lambda: "begins 2" in file.read_text(), 90)
    else:
        lab.wait(run, 90)
    before = lab.count("select count(*) from noetl.event")
    # The child first: a worker that finds its session over stops what it has at work.
    for process in processes[1:]:
        process.resume()
    lab.until(lambda: "ends 1" in file.read_text())
    processes[0].resume()
    lab.until(lambda: session(lab, "one") not in (None, older))

    late = {
        "session": str(older),
        "execution_id": run,
        "command_id": command["command_id"],
        "type": "command.completed",
        "result": {"status": "ok"},
    }
    answer = lab.conn.execute(
        "select noetl.record_events(%s::jsonb) as a", (json.dumps([late]),)
    ).fetchone()
    assert answer is not None
    assert (answer["a"]["recorded"], answer["a"]["late"]) == (0, 1)

    status = lab.wait(run)
    assert status["status"] == "completed"
    assert (
        status["loops"]["items"] | {"done": 1, "failed": 0} == status["loops"]["items"]
    )
    assert recorded(lab, run) == {0: 1}
    if comes_back == "afterwards":
        assert lab.count("select count(*) from noetl.event") == before
    assert sorted(file.read_text().split("\n")) == [
        *("", "begins 1", "begins 2", "ends 1", "ends 2")
    ]
    assert first.poll() is None
    assert "the session has ended; dropping" in lab.log("one")


def session(lab: Lab, name: str) -> Any:
    """The live session of a worker."""
    row = lab.conn.execute(
        "select s.session_id as id from noetl.runtime as s"
        " where s.name = %s and s.status = 'active'",
        (name,),
    ).fetchone()
    return row and row["id"]
