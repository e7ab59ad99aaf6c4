"""What a result's bytes and names may be, before a store has anything to do with them."""

from __future__ import annotations

from typing import Any

import pytest

from noetl_worker.command import Command
from noetl_worker.jsonable import NotJsonError, decode, encode
from noetl_worker.output import TaskError
from noetl_worker.results import JSON, Target, select_fields
from noetl_worker.results.rows import part
from noetl_worker.results.writer import object_key
from noetl_worker.stores.keys import split
from noetl_worker.tools.sql import gives_rows


def command(step: str) -> Command:
    return Command(
        5, "5-r1-1", 1, step, "run", None, None, None, None, None, 1, 1, 1, None, 5, 1
    )


@pytest.mark.parametrize(
    "step", ["../../etc", "/etc/passwd", "..", ".", "", "a\0b", "ü/…", "x" * 500]
)
def test_keys_stay_under_their_run(step: str) -> None:
    key = object_key(Target(command(step)), JSON)
    segments = split(key)
    assert segments[:2] == ["exec", "5"]
    assert len(segments) == 4
    assert key != object_key(Target(command(step)), JSON), "no object is overwritten"


def test_rows_are_told_apart_from_the_rest() -> None:
    rows = [{"n": 1}, {"n": 2}]
    parted = part({"rows": rows, "row_count": 2, "command_0": {"rows": rows, "n": 2}})
    assert parted is not None
    assert parted.rows is rows
    assert parted.at == ("rows", "command_0.rows")
    assert parted.rest == {"row_count": 2, "command_0": {"n": 2}}
    listed = part(rows)
    assert listed is not None
    assert listed.at == ()
    others: list[Any] = [{"n": 1}, [], {"a.b": rows}, "text", None, {"rows": []}]
    assert [part(other) for other in others] == [None] * len(others)


def test_selected_fields() -> None:
    payload = {"a": {"b": [1, {"c": 2}]}, "d": "x" * 2000}
    chosen = select_fields(
        payload, [("a.b.1.c", "c"), ("$.a.b", "b"), ("no.where", "n")]
    )
    assert chosen == {"c": 2, "b": [1, {"c": 2}]}
    with pytest.raises(TaskError, match="output_select"):
        select_fields(payload, [("d", "d")])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": [1.0, float("inf")]}, r"result\.a\[1\] is inf"),
        ({"a": "x\0y"}, r"result\.a contains a NUL"),
        ({"a\0": 1}, "a key of result"),
        (["\ud800"], r"result\[0\] contains half"),
        ({(1, 2): 3}, "a key of type tuple"),
        ([object()], r"result\[0\] is a object"),
    ],
)
def test_what_is_not_json_is_refused_with_its_place(
    value: object, message: str
) -> None:
    with pytest.raises(NotJsonError, match=message):
        encode(value)


def test_integers_stay_exact() -> None:
    for number in (2**53 + 1, 2**63, -(2**70), 10**30):
        assert decode(encode([number])) == [number]
    assert decode(encode("\\u0000 is text")) == "\\u0000 is text"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("select 1", True),
        ("/* x */ values (1)", True),
        ("table t", True),
        ("with a as (insert into t values (1) returning *) select * from a", True),
        ("with r as (select $$ ) into $$) select 'into' from r", True),
        ("with x as (select 1) /* ( */ delete from t returning *", True),
        ("insert into t values (1) returning id", True),
        ("with a as (select 1) insert into t select * from a", False),
        ("select 1 into t", False),
        ("update t set a = 1", False),
        ("explain select 1", False),
        ("create table t as select 1", False),
    ],
)
def test_statements_that_give_rows_are_known(statement: str, *, expected: bool) -> None:
    assert gives_rows(statement) is expected
