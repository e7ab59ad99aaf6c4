"""What workers have said of a step that was entered: outcomes, by item."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.model.playbooks import Loop, Step

Json = Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a worker reports of a command."""

    is_ok: bool
    value: int  # its payload, or what is written to ctx
    is_retryable: bool = True
    writes: bool = False

    @property
    def payload(self) -> Json:
        """What the step, or the item, reads as."""
        return {"value": self.value} if self.is_ok else None


@dataclass(slots=True)
class Slot:
    """The work of a plain step, or of one item: one command at a time."""

    outcome: Outcome | None = None
    session: str | None = None  # who holds its command
    command: str | None = None  # the command handed out last
    since: datetime | None = None  # when it was
    lost: int = 0  # commands lost with their worker
    retried: int = 0  # failures that were tried again
    child: int | None = None

    def free(self) -> None:
        """Nobody holds its command any more."""
        self.session = None


@dataclass(slots=True)
class Activation:
    """A step that was entered: its slots, by item."""

    step: Step
    slots: dict[int | None, Slot] = field(default_factory=dict)
    is_drained: bool = False
    is_closed: bool = False  # loop.done is in the log
    last_write: int | None = None

    @property
    def loop(self) -> Loop | None:
        return self.step.loop

    def slot(self, index: int | None) -> Slot:
        return self.slots.setdefault(index, Slot())

    def outcomes(self) -> dict[int | None, Outcome]:
        """The final outcomes, in item order."""
        known = sorted(self.slots.items(), key=lambda pair: pair[0] or 0)
        return {index: slot.outcome for index, slot in known if slot.outcome}

    @property
    def done(self) -> int:
        return sum(outcome.is_ok for outcome in self.outcomes().values())

    @property
    def failed(self) -> int:
        return len(self.outcomes()) - self.done

    def account(self, batch: list[tuple[Slot, Outcome]]) -> None:
        """Take outcomes in that arrive together."""
        was_drained = self.is_drained
        for slot, outcome in batch:
            slot.free()
            may_retry = outcome.is_retryable and not outcome.is_ok and not was_drained
            if may_retry and self.loop and slot.retried < self.loop.retries:
                slot.retried += 1
            else:
                slot.outcome = outcome
                if outcome.writes:
                    self.last_write = outcome.value
        if self.is_lost():
            self.is_drained = True
            for slot in self.slots.values():
                slot.free()

    def is_lost(self) -> bool:
        """Whether too much has failed for the loop to go on."""
        if self.loop is None or self.failed == 0:
            return False
        limit = self.loop.max_failures
        is_over = limit is not None and self.failed > limit
        return self.loop.policy == "fail_fast" or is_over

    def verdict(self) -> bool | None:
        """Whether it has ended well, or badly; None when it has not ended."""
        if self.loop is None:
            outcome = self.slot(None).outcome
            return outcome.is_ok if outcome else None
        if self.done + self.failed < self.loop.size and not self.is_drained:
            return None
        return self.loop_status() != "failed"

    def loop_status(self) -> str:
        """How the loop reads when it has ended."""
        assert self.loop is not None
        if self.done == self.loop.size:
            return "complete"
        limit = self.loop.max_failures
        is_borne = limit is None or self.failed <= limit
        is_partial = self.loop.policy == "best_effort" and not self.is_drained
        return "partial" if is_partial and is_borne else "failed"

    def written(self) -> int | None:
        """The ctx value that stands after it, if it wrote one."""
        if self.loop is None or self.loop.mode == "sequential":
            return self.last_write
        writes = [
            outcome.value
            for outcome in self.outcomes().values()
            if outcome.writes and (outcome.is_ok or self.loop.mode == "parallel")
        ]
        return writes[-1] if writes else None

    def reopen(self, is_step_failed: bool) -> None:
        """What has not been done is to be done again."""
        if self.is_closed:
            return
        self.is_drained = False
        for slot in self.slots.values():
            slot.free()
            slot.lost = slot.retried = 0
            is_ok = slot.outcome is not None and slot.outcome.is_ok
            if not is_ok or (self.loop is None and is_step_failed):
                slot.outcome = None
        if self.loop is None and not self.outcomes():
            self.last_write = None
