"""The events of a run as they become visible, each once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from noetl_shell import calls
from noetl_shell.database import Connection
from noetl_shell.records import Event


@dataclass(slots=True)
class EventReader:
    """Reads the log of one run, of one type or all; ids that commit late come late.

    What lies above the settled id is read again each time, so it remembers those ids.
    """

    conn: Connection
    execution_id: int
    event_type: str | None = None
    _mark: dict[str, Any] | None = None
    _settled: int = 0
    _seen: set[int] = field(default_factory=set)

    def new_events(self) -> Iterator[Event]:
        """What has become visible since the last call, in the order of ids."""
        self._mark = calls.settled_events(self.conn, mark=self._mark)
        after = self._settled
        while found := calls.read_events(
            self.conn,
            execution_id=self.execution_id,
            event_type=self.event_type,
            after=after,
        ):
            after = found[-1].event_id
            for event in found:
                if event.event_id not in self._seen:
                    self._seen.add(event.event_id)
                    yield event
        self._settled = int(self._mark["settled"])
        self._seen = {seen for seen in self._seen if seen > self._settled}
