"""Templates of playbooks: Jinja2 in a sandbox, by the rules of docs/expressions.md."""

from __future__ import annotations

from noetl_worker.templates.errors import PayloadAbsent, TemplateError
from noetl_worker.templates.renderer import (
    UNDEFINED,
    Condition,
    Renderer,
    compile_template,
    condition,
)
from noetl_worker.templates.views import (
    ABSENT,
    PartialView,
    ResultView,
    assigned,
    placed,
)

__all__ = [
    "ABSENT",
    "UNDEFINED",
    "Condition",
    "PartialView",
    "PayloadAbsent",
    "Renderer",
    "ResultView",
    "TemplateError",
    "assigned",
    "compile_template",
    "condition",
    "placed",
]
