"""SQL and Jinja2 give the same value, or the same kind of error, for every expression."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.expressions.evaluators import Case, Evaluators
from tests.expressions.grammar import cases

EXAMPLES = 2000
BATCH = 10


@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(batch=st.lists(cases(), min_size=BATCH, max_size=BATCH))
def test_sql_equals_jinja(evaluators: Evaluators, batch: list[Case]) -> None:
    differences = evaluators.differences(batch)
    assert not differences, "\n".join(
        f"{case.source!r}\n  SQL    {sql}\n  Jinja2 {jinja}"
        for case, sql, jinja in differences
    )
