"""Random playbooks: acyclic graphs of plain steps, loops, waits and child playbooks.

Every arc leads to a later step, so a step is entered at most once, and what a run does
follows from how its steps ended. ``Playbook.document`` writes what the engine reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, Final

from hypothesis import strategies as st

WAIT_SECONDS: Final = 100
SIGNAL_TIMEOUT: Final = 600
FINAL: Final = "end"

_COUNT: Final = {"ctx.seen": "{{ (ctx.seen | default(0)) + 1 }}"}
_LOOP_COUNT: Final = {"ctx.seen_loops": "{{ (ctx.seen_loops | default(0)) + 1 }}"}


class Kind(Enum):
    """What a step does when it is entered."""

    PLAIN = "plain"  # one command, or one per item of its loop
    INLINE = "inline"  # nothing: the engine ends it at once
    SKIPPED = "skipped"  # an admission rule discards its token
    GATE = "gate"  # an inline step that waits for admission until a signal opens it
    SIGNAL = "signal"  # waits for a signal, with a timeout
    DELAY = "delay"  # waits for a time


class When(Enum):
    """The condition of an arc."""

    ALWAYS = None  # no condition: takes up no failure
    DONE = "event.name in ['call.done', 'loop.done']"
    ERROR = "event.name == 'call.error'"
    EITHER = "true"
    NEVER = "ctx.nothing"

    def holds(self, is_ok: bool) -> bool:
        """Whether an arc fires at the end of a step that went well, or badly."""
        return {
            When.ALWAYS: is_ok,
            When.DONE: is_ok,
            When.ERROR: not is_ok,
            When.EITHER: True,
            When.NEVER: False,
        }[self]


@dataclass(frozen=True, slots=True)
class Arc:
    """An arc to the step at this place of the workflow."""

    to: int
    when: When


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop over ``range(size)``."""

    size: int
    mode: str = "sequential"
    window: int | None = None
    policy: str = "all"  # fail_fast, best_effort; all: run all, any failure fails it
    retries: int = 0
    max_failures: int | None = None

    @property
    def limit(self) -> int:
        """How many items may be open at once."""
        if self.mode == "sequential":
            return 1
        return self.window or (10 if self.mode == "parallel" else self.size)

    def document(self) -> dict[str, Any]:
        """The keys that it adds to its step."""
        spec: dict[str, Any] = {"mode": "parallel", "max_in_flight": self.window}
        if self.mode == "sequential":
            spec = {"mode": "sequential"}
        if self.window is None:
            spec.pop("max_in_flight", None)
        if self.mode == "fanout":
            spec.pop("mode")
        else:
            spec["policy"] = self.policy
        loop = {"in": list(range(self.size)), "iterator": "item", "spec": spec}
        if self.mode != "fanout":
            return {"loop": loop}
        fanout = {
            "max_shard_retries": self.retries,
            "allow_partial": self.policy == "best_effort",
            "fail_fast": self.policy == "fail_fast",
        }
        if self.max_failures is not None:
            fanout["max_failures"] = self.max_failures
        return {"loop": loop, "spec": {"loop_mode": "fanout", "fanout": fanout}}


@dataclass(frozen=True, slots=True)
class Step:
    """A step; ``child`` is the playbook that its commands run."""

    kind: Kind = Kind.PLAIN
    loop: Loop | None = None
    child: Playbook | None = None
    attempts: int = 3
    is_inclusive: bool = True
    arcs: tuple[Arc, ...] = ()

    def chosen(self, is_ok: bool) -> list[int]:
        """Where the step leads when it ends well, or badly."""
        matching = [arc.to for arc in self.arcs if arc.when.holds(is_ok)]
        return matching if self.is_inclusive else matching[:1]

    def document(self, name: str) -> dict[str, Any]:
        """The step as a playbook says it; arcs name ``s<place>``."""
        spec: dict[str, Any] = {"max_attempts": self.attempts}
        made: dict[str, Any] = {"step": name, "set": _COUNT}
        if self.kind is Kind.PLAIN:
            made["tool"] = {"kind": "noop"}
        elif self.kind is Kind.SKIPPED:
            rule = {"else": {"then": {"allow": False, "discard": True}}}
            spec["policy"] = {"admit": {"rules": [rule]}}
        elif self.kind is Kind.GATE:
            opened = {"when": "{{ signals.open is defined }}", "then": {"allow": True}}
            closed = {"else": {"then": {"allow": False}}}
            spec["policy"] = {"admit": {"rules": [opened, closed]}}
        elif self.kind is Kind.SIGNAL:
            wait = {"kind": "wait", "signal": "go", "timeout": SIGNAL_TIMEOUT}
            made["tool"] = wait
        elif self.kind is Kind.DELAY:
            made["tool"] = {"kind": "wait", "duration": WAIT_SECONDS}
        if self.loop is not None:
            del made["set"]
            more = self.loop.document()
            spec |= more.pop("spec", {})
            made |= more
        arcs: list[dict[str, Any]] = [{"step": f"s{arc.to}"} for arc in self.arcs]
        for arc, said in zip(self.arcs, arcs, strict=True):
            if arc.when.value:
                said["when"] = f"{{{{ {arc.when.value} }}}}"
            if self.loop is not None and not self.is_inclusive:
                said["set"] = _LOOP_COUNT
        mode = "inclusive" if self.is_inclusive else "exclusive"
        return made | {"spec": spec, "next": {"spec": {"mode": mode}, "arcs": arcs}}


