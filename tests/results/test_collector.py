"""What nobody needs or knows any more leaves the stores; everything else stays."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from noetl_worker.collector import execution_of
from tests.worker.conftest import Lab

SOON = {"NOETL_STORE_ORPHAN_SECONDS": "1", "NOETL_INLINE_MAX_BYTES": "2000"}
MAKE = """
- step: make
  tool: { kind: python, code: "result = {'text': 'x' * 5000}" }
  spec: { result: SPEC }
  next: { arcs: [ { step: wait } ] }
- step: wait
  tool: { kind: wait, signal: go }
  next: { arcs: [ { step: read } ] }
- step: read
  tool: { kind: noop, result: "{{ make.text | length }}" }
"""


def workflow(spec: str = "{}") -> str:
    return MAKE.replace("SPEC", spec)


def stored(lab: Lab, run: int) -> dict[str, Any] | None:
    return lab.conn.execute(
        "select * from noetl.result_ref where execution_id = %s", (run,)
    ).fetchone()


def files(lab: Lab) -> list[Path]:
    """Also while the collector removes directories, which ``rglob`` does not bear."""
    return [
        Path(directory, name)
        for directory, _, names in os.walk(lab.home / "results")
        for name in names
    ]


def put(lab: Lab, key: str, age: float = 3600) -> Path:
    """Leave an old file among the results."""
    path = lab.home / "results" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}")
    then = time.time() - age
    os.utime(path, (then, then))
    return path


def go_on(lab: Lab, run: int) -> dict[str, Any]:
    lab.conn.execute("select noetl.signal_execution(%s, 'go')", (run,))
    return lab.wait(run)


def await_signal(lab: Lab, run: int) -> None:
    lab.until(lambda: lab.status(run)["status"] == "waiting")


def test_result_whose_time_is_over_goes(lab: Lab) -> None:
    lab.worker(**SOON)
    run = lab.start(workflow("{ ttl: 1 }"))
    kept = lab.start(workflow())
    await_signal(lab, run)
    await_signal(lab, kept)
    lab.until(lambda: len(files(lab)) == 1)
    row = stored(lab, run)
    assert row is not None
    assert row["removed_at"] is not None
    status = go_on(lab, run)
    assert status["error"]["code"] == "REFERENCE_NOT_AVAILABLE"
    assert go_on(lab, kept)["result"] == 5000
    assert "removed 1 objects (expired)" in lab.log()


def test_what_has_expired_elsewhere_holds_up_nothing(lab: Lab) -> None:
    """Its bytes are in a directory that other workers have."""
    run = lab.start("[ { step: a } ]")
    here = put(lab, f"exec/{run}/a/1-r1-1.result-00ff00ff.json", age=0)
    lab.conn.execute(
        "insert into noetl.result_ref (ref, execution_id, name, store_tier,"
        " physical_uri, content_type, bytes, sha256, created_at, expires_at)"
        " select 'noetl://1/result/' || n, %s, n, 'pvc', uri, 'application/json', 1,"
        " repeat('0', 64), now(), now()"
        " from unnest(%s::text[]) with ordinality as u (uri, n)",
        (run, ["file:///elsewhere/exec/1/a/x.json", f"file://{here}"]),
    )
    lab.worker()  # it looks for orphans in an hour
    lab.until(lambda: not here.exists())
    assert "trying again" not in lab.log()


def test_what_a_killed_worker_left_unrecorded_goes(lab: Lab) -> None:
    run = lab.start(workflow())
    victim = lab.worker(NOETL_KILL_AT="after_file", **SOON)
    assert victim.wait(30) == -signal.SIGKILL
    (orphan,) = files(lab)
    assert stored(lab, run) is None
    lab.worker(**SOON)
    await_signal(lab, run)
    lab.until(lambda: not orphan.exists())
    row = stored(lab, run)
    assert row is not None
    assert files(lab) == [Path(row["physical_uri"].removeprefix("file://"))]
    time.sleep(2.5)  # another look at what is recorded
    assert go_on(lab, run)["result"] == 5000


def test_what_a_killed_collector_left_goes(lab: Lab) -> None:
    maker = lab.worker(NOETL_INLINE_MAX_BYTES="2000")
    run = lab.start(workflow("{ ttl: 1 }"))
    await_signal(lab, run)
    maker.send_signal(signal.SIGTERM)
    maker.wait(60)
    time.sleep(1)
    assert lab.worker(NOETL_KILL_AT="after_expire", **SOON).wait(30) == -signal.SIGKILL
    row = stored(lab, run)
    assert row is not None
    assert row["removed_at"] is not None
    assert len(files(lab)) == 1
    lab.worker(**SOON)
    lab.until(lambda: not files(lab))


def test_only_old_objects_of_our_runs_go(lab: Lab) -> None:
    run = lab.start("[ { step: a } ]")
    others = [
        put(lab, "exec/999/a/1-r1-1.result-00ff00ff.json"),
        put(lab, f"exec/{run}/a/deeper/1-r1-1.result-00ff00ff.json"),
        put(lab, "exec/99999999999999999999/a/1-r1-1.result-00ff00ff.json"),
        put(lab, "notes.txt"),
        put(lab, f"exec/{run}/a/{run}-r1-2.result-00ff00ff.json", age=-60),
        put(lab, f"exec/{run}/a/.draft-00ff", age=5),
    ]
    orphan = put(lab, f"exec/{run}/a/{run}-r1-1.result-00ff00ff.json")
    draft = put(lab, "exec/999/a/.draft-00ff", age=2 * 86_400)
    lab.worker(**SOON)
    assert lab.wait(run)["status"] == "completed"
    lab.until(lambda: not (orphan.exists() or draft.exists()))
    assert [path for path in others if not path.exists()] == []
    assert "removed 1 objects (orphan)" in lab.log()


def test_store_that_is_down_is_told_of_once_and_holds_up_no_other(lab: Lab) -> None:
    run = lab.start("[ { step: a } ]")
    lab.worker(
        NOETL_S3_ENDPOINT="http://127.0.0.1:1",
        NOETL_S3_BUCKET="none",
        NOETL_S3_ACCESS_KEY="x",
        NOETL_S3_SECRET_KEY="x",
        NOETL_STORE_TIMEOUT_SECONDS="1",
        **SOON,
    )
    lab.until(lambda: "store s3: " in lab.log())
    orphan = put(lab, f"exec/{run}/a/{run}-r1-1.result-00ff00ff.json")
    lab.until(lambda: not orphan.exists())
    time.sleep(3)
    assert lab.log().count("store s3: ") == 1
    assert lab.run("[ { step: a } ]")["status"] == "completed"


@pytest.mark.parametrize(
    ("key", "execution_id"),
    [
        ("exec/5/step/5-r1-1.result-00.json", 5),
        ("exec/5/step", None),
        ("exec/5/step/a/b", None),
        ("exec/-5/step/a", None),
        ("exec/five/step/a", None),
        ("exec/٥/step/a", None),
        ("exec/9223372036854775807/step/a", 2**63 - 1),
        ("exec/9223372036854775808/step/a", None),
    ],
)
def test_whose_object_it_is(key: str, execution_id: int | None) -> None:
    assert execution_of(key) == execution_id
