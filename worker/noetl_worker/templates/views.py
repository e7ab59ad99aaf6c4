"""How the result of a step or task reads: payload and envelope as one mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

    @property
    def envelope(self) -> Mapping[str, Any]:
        """What is known beside the payload."""
        return self._envelope

    def whole(self) -> Any:
        """Return the payload."""
        if self._payload is ABSENT:
            raise PayloadAbsent(self._name, self._envelope.get("ref"), self)
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
        return self._missing(key)

    def completed(self, loaded: Any) -> ResultView:
        """The view with what was absent."""
        return ResultView(
            self._name, payload=loaded, envelope=self._envelope, first=self._first
        )

    def rows_at(self, path: Sequence[str]) -> tuple[str, int] | None:
        """The reference and count of the rows that a path reads, if they are stored."""
        rows = self._envelope.get("_rows")
        if self._payload is not ABSENT or not rows:
            return None
        places = rows["at"] or ("", "data")
        return (
            (self._envelope["ref"], rows["count"]) if ".".join(path) in places else None
        )

    def _missing(self, key: str) -> Any:  # noqa: ARG002
        self.whole()
        return MISSING


class PartialView(ResultView):
    """A result whose rows are stored elsewhere; the rest of its payload is here.

    ``is_whole`` says that the payload as a value is complete without them: a loop's.
    """

    __slots__ = ("_at", "_count", "_is_whole", "_ref")

    def __init__(
        self,
        name: str,
        *,
        payload: Mapping[str, Any],
        envelope: Mapping[str, Any],
        ref: str,
        at: Sequence[str],
        count: int,
        is_whole: bool = False,
        first: Literal["payload", "envelope"] = "payload",
    ) -> None:
        super().__init__(name, payload=payload, envelope=envelope, first=first)
        self._ref = ref
        self._at = tuple(at)
        self._count = count
        self._is_whole = is_whole

    def whole(self) -> Any:
        """Return the payload, if it is whole without the rows."""
        if not self._is_whole:
            raise PayloadAbsent(self._name, self._ref, self)
        return self._payload

    def read(self, key: str) -> Any:
        """As any result; the rows, and what they belong to, are read on demand."""
        if any(place.partition(".")[0] == key for place in self._at):
            raise PayloadAbsent(self._name, self._ref, self)
        return super().read(key)

    def completed(self, loaded: Any) -> ResultView:
        """The view with the rows in their places."""
        return ResultView(
            self._name,
            payload=placed(self._payload, self._at, loaded),
            envelope=self._envelope,
            first=self._first,
        )

    def rows_at(self, path: Sequence[str]) -> tuple[str, int] | None:
        """The reference and count of the rows, if the path reads just them."""
        return (self._ref, self._count) if ".".join(path) in self._at else None

    def _missing(self, key: str) -> Any:  # noqa: ARG002
        return MISSING


def placed(rest: Any, at: Sequence[str], rows: Any) -> Any:
    """The whole payload: the rest of it, with the rows at these dotted places."""
    if not at:
        return rows
    whole = rest
    for place in at:
        whole = assigned(whole, place, rows)
    return whole


def assigned(document: Any, path: str, value: Any) -> Any:
    """A copy of a mapping with a value at a dotted path."""
    if not path:
        return value
    key, _, rest = path.partition(".")
    base = document if isinstance(document, Mapping) else {}
    return {**base, key: assigned(base.get(key), rest, value)}
