"""Read ``sqitch.plan`` and compute the ids that sqitch computes.

A change's id is a hash over its line and, through the parent's id, over all lines
before it, so a plan that was altered after a deploy shows.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from noetl_shell.errors import ShellError


class PlanError(ShellError):
    """The plan cannot be read, or a script that it names is missing."""


_PRAGMA: Final = re.compile(r"\s*%\s*([\w-]+)\s*(?:=\s*(.*?))?\s*$")
_LINE: Final = re.compile(
    r"""
    \s*(?P<tag>@)?(?:\+\s*)?(?P<name>[^\s\[\]@:\#]+)
    (?:\s+\[(?P<dependencies>[^\]]+)\])?
    \s+(?P<date>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)
    \s+(?P<planner>[^<]+?)\s+<(?P<email>[^>]+)>
    \s*(?:\#\s*(?P<note>.*))?$
    """,
    re.VERBOSE,
)
_ESCAPES: Final = {r"\n": "\n", r"\r": "\r", r"\\": "\\"}


@dataclass(frozen=True, slots=True)
class Line:
    """What a change and a tag have in common."""

    name: str
    id: str
    date: str
    planner: str
    email: str
    note: str


@dataclass(frozen=True, slots=True)
class Change(Line):
    """One change: its script, what it needs and the tags that stand after it."""

    script: Path
    requires: tuple[str, ...] = ()
    tags: tuple[Line, ...] = ()

    def script_hash(self) -> str:
        """The hash of the deploy script, as the registry keeps it."""
        return _sha1(self._read())

    def sql(self) -> str:
        """The deploy script without its own ``begin`` and ``commit``.

        The deployer runs script and registry entry in one transaction.
        """
        text = self._read().decode()
        match = re.fullmatch(
            r"((?:\s|--[^\n]*\n)*)begin;(.*)\bcommit;\s*", text, re.DOTALL
        )
        if match is None:
            raise PlanError(
                f"{self.script} does not begin with begin; and end with commit;"
            )
        # The blank keeps positions in error messages true to the file.
        return f"{match[1]}      {match[2]}"

    def _read(self) -> bytes:
        try:
            return self.script.read_bytes()
        except OSError as exc:
            raise PlanError(
                f"change {self.name}: cannot read {self.script}: {exc.strerror}"
            ) from exc


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan: the project and its changes in order."""

    project: str
    uri: str | None
    changes: tuple[Change, ...]

    def resolve(self, dependency: str, before: int) -> str:
        """The id of the change that ``name`` or ``name@tag`` means there.

        As sqitch has it: the first of that name, or the last one that the tag covers.
        """
        name, _, tag = dependency.partition("@")
        found: Change | None = None
        for change in self.changes[:before]:
            if change.name == name and (tag or found is None):
                found = change
            if tag and any(line.name == tag for line in change.tags):
                break
        if found is None:
            raise PlanError(
                f"change {self.changes[before].name} requires {dependency},"
                " which is not in the plan before it"
            )
        return found.id

    def is_released(self, index: int) -> bool:
        """Whether a tag stands at the change or after it."""
        return any(change.tags for change in self.changes[index:])


@dataclass(slots=True)
class _Draft:
    """A change while the plan is being read."""

    match: re.Match[str]
    id: str
    tags: list[Line] = field(default_factory=list)


def read_plan(root: Path) -> Plan:
    """Read ``sqitch.plan`` under ``root``; scripts are in ``sql/deploy``."""
    path = root / "sqitch.plan"
    pragmas: dict[str, str] = {}
    drafts: list[_Draft] = []
    for number, text in _meaningful_lines(path):
        if not drafts and (pragma := _PRAGMA.match(text)):
            pragmas[pragma[1]] = pragma[2] or "1"
        elif match := _LINE.match(text):
            _add_line(drafts, match, pragmas)
        else:
            raise PlanError(f"{path}:{number}: not a change, a tag or a pragma")
    if "project" not in pragmas:
        raise PlanError(f"{path}: the %project pragma is missing")
    names = [draft.match["name"] for draft in drafts]
    changes = [
        _finish(draft, _script(root, drafts, names, index))
        for index, draft in enumerate(drafts)
    ]
    return Plan(pragmas["project"], pragmas.get("uri"), tuple(changes))


def _meaningful_lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as exc:
        raise PlanError(f"cannot read {path}: {exc.strerror}") from exc
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line


def _add_line(
    drafts: list[_Draft], match: re.Match[str], pragmas: dict[str, str]
) -> None:
    project = [f"project {pragmas.get('project')}"]
    if "uri" in pragmas:
        project.append(f"uri {pragmas['uri']}")
    if match["tag"]:
        if not drafts:
            raise PlanError(f"tag @{match['name']} stands before the first change")
        last = drafts[-1]
        head = [*project, f"tag @{match['name']}", f"change {last.id}"]
        last.tags.append(_line(match, _object_id("tag", head, match)))
        return
    head = [*project, f"change {match['name']}"]
    if drafts:
        head.append(f"parent {drafts[-1].id}")
    drafts.append(_Draft(match, _object_id("change", head, match)))


def _object_id(kind: str, head: list[str], match: re.Match[str]) -> str:
    lines = [
        *head,
        f"planner {match['planner']} <{match['email']}>",
        f"date {match['date']}",
    ]
    if requires := _requires(match):
        lines += ["requires", *(f"  + {name}" for name in requires)]
    if note := _note(match):
        lines += ["", note]
    content = "\n".join(lines).encode()
    return _sha1(f"{kind} {len(content)}\0".encode() + content)


def _requires(match: re.Match[str]) -> tuple[str, ...]:
    words = tuple(dict.fromkeys((match["dependencies"] or "").split()))
    if any(word.startswith("!") for word in words):
        raise PlanError(
            f"change {match['name']} declares a conflict: this deployer knows"
            " requirements only",
            hint="Deploy this plan with sqitch.",
        )
    return words


def _note(match: re.Match[str]) -> str:
    text = (match["note"] or "").strip()
    return re.sub(r"\\[\\nr]", lambda escape: _ESCAPES[escape[0]], text)


def _line(match: re.Match[str], object_id: str) -> Line:
    return Line(
        match["name"],
        object_id,
        match["date"],
        match["planner"],
        match["email"],
        _note(match),
    )


def _script(root: Path, drafts: list[_Draft], names: list[str], index: int) -> Path:
    """The deploy script; that of a reworked change carries the next tag's name."""
    name = names[index]
    if name not in names[index + 1 :]:
        return root / "sql/deploy" / f"{name}.sql"
    rework = names.index(name, index + 1)
    tags = [tag.name for draft in drafts[index:rework] for tag in draft.tags]
    if not tags:
        raise PlanError(f"change {name} is reworked without a tag in between")
    candidates = [root / "sql/deploy" / f"{name}@{tag}.sql" for tag in tags]
    return next((path for path in candidates if path.exists()), candidates[0])


def _finish(draft: _Draft, script: Path) -> Change:
    line = _line(draft.match, draft.id)
    return Change(
        line.name,
        line.id,
        line.date,
        line.planner,
        line.email,
        line.note,
        script=script,
        requires=_requires(draft.match),
        tags=tuple(draft.tags),
    )


def _sha1(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()
