"""Takes reports from JetStream into record_events, many messages in one transaction."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

import psycopg
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig

from noetl_shell.nats import messages as form
from noetl_shell.nats.deadletters import park
from noetl_shell.nats.messages import Poison, Reports
from noetl_worker.connections import Connection
from noetl_worker.nats import traces
from noetl_worker.nats.connection import NATS_ERRORS, Nats
from noetl_worker.nats.pull import ConsumerLostError, Puller
from noetl_worker.nats.subjects import EVENTS, INGESTION
from noetl_worker.points import reach
from noetl_worker.settings import WorkerSettings
from noetl_worker.transport.errors import backoff, describe
from noetl_worker.transport.postgres import connect, is_connection_lost

Json = Any
T = TypeVar("T")

# What is not acknowledged by then, somebody else gets too.
ACK_SECONDS: Final = 30.0
MESSAGES_MAX: Final = 500
_PULL_SECONDS: Final = 3.0
_LATER_SECONDS: Final = 1.0
_RECORD: Final = "select noetl.record_events(%s::jsonb)"
_UNKNOWN: Final = "select noetl.unknown_executions(%s::bigint[])"
_EXPAND: Final = "select noetl.expand_loops(20)"
_ADVANCE: Final = "select noetl.advance_changes(200)"

log = logging.getLogger(__name__)


class Ingestion:
    """One connection's share; all dispatchers pull from one consumer.

    A message is acknowledged after the transaction that recorded it. ``recorded`` is
    called after each.
    """

    def __init__(
        self,
        settings: WorkerSettings,
        nats: Nats,
        usable: asyncio.Event,
        recorded: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._nats = nats
        self._usable = usable
        self._recorded = recorded
        self._conn: Connection | None = None
        self._failures = 0
        self._is_stopping = False
        self.is_busy = False

    async def run(self) -> None:
        """Take reports in until stopped; begin again after any loss."""
        failures = 0
        try:
            while not self._is_stopping:
                await self._usable.wait()
                client = await self._nats.connected()
                puller = Puller(client, EVENTS, INGESTION)
                try:
                    await puller.open(_config(self._settings.nats.event_prefix))
                    failures = 0
                    while not self._is_stopping:
                        await self._turn(puller)
                except (*NATS_ERRORS, ConsumerLostError) as exc:
                    log.debug("ingestion: %s", describe(exc))
                    await asyncio.sleep(backoff(failures))
                    failures += 1
                finally:
                    await puller.close()
        finally:
            await self._disconnect()

    def stop(self) -> None:
        """Pull no more; what was pulled is recorded while ``is_busy``."""
        self._is_stopping = True

    async def _turn(self, puller: Puller) -> None:
        pulled = await puller.pull(MESSAGES_MAX, _PULL_SECONDS)
        if not pulled:
            return
        self.is_busy = True
        try:
            await self._take(pulled)
        finally:
            self.is_busy = False

    async def _take(self, pulled: Sequence[Msg]) -> None:
        limit = self._settings.nats.message_max_bytes
        found = [form.read(message, limit) for message in pulled]
        await self._park([one for one in found if isinstance(one, Poison)])
        if reports := [one for one in found if isinstance(one, Reports)]:
            await self._record(reports)

    async def _record(self, reports: list[Reports]) -> None:
        """All at once; if that is refused, each message for itself."""
        text = form.batch(reports).decode(errors="replace")
        began_ns = time.time_ns()
        try:
            answer = await self._patiently(lambda: self._value(_RECORD, text))
        except psycopg.Error as exc:
            if len(reports) > 1:
                for one in reports:
                    await self._record([one])
            elif _is_about_data(exc):
                message = reports[0].message
                await self._park([Poison(message, describe(exc), message.data)])
            else:
                log.warning("record_events: %s; trying again", describe(exc))
                await reports[0].message.nak(delay=_LATER_SECONDS)
            return
        reach("after_ingest")
        for one in reports:
            about = {"noetl.reports": len(one.events)}
            traces.take(one.message.headers, "record", began_ns, about)
        form.share_out(reports, answer)
        await self._settle(reports, answer)

    async def _settle(self, reports: Sequence[Reports], answer: Json) -> None:
        """Tell the workers first: they claim what their reports have made ready."""
        for one in reports:
            if one.reply_to:
                reply = one.answer(answer.get("streams"))
                await self._nats.client.publish(one.reply_to, reply)
        poison = form.malformed(reports)
        if answer["late"]:
            ids = set[int]().union(*(one.execution_ids for one in reports))
            unknown = await self._patiently(lambda: self._value(_UNKNOWN, sorted(ids)))
            poison += form.unknown(reports, unknown)
        await self._park(poison)
        for one in reports:
            if one.retry:
                await one.message.nak(delay=_LATER_SECONDS)
            else:
                await one.message.ack()
        self._recorded()
        await self._follow_up(answer)

    async def _park(self, poison: Sequence[Poison]) -> None:
        """A whole message is done with then; one of which a part is bad is not, here."""
        for one in poison:
            await self._patiently(lambda: self._park_one(one))  # noqa: B023
            if one.index is None:
                await one.message.ack()

    async def _park_one(self, poison: Poison) -> None:
        await park(self._nats, await self._open(), poison)

    async def _follow_up(self, answer: Json) -> None:
        """What is left to whoever comes next; the ticks do it too, only later."""
        queries = [_EXPAND] if answer["count"] else []
        # What the first call has granted a place, the second lets go on.
        queries += [_ADVANCE, _ADVANCE] if answer["advance"] else []
        try:
            for query in queries:
                if not await self._value(query):
                    return
        except (psycopg.Error, OSError) as exc:
            log.warning("after reports: %s", describe(exc))
            if is_connection_lost(exc):
                await self._disconnect()

    async def _patiently(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do it again until the database is there; nothing is acknowledged meanwhile."""
        while True:
            try:
                found = await work()
            except (psycopg.Error, OSError) as exc:
                if not is_connection_lost(exc):
                    raise
                await self._disconnect()
                if self._failures == 0:
                    log.warning("database is away, waiting: %s", describe(exc))
                await asyncio.sleep(backoff(self._failures))
                self._failures += 1
            else:
                if self._failures:
                    log.info("database is back")
                self._failures = 0
                return found

    async def _value(self, query: str, *values: Any) -> Json:
        conn = await self._open()
        cursor = await conn.execute(query, values)
        row = await cursor.fetchone()
        return row and row[0]

    async def _open(self) -> Connection:
        if self._conn is None or self._conn.closed:
            self._conn = await connect(self._settings, "ingestion")
        return self._conn

    async def _disconnect(self) -> None:
        if self._conn is not None:
            await self._conn.close()
            self._conn = None


def _config(prefix: str) -> ConsumerConfig:
    return ConsumerConfig(
        filter_subject=f"{prefix}.>",
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACK_SECONDS,
        max_ack_pending=10_000,
    )


def _is_about_data(error: psycopg.Error) -> bool:
    """Whether the engine would refuse the same reports for ever."""
    return (error.sqlstate or "").startswith(("22", "23", "54", "NE"))
