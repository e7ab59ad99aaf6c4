"""Random workflows always end: no run hangs, whatever its arcs, joins, loops, chunks and
failures."""

from __future__ import annotations

import random
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.races.rig import Rig, loop

_ERROR = "event.name == 'call.error'"
_COUNT = {"ctx.total": "{{ (ctx.total | default(0)) + 1 }}"}


def _arc(chance: random.Random, names: list[str]) -> dict[str, Any]:
    """An arc to anywhere; the counter ends every cycle."""
    condition = chance.choice(["true", "true", _ERROR, f"not ({_ERROR})", "ctx.no"])
    return {
        "step": chance.choice(names),
        "when": f"{{{{ ctx.total < 25 and {condition} }}}}",
    }


def _chunk_arc(chance: random.Random, names: list[str]) -> dict[str, Any]:
    """An arc that takes up chunks."""
    spec = chance.choice([{}, {"mode": "parallel", "max_in_flight": 2}])
    chosen = chance.choice(["true", "event.chunk_index > 0", "event.has_more"])
    return {
        "step": chance.choice(names),
        "on": "call.partial",
        "spec": spec,
        "when": f"{{{{ ctx.total < 25 and {chosen} }}}}",
    }


def _step(chance: random.Random, name: str, names: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"step": name, "spec": {}}
    kind = chance.choice(["inline", "plain", "plain", "sequential", "parallel", "fan"])
    if kind != "inline":
        made["tool"] = {"kind": "noop"}
    if kind in ("sequential", "parallel"):
        policy = chance.choice(["best_effort", "fail_fast"])
        made["loop"] = loop(chance.randint(0, 4), mode=kind, policy=policy)
    elif kind == "fan":
        made["loop"] = loop(chance.randint(0, 4))
        made["spec"] = {
            "loop_mode": "fanout",
            "fanout": {
                "allow_partial": chance.random() < 0.5,
                "fail_fast": chance.random() < 0.3,
                "max_shard_retries": chance.randint(0, 1),
            },
        }
    if "loop" not in made:
        made["set"] = _COUNT
    if chance.random() < 0.3:
        made["spec"]["join"] = chance.choice(["all", "any"])
    arcs = [_arc(chance, names) for _ in range(chance.randint(0, 3))]
    if kind == "plain":
        arcs += [_chunk_arc(chance, names) for _ in range(chance.choice([0, 0, 1, 2]))]
        chance.shuffle(arcs)
    if "loop" in made:
        for arc in arcs:
            arc["set"] = _COUNT
    made["next"] = {
        "spec": {"mode": chance.choice(["inclusive", "inclusive", "exclusive"])},
        "arcs": arcs,
    }
    return made


def _graph(chance: random.Random) -> list[dict[str, Any]]:
    names = [f"s{number}" for number in range(chance.randint(2, 8))]
    first = {"step": "first", "set": {"ctx.total": 0}}
    steps = [_step(chance, name, names) for name in names]
    return [{**first, "next": {"arcs": [{"step": "s0"}]}}, *steps]


def _start(rig: Rig, steps: list[dict[str, Any]]) -> int | None:
    """Start a run, unless registration finds something wrong with the graph."""
    try:
        return rig.start(*steps)
    except psycopg.DatabaseError as exc:
        if exc.sqlstate != "NE422":
            raise
        return None


@pytest.mark.timeout(300)
def test_every_run_ends(rig: Rig) -> None:
    seed = random.randrange(10**9)
    ended: dict[str, int] = {}
    streams = 0
    for number in range(seed, seed + 150):
        chance = random.Random(number)
        steps = _graph(chance)
        outcomes = {
            step["step"]: {"error": {"message": "no luck"}, "times": 1}
            for step in steps
            if chance.random() < 0.15
        }
        for made in steps:
            chunks = list(range(chance.randint(0, 3)))
            outcomes.setdefault(made["step"], {})["chunks"] = chunks
        run = _start(rig, steps)
        if run is None:
            continue
        status = rig.value(
            "select noetl_test.work(%s, %s, %s)",
            run,
            Jsonb(outcomes),
            chance.choice([1, 3, 100]),
        )
        assert status in ("completed", "failed"), (number, steps)
        assert rig.problems(run) == [], number
        streams += rig.count(run, "call.partial")
        ended[status] = ended.get(status, 0) + 1
    assert ended.get("completed", 0) > 20, ended
    assert ended.get("failed", 0) > 5, ended
    assert streams > 50
