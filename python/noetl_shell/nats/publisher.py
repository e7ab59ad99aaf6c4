"""Announces issued commands: the outbox in SQL becomes messages, once each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID

import orjson
import psycopg
from nats.js import JetStreamContext

from noetl_worker.connections import Connection
from noetl_worker.nats.connection import NATS_ERRORS, Nats
from noetl_worker.nats.subjects import ID_HEADER, pool_subject, worker_subject
from noetl_worker.points import reach
from noetl_worker.settings import WorkerSettings
from noetl_worker.transport.errors import backoff, describe
from noetl_worker.transport.postgres import connect, is_connection_lost, listening

_BATCH: Final = 500
_POLL_SECONDS: Final = 1.5
_PUBLISH_SECONDS: Final = 5.0
_AWAY_SECONDS: Final = 0.1  # between two looks without NATS
_TAKE: Final = (
    "select t.change_id, t.execution_id, t.command_id, t.pool, t.kind, t.worker"
    " from noetl.take_publications(%s, %s) as t"
)
_CONFIRM: Final = "select noetl.confirm_publications(%s, %s::bigint[])"

log = logging.getLogger(__name__)


class Publisher:
    """Of the dispatchers, the one that has the duty finds something to publish.

    A crash between publication and confirmation publishes again: the stream drops what
    it has had (message id), and a claim of what is claimed finds nothing.
    """

    def __init__(
        self,
        settings: WorkerSettings,
        nats: Nats,
        session: Callable[[], UUID | None],
        is_usable: Callable[[], bool],
    ) -> None:
        self._settings = settings
        self._nats = nats
        self._session = session
        self._is_usable = is_usable
        self._wake = asyncio.Event()
        self._conn: Connection | None = None
        self._js: JetStreamContext | None = None
        self._failures = 0

    def ring(self) -> None:
        """There may be something to publish."""
        self._wake.set()

    async def run(self) -> None:
        """Publish until cancelled.

        While NATS is away, what workers find by polling is taken out of the outbox.
        """
        try:
            while True:
                try:
                    while await self._publish_some():
                        pass
                    self._failures = 0
                    await self._wait()
                except (psycopg.Error, *NATS_ERRORS) as exc:
                    await self._back_off(exc)
        finally:
            await self._disconnect()

    async def listen(self) -> None:
        """Hear of commands to publish until cancelled; polling finds them as well."""
        failures = 0
        while True:
            try:
                async with listening(
                    self._settings, "publications", "noetl_publish"
                ) as conn:
                    failures = 0
                    self.ring()
                    async for _ in conn.notifies():
                        self.ring()
            except (psycopg.Error, OSError) as exc:
                log.debug("publications: %s", describe(exc))
                await asyncio.sleep(backoff(failures))
                failures += 1

    async def _publish_some(self) -> bool:
        """One batch; whether it went out."""
        rows = await self._rows(_TAKE, self._session(), _BATCH)
        if not rows or not self._is_usable():
            return False
        await self._publish([_message(*row) for row in rows])
        reach("after_publish")
        await self._rows(_CONFIRM, self._session(), [row[0] for row in rows])
        return True

    async def _publish(self, messages: Sequence[tuple[str, bytes, str]]) -> None:
        """All are in the stream when this returns."""
        if self._js is None:
            self._js = self._nats.client.jetstream(publish_async_max_pending=2 * _BATCH)
        acks = [
            await self._js.publish_async(subject, data, headers={ID_HEADER: message_id})
            for subject, data, message_id in messages
        ]
        async with asyncio.timeout(_PUBLISH_SECONDS):
            await asyncio.gather(*acks)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(_POLL_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            return
        self._wake.clear()
        if not self._is_usable():
            await asyncio.sleep(_AWAY_SECONDS)

    async def _back_off(self, error: BaseException) -> None:
        if isinstance(error, psycopg.Error):
            await self._disconnect()
        if self._failures == 0 and not is_connection_lost(error):
            log.warning("publishing commands: %s; trying again", describe(error))
        await asyncio.sleep(backoff(self._failures))
        self._failures += 1

    async def _rows(self, query: str, *values: Any) -> list[Any]:
        if self._conn is None or self._conn.closed:
            self._conn = await connect(self._settings, "publisher")
        cursor = await self._conn.execute(query, values)
        return await cursor.fetchall()

    async def _disconnect(self) -> None:
        if self._conn is not None:
            await self._conn.close()
            self._conn = None


def _message(
    change_id: int,
    execution_id: int,
    command_id: str,
    pool: str,
    kind: str | None,
    worker: str | None,
) -> tuple[str, bytes, str]:
    """Subject, payload and message id of a command's announcement.

    The id is that of the entry in the outbox: who hands a command back, and so has it
    announced again, means it.
    """
    subject = worker_subject(worker) if worker else pool_subject(pool)
    data = orjson.dumps(
        {
            "execution_id": execution_id,
            "command_id": command_id,
            "pool": pool,
            "kind": kind,
        }
    )
    return subject, data, f"{command_id} {change_id}"
