"""What is done to the system, in an order and at distances that come from the seed."""

from __future__ import annotations

import heapq
import itertools
import logging
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import psutil

from noetl_worker.points import POINTS
from tests.chaos.fleet import Fleet, Process
from tests.chaos.proxy import CUTS, Proxy
from tests.support.postgres import Server

# How often each is drawn, of a hundred.
WEIGHTS: Final = {
    "kill worker": 32,
    "kill worker at a point": 12,
    "stop worker": 14,
    "replace stopped worker": 4,
    "end worker": 4,
    "kill database": 8,
    "stop database": 5,
    "kill everything": 3,
    "cut connections": 18,
}
log = logging.getLogger(__name__)

GAP_SECONDS: Final = (0.2, 2.4)
SESSION_SECONDS: Final = 5  # stops are shorter and longer than that
_LEFT_UP: Final = 1
# Ended as asked, refused because its name is taken, ended before it could be asked.
_GHOST_CODES: Final = (0, 1, -signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Fault:
    """What was hit, when, and when it was up again; no worker: all were hit."""

    kind: str
    worker: str | None
    process: str | None
    hit_at: float
    up_at: float


class Agenda:
    """What is to be done later."""

    def __init__(self) -> None:
        self._entries: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        """Do something in so many seconds."""
        entry = (time.monotonic() + seconds, next(self._numbers), do)
        heapq.heappush(self._entries, entry)

    def run_due(self, *, everything: bool = False) -> None:
        """Do what is due by now, or all that is left."""
        while self._entries and (everything or self._entries[0][0] <= time.monotonic()):
            heapq.heappop(self._entries)[2]()


@dataclass(slots=True)
class Injector:
    """Hits workers, database and connections; each fault ends by itself on the agenda."""

    seed: str
    server: Server
    proxy: Proxy
    fleet: Fleet
    agenda: Agenda = field(default_factory=Agenda)
    faults: list[Fault] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    is_database_up: bool = True
    _numbers: itertools.count[int] = field(default_factory=itertools.count)
    _rng: random.Random = field(default_factory=random.Random)

    def inject(self) -> float:
        """Inject the next fault; returns after how many seconds another is due.

        All that is random about a fault comes from the seed and its number, so that a
        seed gives the same faults whatever the machine's speed.
        """
        self._rng = random.Random(f"{self.seed}/fault/{next(self._numbers)}")
        gap = self._rng.uniform(*GAP_SECONDS)
        kind = self._rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        log.info(kind)
        match kind:
            case "kill worker" | "end worker":
                self._kill_worker(kind)
            case "kill worker at a point":
                point = f"{self._rng.choice(POINTS)}:{self._rng.randrange(1, 30)}"
                self._kill_worker("kill worker", point)
            case "stop worker":
                self._stop_worker()
            case "replace stopped worker":
                self._replace_worker()
            case "kill database":
                self._kill_database(self._rng.choice([0.0, 0.5, 3.0]))
            case "stop database":
                self._stop_database()
            case "kill everything":
                self._kill_everything()
            case _:
                self._cut()
        return gap

    def tend(self) -> list[str]:
        """Do what is due, and start again what has died at its point; other deaths."""
        self.agenda.run_due()
        problems = self._see_ghosts_off()
        for process in self.fleet.dead():
            self.fleet.take(process.worker)
            log.info("%s ended with %s", process.label, process.code())
            if self._has_yielded(process):
                continue
            if not self._has_died_at_a_point(process):
                problems.append(_ended(process))
            self._start("kill worker", process.worker, time.time())
        return problems

    def restore(self) -> None:
        """Let everything run again that is down or stopped."""
        self.agenda.run_due(everything=True)

    def restore_database(self) -> None:
        """Let a stopped database go on, so that it can be ended."""
        if self.server.pid is not None:
            with suppress(psutil.NoSuchProcess):
                self.server.resume()

    def _see_ghosts_off(self) -> list[str]:
        """Processes that were asked to end, or have lost their name, end by themselves."""
        problems: list[str] = []
        for process in list(self.fleet.ghosts):
            if process.code() is None:
                continue
            self.fleet.ghosts.remove(process)
            log.info("%s ended with %s", process.label, process.code())
            if not (
                self._has_died_at_a_point(process) or process.code() in _GHOST_CODES
            ):
                problems.append(_ended(process))
        return problems

    def _has_died_at_a_point(self, process: Process) -> bool:
        if not process.may_die or process.code() != -signal.SIGKILL:
            return False
        self.counts["kills"] += 1
        self.counts["at points"] += 1
        return True

    def _has_yielded(self, process: Process) -> bool:
        """Stopped before it had a session, the older one may have taken the name back."""
        older = [g for g in self.fleet.ghosts if g.worker == process.worker]
        if process.code() != 1 or not older:
            return False
        self.fleet.ghosts.remove(older[0])
        self.fleet.processes[process.worker] = older[0]
        return True

    def _pick(self) -> str | None:
        """One of the workers that run; the last is left alone."""
        up = self.fleet.up()
        chosen = self._rng.random()
        return up[int(chosen * len(up))] if len(up) > _LEFT_UP else None

    def _start(self, kind: str, name: str, hit_at: float, kill_at: str = "") -> None:
        process = self.fleet.start(name, kill_at)
        self._end_fault(kind, process, hit_at, process.started_at)

    def _kill_worker(self, kind: str, kill_at: str = "") -> None:
        """SIGKILL, or SIGTERM and the hand-back; another process follows, soon or late."""
        delay = self._rng.choice([0.0, 0.0, 0.3, 0.3, SESSION_SECONDS + 2.0])
        if (name := self._pick()) is None:
            return
        hit_at = time.time()
        process = self.fleet.take(name)
        log.info("%s is hit", process.label)
        if kind == "end worker":
            self.counts["ends"] += 1
            process.popen.send_signal(signal.SIGTERM)
            self.fleet.ghosts.append(process)
            delay += 2.0
        else:
            self.counts["kills"] += 1
            process.kill()
        self.agenda.after(delay, lambda: self._start(kind, name, hit_at, kill_at))

    def _stop_worker(self) -> None:
        seconds = self._rng.choice([0.2, 2.0, SESSION_SECONDS + 2.0])
        if (name := self._pick()) is None:
            return
        process = self.fleet.processes[name]
        hit_at = self._suspend(process)

        def resume() -> None:
            process.resume()
            self._end_fault("stop worker", process, hit_at, time.time())

        self.agenda.after(seconds, resume)

    def _replace_worker(self) -> None:
        """Another process takes the name of a stopped one, which then comes back."""
        if (name := self._pick()) is None:
            return
        process = self.fleet.take(name)
        self.fleet.ghosts.append(process)
        hit_at = self._suspend(process)
        self.agenda.after(0.5, lambda: self._start("stop worker", name, hit_at))
        self.agenda.after(4.0, process.resume)

    def _suspend(self, process: Process) -> float:
        self.counts["stops"] += 1
        log.info("suspended %s", process.label)
        process.suspend()
        return time.time()

    def _kill_database(self, seconds: float) -> None:
        if not self.is_database_up:
            return
        self.counts["kills"] += 1
        self.counts["database kills"] += 1
        hit_at = time.time()
        self.is_database_up = False
        self.server.kill()

        def start() -> None:
            self.server.start()
            self.is_database_up = True
            self._end_fault("kill database", None, hit_at, time.time())

        self.agenda.after(seconds, start)

    def _stop_database(self) -> None:
        seconds = self._rng.choice([0.2, 2.0, SESSION_SECONDS + 2.0])
        if not self.is_database_up:
            return
        self.counts["stops"] += 1
        hit_at = time.time()
        self.is_database_up = False
        self.server.suspend()

        def resume() -> None:
            self.server.resume()
            self.is_database_up = True
            self._end_fault("stop database", None, hit_at, time.time())

        self.agenda.after(seconds, resume)

    def _kill_everything(self) -> None:
        """Database and all workers at once; the workers are back before the database."""
        if not self.is_database_up:
            return
        for name in self.fleet.up():
            self.counts["kills"] += 1
            self.fleet.take(name).kill()
            self.agenda.after(0.3, lambda name=name: self._revive(name))  # type: ignore[misc]
        self._kill_database(1.0)

    def _revive(self, name: str) -> None:
        self._start("kill worker", name, time.time())

    def _cut(self) -> None:
        how = self._rng.choice(CUTS)
        share = self._rng.choice([0.1, 0.5, 1.0])
        now = time.time()
        self.counts["cuts"] += self.proxy.cut(how, share, self._rng)
        self._end_fault("cut connections", None, now, now)

    def _end_fault(
        self, kind: str, process: Process | None, hit_at: float, up_at: float
    ) -> None:
        worker = process.worker if process else None
        label = process.label if process else None
        log.info("over: %s %s", kind, label or "")
        self.faults.append(Fault(kind, worker, label, hit_at, up_at))


def _ended(process: Process) -> str:
    return f"{process.label} ended with {process.code()}:\n{process.tail()}"
