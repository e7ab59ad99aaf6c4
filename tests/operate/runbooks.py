"""Blocks of the runbooks, run as an operator would, in order, on a system that is at work.

Blocks of sh run in bash, those of sql in psql; a block of text behind one of them shows
some of its output, in which numbers may differ and ``…`` stands for anything. A comment
``<!-- needs a cluster: why -->`` before a block leaves it out, but for its syntax.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_BLOCK: Final = re.compile(
    r"(?P<note><!-- needs a cluster: (?P<why>[^>]+) -->\n)?"
    r"^```(?P<kind>\w+)\n(?P<code>.*?)^```$(?P<shown>\n+```text\n(?P<text>.*?)^```$)?",
    re.MULTILINE | re.DOTALL,
)
_SECONDS: Final = 120
KINDS: Final = ("sh", "sql")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of commands, and the output that the page shows for it."""

    line: int
    kind: str
    code: str
    text: str
    why_not: str | None

    def run(self, environment: Mapping[str, str]) -> str:
        """Run it; what it printed. It must not fail."""
        command = ["bash", "-euo", "pipefail", "-c", self.code]
        if self.kind == "sql":
            options = ["-X", "-v", "ON_ERROR_STOP=1", "-v", f"id={environment['ID']}"]
            command = ["noetl", "db", "psql", *options, "-f", "-"]
        done = subprocess.run(
            command,
            env=dict(environment),
            input=self.code if self.kind == "sql" else "",
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        told = done.stdout + done.stderr
        assert done.returncode == 0, f"line {self.line}: {self.code}\n{told}"
        assert "Traceback" not in told, told
        return told

    def check_syntax(self) -> None:
        """What cannot be run here must be commands all the same."""
        if self.kind == "sh":
            done = subprocess.run(
                ["bash", "-n"],
                input=self.code,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"line {self.line}: {done.stderr}"

    def missing(self, told: str) -> list[str]:
        """The shown lines that the output does not have."""
        output = _plain(told)
        return [
            line
            for line in self.text.splitlines()
            if not re.search(
                r".*".join(map(re.escape, _plain(line).split("…"))), output
            )
        ]


def blocks(path: Path) -> Iterator[Block]:
    """The blocks of a page that hold commands."""
    page = path.read_text()
    for match in _BLOCK.finditer(page):
        yield Block(
            line=page.count("\n", 0, match.start("code")),
            kind=match["kind"],
            code=match["code"],
            text=match["text"] or "",
            why_not=match["why"],
        )


def _plain(text: str) -> str:
    """Without numbers, and with single spaces."""
    lines = (re.sub(r"\s+", " ", line).strip() for line in text.splitlines())
    return "\n".join(re.sub(r"\d+(\.\d+)?", "0", line) for line in lines)
