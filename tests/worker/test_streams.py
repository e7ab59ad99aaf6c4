"""A tool that yields chunks, and what works on them meanwhile."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import children_of
from tests.worker.conftest import Lab
from tools.flatten_sql import ROOT

MB = 1 << 20

# Each chunk is handled by a step that takes a while, and says when.
NUMBERS = """
- step: make
  tool:
    kind: python
    input: {{ count: "{{{{ workload.count }}}}", file: "{{{{ workload.file }}}}" }}
    code: |
      import time
      def main(count, file):
          for number in range(count):
              with open(file, "a") as notes:
                  notes.write(f"{{number}} {{time.time()}}\\n")
              yield {{"n": number, "text": "x" * {size}}}
          return "all"
  next:
    arcs:
      - {{ step: each, "on": call.partial, spec: {spec} }}
      - {{ step: last }}
- step: each
  input:
    n: "{{{{ output.data.n }}}}"
    size: "{{{{ output.text | length }}}}"
    status: "{{{{ output.status }}}}"
  tool:
    kind: python
    input: {{ took: {took}, i: "{{{{ event.chunk_index }}}}", e: "{{{{ event.name }}}}" }}
    code: |
      import time
      time.sleep(took)
      assert status == "ok"
      result = [n, size, i, e, time.time()]
- step: last
  tool: {{ kind: noop, result: "{{{{ make }}}}" }}
"""


def numbers(size: int = 10, spec: str = "{}", took: float = 0) -> str:
    return NUMBERS.format(size=size, spec=spec, took=took)


def handled(lab: Lab, run: int, step: str = "each") -> list[Any]:
    """What the activations of a step gave, in the order of their ends.

    That of the run is of no use here: the last chunk may be handled after all else.
    """
    rows = lab.conn.execute(
        "select e.result #> '{context,data}' as data from noetl.event as e"
        " where e.execution_id = %s and e.node_name = %s"
        " and e.event_type = 'call.done' order by e.event_id",
        (run, step),
    )
    return [row["data"] for row in rows]


def chunks(lab: Lab, run: int) -> list[int]:
    rows = lab.conn.execute(
        "select (e.meta ->> 'chunk_index')::integer as n from noetl.event as e"
        " where e.execution_id = %s and e.event_type = 'call.partial'"
        " order by e.event_id",
        (run,),
    )
    return [row["n"] for row in rows]


def problems(lab: Lab) -> list[dict[str, Any]]:
    lab.conn.execute((ROOT / "sql/tests/_factories.sql").read_bytes())
    query = "select noetl_test.problems(r.execution_id) from noetl.run as r"
    return lab.conn.execute(query).fetchall()


@pytest.mark.accept("P5.2-1", "P5.2-2")
@pytest.mark.parametrize("size", [10, 3000, 100_000], ids=["event", "table", "file"])
@pytest.mark.parametrize("spec", ["{}", "{ mode: parallel, max_in_flight: 3 }"])
def test_each_chunk_is_handled_wherever_it_is_stored(
    lab: Lab, tmp_path: Path, size: int, spec: str
) -> None:
    lab.worker()
    workload = {"count": 7, "file": str(tmp_path / "notes")}
    run = lab.start(numbers(size, spec), workload)
    status = lab.wait(run)
    assert status["status"] == "completed", status["error"]
    made = lab.conn.execute(
        "select value from noetl.variable where name = 'make'"
    ).fetchone()
    assert made == {"value": {"chunks": 7, "result": "all"}}
    assert chunks(lab, run) == list(range(7))
    got = handled(lab, run)
    expected = [[n, size, n, "call.partial"] for n in range(7)]
    assert sorted(row[:4] for row in got) == expected
    if spec == "{}":
        assert [row[:4] for row in got] == expected
    assert problems(lab) == []


def test_chunks_have_files_of_their_own(lab: Lab, tmp_path: Path) -> None:
    lab.worker()
    workload = {"count": 3, "file": str(tmp_path / "notes")}
    run = lab.start(numbers(100_000), workload)
    assert lab.wait(run)["status"] == "completed"
    files = sorted(p.name for p in tmp_path.rglob("exec/*/make/*.json"))
    assert [f.split(".")[1].rpartition("-")[0] for f in files] == [
        f"chunk-{n:06d}" for n in range(3)
    ]


GENERATORS = """
- step: make
  tool: {{ kind: python, input: {{ n: 3 }}, code: {code} }}
  next:
    arcs:
      [ {arc} {{ step: caught, when: "{{{{ event.name == 'call.error' }}}}" }}, {{ step: done }} ]
