"""Messages with reports: what can be made of their bytes, and where the answer goes."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from nats.aio.msg import Msg

from noetl_worker.nats.subjects import REPLY_HEADER

Json = Any
# Codes of reports that no repetition makes acceptable.
MALFORMED: Final = "NE422"
# Anything else in a subject would end the connection, or reach who did not ask.
_INBOX: Final = re.compile(r"_INBOX\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_DIGITS_MAX: Final = 19  # of a bigint


@dataclass(slots=True)
class Poison:
    """Something that cannot be recorded: its bytes and the reason, in one line."""

    message: Msg
    reason: str
    payload: bytes
    index: int | None = None  # of a single report in its message

    @property
    def key(self) -> str:
        """Tells this message, or report in it, apart from all others."""
        meta = self.message.metadata
        place = "" if self.index is None else f" {self.index}"
        made = meta.timestamp.isoformat()
        return f"{meta.stream} {meta.sequence.stream} {made}{place}"


@dataclass(slots=True)
class Reports:
    """The reports of one message; ``first`` is the index of the first in its batch."""

    message: Msg
    events: list[Json]
    text: bytes  # the same as JSON, without the brackets around them
    first: int = 0
    rejected: list[Json] = field(default_factory=list)
    retry: list[int] = field(default_factory=list)

    @property
    def reply_to(self) -> str | None:
        """Where the worker waits for the answer; only an inbox is ever written to."""
        subject = (self.message.headers or {}).get(REPLY_HEADER) or ""
        return subject if _INBOX.fullmatch(subject) else None

    @property
    def execution_ids(self) -> set[int]:
        """The runs that it reports of."""
        return {number for event in self.events if (number := _execution_id(event))}

    def answer(self, streams: Json) -> bytes:
        """As record_events answers, with indexes of this message.

        What a batch has found to be late is not known of each message, and counts as
        recorded; ``advance`` and ``count`` are followed up by who records.
        """
        open_count = len(self.events) - len(self.retry) - len(self.rejected)
        answer = {
            "recorded": open_count,
            "late": 0,
            "rejected": self.rejected,
            "retry": self.retry,
            "advance": False,
            "count": False,
        }
        if streams:
            own = {e.get("command_id") for e in self.events if isinstance(e, dict)}
            answer["streams"] = {k: v for k, v in streams.items() if k in own}
        return orjson.dumps(answer)


def read(message: Msg, limit: int) -> Reports | Poison:
    """What a message holds; only its form is looked at, the rest is the engine's."""
    if len(message.data) > limit:
        reason = f"{len(message.data)} bytes are more than {limit}"
        return Poison(message, f"the message is too large: {reason}", message.data)
    try:
        events = orjson.loads(message.data)
    except orjson.JSONDecodeError as exc:
        return Poison(message, f"the message is no JSON: {exc}", message.data)
    text = message.data.strip()
    if isinstance(events, dict):
        return Reports(message, [events], text)
    if not isinstance(events, list) or not events:
        return Poison(message, "the message is no list of reports", message.data)
    return Reports(message, events, text[1:-1])


def batch(messages: Sequence[Reports]) -> bytes:
    """The reports of all messages as one JSON array."""
    first = 0
    for message in messages:
        message.first = first
        first += len(message.events)
    return b"[" + b",".join(message.text for message in messages) + b"]"


def share_out(messages: Sequence[Reports], answer: Json) -> None:
    """Give each message its part of a batch's answer."""
    starts = [message.first for message in messages]

    def owner(index: int) -> Reports:
        return messages[bisect_right(starts, index) - 1]

    for entry in answer["rejected"]:
        message = owner(entry["index"])
        message.rejected.append(entry | {"index": entry["index"] - message.first})
    for index in answer["retry"]:
        message = owner(index)
        message.retry.append(index - message.first)


def malformed(messages: Sequence[Reports]) -> list[Poison]:
    """The reports that the engine does not understand, each by itself."""
    return [
        Poison(
            message.message,
            entry["message"],
            orjson.dumps(message.events[entry["index"]]),
            entry["index"],
        )
        for message in messages
        for entry in message.rejected
        if entry["sqlstate"] == MALFORMED
    ]


def unknown(messages: Sequence[Reports], execution_ids: Sequence[int]) -> list[Poison]:
    """The reports of executions that there are not, each by itself."""
    ids = set(execution_ids)
    return [
        Poison(
            message.message,
            f"there is no execution {_execution_id(event)}",
            orjson.dumps(event),
            index,
        )
        for message in messages
        for index, event in enumerate(message.events)
        if _execution_id(event) in ids
    ]


def _execution_id(event: Json) -> int:
    """0: none, or one that no execution can have."""
    given = str(event.get("execution_id")) if isinstance(event, dict) else ""
    number = int(given) if len(given) <= _DIGITS_MAX and given.isdecimal() else 0
    return number if number < 2**63 else 0
