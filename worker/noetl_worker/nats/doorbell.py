"""Hears of commands by pulling their announcements; polling finds what it does not hear."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import orjson
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig

from noetl_worker import tracing
from noetl_worker.nats import traces
from noetl_worker.nats.connection import NATS_ERRORS, Nats
from noetl_worker.nats.pull import ConsumerLostError, Puller
from noetl_worker.nats.subjects import (
    COMMANDS,
    pool_subject,
    token,
    worker_subject,
)
from noetl_worker.settings import WorkerSettings
from noetl_worker.transport.errors import backoff, describe

ACK_SECONDS: Final = 10.0
# What no claim has answered by then goes back: this worker has no room for it.
HOLD_SECONDS: Final = 1.0
_PULL_SECONDS: Final = 3.0
_PULL_MAX: Final = 256
# After so long without its worker, a worker's own consumer is removed.
_IDLE_SECONDS: Final = 300.0

log = logging.getLogger(__name__)


class NatsDoorbell:
    """Pulls as many announcements as the worker has free slots, its own first.

    A message rings; whatever a claim then brings, the message has done its work.
    """

    def __init__(
        self,
        settings: WorkerSettings,
        nats: Nats,
        ring: Callable[[str | None], None],
        free: Callable[[], int],
    ) -> None:
        self._nats = nats
        self._own = (f"worker-{token(settings.name)}", worker_subject(settings.name))
        self._pools = {
            pool: (f"pool-{token(pool)}", pool_subject(pool)) for pool in settings.pools
        }
        self._ring = ring
        self._free = free
        self._poll_seconds = settings.poll_seconds
        self._poll_at = 0.0
        self._is_poll = False
        self._held: list[tuple[float, Msg]] = []
        self._asked_for = 0
        self._done: asyncio.Queue[Msg] = asyncio.Queue()
        self._own_pending = 0
        self._roomy = asyncio.Event()

    def wake(self) -> None:
        """There may be free slots again."""
        self._roomy.set()

    def allow(self, free: int, reports: int) -> int:
        """As many as were announced to this worker, and as many as it has just done.

        The others are announced to others, who have room. When polling is due it takes
        what there is, since announcements may be lost.
        """
        now = time.monotonic()
        self._asked_for = len(self._held)
        self._is_poll = now >= self._poll_at
        if self._is_poll:
            self._poll_at = now + self._poll_seconds
            return free
        return min(free, max(1, self._asked_for + reports))

    def answered(self, *, is_full: bool) -> bool:
        """Whatever a claim has brought, its announcements have done their work."""
        answered, self._held = (
            self._held[: self._asked_for],
            self._held[self._asked_for :],
        )
        self._asked_for = 0
        for _, message in answered:
            self._done.put_nowait(message)
        self.wake()
        if is_full and self._is_poll:
            self._poll_at = 0.0
            return True
        return bool(self._held)

    async def run(self) -> None:
        """Pull until cancelled; whatever happens to NATS, begin again."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._acknowledge())
                tasks.create_task(self._give_back())
                tasks.create_task(self._source(None, *self._own))
                for pool, names in self._pools.items():
                    tasks.create_task(self._source(pool, *names))
        finally:
            held, self._held = self._held, []
            for _, message in held:
                await _say(message, message.nak)

    async def _source(self, pool: str | None, consumer: str, subject: str) -> None:
        failures = 0
        while True:
            client = await self._nats.connected()
            puller = Puller(client, COMMANDS, consumer)
            try:
                await puller.open(_config(subject, is_own=pool is None))
                failures = 0
                self._ring(pool)  # what was announced before is not heard
                while True:
                    await self._pull(puller, pool)
            except (*NATS_ERRORS, ConsumerLostError) as exc:
                log.debug("announcements to %s: %s", subject, describe(exc))
                await asyncio.sleep(backoff(failures))
                failures += 1
            finally:
                await puller.close()

    async def _pull(self, puller: Puller, pool: str | None) -> None:
        free = min(self._free() - len(self._held), _PULL_MAX)
        if free <= 0 or (pool is not None and self._own_pending > 0):
            self._roomy.clear()
            try:
                async with asyncio.timeout(HOLD_SECONDS / 2):
                    await self._roomy.wait()
            except TimeoutError:
                self._own_pending = 0
            return
        messages = await puller.pull(free, _PULL_SECONDS)
        if pool is None:
            self._own_pending = messages[-1].metadata.num_pending if messages else 0
        now = time.monotonic()
        self._held += [(now, message) for message in messages]
        if tracing.is_on():
            _note(messages)
        if messages:
            self._ring(pool)

    async def _acknowledge(self) -> None:
        while True:
            message = await self._done.get()
            await _say(message, message.ack)

    async def _give_back(self) -> None:
        """What no claim takes up for lack of room, others may have."""
        while True:
            await asyncio.sleep(HOLD_SECONDS / 2)
            limit = time.monotonic() - HOLD_SECONDS
            kept = self._held[: self._asked_for]
            rest = self._held[self._asked_for :]
            self._held = kept + [(at, m) for at, m in rest if at >= limit]
            for at, message in rest:
                if at < limit:
                    await _say(message, message.nak)


def _note(messages: Sequence[Msg]) -> None:
    """Who announced what; a message that is of others says nothing of it."""
    for message in messages:
        try:
            command_id = orjson.loads(message.data)["command_id"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            continue
        traces.note_announced(str(command_id), message.headers)


async def _say(message: Msg, what: Callable[[], Awaitable[None]]) -> None:
    """What NATS does not hear it finds out when ack_wait is over."""
    try:
        await what()
    except NATS_ERRORS as exc:
        log.debug("%s: %s", message.subject, describe(exc))


def _config(subject: str, *, is_own: bool) -> ConsumerConfig:
    return ConsumerConfig(
        filter_subject=subject,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACK_SECONDS,
        max_ack_pending=100_000,
        inactive_threshold=_IDLE_SECONDS if is_own else None,
    )
