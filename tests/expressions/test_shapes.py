"""The expressions that docs show and playbooks use, with the values that they must have."""
# ruff: noqa: E501 (a case is a line)

from __future__ import annotations

from typing import Any

import pytest

from tests.expressions.evaluators import Case, Evaluators, agree, in_jinja

NAMES: dict[str, Any] = {
    "ctx": {"day": "2030-01-01", "orders": [1, 2]},
    "workload": {"enabled": True, "api": "http://api", "limit": 2},
    "iter": {"item": {"id": 7}, "has_more": True, "page": 3, "day": "mon", "index": 0},
    "event": {"name": "loop.done", "chunk_index": 1, "has_more": False},
    "fanin": {"status": "partial", "done": 48, "failed": 2, "total": 50},
    "loop_index": 4,
    "execution_id": 123456789012345678,
}
VIEWS: dict[str, Any] = {
    "output": {
        "payload": {"day": "tue", "items": [1, 2, 3]},
        "envelope": {"status": "error", "ref": "noetl://1/result/2", "http": {"status": 429}},
        "first": "envelope",
    },
    "list_days": {"payload": {"days": ["mon", "tue"]}, "envelope": {"status": "ok"}, "first": "payload"},
    "fetch_page": {"payload": {"data": [1], "hasMore": True}, "envelope": {}, "first": "payload"},
}  # fmt: skip
TEMPLATES = [
    ("{{ ctx.day }}", "2030-01-01"),
    ("{{ iter.item.id }}", 7),
    ("{{ list_days.days }}", ["mon", "tue"]),
    ("{{ workload.api }}/orders", "http://api/orders"),
    ("{{ output.data.day }}", "tue"),
    ("{{ output.ref }}", "noetl://1/result/2"),
    ("{{ iter.page + 1 }}", 4),
    ("{{ output.items | length }}", 3),
    ("{{ fetch_page.data }}", [1]),
    ("{{ fanin.done }}/{{ fanin.total }}", "48/50"),
    ("{{ range(1, workload.limit + 1) | list }}", [1, 2]),
    ("{{ ctx.missing | default('x') }}", "x"),
    ("{{ execution_id }}", 123456789012345678),
    ("{{ {'a': iter.day, 'b': [1]} | tojson }}", '{"a": "mon", "b": [1]}'),
    ("\n{{ loop_index }}\n", 4),
    ({"day": "{{ ctx.day }}", "n": 1, "no": "{{ ctx.no }}"},
     {"day": "2030-01-01", "n": 1, "no": None}),
]  # fmt: skip
CONDITIONS = [
    ("{{ workload.enabled }}", True),
    ("{{ event.name == 'loop.done' }}", True),
    ("event.name == 'call.error'", False),
    ("{{ output.status == 'error' and output.http.status in [429, 500, 502, 503, 504] }}", True),
    ("{{ iter.has_more }}", True),
    ("{{ fanin.status != 'complete' and fanin.failed > 0 }}", True),
    ("{{ output.error is defined }}", False),
    ("{{ ctx.orders | length > workload.limit }}", False),
    ("{{ not event.has_more and event.chunk_index >= 1 }}", True),
    ("{{ other_step.total > 3 }}", False),
    (True, True),
]  # fmt: skip


@pytest.mark.parametrize(("source", "value"), TEMPLATES, ids=str)
def test_template(evaluators: Evaluators, source: Any, value: Any) -> None:
    case = Case(source, NAMES, VIEWS)
    assert agree(in_jinja(case), {"value": value})
    assert agree(evaluators.in_sql([case])[0], {"value": value})


@pytest.mark.parametrize(("source", "value"), CONDITIONS, ids=str)
def test_condition(evaluators: Evaluators, source: Any, value: bool) -> None:
    case = Case(source, NAMES, VIEWS, kind="condition")
    assert agree(in_jinja(case), {"value": value})
    assert agree(evaluators.in_sql([case])[0], {"value": value})
