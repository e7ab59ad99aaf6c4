"""Announcements that their worker does not take: the whole pool is told instead."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any, Final

import orjson
from nats.js.errors import NotFoundError

from noetl_worker.nats.connection import NATS_ERRORS, Nats
from noetl_worker.nats.subjects import (
    COMMANDS,
    COMMANDS_PREFIX,
    ID_HEADER,
    pool_subject,
)
from noetl_worker.transport.errors import describe

_TIMEOUT_SECONDS: Final = 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Sight:
    """The first message of a target, the last of all then, and when, by our own clock."""

    first: int
    last: int
    at: float


class Strays:
    """Every dispatcher may do it: a message is told once, by its id, and removed."""

    def __init__(self, nats: Nats) -> None:
        self._nats = nats
        self._seconds = nats.settings.target_seconds
        self._sights: dict[str, _Sight] = {}

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(self._seconds / 2)
            await self._nats.connected()
            try:
                await self._look()
            except NATS_ERRORS as exc:
                log.debug("targeted announcements: %s", describe(exc))

    async def _look(self) -> None:
        js = self._nats.client.jetstream(timeout=_TIMEOUT_SECONDS)
        info = await js.stream_info(COMMANDS, subjects_filter=f"{COMMANDS_PREFIX}.*")
        now = asyncio.get_running_loop().time()
        before, self._sights = self._sights, {}
        for subject in info.state.subjects or {}:
            first = await _next(js, subject, 1)
            if first is None:
                continue
            seen = before.get(subject)
            if seen is None or seen.first != first.seq:
                seen = _Sight(first.seq, info.state.last_seq, now)
            elif now - seen.at >= self._seconds:
                await self._tell_all(js, subject, seen.last)
                continue
            self._sights[subject] = seen

    async def _tell_all(self, js: Any, subject: str, last: int) -> None:
        """The messages of one target up to a place in the stream."""
        count, sequence = 0, 0
        while (stray := await _next(js, subject, sequence + 1)) is not None:
            if stray.seq > last:
                break
            sequence = stray.seq
            if (pool := _pool(stray.data)) is None:
                log.warning("removed from %s what is no announcement", subject)
            else:
                count += 1
                message_id = (stray.headers or {}).get(ID_HEADER, sequence)
                headers = {**(stray.headers or {}), ID_HEADER: f"{message_id} to all"}
                await js.publish(pool_subject(pool), stray.data, headers=headers)
            await js.delete_msg(COMMANDS, sequence)
        log.info("%d messages to %s are told to all", count, subject)


def _pool(data: bytes) -> str | None:
    """The pool that an announcement names; None: it is none."""
    try:
        pool = orjson.loads(data)["pool"]
    except (orjson.JSONDecodeError, KeyError, TypeError, IndexError):
        return None
    return pool if isinstance(pool, str) else None


async def _next(js: Any, subject: str, sequence: int) -> Any:
    """The first message of a subject from a place on, or None."""
    try:
        return await js.get_msg(COMMANDS, seq=sequence, subject=subject, next=True)
    except NotFoundError:
        return None
