"""A command as claimed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

RUN: Final = "run"
FRAME: Final = "frame"
_PARTIAL: Final = "_partial"
CLAIM = (
    "select c.execution_id, c.command_id, c.catalog_id, c.step, c.task, c.loop_id,"
    " c.iter_index, c.collection_ref, c.item, c.input, c.issue, c.attempt,"
    " c.context_version, c.total, c.priority, c.place"
    " from noetl.claim_commands(%s, %s, %s, %s::jsonb, %s::jsonb) as c"
)


@dataclass(slots=True)
class Command:
    """A row of ``claim_commands``; docs/protocol.md explains the columns."""

    execution_id: int
    command_id: str
    catalog_id: int
    step: str
    task: str
    loop_id: int | None
    iter_index: int | None
    collection_ref: str | None
    item: Any
    input: dict[str, Any] | None
    issue: int
    attempt: int
    context_version: int
    total: int | None
    priority: int
    place: int

    @property
    def given(self) -> dict[str, Any]:
        """The input of the arc that led here."""
        return {k: v for k, v in (self.input or {}).items() if k != _PARTIAL}

    @property
    def chunk(self) -> dict[str, Any] | None:
        """The chunk that led here: its index, whether more come, its result."""
        return (self.input or {}).get(_PARTIAL)

    @property
    def identity(self) -> str:
        """The command's id without the issue number: the same for every re-issue.

        A row of a cursor has none: the frame that is issued again claims other rows.
        """
        if self.task == FRAME:
            return f"{self.command_id}{self.suffix}"
        return self.command_id.rpartition("-")[0]

    @property
    def suffix(self) -> str:
        """What tells the results of one command apart: the row of a cursor's frame."""
        return f"_{self.iter_index}" if self.task == FRAME else ""