- step: each
  tool: {{ kind: noop, result: "{{{{ output.data }}}}" }}
- step: caught
  tool: {{ kind: noop, result: {{ failed: "{{{{ make.error }}}}" }} }}
- step: done
  tool: {{ kind: noop, result: "{{{{ make }}}}" }}
"""
ARC = '{ step: each, "on": call.partial },'


@pytest.mark.parametrize(
    "code",
    [
        "def main(n):\n    for i in range(n):\n        yield i\n    return 'r'",
        "for i in range(n):\n    yield i\nreturn 'r'",
        "def f():\n    yield from range(n)\n    return 'r'\nresult = f()",
        "result = (i for i in range(n))",
        "async def main(n):\n    for i in range(n):\n        yield i",
        "import asyncio\nfor i in range(n):\n    await asyncio.sleep(0)\n    yield i",
    ],
)
def test_generators_of_all_kinds_yield_chunks_or_a_list(lab: Lab, code: str) -> None:
    lab.worker()
    returned = {"result": "r"} if "'r'" in code else {}
    run = lab.start(GENERATORS.format(code=json.dumps(code), arc=ARC))
    status = lab.wait(run)
    assert status["status"] == "completed", status["error"]
    assert handled(lab, run, "done") == [{"chunks": 3} | returned]
    assert handled(lab, run) == [0, 1, 2]
    unwired = lab.run(GENERATORS.format(code=json.dumps(code), arc=""))
    assert unwired["result"] == [0, 1, 2]


@pytest.mark.parametrize(
    ("code", "message", "line", "delivered"),
    [
        ("def main(n):\n    yield 1\n    yield 1 / 0", "ZeroDivisionError", 3, 1),
        ("yield 1\nyield 2\nyield {'a': [1, object()]}", "chunk 2.a[1] is a", None, 2),
        ("yield 1\nimport os\nos._exit(3)", "exit code 3", None, 1),
        (
            "result = ({'x': [float('nan')]} for _ in 'a')",
            "chunk 0.x[0] is nan",
            None,
            0,
        ),
        ("result = iter([1])", "result is a list_iterator", None, 0),
    ],
)
def test_generator_that_fails_keeps_what_it_delivered(
    lab: Lab, code: str, message: str, line: int | None, delivered: int
) -> None:
    lab.worker()
    run = lab.start(GENERATORS.format(code=json.dumps(code), arc=ARC))
    status = lab.wait(run)
    assert status["status"] == "completed", status["error"]
    (caught,) = handled(lab, run, "caught")
    assert message in caught["failed"]["message"]
    assert caught["failed"].get("line") == line
    assert len(handled(lab, run)) == delivered


def test_chunk_that_an_arc_cannot_take_fails_the_tool(lab: Lab) -> None:
    lab.worker()
    arc = '{ step: each, "on": call.partial, input: { x: "{{ 1 / output.data }}" } },'
    code = json.dumps("yield 2\nyield 0\nyield 1")
    run = lab.start(GENERATORS.format(code=code, arc=arc))
    status = lab.wait(run)
    assert status["status"] == "completed", status["error"]
    (caught,) = handled(lab, run, "caught")
    failure = caught["failed"]
    assert (failure["kind"], failure["code"]) == ("template", "NE462")
    assert chunks(lab, run) == [0]
    assert len(handled(lab, run)) == 1


def test_retry_of_a_tool_delivers_no_chunk_twice(lab: Lab, tmp_path: Path) -> None:
    lab.worker()
    workflow = """
