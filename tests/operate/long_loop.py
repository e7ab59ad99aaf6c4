"""A loop in progress, and what must hold of it when everything is over.

Each item notes its effect in a file, which no backup and no standby has: so it tells what
was run, whatever the database has forgotten.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final

import orjson

from tests.support.rebuilds import lost_in_rebuilds
from tests.worker.conftest import Lab

ITEMS: Final = 600
FREE: Final = (
    ITEMS // 2
)  # the others wait until the gate is open: the loop lasts so long
IN_FLIGHT: Final = 10
WORKFLOW: Final = """
- step: work
  loop:
    in: "{{ range(workload.items) }}"
    iterator: n
    spec: { mode: parallel, max_in_flight: 10 }
  tool:
    kind: python
    input:
      file: "{{ workload.file }}"
      gate: "{{ workload.gate if iter.n >= workload.free else '' }}"
      n: "{{ iter.n }}"
    libs: { path: os.path, time: time }
    code: |
      while gate and not path.exists(gate):
          time.sleep(0.05)
      with open(file, "a") as effects:
          effects.write(f"{n}\\n")
      result = n
  next: { arcs: [ { step: after } ] }
- step: after
  tool: { kind: noop, result: "{{ work.stats.total }}" }
"""


class LongLoop:
    """A run of the loop, started on a lab's database."""

    def __init__(self, lab: Lab, directory: Path) -> None:
        self._file = directory / "effects"
        self._witness = directory / "witness"
        self._witness.mkdir(exist_ok=True)
        self._gate = directory / "gate"
        self.id = lab.start(
            WORKFLOW,
            {
                "items": ITEMS,
                "free": FREE,
                "file": str(self._file),
                "gate": str(self._gate),
            },
        )

    def open_gate(self) -> None:
        """Let the loop end."""
        self._gate.touch()

    def start_worker(self, lab: Lab, name: str, label: str) -> None:
        """A worker that writes down what was confirmed to it; docs/chaos.md."""
        witness = self._witness / f"{label}.jsonl"
        lab.worker(
            name,
            "tests.chaos.witness",
            CHAOS_PROCESS=label,
            CHAOS_WITNESS=str(witness),
            NOETL_HEARTBEAT_SECONDS="1",
        )

    def effects(self) -> Counter[int]:
        """How often each item has run."""
        if not self._file.exists():
            return Counter()
        return Counter(int(line) for line in self._file.read_text().split())

    def recorded(self, lab: Lab) -> Counter[int]:
        """How often each item is recorded."""
        rows = lab.conn.execute(
            "select e.current_index as n from noetl.event as e"
            " where e.execution_id = %s and e.event_type = 'loop.item'",
            (self.id,),
        )
        return Counter(row["n"] for row in rows)

    def confirmed(self) -> set[str]:
        """The commands whose report was confirmed to a worker."""
        notes = [
            orjson.loads(line)
            for path in self._witness.iterdir()
            for line in path.read_bytes().splitlines(keepends=True)
            if line.endswith(b"\n")
        ]
        return {report[0] for note in notes for report in note.get("reports", ())}

    def unrecorded(self, lab: Lab, commands: set[str]) -> set[str]:
        """Those commands of which the log knows no end."""
        rows = lab.conn.execute(
            "select e.meta ->> 'command_id' as id from noetl.event as e"
            " where e.execution_id = %s and e.event_type = 'command.completed'",
            (self.id,),
        )
        return commands - {row["id"] for row in rows}

    def until_recorded(self, lab: Lab, items: int) -> None:
        """Wait until so many items are recorded."""
        lab.until(lambda: self.recorded(lab).total() >= items, 120)

    def must_end_well(self, lab: Lab) -> None:
        """Nothing lost, nothing recorded twice, and the events tell all of it."""
        self.open_gate()
        status = lab.wait(self.id, 180)
        assert status["status"] == "completed", status
        assert status["result"] == ITEMS
        assert self.recorded(lab) == Counter(range(ITEMS))
        assert set(self.effects()) == set(range(ITEMS))
        assert lab.count("select count(*) from noetl.command") == 0
        lab.until(lambda: lab.count("select count(*) from noetl.change") == 0)
        assert lost_in_rebuilds(lab.dsn) == []
