"""The model: what a run must be, given the outcomes that the engine has accepted.

It does not route. It keeps the accepted outcome of each command, and says of any state
of the engine whether that state follows: a step has ended if and only if its outcomes
say so; which steps have been entered follows from how steps ended; the status of a run
from the steps that are left. When two reports race in one batch for the end of a run,
the log says which came first, and the model only asks that the rest follows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from tests.model.activation import Activation, Outcome, Slot
from tests.model.playbooks import FINAL, Kind, Playbook

Json = Any
LIVE: Final = ("running", "waiting")
ENDED: Final = ("completed", "failed", "cancelled")


@dataclass(slots=True)
class Trail:
    """What the log tells of steps since the run was last taken up again."""

    exits: dict[str, str] = field(default_factory=dict)  # ok, error or skipped
    entered: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    left: set[str] = field(default_factory=set)  # entered before that, and not failed
    last: str | None = None

    @classmethod
    def read(cls, trail: list[list[str]], playbook: Playbook) -> Trail:
        """Fold the trail of a snapshot."""
        made = cls()
        for kind, step, status in trail:
            if kind == "execution.retried":
                made.left |= made.entered.keys() - set(made.failed)
                made.failed.clear()
                made.entered = {  # a loop goes on, other steps are entered again
                    name: count
                    for name, count in made.entered.items()
                    if name in made.exits or playbook.step(name).loop is not None
                }
            elif kind == "step.enter":
                made.entered[step] = made.entered.get(step, 0) + 1
            elif status == "failed":
                made.failed.append(step)
                made.last = step
            else:
                assert step not in made.exits, f"step {step} has ended twice"
                made.exits[step] = status
                if step in made.left:  # its call had ended before
                    made.entered.setdefault(step, 1)
                if status != "skipped":
                    made.last = step
        return made


@dataclass(slots=True)
class Run:
    """A run, as the answers of the engine make it."""

    id: int
    playbook: Playbook
    parent: tuple[Run, str, int | None] | None = None
    status: str = "running"  # these three as last seen
    is_paused: bool = False
    trail: Trail = field(default_factory=Trail)
    activations: dict[str, Activation] = field(default_factory=dict)
    was_cancelled: bool = False
    signals: list[str] = field(default_factory=list)
    awaited: set[str] = field(default_factory=set)  # the signals it waits for
    children: list[Run] = field(default_factory=list)

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    def activation(self, name: str) -> Activation:
        return self.activations.setdefault(name, Activation(self.playbook.step(name)))

    def held(self) -> Iterator[Slot]:
        """The slots whose commands workers hold."""
        for activation in self.activations.values():
            for slot in activation.slots.values():
                if slot.session:
                    yield slot

    def retry(self) -> None:
        """It is taken up again: so is what it waited for."""
        self.was_cancelled = False
        self.status = "running"
        for name, activation in self.activations.items():
            if name not in self.trail.exits:
                activation.reopen(name in self.trail.failed)
        for child in self.children:
            if child.status in ("failed", "cancelled") and child.is_needed():
                child.retry()

    def is_needed(self) -> bool:
        """Whether its parent waits for it."""
        if self.parent is None:
            return False
        run, name, index = self.parent
        return (
            name not in run.trail.exits and not run.activation(name).slot(index).outcome
        )

    def pause(self, is_paused: bool) -> bool:
        """Pause or resume it with its children; whether that did anything."""
        can = self.is_live if is_paused else self.status not in ENDED
        if not can or self.is_paused == is_paused:
            return False
        self.is_paused = is_paused
        for child in self.children:
            child.pause(is_paused)
        return True

    # What a state of the engine must be

    def see(self, state: Json) -> None:
        """Check a snapshot of it, and remember its status."""
        trail = Trail.read(state["trail"], self.playbook)
        before, self.status, self.trail = self.status, state["status"], trail
        assert before not in ENDED or before == self.status, f"{before} came alive"
        if self.status in ENDED:
            self.is_paused = False
            for slot in self.held():
                slot.free()
        assert state["problems"] == []
        assert state["is_paused"] == self.is_paused
        waits = {"waiting_admission": "open", "waiting_signal": "go"}
        self.awaited = {waits[s] for _, s in state["tokens"] if s in waits}
        self._check_exits(trail)
        self._check_routing(trail, state)
        self._check_end(trail, state, before)
        self._check_loops(trail, state)
        self._check_commands(state)
        self._check_names(trail, state)
        if "dirty" not in state["outbox"]:
            is_paused = self.is_paused and self.status not in ENDED
            assert state["shown"] == ("paused" if is_paused else self.status)

    def _is_settled(self, state: Json) -> bool:
        """Whether nothing is left to route: not paused, nothing in the outbox."""
        is_pending = {"advance", "cancel"} & set(state["outbox"])
        return self.is_live and not self.is_paused and not is_pending

    def _verdict(self, name: str) -> bool | None:
        """How a step must have ended; None when it has not, or the log decides."""
        step = self.playbook.step(name)
        if step.kind is Kind.PLAIN:
            return self.activation(name).verdict()
        return None if step.kind in (Kind.SIGNAL, Kind.DELAY) else True

    def _fails(self, name: str, is_ok: bool) -> bool:
        """Whether a step that ends so fails the run."""
        step = self.playbook.step(name)
        is_strict = self.playbook.is_strict and bool(step.arcs)
        return not step.chosen(is_ok) and (not is_ok or is_strict)

    def _check_exits(self, trail: Trail) -> None:
        """Steps end as their outcomes say, and only then."""
        for name, status in trail.exits.items():
            kind = self.playbook.step(name).kind
            if status == "skipped":
                assert kind is Kind.SKIPPED, f"{name} was skipped"
                continue
            is_ok = status == "ok"
            assert not self._fails(name, is_ok), f"{name} should have failed the run"
            if kind is Kind.GATE:
                assert "open" in self.signals
            elif kind not in (Kind.SIGNAL, Kind.DELAY):
                assert self._verdict(name) is is_ok, f"{name} ended as {status}"
        for name in trail.failed:
            kind = self.playbook.step(name).kind
            ends = {Kind.SIGNAL: (True, False), Kind.DELAY: (True,)}
            may_end = ends.get(kind, (self._verdict(name) is True,))
            assert any(self._fails(name, is_ok) for is_ok in may_end), name
        if self.is_live:
            assert not trail.failed
            for name, activation in self.activations.items():
                assert activation.verdict() is None or name in trail.exits, (
                    f"{name} has not ended"
                )

    def walk(self, trail: Trail) -> tuple[set[str], set[str]]:
        """The steps that must have been entered, and those that are alive.

        A step goes in once an arc has fired to it, when nothing that can still come
        to it is alive.
        """
        entered: set[str] = set()
        alive: set[str] = set()
        arrived = {0}
        for place, step in enumerate(self.playbook.steps):
            name = f"s{place}"
            if place not in arrived:
                continue
            can_come = {n for n in alive if place in self.playbook.reach[int(n[1:])]}
            if can_come:
                alive.add(name)
                continue
            exit_ = trail.exits.get(name)
            if step.kind is Kind.SKIPPED or exit_ == "skipped":
                continue
            if step.kind is not Kind.GATE or "open" in self.signals:
                entered.add(name)
            if exit_ is None:
                alive.add(name)
            else:
                arrived |= set(step.chosen(exit_ == "ok"))
        if self.playbook.has_final and not alive:
            entered.add(FINAL)
            if FINAL not in trail.exits:
                alive.add(FINAL)
        return entered, alive

    def _check_routing(self, trail: Trail, state: Json) -> None:
        """What has been entered follows from how steps ended."""
        entered, alive = self.walk(trail)
        really = set(trail.entered)
        ended = {name for name, status in trail.exits.items() if status != "skipped"}
        assert really <= entered, f"{really - entered} should not have been entered"
        assert ended <= entered, f"{ended - entered} ended without being entered"
        assert set(trail.entered.values()) <= {1}, f"entered twice: {trail.entered}"
        standing = [step for step, _ in state["tokens"]]
        if self.status in ENDED:
            assert standing == []
        if self._is_settled(state):
            assert really == entered, f"{entered - really} was not entered"
            assert set(standing) == alive, f"tokens on {standing}, alive is {alive}"
            works = {
                n for n in alive & entered if self.playbook.step(n).kind is Kind.PLAIN
            }
            assert (self.status == "running") == bool(works)

    def _check_end(self, trail: Trail, state: Json, before: str) -> None:
        """A run ends when, and as, its steps say."""
        _, alive = self.walk(trail)
        if self.status == "completed":
            assert not alive, f"{alive} is alive"
            names = state["names"] or {}
            assert state["result"] == names.get(f"step.{self._last(trail)}")
        elif self.status in ("failing", "failed"):
            assert trail.failed, f"nothing failed the run: {state['error']}"
        elif self.status in ("cancelling", "cancelled") and before != self.status:
            parent = self.parent[0].status if self.parent else None
            assert self.was_cancelled or parent in ("failed", "cancelled"), parent
        if self._is_settled(state):
            assert alive, "the run should have completed"
        if self.status in ENDED:
            assert state["commands"] == [], "an ended run has live commands"

    def _last(self, trail: Trail) -> str | None:
        return FINAL if FINAL in trail.exits else trail.last

    def _check_loops(self, trail: Trail, state: Json) -> None:
        """Counters equal accepted outcomes; a loop ends once."""
        steps = [loop["step"] for loop in state["loops"]]
        assert len(steps) == len(set(steps)), "a loop began twice"
        for loop in state["loops"]:
            name = loop["step"]
            activation = self.activation(name)
            said = (loop["done"], loop["failed"])
            assert said == (activation.done, activation.failed), f"{name}: {loop}"
            assert loop["twice"] == [], f"items of {name} were done twice"
            assert loop["ends"] <= 1, f"{name} is done {loop['ends']} times"
            assert loop["ends"] or name not in trail.exits, f"{name} is not done"
            activation.is_closed = loop["ends"] == 1
            results = [outcome.payload for outcome in activation.outcomes().values()]
            assert loop["results"] == results, f"{name}: {loop['results']} != {results}"
            if name in trail.exits:
                assert loop["status"] == activation.loop_status(), name

    def _check_commands(self, state: Json) -> None:
        """Workers hold what they were given; what is alive has a command."""
        leased = {c["id"]: c["session"] for c in state["commands"] if c["session"]}
        assert leased == {slot.command: slot.session for slot in self.held()}
        places = [(c["step"], c["index"]) for c in state["commands"]]
        assert len(places) == len(set(places)), f"issued twice: {places}"
        for name, index in places:
            assert not self.activation(name).slot(index).outcome, (name, index)
        if self.is_paused:
            assert "queued" not in [c["status"] for c in state["commands"]]
        if not self._is_settled(state):
            return
        growing = {
            loop["step"] for loop in state["loops"] if loop["status"] == "expanding"
        }
        for name, status in state["tokens"]:
            step = self.playbook.step(name)
            opened = sum(step_ == name for step_, _ in places)
            if status == "active":
                assert opened or name in growing, f"{name} is stuck"
                assert step.loop is None or opened <= step.loop.limit

    def _check_names(self, trail: Trail, state: Json) -> None:
        """Results and ctx are those of the steps that have ended."""
        names, seen = state["names"] or {}, 0
        for name, status in trail.exits.items():
            step = self.playbook.step(name)
            if status == "skipped":
                continue
            seen += step.loop is None and name != FINAL
            if step.kind is not Kind.PLAIN:
                continue
            activation = self.activation(name)
            value = names[f"step.{name}"]
            if step.loop is None:
                outcome = activation.slot(None).outcome
                assert outcome is not None
                assert value == outcome.payload, f"{name} reads {value}"
            else:
                counts = (value["done"], value["failed"], value["status"])
                assert counts == (
                    activation.done,
                    activation.failed,
                    activation.loop_status(),
                ), f"{name} reads {value}"
            written = names.get(f"ctx.c_{name}")
            assert written == activation.written(), f"ctx.c_{name} is {written}"
        assert names.get("ctx.seen", 0) == seen, (
            "ctx.seen: a set ran twice, or not at all"
        )


class Model:
    """All runs, and who holds which command."""

    def __init__(self) -> None:
        self.runs: dict[int, Run] = {}
        self.commands: dict[str, tuple[Run, str, int | None]] = {}

    def add(self, run: Run) -> None:
        """A run has started."""
        assert run.id not in self.runs
        self.runs[run.id] = run
        if run.parent:
            run.parent[0].children.append(run)

    def slot(self, command: str) -> Slot:
        """The slot that a command is for."""
        run, name, index = self.commands[command]
        return run.activation(name).slot(index)

    def held_by(self, session: str) -> list[str]:
        """The commands that a session holds, in order."""
        held = (slot for run in self.runs.values() for slot in run.held())
        return sorted(s.command for s in held if s.session == session and s.command)

    def claimed(self, session: str, rows: list[Json], now: datetime) -> None:
        """The engine hands out commands: each must be due, and nobody's."""
        for row in rows:
            run, name = self.runs[row["execution_id"]], row["step"]
            activation, command = run.activation(name), row["command_id"]
            slot = activation.slot(row["iter_index"])
            assert command not in self.commands, f"{command} was handed out before"
            assert not run.is_paused, f"{command} of a paused run was handed out"
            assert run.status not in ENDED
            assert slot.outcome is None, f"{command}: its work is done"
            assert slot.session is None, f"{command}: somebody is at it"
            assert not activation.is_drained, f"{command} of a loop that has ended"
            assert row["attempt"] == 1 + slot.lost + slot.retried, command
            slot.session, slot.command, slot.since = session, command, now
            self.commands[command] = (run, name, row["iter_index"])

    def reported(self, session: str, reports: dict[str, Outcome]) -> int:
        """A session reports commands, in one batch; how many the engine must take."""
        taken = {
            command: outcome
            for command, outcome in reports.items()
            if command in self.commands and self._owns(session, command)
        }
        self._account(taken)
        return len(taken)

    def _owns(self, session: str, command: str) -> bool:
        slot = self.slot(command)
        return slot.session == session and slot.command == command

    def _account(self, outcomes: dict[str, Outcome]) -> None:
        batches: dict[tuple[int, str], list[tuple[Slot, Outcome]]] = {}
        for command, outcome in outcomes.items():
            run, name, _ = self.commands[command]
            batch = batches.setdefault((run.id, name), [])
            batch.append((self.slot(command), outcome))
        for (run_id, name), batch in batches.items():
            self.runs[run_id].activation(name).account(batch)

    def lost(self, session: str) -> int:
        """A session is gone, and an attempt of all that it held."""
        held = self.held_by(session)
        failures: dict[str, Outcome] = {}
        for command in held:
            run, name, _ = self.commands[command]
            slot = self.slot(command)
            if slot.lost + 1 < run.playbook.step(name).attempts:
                slot.lost += 1
                slot.free()
            else:
                failures[command] = Outcome(False, 0, is_retryable=False)
        self._account(failures)
        return len(held)

    def released(self, session: str, commands: list[str]) -> int:
        """A session hands commands back; how many it had."""
        owned = [c for c in set(commands) if self._owns(session, c)]
        for command in owned:
            self.slot(command).free()
        return len(owned)

    def see(self, snapshot: Json) -> None:
        """Check a state of the engine."""
        assert {int(key) for key in snapshot} == set(self.runs)
        for key, state in snapshot.items():
            try:
                self.runs[int(key)].see(state)
            except AssertionError as exc:
                exc.add_note(f"run {key}: {state}")
                raise