@dataclass(frozen=True)
class Playbook:
    """Steps ``s0``, ``s1``, …; ``has_final`` adds a final step ``end``."""

    steps: tuple[Step, ...]
    has_final: bool = False
    is_strict: bool = False  # no_next_is_error

    @cached_property
    def reach(self) -> list[set[int]]:
        """Per step: the steps that its arcs lead to, directly or not."""
        reach: list[set[int]] = [set() for _ in self.steps]
        for place in reversed(range(len(self.steps))):
            for arc in self.steps[place].arcs:
                reach[place] |= {arc.to} | reach[arc.to]
        return reach

    def step(self, name: str) -> Step:
        """The step of a name."""
        return Step() if name == FINAL else self.steps[int(name[1:])]

    def children(self) -> list[Playbook]:
        """The playbooks that its steps run."""
        return [step.child for step in self.steps if step.child is not None]

    def document(self, path: str, path_of: Callable[[Playbook], str]) -> dict[str, Any]:
        """The playbook as it is registered."""
        steps = [step.document(f"s{n}") for n, step in enumerate(self.steps)]
        for step, said in zip(self.steps, steps, strict=True):
            if step.child is not None:
                said["tool"] = {"kind": "playbook", "path": path_of(step.child)}
        spec: dict[str, Any] = {"no_next_is_error": self.is_strict}
        if self.has_final:
            spec["final_step"] = FINAL
            steps.append({"step": FINAL, "tool": {"kind": "noop"}})
        return {
            "apiVersion": "noetl.io/v2",
            "kind": "Playbook",
            "metadata": {"name": path, "path": path},
            "executor": {"spec": spec},
            "workflow": steps,
        }


def _loops(largest: int) -> st.SearchStrategy[Loop]:
    size = st.integers(0, largest)
    window = st.none() | st.integers(1, 3)
    policy = st.sampled_from(["best_effort", "fail_fast"])
    return st.one_of(
        st.builds(Loop, size, st.just("sequential"), st.none(), policy),
        st.builds(Loop, size, st.just("parallel"), window, policy),
        st.builds(
            Loop,
            size,
            st.just("fanout"),
            window,
            st.sampled_from(["all", "best_effort", "fail_fast"]),
            st.integers(0, 2),
            st.none() | st.integers(0, 2),
        ),
    )


@st.composite
def playbooks(draw: st.DrawFn, most: int = 5) -> Playbook:
    """A playbook of up to ``most`` steps; those that its steps run have fewer."""
    count = draw(st.integers(1, most))
    children = st.none() if most <= 1 else st.none() | playbooks(most - 2)
    plain = [Kind.PLAIN] * 4
    steps = []
    for place in range(count):
        kind = draw(
            st.sampled_from([*plain, *(k for k in Kind if k is not Kind.PLAIN)])
        )
        is_plain = kind is Kind.PLAIN
        offsets = st.integers(1, 3)
        leads = st.lists(
            st.tuples(offsets, st.sampled_from(When)), min_size=1, max_size=3
        )
        steps.append(
            Step(
                kind=kind,
                loop=draw(st.none() | _loops(most - 1)) if is_plain else None,
                child=draw(children) if is_plain else None,
                attempts=draw(st.integers(1, 3)),
                is_inclusive=draw(st.booleans()),
                arcs=tuple(
                    Arc(place + offset, when)
                    for offset, when in draw(leads)
                    if place + offset < count
                ),
            )
        )
    return Playbook(
        tuple(steps), has_final=draw(st.booleans()), is_strict=draw(st.booleans())
    )
