"""What can be wrong with a template, told as name, line and reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from noetl_worker.templates.views import ResultView

Kind = Literal["syntax", "undefined", "value", "limit", "payload"]


class TemplateError(Exception):
    """A template cannot be compiled or rendered; correct the template or its input."""

    def __init__(
        self, reason: str, kind: Kind, *, line: int | None = None, name: str = ""
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind: Kind = kind
        self.line = line
        self.name = name

    def __str__(self) -> str:
        place = [f"template {self.name}"] if self.name else []
        place += [f"line {self.line}"] if self.line else []
        return f"{', '.join(place)}: {self.reason}" if place else self.reason


class PayloadAbsent(TemplateError):  # noqa: N818
    """A payload, or its rows, are not here; fetch them by ``ref`` and render again."""

    def __init__(self, result: str, ref: str | None, view: ResultView) -> None:
        super().__init__(f'the result of "{result}" is not loaded', "payload")
        self.result = result
        self.ref = ref
        self.view = view