- step: make
  tool:
    - first: { kind: python, code: "yield 'a'" }
    - second:
        kind: python
        input: { file: "{{ workload.file }}" }
        code: |
          import os
          yield 'b'
          yield 'c'
          if not os.path.exists(file):
              open(file, "w").close()
              raise ValueError("once")
          yield 'd'
        spec:
          policy:
            rules:
              - { when: "{{ output.status == 'error' }}", then: { do: retry, attempts: 3 } }
    - third: { kind: python, code: "yield 'e'" }
  next: { arcs: [ { step: each, "on": call.partial } ] }
- step: each
  tool: { kind: noop, result: "{{ output.data }}" }
"""
    run = lab.start(workflow, {"file": str(tmp_path / "flag")})
    assert lab.wait(run)["status"] == "completed"
    assert handled(lab, run) == ["a", "b", "c", "d", "e"]
    assert chunks(lab, run) == list(range(5))


@pytest.mark.accept("P5.2-2")
def test_chunk_is_handled_while_its_producer_waits(lab: Lab, tmp_path: Path) -> None:
    lab.worker()
    workflow = """
- step: make
  tool:
    kind: python
    input: { file: "{{ workload.file }}" }
    code: |
      import os, time
      yield "first"
      for _ in range(2000):
          if os.path.exists(file):
              break
          time.sleep(0.01)
      yield os.path.exists(file)
  next: { arcs: [ { step: each, "on": call.partial } ] }
- step: each
  tool:
    kind: python
    input: { file: "{{ workload.file }}", data: "{{ output.data }}" }
    code: |
      open(file, "w").close()
      return data
"""
    run = lab.start(workflow, {"file": str(tmp_path / "flag")})
    assert lab.wait(run)["status"] == "completed"
    assert handled(lab, run) == ["first", True]


def test_slow_step_holds_up_the_producer(lab: Lab, tmp_path: Path) -> None:
    lab.worker()
    file = tmp_path / "notes"
    run = lab.start(numbers(took=0.2), {"count": 8, "file": str(file)})
    most = 0

    def has_ended() -> bool:
        nonlocal most
        made = len(file.read_text().splitlines()) if file.exists() else 0
        most = max(most, made - len(handled(lab, run)))
        return bool(lab.status(run)["status"] == "completed")

    lab.until(has_ended)
    # Two are delivered, and the one in hand waits; another may end between two looks.
    assert 2 <= most <= 4
    assert [row[0] for row in handled(lab, run)] == list(range(8))


@pytest.mark.parametrize("slots", ["1", "2"])
def test_one_slot_and_one_process_are_enough(
    lab: Lab, tmp_path: Path, slots: str
) -> None:
    """Producers that wait for room give up what their chunks need."""
    lab.worker(NOETL_WORKER_SLOTS=slots, NOETL_PYTHON_PROCESSES="1")
    runs = [
        lab.start(numbers(took=0.02), {"count": 6, "file": str(tmp_path / f"n{n}")})
        for n in range(3)
    ]
    for run in runs:
        assert lab.wait(run)["status"] == "completed"
        assert [row[0] for row in handled(lab, run)] == list(range(6))


def test_time_limits_stand_still_while_there_is_no_room(
    lab: Lab, tmp_path: Path
) -> None:
    lab.worker()
    workflow = numbers(took=1.0).replace(
        "- step: make\n", "- step: make\n  spec: { timeout: 4 }\n"
    )
    run = lab.start(workflow, {"count": 8, "file": str(tmp_path / "notes")})
    status = lab.wait(run)
    assert status["status"] == "completed", status["error"]


@pytest.mark.parametrize("is_waiting", [True, False])
def test_cancelled_producer_stops(lab: Lab, tmp_path: Path, is_waiting: bool) -> None:
    lab.worker(NOETL_HEARTBEAT_SECONDS="0.3")
    file = tmp_path / "notes"
    took = 60 if is_waiting else 0
    run = lab.start(numbers(took=took), {"count": 100_000, "file": str(file)})
    lab.until(lambda: len(chunks(lab, run)) >= 2)
    if is_waiting:
        time.sleep(0.3)
    lab.conn.execute("select noetl.cancel_execution(%s)", (run,))

    def has_stopped() -> bool:
        made = file.read_text()
        time.sleep(0.3)
        return file.read_text() == made

    lab.until(has_stopped)
    assert lab.status(run)["status"] == "cancelled"
    assert problems(lab) == []
    assert lab.run(numbers(), {"count": 2, "file": str(file)})["status"] == "completed"


@pytest.mark.accept("P5.2-2")
@pytest.mark.parametrize("spec", ["{}", "{ mode: parallel, max_in_flight: 3 }"])
def test_killed_worker_delivers_each_chunk_once(
    lab: Lab, tmp_path: Path, spec: str
) -> None:
    settings = {"NOETL_HEARTBEAT_SECONDS": "0.5"}
    worker = lab.worker(**settings)
    file = tmp_path / "notes"
    workflow = numbers(5000, spec, 0.01).replace(
        "  tool:\n    kind: python\n",
        "  spec: { max_attempts: 9 }\n  tool:\n    kind: python\n",
    )
    run = lab.start(workflow, {"count": 40, "file": str(file)})
    for share in (8, 20, 30):
        lab.until(lambda share=share: len(chunks(lab, run)) >= share)  # type: ignore[misc]
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker = lab.worker(**settings)
    assert lab.wait(run)["status"] == "completed"
    assert chunks(lab, run) == list(range(40))
    assert sorted(row[0] for row in handled(lab, run)) == list(range(40))
    made = [int(line.split()[0]) for line in file.read_text().splitlines()]
    assert len(made) > 40, (
        "nothing was made again: the worker was not hit in the middle"
    )
    assert problems(lab) == []


STREAM_OF_MB = """
- step: make
  tool:
    kind: python
    input: {{ count: "{{{{ workload.count }}}}" }}
    code: |
      def main(count):
          for number in range(count):
              # 8 MB of JSON, of which nothing is there twice.
              yield [ str(n) * 1600 + "x" for n in range(1000, 2290) ]
  next: {{ arcs: [ {{ step: each, "on": call.partial, spec: {spec} }} ] }}
