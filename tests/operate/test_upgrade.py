"""The schema is upgraded under load; old processes go on, new ones take their place.

``NOETL_TEST_UPGRADE_FROM`` names the revision that the last test upgrades from instead of
the last tag.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
import pytest

from tests.operate.long_loop import FREE, ITEMS, LongLoop
from tests.support.databases import Databases
from tests.worker.conftest import Lab
from tools.flatten_sql import ROOT

BUNDLE: Final = (ROOT / "sql/deploy/functions.sql").read_bytes()


def deploy_functions(lab: Lab) -> None:
    """As sqitch and the deployer do when a release reworks the change ``functions``."""
    with psycopg.connect(lab.dsn, autocommit=True) as conn:
        conn.execute(BUNDLE)


def dispatcher(lab: Lab, name: str) -> None:
    lab.worker(name, "noetl_shell", ("dispatcher", "--name", name))


def test_functions_are_replaced_while_a_loop_runs(lab: Lab, tmp_path: Path) -> None:
    """Again and again, then each process is replaced by a new one."""
    loop = LongLoop(lab, tmp_path)
    dispatcher(lab, "d1")
    old = lab.workers[0]
    loop.start_worker(lab, "one", "one")
    worker = lab.workers[1]
    loop.until_recorded(lab, ITEMS // 8)
    deployed = 0
    while deployed < 2 or loop.recorded(lab).total() < FREE:
        deploy_functions(lab)
        deployed += 1
    assert [old.poll(), worker.poll()] == [None, None]

    dispatcher(lab, "d2")
    lab.until(lambda: "as d2" in lab.log("d2"), 60)
    old.send_signal(signal.SIGTERM)
    assert old.wait(60) == 0
    loop.start_worker(lab, "two", "two")
    lab.until(lambda: "as two" in lab.log("two"), 60)
    worker.send_signal(signal.SIGTERM)
    loop.open_gate()
    assert worker.wait(60) == 0
    loop.must_end_well(lab)
    assert "refused an exchange" not in lab.log("one") + lab.log("two")


def test_old_processes_end_their_work_under_a_version_they_do_not_know(
    lab: Lab, tmp_path: Path
) -> None:
    """A release that raises api_version: who works goes on, who starts is told."""
    loop = LongLoop(lab, tmp_path)
    loop.start_worker(lab, "one", "one")
    loop.until_recorded(lab, ITEMS // 8)
    lab.conn.execute(
        "create or replace function noetl.api_version() returns integer"
        " language sql immutable as 'select 2'"
    )
    late = lab.worker("late")
    assert late.wait(60) == 1
    assert "version" in lab.log("late")
    loop.must_end_well(lab)
    assert lab.workers[0].poll() is None


def release_before() -> str:
    """The revision to upgrade from; skips when there is none."""
    if given := os.environ.get("NOETL_TEST_UPGRADE_FROM"):
        return given
    done = subprocess.run(
        ["git", "describe", "--tags", "--abbrev=0", "--match", "v*", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"no release to upgrade from: {done.stderr.strip()}")
    return done.stdout.strip()


@contextmanager
def tree_of(revision: str, directory: Path) -> Iterator[Path]:
    """The files of a revision."""
    tree = directory / "old"
    tree.mkdir()
    archive = subprocess.run(
        ["git", "archive", "--format=tar", revision],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    subprocess.run(["tar", "-x"], cwd=tree, input=archive.stdout, check=True)
    yield tree


def test_last_release_is_upgraded_under_load(
    databases: Databases, tmp_path: Path
) -> None:
    """Its schema, its workers and dispatcher, then the new schema, then new processes."""
    revision = release_before()
    with tree_of(revision, tmp_path) as tree:
        old = {"PYTHONPATH": f"{tree / 'python'}:{tree / 'worker'}:{tree}"}
        dsn = databases.create_empty()
        deploy = [sys.executable, "-m", "noetl_shell", "db", "deploy", "--db", dsn]
        subprocess.run(deploy, env={**os.environ, **old}, cwd=tree, check=True)
        lab = Lab(dsn, tmp_path)
        try:
            loop = LongLoop(lab, tmp_path)
            lab.worker("d1", "noetl_shell", ("dispatcher", "--name", "d1"), **old)
            lab.worker("one", **old)
            loop.until_recorded(lab, ITEMS // 8)
            subprocess.run(deploy, cwd=ROOT, check=True)
            deployed_at = time.monotonic()
            seen = loop.recorded(lab).total()
            loop.open_gate()
            loop.until_recorded(lab, seen + 20)
            print(f"old worker went on for {time.monotonic() - deployed_at:.1f} s")
            dispatcher(lab, "d2")
            loop.start_worker(lab, "two", "two")
            lab.until(lambda: "as two" in lab.log("two"), 60)
            for process in lab.workers[:2]:
                process.send_signal(signal.SIGTERM)
            assert [process.wait(60) for process in lab.workers[:2]] == [0, 0]
            loop.must_end_well(lab)
        finally:
            lab.close()
            databases.end(dsn)
