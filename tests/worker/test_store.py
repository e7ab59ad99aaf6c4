"""Files of results: nothing users name leads out of the root, and writes are atomic."""

from __future__ import annotations

from pathlib import Path

import pytest

from noetl_worker.command import Command
from noetl_worker.jsonable import NotJsonError, decode, encode
from noetl_worker.output import TaskError
from noetl_worker.store import result_path, select_fields, write_file


def command(step: str) -> Command:
    return Command(
        5, "5-r1-1", 1, step, "run", None, None, None, None, None, 1, 1, 1, None, 5, 1
    )


@pytest.mark.parametrize(
    "step", ["../../etc", "/etc/passwd", "..", ".", "", "a\0b", "ü/…", "x" * 500]
)
def test_step_names_stay_inside(step: str, tmp_path: Path) -> None:
    path = result_path(tmp_path, command(step))
    assert path.resolve().is_relative_to(tmp_path / "exec" / "5")
    write_file(path, [b"1"])
    assert path.read_bytes() == b"1"
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_failed_write_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "exec"
    target.mkdir()
    (target / "file.json").mkdir()
    with pytest.raises(OSError):
        write_file(target / "file.json", [b"1"])
    assert [p.name for p in target.iterdir()] == ["file.json"]


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
