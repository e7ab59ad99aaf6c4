"""What commands print: JSON for programs, tables and summaries for people."""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final

from noetl_shell.documents import Document
from noetl_shell.records import Problem, Status

if TYPE_CHECKING:
    from rich.console import Console


Show = Callable[[Status], None]

# Columns of tables that are read as one word, or compared by their last digit.
_WHOLE: Final = {"id", "started", "reference"}
_NUMBERS: Final = {"rows", "size"}
_WIDTH_MAX: Final = 10_000


def print_json(value: Any, *, compact: bool = False) -> None:
    """Print one JSON value; execution ids become strings, as they exceed 2^53."""
    indent = None if compact else 2
    print(json.dumps(_plain(value), ensure_ascii=False, indent=indent, default=str))


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain_field(field.name, getattr(value, field.name))
            for field in fields(value)
        }
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return value


def _plain_field(name: str, value: Any) -> Any:
    if name.endswith("execution_id") and value is not None:
        return str(value)
    return _plain(value)


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], *, is_whole: bool = False
) -> None:
    """Print rows for people; piped, columns are separated by tabs.

    ``is_whole``: no cell is cut or folded, a narrow terminal breaks the lines.
    """
    if not sys.stdout.isatty():
        for row in rows:
            print(*("" if cell is None else cell for cell in row), sep="\t")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(
            column,
            no_wrap=column in _WHOLE | _NUMBERS,
            justify="right" if column in _NUMBERS else "left",
        )
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    console = Console()
    if is_whole:
        wide = console.options.update(width=_WIDTH_MAX)
        needed = console.measure(table, options=wide).maximum
        console.width = max(console.width, needed)
    console.print(table)


def size(count: int) -> str:
    """A number of bytes for people."""
    if count < 1024:
        return f"{count} B"
    amount = float(count)
    for unit in ("KB", "MB", "GB"):
        amount /= 1024
        if amount < 1024:
            return f"{amount:.1f} {unit}"
    return f"{amount / 1024:.1f} TB"


def error_console() -> Console:
    """A console on standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


def when(moment: datetime.datetime | None) -> str | None:
    """A moment in the user's time zone."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S") if moment else None


def summary(status: Status) -> dict[str, Any]:
    """What ``noetl run --json`` prints."""
    return {
        "execution_id": str(status.execution_id),
        "status": status.status,
        "duration_s": round(status.duration_s, 3),
        "result": status.result,
        "error": status.error,
        "loops": status.loops or {},
        "steps": status.steps or {},
    }


def print_outcome(status: Status) -> None:
    """Say on standard error how a run ended; its result goes to standard output."""
    print(
        f"{status.status} in {status.duration_s:.1f} s · {status.path}"
        f" · execution {status.execution_id}",
        file=sys.stderr,
    )
    for line in describe_loops(status):
        print(line, file=sys.stderr)
    if status.error:
        print(f"error: {describe_error(status.error)}", file=sys.stderr)
        print(f"hint: All events: noetl events {status.execution_id}", file=sys.stderr)
    elif status.status == "cancelled" and status.reason:
        print(f"reason: {status.reason}", file=sys.stderr)
    if status.result is not None:
        print_json(status.result)


def describe_loops(status: Status) -> list[str]:
    """A line per loop."""
    lines = []
    for step, loop in (status.loops or {}).items():
        counts = [f"{loop.get('done', 0)} of {loop.get('total', 0)} done"]
        counts += [
            f"{loop[name]} {name}" for name in ("failed", "cancelled") if loop.get(name)
        ]
        lines.append(f"  {step}: {', '.join(counts)}")
    return lines


def describe_error(error: dict[str, Any]) -> str:
    """Which step and item failed, and why."""
    place = f"step {error['step']}" if error.get("step") else ""
    if error.get("item") is not None:
        place += f", item {json.dumps(error['item'], ensure_ascii=False)}"
    message = str(error.get("message") or "no message")
    code = error.get("code")
    if f"{code}: " in message:  # as Python's exceptions and exit codes are
        code = None
    kind = "/".join(str(name) for name in (error.get("kind"), code) if name)
    if error.get("line"):
        message += f" (line {error['line']})"
    return ": ".join(part for part in (place, kind, message) if part)


def problem_line(document: Document, problem: Problem) -> str:
    """A problem of a playbook, as compilers print them."""
    place = document.place(problem.path)
    where = f"{document.source}:{place[0]}:{place[1]}" if place else document.source
    path = f"{problem.path}: " if problem.path else ""
    hint = f" ({problem.hint})" if problem.hint else ""
    return f"{where}: {problem.severity}: {path}{problem.message}{hint}"


def problem_json(document: Document, problem: Problem) -> dict[str, Any]:
    """A problem of a playbook for programs."""
    line, column = document.place(problem.path) or (None, None)
    return {
        "file": document.source,
        "line": line,
        "column": column,
        "severity": problem.severity,
        "path": problem.path,
        "message": problem.message,
        "hint": problem.hint,
    }


def by_place(document: Document, problems: Iterable[Problem]) -> list[Problem]:
    """Problems in the order of the file."""
    return sorted(problems, key=lambda item: document.place(item.path) or (0, 0))
