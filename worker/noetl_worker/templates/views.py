"""How the result of a step or task reads: payload and envelope as one mapping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from noetl_worker.templates.errors import PayloadAbsent


class _Absent:
    """The type of ABSENT and of MISSING."""


ABSENT: Final = _Absent()
MISSING: Final = _Absent()


class ResultView:
    """A result under its name; attributes look into the payload, then the envelope.

    ``first="envelope"`` turns the order round (``output``). A payload that is ABSENT
    raises ``PayloadAbsent`` when something needs it.
    """

    __slots__ = ("_envelope", "_first", "_name", "_payload")

    def __init__(
        self,
        name: str,
        *,
        payload: Any = ABSENT,
        envelope: Mapping[str, Any] | None = None,
        first: Literal["payload", "envelope"] = "payload",
    ) -> None:
        self._name = name
        self._payload = payload
        self._envelope = envelope or {}
        self._first = first

    def whole(self) -> Any:
        """Return the payload."""
        if self._payload is ABSENT:
            raise PayloadAbsent(self._name, self._envelope.get("ref"))
        return self._payload

    def read(self, key: str) -> Any:
        """Return what the attribute ``key`` reads, or MISSING."""
        own = isinstance(self._payload, Mapping) and key in self._payload
        if key == "data":
            return self._payload[key] if own else self.whole()
        from_envelope = self._envelope.get(key)
        if from_envelope is not None and (self._first == "envelope" or not own):
            return from_envelope
        if own:
            return self._payload[key]
        self.whole()
        return MISSING