- step: each
  tool: {{ kind: noop, result: "{{{{ event.chunk_index }}}}" }}
"""


def peak(pid: int) -> int:
    """The most memory that a process has had since ``forget_peak``."""
    text = Path(f"/proc/{pid}/status").read_text()
    (line,) = [line for line in text.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


def forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


@pytest.mark.accept("P5.2-5")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("spec", ["{}", "{ mode: parallel, max_in_flight: 4 }"])
def test_memory_does_not_grow_with_the_stream(lab: Lab, spec: str) -> None:
    worker = lab.worker(NOETL_PYTHON_PROCESSES="1")
    workflow = STREAM_OF_MB.format(spec=spec)
    lab.run("- step: a\n  tool: { kind: python, code: 'result = 1' }")
    (child,) = children_of(worker.pid)
    processes = {"worker": worker.pid, "child": child}
    for pid in processes.values():
        forget_peak(pid)
    base = {name: peak(pid) for name, pid in processes.items()}
    run = lab.start(workflow, {"count": 40})
    assert lab.wait(run, 200)["status"] == "completed"
    row = lab.conn.execute(
        "select max((e.result #>> '{reference,bytes}')::bigint) as largest,"
        " sum((e.result #>> '{reference,bytes}')::bigint) as total"
        " from noetl.event as e where e.event_type = 'call.partial'"
    ).fetchone()
    assert row is not None
    chunk = int(row["largest"])
    assert row["total"] == 40 * chunk
    assert children_of(worker.pid) == [child]
    grown = {name: (peak(pid) - base[name]) / chunk for name, pid in processes.items()}
    print(f"chunk {chunk / MB:.1f} MB, above baseline: {grown}")
    assert grown["worker"] < 2
    assert grown["child"] < 2
