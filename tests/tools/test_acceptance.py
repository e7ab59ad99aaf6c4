"""A row is proved only by passing tests, and one red test makes it failing."""

from __future__ import annotations

from pathlib import Path

from tools.acceptance import TABLE, Outcomes, recorded, report
from tools.run_pgtap import outcomes

SMALL_TABLE = """\
| id | must hold |
|---|---|
| P0.1-1 | the index exists |
| P2.F | fixture |
| S.A | steady |
| D-1 | direct SQL |
"""


def test_verdicts_and_closing_line() -> None:
    rows = {
        "P0.1-1": {"a": "passed", "b": "passed"},
        "P2.F": {"a": "passed", "b": "failed"},
        "S.A": {"a": "skipped"},
    }
    text, passed = report(SMALL_TABLE, rows)
    assert not passed
    lines = text.splitlines()
    assert lines[0].split()[:2] == ["P0.1-1", "proved"]
    assert lines[1].split()[:2] == ["P2.F", "failing"]
    assert lines[2].strip() == "b"
    assert lines[3].split()[:3] == ["S.A", "not", "tested"]
    assert lines[-1] == "1 proved, 1 failing, 2 not tested"


def test_a_test_with_an_unknown_id_is_an_error() -> None:
    text, passed = report(SMALL_TABLE, {"P9.9-9": {"a": "passed"}})
    assert "no such row, but a test carries it: P9.9-9" in text
    assert text.splitlines()[-1] == "0 proved, 0 failing, 4 not tested"
    assert not passed


def test_every_row_of_the_table_is_read() -> None:
    table = TABLE.read_text()
    rows = sum(line.startswith("| ") for line in table.splitlines()) - 1
    assert (
        report(table, {})[0].splitlines()[-1]
        == f"0 proved, 0 failing, {rows} not tested"
    )


def test_suites_are_joined(tmp_path: Path) -> None:
    first, second = Outcomes(), Outcomes()
    first.add("D-1", "t", "passed")
    second.add("D-1", "t", "failed")
    first.write(tmp_path / "results/pgtap-15.json")
    second.write(tmp_path / "results/pgtap-18.json")
    assert recorded(tmp_path / "results") == {
        "D-1": {"pgtap-15: t": "passed", "pgtap-18: t": "failed"}
    }


def test_tap_descriptions_carry_ids(tmp_path: Path) -> None:
    (tmp_path / "claim").mkdir()
    (tmp_path / "claim/a.sql").write_text(
        "1..4\n"
        "ok 1 - P0.1-1, P0.1-2: a duplicate adds nothing\n"
        "not ok 2 - P2.F: red\n"
        "# Failed test 2\n"
        "ok 3 - S.A: later # SKIP not here\n"
        "ok 4 - the word Note: is no id\n"
    )
    test = "claim/a.sql"
    assert outcomes(tmp_path).rows == {
        "P0.1-1": {f"{test}: P0.1-1, P0.1-2: a duplicate adds nothing": "passed"},
        "P0.1-2": {f"{test}: P0.1-1, P0.1-2: a duplicate adds nothing": "passed"},
        "P2.F": {f"{test}: P2.F: red": "failed"},
        "S.A": {f"{test}: S.A: later": "skipped"},
    }
