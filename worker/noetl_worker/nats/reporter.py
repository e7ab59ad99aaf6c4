"""Sends reports over JetStream and hears what the engine answered to each."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from nats.aio.msg import Msg

from noetl_worker.nats import traces
from noetl_worker.nats.connection import NATS_ERRORS, Nats
from noetl_worker.nats.subjects import REPLY_HEADER, event_subject

Json = Any
Event = dict[str, Any]

# After reports that nobody answered, the next go the other way for so long.
_PAUSE_SECONDS: Final = 10.0
_HEADER_ROOM: Final = 4096

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Part:
    """Reports of one run and type, and where they are in the batch."""

    subject: str
    execution_id: int
    indexes: list[int] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    bytes: int = 2


@dataclass(slots=True)
class _Sent:
    """A batch on its way; ``answer`` grows with each message that is answered."""

    done: asyncio.Future[Json | None]
    missing: int
    answer: Json

    def fail(self, reason: str) -> None:
        if not self.done.done():
            log.debug("reports over NATS: %s", reason)
            self.done.set_result(None)


class Reporter:
    """One batch after the other; what is not confirmed in time counts as not sent."""

    def __init__(self, nats: Nats) -> None:
        self._nats = nats
        self._settings = nats.settings
        self._inbox = ""
        self._number = 0
        self._sent: dict[str, tuple[_Sent, Part]] = {}
        self._not_before = 0.0
        self._is_silent = False

    async def send(self, events: Sequence[Event]) -> Json | None:
        """The answer of record_events, or None: say it all the other way.

        What was sent may be recorded later all the same; a repeat changes nothing.
        """
        if not self._nats.is_connected or time.monotonic() < self._not_before:
            return None
        limit = min(self._settings.message_max_bytes, self._nats.client.max_payload)
        parts = split(events, self._settings.event_prefix, limit - _HEADER_ROOM)
        if parts is None:
            return None
        done = asyncio.get_running_loop().create_future()
        sent = _Sent(done, len(parts), _empty_answer())
        tokens = [self._note(sent, part) for part in parts]
        try:
            async with asyncio.timeout(self._settings.confirm_seconds):
                for token, part in zip(tokens, parts, strict=True):
                    await self._publish(token, part)
                answer = await done
        except NATS_ERRORS as exc:
            self._fall_silent(str(exc) or "no answer")
            return None
        finally:
            for token in tokens:
                self._sent.pop(token, None)
        if answer is None:
            self._fall_silent("the stream does not take them")
        elif self._is_silent:
            self._is_silent = False
            log.info("reports go over NATS again")
        return answer

    def _note(self, sent: _Sent, part: Part) -> str:
        self._number += 1
        token = str(self._number)
        self._sent[token] = (sent, part)
        return token

    async def _publish(self, token: str, part: Part) -> None:
        client = self._nats.client
        if not self._inbox:
            self._inbox = client.new_inbox()
            await client.subscribe(f"{self._inbox}.*.*", cb=self._hear)
        headers = {REPLY_HEADER: f"{self._inbox}.recorded.{token}"}
        about = {
            "noetl.reports": len(part.texts),
            "messaging.destination.name": part.subject,
        }
        traces.send(headers, "report", part.execution_id, about)
        await client.publish(
            part.subject,
            b"[" + b",".join(part.texts) + b"]",
            reply=f"{self._inbox}.stored.{token}",
            headers=headers,
        )

    async def _hear(self, message: Msg) -> None:
        """That the stream has a message, which proves nothing, or what was recorded."""
        *_, what, token = message.subject.split(".")
        if token not in self._sent:
            return
        sent, part = self._sent[token]
        if what == "stored":
            if message.headers and "Status" in message.headers:
                sent.fail("no stream takes them")
            elif b'"error"' in message.data:
                sent.fail(message.data.decode())
            return
        del self._sent[token]
        _add(sent.answer, orjson.loads(message.data), part)
        sent.missing -= 1
        if sent.missing == 0 and not sent.done.done():
            sent.done.set_result(sent.answer)

    def _fall_silent(self, reason: str) -> None:
        self._not_before = time.monotonic() + _PAUSE_SECONDS
        if not self._is_silent:
            log.warning("reports do not get through NATS, going without: %s", reason)
        self._is_silent = True


def split(events: Sequence[Event], prefix: str, limit: int) -> list[Part] | None:
    """One message for each run and type, more if they are large; None: one is too large."""
    open_parts: dict[tuple[int, str], Part] = {}
    parts: list[Part] = []
    for index, event in enumerate(events):
        key = (event["execution_id"], event["type"])
        text = orjson.dumps(event)
        if len(text) + 2 > limit:
            return None
        part = open_parts.get(key)
        if part is None or part.bytes + len(text) + 1 > limit:
            part = open_parts[key] = Part(event_subject(prefix, *key), key[0])
            parts.append(part)
        part.indexes.append(index)
        part.texts.append(text)
        part.bytes += len(text) + 1
    return parts


def _empty_answer() -> Json:
    return {
        "recorded": 0,
        "late": 0,
        "rejected": [],
        "retry": [],
        "advance": False,
        "count": False,
    }


def _add(answer: Json, given: Json, part: Part) -> None:
    """Add what one message was answered, with the batch's own indexes."""
    answer["recorded"] += given["recorded"]
    answer["late"] += given["late"]
    answer["retry"] += [part.indexes[index] for index in given["retry"]]
    answer["rejected"] += [
        entry | {"index": part.indexes[entry["index"]]} for entry in given["rejected"]
    ]
    if "streams" in given:
        answer.setdefault("streams", {}).update(given["streams"])
