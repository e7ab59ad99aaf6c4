"""What a worker can take: as it tells with its heartbeats, and with its claims."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import cache
from importlib.metadata import version
from typing import Any, Final, Protocol

from noetl_worker.settings import WorkerSettings

OTHERS: Final = "*"


class AtWork(Protocol):
    """A command at work; ``kinds`` of its tools is None until they are known."""

    is_parked: bool
    kinds: frozenset[str] | None


class Capacity:
    """Slots, in all and of tool kinds that have slots of their own."""

    def __init__(
        self, settings: WorkerSettings, at_work: Callable[[], Collection[AtWork]]
    ) -> None:
        self._settings = settings
        self._at_work = at_work

    @property
    def is_limited(self) -> bool:
        """Whether there are commands that it may not take though a slot is free."""
        return bool(self._settings.tool_slots or self._settings.tools)

    def free(self) -> int:
        """Slots without a command; commands that only wait for a child take none."""
        return self._settings.slots - sum(1 for _ in self._busy())

    def report(self) -> dict[str, Any]:
        """What a heartbeat tells (docs/protocol.md)."""
        return {
            "slots": self._settings.slots,
            "available_slots": max(self.free(), 0),
            "active_tasks": len(self._at_work()),
            "tools": list(self._settings.tools or known_kinds()),
            "tool_pools": {
                kind: {"slots": self._settings.tool_slots[kind], "free": free}
                for kind, free in self._tool_room().items()
            },
            "version": _version(),
        }

    def room(self) -> dict[str, int] | None:
        """How many commands of each tool kind a claim may bring; None: of any."""
        if not self.is_limited:
            return None
        room = self._tool_room()
        if not self._settings.tools:
            return room
        served = dict.fromkeys(self._settings.tools, self._settings.slots)
        return {**served, **room, OTHERS: 0}

    def _busy(self) -> Iterable[AtWork]:
        return (command for command in self._at_work() if not command.is_parked)

    def _tool_room(self) -> dict[str, int]:
        """Free slots of the kinds that have some; what is not known may be of any."""
        busy = list(self._busy())
        return {
            kind: max(
                slots - sum(c.kinds is None or kind in c.kinds for c in busy),
                0,
            )
            for kind, slots in self._settings.tool_slots.items()
        }


@cache
def known_kinds() -> tuple[str, ...]:
    """The tool kinds that this installation has drivers for."""
    from noetl_worker.tools import kinds

    return kinds()


@cache
def _version() -> str:
    return version("noetl")
