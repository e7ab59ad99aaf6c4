"""The worker's loop: claim, run, report, in as few round trips as there is work for."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from noetl_worker import logs, metrics, tracing
from noetl_worker.cache import Cache
from noetl_worker.capacity import Capacity
from noetl_worker.collector import Collector
from noetl_worker.command import Command
from noetl_worker.credentials import Credentials
from noetl_worker.engine import Engine
from noetl_worker.plan import NOOP
from noetl_worker.points import reach
from noetl_worker.reports import Reports
from noetl_worker.runner import Event, Runner, heartbeat_event, now_text
from noetl_worker.services import Services
from noetl_worker.settings import WorkerSettings
from noetl_worker.stores.registry import Stores
from noetl_worker.ticker import Ticker
from noetl_worker.transport.calls import Answer, Beat, Claim
from noetl_worker.transport.errors import (
    SessionEndedError,
    SupersededError,
    backoff,
    describe,
)
from noetl_worker.transport.make import (
    has_database,
    make_calls,
    make_doorbell,
    make_link,
    make_nats,
)

REPORTS_MAX = 5_000
EXPAND_MAX = 20
ADVANCE_MAX = 200
MARKS_SECONDS = 1.0

_INSTANT = metrics.COMMANDS.labels(NOOP, "completed")

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Running:
    """A command at work; ``told_at`` is when the log last heard of it."""

    command: Command
    told_at: float
    task: asyncio.Task[None] = field(init=False)
    is_parked: bool = False
    kinds: frozenset[str] | None = None
    is_handed_back: bool = False


class Worker:
    """One process's share of the work, under one session at a time."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        cache = Cache(settings.cache_bytes)
        self._engine = Engine(make_calls(settings))
        stores = Stores(settings.stores, settings.results_path)
        credentials = Credentials(self._engine, settings.home)
        self._services = Services(settings, self._engine, stores, credentials, cache)
        self._runner = Runner(settings, self._engine, self._services, cache)
        nats = make_nats(settings)
        self._link = make_link(settings, nats)
        self._doorbell = make_doorbell(settings, self._hear, self._free, nats)
        self._ticker = Ticker(settings, lambda: self._engine.session, self._note_end)
        self._wake = asyncio.Event()
        self._running: dict[str, _Running] = {}
        self._capacity = Capacity(settings, self._running.values)
        self._session: uuid.UUID
        self._reports: Reports
        self._claim: Claim | None = None
        self._marks: dict[str, int] = {}
        self._marked_at = 0.0
        self._is_claim_due = True
        self._is_stopping = False
        self.is_registering = True
        self._is_session_over = False
        self._superseded: SupersededError | None = None
        self._beat_at = 0.0
        self._claim_at = 0.0
        self._failures = 0
        self._show_gauges()

    async def run(self) -> None:
        """Work until ``stop`` has been called and what was at work is settled.

        Raises SupersededError when another process has taken this worker's name.
        """
        await self._begin_session()
        helpers = [
            asyncio.create_task(self._doorbell.run()),
            asyncio.create_task(self._close_idle()),
        ]
        if self._settings.ticks:
            collector = Collector(
                self._engine, self._services.stores, self._settings.stores
            )
            helpers.append(asyncio.create_task(collector.run()))
            if has_database(self._settings):
                helpers.append(asyncio.create_task(self._ticker.run()))
            else:
                log.info(
                    "ticks are left to the dispatchers: this worker has no database"
                )
        for helper in helpers:
            helper.add_done_callback(_report_death)
        try:
            while not self._is_stopping:
                await self._turn()
            await self._settle()
        finally:
            await self._shut_down(helpers)

    def stop(self) -> None:
        """Claim no more; finish what ends in time and hand the rest back."""
        self._is_stopping = True
        self._wake.set()

    def _show_gauges(self) -> None:
        metrics.SLOTS.set(self._settings.slots)
        metrics.RUNNING.set_function(lambda: len(self._running))
        metrics.UNCONFIRMED.set_function(
            lambda: 0 if self.is_registering else len(self._reports)
        )
        metrics.CONNECTED.labels("worker").set_function(
            lambda: not (self.is_registering or self._link.is_away)
        )

    def _hear(self, pool: str | None) -> None:
        self._ticker.ring()
        if pool is None or pool in self._settings.pools:
            self._ring()

    def _ring(self) -> None:
        self._is_claim_due = True
        self._wake.set()

    async def _turn(self) -> None:
        """Wait until there is something to say, say all of it, take in the answer."""
        await self._wait()
        now = time.monotonic()
        claim = self._next_claim(now)
        # While a claim is unanswered nobody knows what this session holds.
        is_beat_due = now >= self._beat_at and (
            claim is None or claim is not self._claim
        )
        beat = None
        if is_beat_due:
            held = [*self._running, *self._reports.command_ids]
            beat = Beat(held, self._capacity.report())
        self._claim = claim
        events = self._reports.batch()
        if is_beat_due:
            events += self._signs_of_life(now)
        if events:
            reach("before_report")
        answer = await self._link.exchange(self._session, events, beat, claim)
        if events and answer.recorded is not None:
            metrics.REPORT_SECONDS.observe(time.monotonic() - now)
        await self._take(answer, now)

    def _signs_of_life(self, now: float) -> list[Event]:
        """For readers of the log; one that is lost is not sent again."""
        long = [
            running
            for running in self._running.values()
            if now - running.told_at >= self._settings.long_command_seconds
        ]
        for running in long:
            running.told_at = now
        return [heartbeat_event(running.command, self._session) for running in long]

    async def _wait(self) -> None:
        """Until a report is ready, a claim is due, or the heartbeat is."""
        if self._is_session_over:
            await self._begin_session()
        while not (len(self._reports) or self._is_stopping):
            now = time.monotonic()
            if now >= self._beat_at or (self._is_claim_due and self._free() > 0):
                return
            if now >= self._claim_at:
                # Without a free slot nobody claims: wait again, do not spin.
                self._is_claim_due = True
                self._claim_at = now + self._settings.poll_seconds
                continue
            self._wake.clear()
            until = min(self._beat_at, self._claim_at) - now
            timer = asyncio.get_running_loop().call_later(until, self._wake.set)
            await self._wake.wait()
            timer.cancel()

    def _free(self) -> int:
        """Slots without a command; commands that only wait for a child take none."""
        if len(self._reports) > REPORTS_MAX:
            return 0
        return self._capacity.free()

    def _next_claim(self, now: float) -> Claim | None:
        """A claim with every report, since a report may make the next step ready."""
        if self._claim is not None:
            return self._claim
        free = min(self._free(), self._settings.claim_max)
        if self._is_stopping or free <= 0:
            return None
        self._is_claim_due = False
        self._claim_at = now + self._settings.poll_seconds
        limit = self._doorbell.allow(free, len(self._reports))
        return Claim(uuid.uuid4(), limit, self._marks or None, self._capacity.room())

    async def _take(self, answer: Answer, now: float) -> None:
        if answer.recorded is not None or answer.commands:
            self._ticker.ring()
        if answer.recorded is not None:
            reach("after_report")
            self._failures = 0
            metrics.count_answer(answer.recorded)
            self._reports.confirm(answer.recorded)
            reach("after_confirm")
            if answer.recorded["count"]:
                await self._follow_up("expand_loops", EXPAND_MAX)
            if answer.recorded["advance"]:
                await self._follow_up("advance_changes", ADVANCE_MAX)
        if answer.heartbeat is not None:
            self._beat_at = now + self._settings.heartbeat_seconds
            metrics.HEARTBEATS.inc()
            reach("after_heartbeat")
            for command_id in answer.heartbeat["cancelled"]:
                self._drop(command_id)
        if answer.commands is not None:
            self._accept(answer.commands, now)
        await self._fail(answer)

    async def _fail(self, answer: Answer) -> None:
        """What was not answered is sent again, unless the engine refuses it for good."""
        if answer.error is None:
            return
        if isinstance(answer.error, SessionEndedError):
            self._note_end(answer.error)
            return
        if self._link.is_away:
            return
        log.error("the engine refused an exchange: %s", describe(answer.error))
        if _is_about_data(answer.error):
            self._reports.suspect(describe(answer.error))
        await asyncio.sleep(backoff(self._failures))
        self._failures += 1

    async def _follow_up(self, function: str, limit: int) -> None:
        try:
            # What the first call has granted a place, the second lets go on.
            for _ in range(2):
                if not await self._link.call(function, limit=limit):
                    break
        except Exception as exc:  # noqa: BLE001 - the ticker calls it again
            log.warning("%s: %s", function, describe(exc))
        reach("after_follow_up")
        self._is_claim_due = True

    def _accept(self, commands: list[Command], now: float) -> None:
        """Start what was claimed; what does nothing is reported at once."""
        if commands:
            reach("after_claim")
        metrics.CLAIMS.inc()
        metrics.CLAIMED.inc(len(commands))
        limit = self._claim.limit if self._claim else 0
        self._claim = None
        is_full = bool(commands) and len(commands) >= limit
        self._is_claim_due |= self._doorbell.answered(is_full=is_full)
        self._note_marks(commands, now, is_full=is_full)
        started_at = now_text()
        instant = 0
        for command in commands:
            if command.command_id in self._running:
                continue  # a repeated claim: it is at work already
            event = self._runner.instant_event(command, started_at)
            if event is not None:
                self._reports.add(event)
                instant += 1
            else:
                self._start(command)
                reach("after_start")
        if instant:
            _INSTANT.inc(instant)

    def _note_marks(
        self, commands: list[Command], now: float, *, is_full: bool
    ) -> None:
        """Where the next claim may begin to look; forgotten at least once a second."""
        is_over = not is_full or now - self._marked_at > MARKS_SECONDS
        # Below the marks may be what it had no room for.
        if is_over or self._capacity.is_limited:
            self._marks, self._marked_at = {}, now
            return
        # They come in the order of their places: the last one to set a mark is the first.
        self._marks = {str(c.priority): c.place for c in reversed(commands)}

    def _start(self, command: Command) -> None:
        running = _Running(command, time.monotonic())
        running.task = asyncio.create_task(self._work(command, running, self._reports))
        running.task.add_done_callback(
            lambda _: self._forget(command.command_id, running)
        )
        self._running[command.command_id] = running

    def _forget(self, command_id: str, running: _Running) -> None:
        """A task that was cancelled before it began has no code of its own to do this."""
        if self._running.get(command_id) is running:
            del self._running[command_id]
        self._doorbell.wake()
        self._wake.set()

    async def _work(
        self, command: Command, running: _Running, reports: Reports
    ) -> None:

        @asynccontextmanager
        async def parked() -> AsyncIterator[None]:
            running.is_parked = True
            self._ring()
            try:
                yield
            finally:
                running.is_parked = False

        async def report_chunk(event: Event) -> Event | None:
            told = reports.add_chunk(event)
            self._wake.set()
            return await told

        def learn_kinds(kinds: frozenset[str]) -> None:
            running.kinds = kinds
            if self._capacity.is_limited:
                self._ring()  # what it had no room for may be claimed now

        logs.work_on(command)
        try:
            with tracing.command_span(command):
                event = await self._runner.run(
                    command,
                    parked,
                    lambda: running.is_handed_back,
                    report_chunk,
                    learn_kinds,
                )
            reports.add(event)
            reach("after_run")
            # The report is held from now on, so the command is listed all the time.
            self._forget(command.command_id, running)
        except SessionEndedError as exc:
            self._note_end(exc)

    def _note_end(self, error: SessionEndedError) -> None:
        self._is_session_over = True
        self._wake.set()
        if isinstance(error, SupersededError):
            self._superseded = error

    def _drop(self, command_id: str) -> None:
        """The session no longer owns this command: stop it, and say nothing of it."""
        self._reports.drop(command_id)
        # At once, for the answer that says so may bring the command anew.
        if running := self._running.pop(command_id, None):
            log.info(
                "command %s was cancelled",
                command_id,
                extra=logs.ids_of(running.command),
            )
            running.task.cancel()

    async def _begin_session(self) -> None:
        """Register, after dropping whatever an ended session held."""
        if self._superseded is not None:
            raise self._superseded
        if self._is_session_over:
            log.warning(
                "the session has ended; dropping %d commands", len(self._running)
            )
        self.is_registering = True
        await self._stop_running(list(self._running.values()))
        reach("before_register")
        self._session = await self._link.register(self._capacity.report())
        metrics.REGISTRATIONS.inc()
        reach("after_register")
        self._engine.session = self._session
        self._reports = Reports(self._session)
        self._claim, self._is_session_over, self._is_claim_due = None, False, True
        self._marks = {}
        self.is_registering = False
        self._beat_at = time.monotonic() + self._settings.heartbeat_seconds
        log.info("session %s as %s", self._session, self._settings.name)

    async def _settle(self) -> None:
        """Let commands end in time, hand the rest back, deliver the last reports."""
        deadline = time.monotonic() + self._settings.grace_seconds
        while (self._running or len(self._reports)) and not self._is_session_over:
            now = time.monotonic()
            if now >= deadline:
                break
            if len(self._reports) or self._claim is not None or now >= self._beat_at:
                await self._turn()
                continue
            self._wake.clear()
            timer = asyncio.get_running_loop().call_later(
                min(deadline, self._beat_at) - now, self._wake.set
            )
            await self._wake.wait()
            timer.cancel()

    async def _shut_down(self, helpers: list[asyncio.Task[None]]) -> None:
        rest = list(self._running)
        await self._stop_running(list(self._running.values()))
        # Before the session, which they ask under: an answer that it is over would reach
        # them as they end.
        for helper in helpers:
            helper.remove_done_callback(_report_death)
            helper.cancel()
        await asyncio.gather(*helpers, return_exceptions=True)
        try:
            if not self._is_session_over:
                await asyncio.wait_for(self._end_session(rest), 5.0)
        except Exception as exc:  # noqa: BLE001 - the lease runs out by itself
            log.warning("could not end the session: %s", describe(exc))
        await self._services.close()
        await self._engine.close()
        await self._link.close()

    async def _end_session(self, rest: list[str]) -> None:
        if rest:
            reach("before_hand_back")
            await self._link.call(
                "release_commands", session=self._session, command_ids=rest
            )
            reach("after_hand_back")
            log.info("handed %d commands back", len(rest))
        await self._link.call("end_session", session=self._session)
        reach("after_end_session")

    async def _stop_running(self, running: list[_Running]) -> None:
        for one in running:
            one.is_handed_back = True
            one.task.cancel()
        await asyncio.gather(*(one.task for one in running), return_exceptions=True)

    async def _close_idle(self) -> None:
        while True:
            await asyncio.sleep(15)
            await self._services.close_idle()
            await self._engine.close_idle()
            tracing.close_idle()


def _is_about_data(error: BaseException) -> bool:
    """Whether the engine would refuse the same reports for ever."""
    state = getattr(error, "sqlstate", None) or ""
    return state.startswith(("22", "23", "54", "NE"))


def _report_death(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("a helper of the worker died", exc_info=error)
