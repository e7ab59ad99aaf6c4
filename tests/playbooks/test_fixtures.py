"""The fixtures of playbooks: what is valid registers, what is not says why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
import yaml
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from noetl_shell.documents import read_document

FIXTURES: Final = Path(__file__).parents[1] / "fixtures/playbooks"
EXAMPLES: Final = Path(__file__).parents[2] / "examples"

Problem = dict[str, Any]


def expectation(path: Path) -> dict[str, Any]:
    """Return what stands beside a fixture."""
    beside = path.with_name(f"{path.stem}.expected.yaml")
    return yaml.safe_load(beside.read_text()) or {} if beside.exists() else {}


def documents(folder: str) -> list[Path]:
    """Return the fixtures of a folder that are YAML."""
    return [
        path
        for path in sorted((FIXTURES / folder).glob("*.yaml"))
        if not path.stem.endswith(".expected") and "yaml" not in expectation(path)
    ]


@pytest.fixture(scope="module")
def registry(databases: Any) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    """A connection whose every test is rolled back."""
    dsn = databases.create()
    with psycopg.connect(dsn, row_factory=dict_row) as conn:
        yield conn
    databases.drop(dsn)


def lint(
    conn: psycopg.Connection[dict[str, Any]], path: Path
) -> tuple[Any, list[Problem]]:
    """Return the document of a file and its problems."""
    content = read_document(path).value
    rows = conn.execute("select * from noetl.lint_playbook(%s)", [Jsonb(content)])
    return content, rows.fetchall()


def is_found(expected: Problem, problems: list[Problem]) -> bool:
    """Tell whether an expected problem is among the reported ones."""
    return any(
        found["severity"] == expected["severity"]
        and found["path"] == expected["path"]
        and re.search(
            expected["gist"], f"{found['message']} {found['hint']}", re.IGNORECASE
        )
        for found in problems
    )


@pytest.mark.parametrize(
    "path", documents("valid") + documents("invalid"), ids=lambda path: path.stem
)
def test_the_problems_are_those_expected(
    registry: psycopg.Connection[dict[str, Any]], path: Path
) -> None:
    expected = expectation(path).get("problems", [])
    _, problems = lint(registry, path)
    for problem in expected:
        assert is_found(problem, problems), (problem, problems)
    places = {p["path"] for p in expected if p["severity"] == "error"}
    unexpected = [
        p for p in problems if p["severity"] == "error" and p["path"] not in places
    ]
    if not any(p["severity"] == "warning" for p in expected):
        unexpected += [p for p in problems if p["severity"] == "warning"]
    assert not unexpected


@pytest.mark.parametrize("path", documents("valid"), ids=lambda path: path.stem)
def test_a_valid_playbook_registers(
    registry: psycopg.Connection[dict[str, Any]], path: Path
) -> None:
    content, _ = lint(registry, path)
    with registry.transaction(force_rollback=True):
        row = registry.execute(
            "select * from noetl.register_playbook(%s)", [Jsonb(content)]
        ).fetchone()
        assert row is not None
        assert (row["version"], row["created"]) == (1, True)
        steps = registry.execute(
            "select step from noetl.catalog_step where catalog_id = %s"
            " order by position",
            [row["catalog_id"]],
        ).fetchall()
        assert [s["step"] for s in steps] == [s["step"] for s in content["workflow"]]


@pytest.mark.parametrize("path", documents("invalid"), ids=lambda path: path.stem)
def test_an_invalid_playbook_leaves_nothing(
    registry: psycopg.Connection[dict[str, Any]], path: Path
) -> None:
    content = read_document(path).value
    with pytest.raises(psycopg.DatabaseError) as refusal, registry.transaction():
        registry.execute("select noetl.register_playbook(%s)", [Jsonb(content)])
    assert refusal.value.sqlstate == "NE422"
    assert registry.execute("select from noetl.catalog").rowcount == 0


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.rglob("*.yaml")), ids=lambda path: path.stem
)
def test_an_example_has_no_problem(
    registry: psycopg.Connection[dict[str, Any]], path: Path
) -> None:
    _, problems = lint(registry, path)
    assert [p for p in problems if p["severity"] != "info"] == []
