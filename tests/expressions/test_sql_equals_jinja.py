"""SQL and Jinja2 give the same value, or the same kind of error, for every expression."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.expressions.evaluators import Evaluators
from tests.expressions.grammar import draw_case

EXAMPLES = 100
PARTS = 4
BATCH = 50


@pytest.mark.parametrize("part", range(PARTS))
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(random=st.randoms(use_true_random=True))
def test_sql_equals_jinja(evaluators: Evaluators, part: int, random: Random) -> None:
    # each part has cases of its own, and a time limit of its own
    source = Random(f"{part}:{random.getrandbits(64)}")
    batch = [draw_case(source) for _ in range(BATCH)]
    differences = evaluators.differences(batch)
    differences.sort(key=lambda difference: len(str(difference[0].source)))
    assert not differences, "\n".join(
        f"{case.source!r}\n  SQL    {sql}\n  Jinja2 {jinja}"
        for case, sql, jinja in differences
    )
