"""Print the table of docs/acceptance.md with what the tests said about each row.

Test runs record their outcomes per row (``--results``) under ``build/results``; a row
is proved when at least one test carries its id and every test that does passed.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
RESULTS: Final = ROOT / "build/results"
TABLE: Final = ROOT / "docs/acceptance.md"

_ROW = re.compile(r"^\| (?P<id>[A-Z][\w.]*(?:-\d+)?) \| (?P<text>.+) \|$", re.MULTILINE)
_ID = re.compile(r"[A-Z]\d?(?:\.[0-9A-Z]+)?(?:-\d+)?")


@dataclass(slots=True)
class Outcomes:
    """What the tests of one run said about the rows they carry."""

    rows: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, row: str, test: str, outcome: str) -> None:
        """Note an outcome (``passed``, ``failed``, ``skipped``) of a test for a row."""
        self.rows.setdefault(row, {})[test] = outcome

    def add_description(self, description: str, test: str, outcome: str) -> None:
        """Note an outcome of an assertion whose description begins with ids."""
        ids, colon, _ = description.partition(":")
        if not colon:
            return
        for row in re.split(r"[\s,]+", ids.strip()):
            if _ID.fullmatch(row):
                self.add(row, f"{test}: {description}", outcome)

    def write(self, path: Path) -> None:
        """Replace what an earlier run of the same suite has recorded."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.rows, indent=1, sort_keys=True))


def recorded(directory: Path) -> dict[str, dict[str, str]]:
    """Return the outcomes of all suites: row → test → outcome."""
    rows: dict[str, dict[str, str]] = {}
    for path in sorted(directory.glob("*.json")):
        for row, tests in json.loads(path.read_text()).items():
            for test, outcome in tests.items():
                rows.setdefault(row, {})[f"{path.stem}: {test}"] = outcome
    return rows


def verdict(tests: dict[str, str]) -> str:
    """Return *proved*, *failing* or *not tested*."""
    if "failed" in tests.values():
        return "failing"
    return "proved" if "passed" in tests.values() else "not tested"


def report(table: str, outcomes: dict[str, dict[str, str]]) -> tuple[str, bool]:
    """Return the printed table with its closing line, and whether nothing fails."""
    lines: list[str] = []
    counts = {"proved": 0, "failing": 0, "not tested": 0}
    rows = {match["id"]: match["text"] for match in _ROW.finditer(table)}
    for row, text in rows.items():
        tests = outcomes.get(row, {})
        counts[said := verdict(tests)] += 1
        lines.append(f"{row:<7} {said:<11} {text}")
        lines += [f"{'':<20}{t}" for t, outcome in tests.items() if outcome == "failed"]
    unknown = sorted(outcomes.keys() - rows.keys())
    lines += [f"no such row, but a test carries it: {row}" for row in unknown]
    lines.append(", ".join(f"{count} {said}" for said, count in counts.items()))
    return "\n".join(lines), not counts["failing"] and not unknown


def main() -> int:
    """Print the report; fail when a row is failing."""
    if not RESULTS.is_dir():
        print("error: no recorded results; run 'make acceptance'", file=sys.stderr)
        return 2
    text, passed = report(TABLE.read_text(), recorded(RESULTS))
    print(text)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
