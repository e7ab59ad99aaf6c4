"""The examples and the playbook fixtures are documents of the form that README says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.examples.conftest import ROOT

EXAMPLES = sorted((ROOT / "examples").rglob("*.yaml"))
FIXTURES = sorted(
    path
    for path in (ROOT / "tests/fixtures/playbooks").rglob("*.yaml")
    if not path.name.endswith(".expected.yaml")
)


def name_of(path: Path) -> str:
    return path.stem


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def expected_of(path: Path) -> dict[str, Any]:
    text = path.with_name(f"{path.stem}.expected.yaml").read_text()
    expected = yaml.safe_load(text)
    assert isinstance(expected, dict)
    return expected


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_example_is_a_described_playbook(path: Path) -> None:
    document = yaml.safe_load(path.read_text())
    assert document["kind"] == "Playbook"
    assert document["metadata"]["description"]
    assert document["metadata"]["path"].startswith("examples/")


@pytest.mark.accept("P0.4-5")
def test_patients_playbook_has_no_recovery_code_of_its_own() -> None:
    document = yaml.safe_load((ROOT / "examples/patients/patients.yaml").read_text())
    tools = [tool for step in document["workflow"] for tool in as_list(step["tool"])]
    statements = [tool["command"] for tool in tools if tool["kind"] == "postgres"]
    assert document["metadata"]["name"] == "test_pft_flow"
    assert len(statements) > 10
    for statement in statements:
        assert not re.search(r"noetl|claim|lease|stale|attempt|locked", statement)


@pytest.mark.parametrize("path", FIXTURES, ids=name_of)
def test_fixture_says_what_is_expected(path: Path) -> None:
    expected = expected_of(path)
    assert expected.keys() <= {"problems", "yaml", "run", "workload", "needs"}
    for problem in expected.get("problems", []):
        assert problem.keys() == {"severity", "path", "gist"}
        re.compile(problem["gist"])
    errors = [p for p in expected.get("problems", []) if p["severity"] == "error"]
    if path.parent.name == "invalid":
        assert errors or "yaml" in expected
        assert "run" not in expected
    else:
        document = yaml.safe_load(path.read_text())
        assert document["metadata"]["name"] == path.stem
        assert not errors
