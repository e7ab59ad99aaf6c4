"""Whatever a document holds, it is registered or refused: never an SQL error."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from psycopg.types.json import Jsonb

from noetl_shell.documents import read_document

FIXTURES: Final = Path(__file__).parents[1] / "fixtures/playbooks/valid"
JUNK: Final[list[Any]] = [
    None, True, 0, -1, 1e300, 2**70, 0.5, "", " ", "b", "{{", "{{ x + }}", "{% if %}",
    "{{ ctx.x }}", "é\"'\\ %s", "x" * 5000, [], {}, [[]], [None], [{}], {"": None},
    {"step": 3}, {"kind": "noop"}, {"a": {"b": {"c": []}}}, [1, "a", {"step": "b"}],
]  # fmt: skip
KEYS: Final = ["", "step", "tool", "loop", "next", "set", "spec", "args", "name", "$at"]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each container and key of a document."""
    items = enumerate(value) if isinstance(value, list) else value.items()
    for key, child in list(items):
        yield value, key
        if isinstance(child, dict | list):
            yield from places(child)


def mutated(document: Any, chance: random.Random) -> Any:
    """Return the document with one to three parts replaced, dropped or added."""
    changed = copy.deepcopy(document)
    for _ in range(chance.randint(1, 3)):
        found = list(places(changed))
        if not found:
            break
        parent, key = chance.choice(found)
        junk = copy.deepcopy(chance.choice(JUNK))
        match chance.randint(0, 3):
            case 0:
                del parent[key]
            case 1 if isinstance(parent, dict):
                parent[chance.choice(KEYS)] = junk
            case _:
                parent[key] = junk
    return changed


def register(conn: psycopg.Connection[Any], document: Any) -> str | None:
    """Register a document; return the SQLSTATE of a refusal."""
    try:
        conn.execute("select noetl.register_playbook(%s)", [Jsonb(document)])
    except psycopg.Error as exc:
        return exc.sqlstate
    return None


def test_mutated_playbooks_are_registered_or_refused(database: str) -> None:
    chance = random.Random(20260131)
    valid = [
        read_document(path).value
        for path in sorted(FIXTURES.glob("*.yaml"))
        if not path.stem.endswith(".expected")
    ]
    outcomes: dict[str, int] = {}
    with psycopg.connect(database, autocommit=True) as conn:
        for number in range(600):
            document = mutated(chance.choice(valid), chance)
            outcome = register(conn, document)
            assert outcome in (None, "NE422"), (number, json.dumps(document))
            outcomes[outcome or ""] = outcomes.get(outcome or "", 0) + 1
    assert min(outcomes["NE422"], outcomes[""]) > 50


@pytest.mark.parametrize(
    "document",
    [
        *JUNK,
        {"workflow": 3},
        {"metadata": None, "workflow": [{"step": "a"}]},
        {"metadata": {"name": "a"}, "workflow": {}},
        {"metadata": {"name": "a"}, "workflow": [{"step": "a"}] * 10_001},
        {"metadata": {"name": "a"}, "workflow": [{"step": "x" * 300}]},
        {"metadata": {"name": "a", "labels": {"x": "x" * 4_200_000}}},
    ],
    ids=range(len(JUNK) + 6),
)
def test_what_is_no_playbook_is_refused(
    conn: psycopg.Connection[Any], document: Any
) -> None:
    with pytest.raises(psycopg.DatabaseError) as refusal:
        conn.execute("select noetl.register_playbook(%s)", [Jsonb(document)])
    assert refusal.value.sqlstate == "NE422"
    problems = json.loads(refusal.value.diag.message_detail or "")
    assert any(p["severity"] == "error" for p in problems)


def test_a_document_nested_too_deeply_is_refused(
    conn: psycopg.Connection[Any],
) -> None:
    deep: Any = "bottom"
    for _ in range(150):
        deep = [deep]
    document = {"metadata": {"name": "a"}, "workload": {"x": deep}}
    with pytest.raises(psycopg.DatabaseError, match="deeper than 100"):
        conn.execute("select noetl.register_playbook(%s)", [Jsonb(document)])
