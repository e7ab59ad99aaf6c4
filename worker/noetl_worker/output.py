"""What a tool gives: a payload, or an error, and what else is known about the call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from noetl_worker.templates.views import ABSENT, placed

if TYPE_CHECKING:
    from noetl_worker.results.reference import Stored

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
    """The outcome of one call of a tool; an HTTP error has both payload and error.

    ``stored``: the tool has stored its rows, or all of its payload, itself; ``payload`` is
    what is left of it.
    """

    payload: Any = None
    error: TaskError | None = None
    http: Mapping[str, Any] | None = None
    pg: Mapping[str, Any] | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    stored: Stored | None = None

    @property
    def view_payload(self) -> Any:
        """What of the payload is here; ABSENT when all of it is stored."""
        if self.stored is None or self.payload is not None:
            return self.payload
        return ABSENT

    @property
    def shown(self) -> Any:
        """The payload; of stored rows, the first ones."""
        if self.stored is None or self.stored.reference is None:
            return self.payload
        return placed(self.payload, self.stored.reference.at, self.stored.preview)

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
        if self.stored is not None and self.stored.reference is not None:
            envelope |= self.stored.envelope()
        return envelope


def shorten(message: str) -> str:
    """Error messages are bounded, and hold nothing that jsonb refuses."""
    clean = message.replace("\0", "\\0").encode(errors="replace").decode()
    return clean if len(clean) <= MESSAGE_MAX else clean[: MESSAGE_MAX - 1] + "…"
