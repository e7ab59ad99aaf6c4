"""The work that goes on meanwhile: loops of several kinds, a step behind each.

Every item writes a row of the table ``effect``, or a line of a file, at the end of each
run of it. A statement whose connection is lost is repeated within the same run: whether
it was committed nobody knows, so one run may leave two rows.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

Json = dict[str, Any]

ATTEMPTS: Final = 9_999  # whatever is killed, no item runs out of attempts
FAIL_EVERY: Final = 97
FAIL_ONCE_EVERY: Final = 50
SLOW_EVERY: Final = 400

_SQL: Final = """
insert into effect (execution_id, step, loop_id, iter_index, issue, process)
select
  %(run)s::bigint, %(step)s::text, %(loop)s::bigint, %(item)s::integer, %(issue)s::integer,
  %(process)s::text
from pg_sleep(%(seconds)s::double precision)
"""
_CODE: Final = """
line = json.dumps(effect) + "\\n"
file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
os.write(file, line.encode())
os.close(file)
"""
_LOST: Final = "{{ output.status == 'error' and output.error.kind == 'connection' }}"


@dataclass(frozen=True, slots=True)
class Shape:
    """A playbook, and what is to come of a run of it."""

    name: str
    sizes: tuple[int, int]
    is_wide: bool
    is_retried: bool
    document: Callable[[], Json]

    @property
    def path(self) -> str:
        """Its path in the catalog."""
        return f"chaos/{self.name}"

    @property
    def is_calling(self) -> bool:
        """Whether each item starts a run of another playbook."""
        return self.name == "calling"

    def failing(self, count: int) -> list[int]:
        """The items that fail whenever they run."""
        if self.name not in ("parallel", "fanout"):
            return []
        return [n for n in range(count) if n % FAIL_EVERY == 13]


@dataclass(frozen=True, slots=True)
class Start:
    """A run to be started; its key makes a repeated start the same run."""

    shape: Shape
    items: int
    key: str

    def workload(self, directory: Path) -> Json:
        """The run's input."""
        return {"n": self.items, "path": str(directory / f"{self.key}.effects")}


def draw(seed: str, number: int, *, wide: bool) -> Start:
    """The next run; everything about it comes from the seed and its number."""
    rng = random.Random(f"{seed}/run/{number}")
    shape = rng.choice([s for s in SHAPES if s.is_wide or not wide])
    least, most = shape.sizes
    return Start(shape, rng.randrange(least, most + 1), f"run-{number}")


def _rules(*more: tuple[str, str]) -> Json:
    """A lost connection: once more. Other errors fail, as what is planned to fail does."""
    rules: list[Json] = [
        {"when": _LOST, "then": {"do": "retry", "attempts": ATTEMPTS, "delay": 0.1}},
        {"when": "{{ output.status == 'error' }}", "then": {"do": "fail"}},
    ]
    for condition, message in more:
        rules.append({"when": condition, "then": {"do": "fail", "message": message}})
    return {"policy": {"rules": rules}}


def _effect(step: str, *rules: tuple[str, str], in_loop: bool = True) -> Json:
    slow = f"{{{{ 1.5 if iter.index % {SLOW_EVERY} == 99 else 0.002 }}}}"
    return {
        "kind": "postgres",
        "auth": "effects",
        "command": _SQL,
        "params": {
            "run": "{{ execution_id }}",
            "step": step,
            "loop": "{{ iter.loop_id }}" if in_loop else None,
            "item": "{{ iter.index }}" if in_loop else -1,
            "issue": "{{ job.issue }}",
            "process": "{{ env.CHAOS_PROCESS }}",
            "seconds": slow if in_loop else 0,
        },
        "spec": _rules(*rules),
    }


def _playbook(name: str, *steps: Json) -> Json:
    """The steps in a row, and one more that is to run once."""
    after = {"step": "after", "tool": _effect("after", in_loop=False)}
    workflow = [*steps, after]
    for step, following in pairwise(workflow):
        step["next"] = {"arcs": [{"step": following["step"]}]}
    return {
        "apiVersion": "noetl.io/v2",
        "kind": "Playbook",
        "metadata": {"name": name, "path": f"chaos/{name}"},
        "executor": {"spec": {"max_attempts": ATTEMPTS}},
        "workload": {"n": 1000, "path": ""},
        "workflow": workflow,
    }


def _calling() -> Json:
    """Items that are runs of another playbook: started once, whoever waits for them."""
    call = {
        "name": "call",
        "kind": "playbook",
        "path": CHILD.path,
        "input": {"n": CHILD.sizes[0]},
    }
    work = {
        "step": "work",
        "loop": _loop("parallel", max_in_flight=4),
        "tool": [call, {"name": "effect", **_effect("work")}],
    }
    return _playbook("calling", work)


def _child() -> Json:
    loop = _loop("parallel", max_in_flight=8)
    return _playbook("child", {"step": "work", "loop": loop, "tool": _effect("work")})


def _loop(mode: str, items: str = "{{ range(workload.n) }}", **spec: Any) -> Json:
    return {"in": items, "iterator": "item", "spec": {"mode": mode, **spec}}


def _sequential() -> Json:
    step = {"step": "work", "loop": _loop("sequential"), "tool": _effect("work")}
    return _playbook("sequential", step)


def _parallel() -> Json:
    fails = f"{{{{ iter.index % {FAIL_EVERY} == 13 }}}}"
    loop = _loop("parallel", max_in_flight=60, policy="best_effort")
    tool = _effect("work", (fails, "planned"))
    return _playbook("parallel", {"step": "work", "loop": loop, "tool": tool})


def _fanout() -> Json:
    always = f"{{{{ iter.index % {FAIL_EVERY} == 13 }}}}"
    once = f"{{{{ iter.index % {FAIL_ONCE_EVERY} == 7 and job.issue == 1 }}}}"
    step = {
        "step": "work",
        "spec": {
            "loop_mode": "fanout",
            "fanout": {"max_shard_retries": 2, "allow_partial": True},
        },
        "loop": {"in": "{{ range(workload.n) }}", "iterator": "item"},
        "tool": _effect("work", (always, "planned"), (once, "planned, once")),
    }
    return _playbook("fanout", step)


def _collected() -> Json:
    """Items that SQL does not see, and an effect outside of the database."""
    numbers = {
        "step": "numbers",
        "tool": {
            "kind": "python",
            "input": {"n": "{{ workload.n }}"},
            "code": "result = {'all': list(range(n))}",
        },
    }
    effect = {
        "execution_id": "{{ execution_id }}",
        "step": "work",
        "loop_id": "{{ iter.loop_id }}",
        "iter_index": "{{ iter.index }}",
        "issue": "{{ job.issue }}",
        "process": "{{ env.CHAOS_PROCESS }}",
    }
    work = {
        "step": "work",
        "loop": _loop("parallel", "{{ numbers.all }}", max_in_flight=20),
        "tool": {
            "kind": "python",
            "libs": {"json": "json", "os": "os", "time": "time"},
            "input": {"path": "{{ workload.path }}", "effect": effect},
            "code": "effect['ended_at'] = time.time()" + _CODE,
        },
    }
    return _playbook("collected", numbers, work)


CHILD: Final = Shape("child", (50, 50), False, False, _child)
SHAPES: Final = (
    Shape("sequential", (1_000, 1_500), False, False, _sequential),
    Shape("parallel", (1_000, 5_000), True, False, _parallel),
    Shape("fanout", (2_000, 10_000), True, True, _fanout),
    Shape("collected", (1_000, 2_000), False, False, _collected),
    Shape("calling", (20, 30), False, False, _calling),
)
