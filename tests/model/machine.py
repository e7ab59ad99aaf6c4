"""The state machine: people and workers call the engine, in any order, well and badly."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
)
from psycopg.types.json import Jsonb

from tests.model.activation import Outcome
from tests.model.engine import Engine
from tests.model.model import ENDED, Model, Run
from tests.model.playbooks import SIGNAL_TIMEOUT, Playbook, playbooks

Json = Any

WORKERS: Final = 3
SESSION_TIMEOUT: Final = 300
LOST_CLAIM: Final = 15
_TICKS: Final = (
    "advance_changes",
    "expand_loops",
    "project_changes",
    "wake_runs",
    "raise_floor",
    "reap_stale",
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a worker says of one of the commands it holds: which, and how it went."""

    which: int
    is_ok: bool = True
    is_retryable: bool = True
    writes: bool = False
    is_twice: bool = False


_SAID: Final = st.lists(
    st.builds(
        Said,
        st.integers(0, 5),
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


@dataclass(slots=True)
class Worker:
    """A worker's process: its session, and what it knows to hold."""

    name: str
    session: str
    seen_at: datetime
    known: dict[str, datetime]  # the commands whose claim was answered
    claims: list[tuple[UUID, int]]  # its requests, the last one last


class Machine(RuleBasedStateMachine):
    """Everything that may happen to runs; the model says what must come of it."""

    engine: ClassVar[Engine]
    steps: ClassVar[int] = 0
    runs = Bundle("runs")
    numbers = st.integers(0, WORKERS - 1)

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.now = datetime(2030, 1, 1, tzinfo=UTC)
        self.paths: dict[Playbook, str] = {}
        self.workers: dict[int, Worker] = {}
        self.dead: list[str] = []  # commands that somebody once held
        self.values = 0
        self.engine.forget()
        self.engine.set_clock(self.now)

    # People

    @rule(target=runs, playbook=playbooks(), is_repeated=st.booleans())
    def start(self, playbook: Playbook, is_repeated: bool) -> Run:
        path = self.engine.register(playbook, self.paths)
        key = f"key-{len(self.model.runs)}"
        started = self._start(path, {"idempotency_key": key})
        if is_repeated:
            assert self._start(path, {"idempotency_key": key}) == started
        run = Run(started, playbook)
        self.model.add(run)
        return run

    def _start(self, path: str, options: Json) -> int:
        started: int = self.engine.value(
            "noetl.start_execution", path, Jsonb({}), Jsonb(options)
        )
        return started

    @rule(run=runs)
    def cancel(self, run: Run) -> None:
        answer = self.engine.value("noetl.cancel_execution", run.id)
        assert answer == run.is_live
        run.was_cancelled |= answer

    @rule(run=runs, is_paused=st.booleans())
    def pause(self, run: Run, is_paused: bool) -> None:
        verb = "pause" if is_paused else "resume"
        answer = self.engine.value(f"noetl.{verb}_execution", run.id)
        assert answer == run.pause(is_paused)

    @rule(run=runs)
    def retry(self, run: Run) -> None:
        answer = self.engine.value("noetl.retry_execution", run.id)
        assert answer == (run.status in ("failed", "cancelled"))
        if answer:
            run.retry()

    @rule(run=runs, name=st.sampled_from(["go", "open"]))
    def signal(self, run: Run, name: str) -> None:
        answer = self.engine.value("noetl.signal_execution", run.id, name)
        assert (answer == "ended") == (not run.is_live)
        if answer != "ended":
            run.signals.append(name)

    @rule(run=runs)
    def rebuild(self, run: Run) -> None:
        self.engine.value("noetl.rebuild", run.id)

    @rule(run=runs)
    def compare_with_rebuilt(self, run: Run) -> None:
        if run.is_paused:  # what waits in it is routed again only when it goes on
            self.rebuild(run)
            return
        lost = self.engine.rows("noetl_test.lost_in_rebuild", run.id)
        assert lost == [], f"live | rebuilt: {lost}"

    # Time

    @rule(seconds=st.sampled_from([1, 20, 110, 310, 610]))
    def pass_time(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self.engine.set_clock(self.now)

    @rule(ticks=st.lists(st.sampled_from(_TICKS), min_size=1, max_size=4))
    def tick(self, ticks: list[str]) -> None:
        for name in ticks:
            if name == "reap_stale":
                self._expect_reaped()
            self.engine.value(f"noetl.{name}")

    def _expect_reaped(self) -> None:
        deadline = self.now - timedelta(seconds=SESSION_TIMEOUT)
        silent = [n for n, w in self.workers.items() if w.seen_at < deadline]
        sessions = {self.workers.pop(number).session for number in silent}
        for session in sorted(sessions):
            self.model.lost(session)

    # Workers

    def _worker(self, number: int) -> Worker:
        if number not in self.workers:
            self._register(number)
        return self.workers[number]

    def _register(self, number: int) -> None:
        if number in self.workers:
            self.model.lost(self.workers[number].session)
        name = f"w{number}"
        session = self.engine.value("noetl.register_session", name, ["default"])
        self.workers[number] = Worker(name, str(session), self.now, {}, [])

    @rule(number=numbers)
    def restart(self, number: int) -> None:
        """A worker crashes, and its next process registers under its name."""
        self._register(number)

    @rule(number=numbers)
    def stop(self, number: int) -> None:
        """A worker stops and hands back what it holds."""
        if number in self.workers:
            session = self.workers.pop(number).session
            held = self.model.held_by(session)
            assert self.engine.value("noetl.end_session", session) == len(held)
            self.model.released(session, held)
            assert self.engine.value("noetl.end_session", session) == 0

    @rule(
        number=numbers,
        limit=st.integers(1, 6),
        is_lost=st.booleans(),
        is_repeated=st.booleans(),
    )
    def claim(self, number: int, limit: int, is_lost: bool, is_repeated: bool) -> None:
        """A worker claims; the answer may get lost, or the request be repeated."""
        worker = self._worker(number)
        request = uuid4()
        arguments = (worker.session, request, limit)
        rows = self.engine.rows("noetl.claim_commands", *arguments)
        assert len(rows) <= limit
        self._take(worker, rows, is_lost)
        if is_repeated:
            assert self.engine.rows("noetl.claim_commands", *arguments) == rows
            self._know(worker, rows)

    def _take(self, worker: Worker, rows: list[Json], is_lost: bool = False) -> None:
        self.model.claimed(worker.session, rows, self.now)
        if not is_lost:
            self._know(worker, rows)

    def _know(self, worker: Worker, rows: list[Json]) -> None:
        worker.known |= {row["command_id"]: self.now for row in rows}

    @rule(number=numbers, said=_SAID, is_split=st.booleans())
    def report(self, number: int, said: list[Said], is_split: bool) -> None:
        """A worker reports what it holds, or held: once, twice, together or not."""
        worker = self._worker(number)
        reports = self._reports(worker, said)
        for batch in [{k: v} for k, v in reports.items()] if is_split else [reports]:
            self._record(worker.session, batch, [s.is_twice for s in said])

    @rule(number=numbers, other=numbers, said=_SAID)
    def report_foreign(self, number: int, other: int, said: list[Said]) -> None:
        """A worker reports what another one holds."""
        if number != other:
            reports = self._reports(self._worker(number), said)
            self._record(self._worker(other).session, reports)

    @rule(run=runs, number=numbers, said=_SAID)
    def report_locked(self, run: Run, number: int, said: list[Said]) -> None:
        """A worker reports while somebody holds a run: that part is to come again."""
        worker = self._worker(number)
        reports = self._reports(worker, said)
        free = {k: v for k, v in reports.items() if self.model.commands[k][0] != run}
        with self.engine.locked(run.id):
            events = self._events(worker.session, reports)
            answer = self.engine.value("noetl.record_events", Jsonb(events))
            assert answer["recorded"] == self.model.reported(worker.session, free)
            waiting = [events[index]["command_id"] for index in answer["retry"]]
            assert sorted(waiting) == sorted(set(reports) - set(free))

    @rule(number=numbers, said=_SAID, limit=st.integers(1, 6))
    def exchange(self, number: int, said: list[Said], limit: int) -> None:
        """A worker reports and claims in one call."""
        worker = self._worker(number)
        reports = self._reports(worker, said)
        answer = self.engine.value(
            "noetl.exchange",
            worker.session,
            Jsonb(self._events(worker.session, reports)),
            uuid4(),
            limit,
        )
        taken = self.model.reported(worker.session, reports)
        assert answer["recorded"]["recorded"] == taken
        assert answer["recorded"]["late"] == len(reports) - taken
        self._take(worker, answer["commands"])

    @rule(number=numbers, which=st.sets(st.integers(0, 5), max_size=3))
    def release(self, number: int, which: set[int]) -> None:
        """A worker hands some commands back."""
        worker = self._worker(number)
        commands = [c for n, c in enumerate(worker.known) if n in which]
        answer = self.engine.value("noetl.release_commands", worker.session, commands)
        assert answer == self.model.released(worker.session, commands)

    @rule(number=numbers, left_out=st.sets(st.integers(0, 5), max_size=2))
    def heartbeat(self, number: int, left_out: set[int]) -> None:
        """A worker says what it holds, or forgets some of it."""
        worker = self._worker(number)
        listed = [c for n, c in enumerate(worker.known) if n not in left_out]
        answer = self.engine.value("noetl.heartbeat", worker.session, listed)
        worker.seen_at = self.now
        held = self.model.held_by(worker.session)
        assert answer["cancelled"] == sorted(set(listed) - set(held))
        deadline = self.now - timedelta(seconds=LOST_CLAIM)
        stray = [c for c in held if c not in listed and self._since(c) < deadline]
        assert answer["requeued"] == self.model.released(worker.session, stray)

    def _since(self, command: str) -> datetime:
        return self.model.slot(command).since or self.now

    @rule(target=runs, number=numbers, which=st.integers(0, 5))
    def start_child(self, number: int, which: int) -> Any:
        """A worker runs the playbook of a command, or finds it running."""
        worker = self._worker(number)
        held = [c for c in self.model.held_by(worker.session) if self._child_of(c)]
        if which >= len(held):
            return multiple()
        started = self._start_child(worker, held[which])
        return multiple(started) if started else multiple()

    def _child_of(self, command: str) -> Playbook | None:
        run, name, _ = self.model.commands[command]
        return run.playbook.step(name).child

    def _start_child(self, worker: Worker, command: str) -> Run | None:
        """Start the child of a command; None when it was started before."""
        run, name, index = self.model.commands[command]
        slot, playbook = self.model.slot(command), self._child_of(command)
        assert playbook is not None
        options = {
            "parent_execution_id": run.id,
            "parent_command_id": command,
            "session": worker.session,
            "idempotency_key": f"{run.id}-{name}-{index}",
        }
        started = self._start(self.paths[playbook], options)
        if slot.child is not None:
            assert started == slot.child
            return None
        slot.child = started
        child = Run(started, playbook, (run, name, index))
        self.model.add(child)
        return child

    # Reports

    def _reports(self, worker: Worker, said: list[Said]) -> dict[str, Outcome]:
        """What is said of which commands; those with a child wait for its end."""
        known = list(worker.known)
        reports: dict[str, Outcome] = {}
        for entry in said:
            if entry.which < len(known):
                command = known[entry.which]
                outcome = self._outcome(command, entry)
                if outcome is not None:
                    reports.setdefault(command, outcome)
        return reports

    def _outcome(self, command: str, entry: Said) -> Outcome | None:
        is_ok = entry.is_ok
        if self._child_of(command):
            child = self.model.runs.get(self.model.slot(command).child or 0)
            if child is None or child.status not in ENDED:
                return None
            is_ok = child.status == "completed"
        self.values += 1
        return Outcome(is_ok, self.values, entry.is_retryable, entry.writes)

    def _events(self, session: str, reports: dict[str, Outcome]) -> list[Json]:
        return [self._event(session, *report) for report in reports.items()]

    def _event(self, session: str, command: str, outcome: Outcome) -> Json:
        run, name, _ = self.model.commands[command]
        event: Json = {
            "session": session,
            "execution_id": run.id,
            "command_id": command,
            "type": "command.completed" if outcome.is_ok else "command.failed",
        }
        if outcome.is_ok:
            event["result"] = {"status": "ok", "context": {"data": outcome.payload}}
        else:
            event["error"] = {"message": "no luck", "retryable": outcome.is_retryable}
        if outcome.writes:
            event["ctx"] = {f"c_{name}": outcome.value}
        return event

    def _record(
        self, session: str, reports: dict[str, Outcome], twice: list[bool] | None = None
    ) -> None:
        """Send reports, and a malformed one among them; check the answer."""
        events = self._events(session, reports)
        again = [
            e for e, is_twice in zip(events, twice or [], strict=False) if is_twice
        ]
        batch = [*events[:1], {"type": "nonsense"}, *events[1:], *again]
        answer = self.engine.value("noetl.record_events", Jsonb(batch))
        taken = self.model.reported(session, reports)
        assert answer["recorded"] == taken, answer
        assert answer["late"] == len(reports) - taken, answer
        assert [r["index"] for r in answer["rejected"]] == [len(events[:1])], answer
        assert answer["retry"] == []

    # What must hold

    @invariant()
    def state_follows(self) -> None:
        Machine.steps += 1
        self.model.see(self.engine.value("noetl_test.snapshot"))

    def teardown(self) -> None:
        """Let honest people and workers finish; every run must end as it must."""
        if sys.exc_info()[0] is None:
            self._finish()

    def _finish(self) -> None:
        for run in list(self.model.runs.values()):
            if run.is_paused:
                self.pause(run, is_paused=False)
                self.state_follows()
        for _ in range(100):
            if all(run.status in ENDED for run in self.model.runs.values()):
                break
            self._work()
        left = {run.id: run.status for run in self.model.runs.values()}
        assert set(left.values()) <= set(ENDED), f"stuck: {left}"
        self.tick(["project_changes"])
        self.state_follows()
        for run in self.model.runs.values():
            self.compare_with_rebuilt(run)
        self.state_follows()

    def _work(self) -> None:
        """One round of honest work."""
        self.pass_time(1)
        self.tick(["wake_runs", "advance_changes", "expand_loops", "raise_floor"])
        self.state_follows()
        for number in list(self.workers):
            self._finish_held(number)
        self._worker(0)
        self.claim(0, 100, is_lost=False, is_repeated=False)
        self._finish_held(0)
        self.state_follows()
        for run in list(self.model.runs.values()):
            for name in run.awaited:
                self.signal(run, name)
                self.state_follows()
        self.pass_time(SIGNAL_TIMEOUT // 6)
        for number in self.workers:
            self.heartbeat(number, set())

    def _finish_held(self, number: int) -> None:
        worker = self.workers[number]
        self._know(
            worker, [{"command_id": c} for c in self.model.held_by(worker.session)]
        )
        for command in self.model.held_by(worker.session):
            if self._child_of(command):
                self._start_child(worker, command)
        known = [Said(n) for n in range(len(worker.known))]
        self._record(worker.session, self._reports(worker, known))
