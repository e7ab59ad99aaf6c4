"""Whatever is stopped or killed in the middle, the run goes on and ends once."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest

from noetl_shell.embedded.server import Server
from tests.cli.support import Cli, interrupt, wait_for
from tests.support.processes import children_of

SLOW = """\
apiVersion: noetl.io/v2
kind: Playbook
metadata: { name: slow, path: t/slow }
workload: { items: 40, nap: 0.1 }
workflow:
  - step: many
    loop:
      in: "{{ range(workload.items) | list }}"
      iterator: i
      spec: { mode: parallel, max_in_flight: 2 }
    tool:
      kind: python
      input: { nap: "{{ workload.nap }}", n: "{{ iter.i }}" }
      code: |
        import time
        time.sleep(nap)
        result = {"n": n}
"""


@pytest.fixture
def slow(own_cli: Cli) -> Path:
    own_cli("db", "up")
    return own_cli.write("slow.yaml", SLOW)


def progress(cli: Cli) -> dict[str, Any] | None:
    """The only run's loop, once some items are done."""
    with psycopg.connect(Server(cli.home).dsn()) as conn:
        row = conn.execute(
            "select execution_id, state -> 'loop' -> 'many' from noetl.execution"
        ).fetchone()
    if row is None or not row[1] or not row[1]["done"]:
        return None
    return {**row[1], "id": str(row[0])}


def assert_each_item_once(cli: Cli, execution_id: str, total: int) -> None:
    lines = cli("events", execution_id, "--json", "--type", "loop.item").stdout
    indexes = [json.loads(line)["meta"]["iter_index"] for line in lines.splitlines()]
    assert sorted(indexes) == list(range(total))


def test_ctrl_c_leaves_a_run_that_resumes(own_cli: Cli, slow: Path) -> None:
    with own_cli.start("run", slow, "--json", "--set", "items=120") as running:
        found = wait_for(lambda: progress(own_cli))
        output, errors = interrupt(running)
        assert running.returncode == 130
        assert f"noetl resume {found['id']}" in errors
        assert json.loads(output)["status"] == "running"
        state = own_cli.json("status", found["id"])
        assert state["status"] == "running"
        ended = own_cli.json("resume", found["id"])
        assert ended["status"] == "completed"
        assert ended["loops"]["many"]["done"] == 120
        assert_each_item_once(own_cli, found["id"], 120)


def test_killed_worker_is_replaced(own_cli: Cli, slow: Path) -> None:
    with own_cli.start("run", slow, "--json", "--set", "items=120") as running:
        found = wait_for(lambda: progress(own_cli))
        workers = children_of(running.pid)
        assert len(workers) == 2
        os.kill(workers[0], signal.SIGKILL)
        output, _ = running.communicate(timeout=60)
        assert json.loads(output)["loops"]["many"]["done"] == 120
        assert_each_item_once(own_cli, found["id"], 120)


def test_killed_command_takes_its_workers_along(own_cli: Cli, slow: Path) -> None:
    with own_cli.start("run", slow, "--json") as running:
        found = wait_for(lambda: progress(own_cli))
        workers = children_of(running.pid)
        running.kill()
        running.communicate()
        wait_for(
            lambda: not any(Path(f"/proc/{pid}/fd").exists() for pid in workers), 30
        )
        assert own_cli.json("resume", found["id"])["status"] == "completed"
        assert_each_item_once(own_cli, found["id"], 40)


def test_crashed_database_is_started_again(own_cli: Cli, slow: Path) -> None:
    with own_cli.start("run", slow, "--json") as running:
        found = wait_for(lambda: progress(own_cli))
        pid_file = own_cli.home / "postgres" / "postmaster.pid"
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
        output, _ = running.communicate(timeout=90)
        assert json.loads(output)["status"] == "completed"
        assert_each_item_once(own_cli, found["id"], 40)


def test_db_down_in_the_middle_is_told(own_cli: Cli, slow: Path) -> None:
    with own_cli.start("run", slow, "--json", "--set", "items=200") as running:
        found = wait_for(lambda: progress(own_cli))
        own_cli("db", "down")
        _, errors = running.communicate(timeout=60)
        assert running.returncode == 1
        assert "was stopped" in errors
        assert f"noetl resume {found['id']}" in errors
        assert "Traceback" not in errors
        assert own_cli.json("resume", found["id"])["status"] == "completed"


def test_detached_run_goes_on_by_itself(own_cli: Cli, slow: Path) -> None:
    started = own_cli("run", slow, "--detach", "--set", "items=5")
    run = started.stdout.strip()
    ended = own_cli.json("status", run, "--watch")
    assert ended["status"] == "completed"
    wait_for(lambda: (own_cli.home / f"workers/run-{run}.log").read_text())


def test_several_first_commands_at_once(own_cli: Cli) -> None:
    file = own_cli.write("quick.yaml", SLOW)
    found: list[Any] = []

    def run() -> None:
        found.append(own_cli.json("run", file, "--set", "items=2"))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry["status"] for entry in found] == ["completed"] * 3


def test_failing_run_tells_step_and_reason(own_cli: Cli) -> None:
    text = SLOW.replace("time.sleep(nap)", "raise ValueError(f'item {n}')")
    done = own_cli("run", own_cli.write("bad.yaml", text), code=1)
    assert re.search(
        r"step many.*: python: .*item (\d+): ValueError: item \1 \(line \d\)",
        done.stderr,
    )
    assert "noetl events" in done.stderr
