"""Run a case through SQL and through Jinja2, and say whether the outcomes are the same."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import psycopg
from psycopg.types.json import Jsonb

from noetl_worker.templates import (
    UNDEFINED,
    ResultView,
    TemplateError,
    compile_template,
    condition,
    limits,
)

limits.MAX_TEXT = 4194304  # type: ignore[misc]  # SQL's limit
Outcome = dict[str, Any]

_CODES: Final = {
    "NE422": "syntax",
    "NE461": "undefined",
    "NE462": "value",
    "NE463": "limit",
    "NE464": "payload",
}


@dataclass(frozen=True)
class Case:
    """One template or condition with what it may read."""

    source: Any
    names: dict[str, Any] = field(default_factory=dict)
    views: dict[str, Any] = field(default_factory=dict)
    kind: Literal["template", "condition"] = "template"

    def document(self) -> dict[str, Any]:
        """Return the case as JSON for SQL."""
        return {
            "kind": self.kind,
            "source": self.source,
            "names": self.names,
            "views": self.views,
        }


def view_of(name: str, view: dict[str, Any]) -> ResultView:
    """Return the worker's form of a view in SQL's form."""
    parts = dict(view)
    return ResultView(name, **parts)


def in_jinja(case: Case) -> Outcome:
    """Evaluate a case with Jinja2."""
    scope = {name: view_of(name, view) for name, view in case.views.items()}
    scope |= case.names
    try:
        if case.kind == "condition":
            return {"value": condition(case.source).holds(scope)}
        value = compile_template(case.source).evaluate(scope)
    except TemplateError as error:
        return {"error": error.kind, "message": str(error)}
    return {"undefined": True} if value is UNDEFINED else {"value": value}


def are_same(left: Any, right: Any) -> bool:
    """Return whether two JSON values are equal, types included."""
    if type(left) is not type(right):
        return False
    if isinstance(left, list):
        return len(left) == len(right) and all(map(are_same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(
            are_same(value, right[key]) for key, value in left.items()
        )
    return bool(left == right)


def agree(sql: Outcome, jinja: Outcome) -> bool:
    """Return whether two outcomes are the same value, or the same kind of error."""
    if "for %: 'str'" in sql.get("message", ""):
        return True  # "%" formats text in Jinja2; documented
    if "error" in sql or "error" in jinja:
        return sql.get("error") == jinja.get("error")
    return are_same(sql, jinja)


class Evaluators:
    """Both evaluators."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def in_sql(self, cases: list[Case]) -> list[Outcome]:
        """Evaluate cases with the SQL functions, in one query."""
        rows = self.connection.execute(
            "select pg_temp.outcome(c.value)::text"
            " from jsonb_array_elements(%s) with ordinality as c (value, at)"
            " order by c.at",
            [Jsonb([case.document() for case in cases])],
        ).fetchall()
        outcomes: list[Outcome] = [json.loads(text) for (text,) in rows]
        for outcome in outcomes:
            if "error" in outcome:
                outcome["error"] = _CODES.get(outcome["error"], outcome["error"])
        return outcomes

    def differences(self, cases: list[Case]) -> list[tuple[Case, Outcome, Outcome]]:
        """Return the cases whose outcomes differ."""
        return [
            (case, sql, jinja)
            for case, sql in zip(cases, self.in_sql(cases), strict=True)
            if not agree(sql, jinja := in_jinja(case))
        ]
