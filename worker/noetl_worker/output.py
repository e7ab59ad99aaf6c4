"""What a tool gives: a payload, or an error, and what else is known about the call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

MESSAGE_MAX: Final = 2_000
_PERMANENT: Final = frozenset({"template", "unsupported", "result", "auth"})


class TaskError(Exception):
    """A task failed. Becomes ``output.error`` and, if it stands, the command's error."""

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        code: str | int | None = None,
        retryable: bool | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.code = code
        # None: nobody knows; a fan-out's own retries treat it like true.
        self.retryable = False if kind in _PERMANENT else retryable
        self.line = line

    def as_mapping(self, task: str | None = None) -> dict[str, Any]:
        """The error as it is read by ``output.error`` and reported; without empty fields."""
        fields = {
            "kind": self.kind,
            "code": self.code,
            "message": shorten(self.message),
            "retryable": self.retryable,
            "task": task,
            "line": self.line,
        }
        return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Output:
    """The outcome of one call of a tool; an HTTP error has both payload and error."""

    payload: Any = None
    error: TaskError | None = None
    http: Mapping[str, Any] | None = None
    pg: Mapping[str, Any] | None = None
    meta: dict[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """Ok or error."""
        return "ok" if self.error is None else "error"

    def envelope(self, task: str) -> dict[str, Any]:
        """The envelope of the view ``output``; a field without a value is left out."""
        envelope: dict[str, Any] = {"status": self.status, "meta": self.meta}
        if self.error is not None:
            envelope["error"] = self.error.as_mapping(task)
        if self.http is not None:
            envelope["http"] = self.http
        if self.pg is not None:
            envelope["pg"] = self.pg
        return envelope


def shorten(message: str) -> str:
    """Error messages are bounded, and hold nothing that jsonb refuses."""
    clean = message.replace("\0", "\\0").encode(errors="replace").decode()
    return clean if len(clean) <= MESSAGE_MAX else clean[: MESSAGE_MAX - 1] + "…"
