"""Every API function that touches a run meets every other one on the same run.

``MATRIX`` says what happens when the function of the row has done its work and not yet
committed, and the function of the column comes: ``.`` it passes; ``R`` it waits for the
run's advisory lock; ``r`` for a row (or for a key that is being inserted); ``N`` for the
worker's name. Whichever way, it ends when the first commits, nothing is lost or done
twice, and the run can be worked off. What each function does here is in
``tests/races/meetings.py``.

Not in the matrix, because they meet nobody on a run: ``register_playbook``, schedules and
credentials (rows of their own; ``fire_schedules`` makes new runs only: test_schedules.py),
``raise_floor`` (sequences, under a lock that is only tried: test_claim_floor.py),
``maintain_partitions``, ``retain`` (ended runs, whose locks it only tries:
test_retention.py), and what only reads (``read_*``, ``child_status``,
``execution_status``, ``retention_plan``, ``list_*``). ``record_shard`` is
``record_events``, ``issue_command`` is ``issue_commands``.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations_with_replacement

import pytest

from tests.races.meetings import ACTIONS, HARMFUL, Arena, Meeting
from tests.support.databases import Databases

MATRIX = """
         re fa wr it dr sh ex cl be re en re re ex ad wa pr cl is si ch st re ca pa re re re ch
report   r  r  r  .  r  .  .  .  .  .  .  .  .  .  R  .  .  .  R  r  r  .  .  R  R  R  R  R  r
fail     r  r  r  .  r  .  .  .  .  .  .  .  .  .  R  .  .  .  R  r  r  .  .  R  R  R  R  R  r
write    r  r  r  .  r  .  .  .  .  .  .  .  .  .  R  .  .  .  R  r  .  .  .  R  R  R  R  R  r
item     .  .  .  r  .  .  .  .  .  .  .  .  .  .  R  .  .  .  R  .  .  .  .  R  R  R  R  R  .
drain    r  r  r  r  r  .  r  .  .  .  .  .  .  .  R  .  .  .  R  r  .  .  .  R  R  R  R  R  r
shard    .  .  .  .  .  r  .  .  .  .  .  .  .  .  R  .  .  .  R  .  .  .  .  R  R  R  R  R  .
exchange .  .  .  .  r  .  r  .  .  .  .  .  .  .  R  .  .  .  R  .  .  .  .  R  R  R  R  R  .
claim    .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  r  r  .  .  r  .
beat     r  r  r  r  r  r  r  .  r  .  r  r  .  .  R  .  .  .  R  .  r  .  .  R  R  R  .  R  r
release  r  r  r  r  r  r  r  .  .  .  .  .  .  .  R  .  .  .  R  .  r  .  .  R  R  R  .  R  r
end      r  r  r  r  r  r  r  .  r  .  r  r  .  .  R  .  .  .  R  .  r  .  .  R  R  R  .  R  r
register r  r  r  r  r  r  r  .  r  .  r  N  .  .  R  .  .  .  R  .  r  .  .  R  R  R  .  R  r
reap     r  r  r  r  r  r  r  .  r  .  r  r  .  .  R  .  .  .  R  .  r  .  .  R  R  R  .  R  r
expand   .  .  .  .  .  .  .  .  .  .  .  .  .  .  R  .  .  .  R  .  .  .  .  R  R  R  .  R  .
advance  .  .  .  .  .  .  .  .  .  R  .  .  .  .  .  .  .  R  R  R  .  .  .  R  R  R  .  R  .
wake     .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
project  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  r  .  .  .  r  r  r  r  r  .
close    .  .  .  .  .  .  .  .  .  .  .  .  .  .  R  .  .  .  R  .  .  .  .  R  R  R  R  R  .
issue    .  .  .  .  .  .  .  .  .  R  .  .  .  .  R  .  .  R  R  R  .  .  .  R  R  R  .  R  .
signal   r  r  r  .  r  .  .  .  .  .  .  .  .  .  R  .  .  .  R  r  .  .  .  R  R  R  R  R  r
child    r  r  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  r  .  .  r  r  r  .  r  r
store    .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  r  .  .  .  .  .  .  .
result   .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  r  .  .  .  .  .  .
cancel   .  .  .  .  .  .  .  .  .  R  .  .  .  .  R  .  .  R  R  R  r  .  .  R  R  R  R  R  .
pause    .  .  .  .  .  .  .  .  .  R  .  .  .  .  R  .  .  R  R  R  r  .  .  R  R  R  R  R  .
resume   .  .  .  .  .  .  .  .  .  R  .  .  .  .  R  .  .  R  R  R  r  .  .  R  R  R  R  R  .
retry    .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  R  .  R  .  .  .  R  R  R  R  R  .
rebuild  .  .  .  .  .  .  .  .  .  R  .  .  .  .  R  .  .  R  R  R  r  .  .  R  R  R  R  R  .
chunk    r  r  r  .  r  .  .  .  .  .  .  .  .  .  R  .  .  .  R  r  r  .  .  R  R  R  R  R  r
"""


def _parse(matrix: str) -> dict[str, dict[str, str]]:
    header, *rows = matrix.strip("\n").splitlines()
    names = [row.split()[0] for row in rows]
    assert [name[:2] for name in names] == header.split()
    return {
        name: dict(zip(names, row.split()[1:], strict=True))
        for name, row in zip(names, rows, strict=True)
    }


EXPECTED = _parse(MATRIX)
WRITERS = [name for name in ACTIONS if name not in {"wake", "store", "result"}]


@pytest.fixture(scope="module")
def arena(databases: Databases) -> Iterator[Arena]:
    dsn = databases.create()
    with ThreadPoolExecutor(4) as pool:
        made = Arena(dsn, pool)
        yield made
        made.rig.close()
    databases.drop(dsn)


def _end(arena: Arena, meeting: Meeting, *names: str) -> list[str]:
    """Work a run off; what is wrong with it."""
    status = arena.wind_up(meeting)
    found = arena.problems(meeting)
    if status not in {"completed", "failed", "cancelled"}:
        found.append(f"it cannot be worked off: {status}")
    elif status != "completed" and HARMFUL.isdisjoint(names):
        found.append(f"it is {status}")
    return found


@pytest.mark.accept("D-3")
@pytest.mark.parametrize("first", EXPECTED)
def test_second_waits_or_passes_as_the_matrix_says(arena: Arena, first: str) -> None:
    seen: dict[str, str] = {}
    problems: dict[str, list[str]] = {}
    for second in EXPECTED:
        meeting = arena.prepare(first, second)
        seen[second] = arena.meet(first, second, meeting)
        if found := _end(arena, meeting, first, second):
            problems[second] = found
    assert problems == {}
    assert seen == EXPECTED[first]


@pytest.mark.parametrize("first", WRITERS)
def test_two_at_the_same_moment_leave_nothing_wrong(arena: Arena, first: str) -> None:
    problems: dict[str, list[str]] = {}
    for one, other in combinations_with_replacement(WRITERS, 2):
        if one != first:
            continue
        for _ in range(2):
            meeting = arena.prepare(one, other)
            arena.clash(one, other, meeting)
            if found := _end(arena, meeting, one, other):
                problems[other] = found
    assert problems == {}


def test_the_matrix_is_complete() -> None:
    assert list(EXPECTED) == list(ACTIONS)
