"""Progress on a terminal: of a run, a bar per loop and the steps that are at work; of an
object that is read, how much of it."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from noetl_shell.cli.output import size as size_text
from noetl_shell.records import Status


class _RateColumn(TextColumn):
    """Items per second."""

    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "", style="cyan")


class _AmountColumn(TextColumn):
    """How much has been read, and how fast."""

    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        told = f"{size_text(int(task.completed))} of {size_text(int(task.total or 0))}"
        return Text(f"{told}, {size_text(int(speed))}/s" if speed else told)


class RunProgress:
    """Draws the latest status on standard error."""

    def __init__(self, console: Console) -> None:
        self._steps = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._bars = Progress(
            TextColumn("  {task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            _RateColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._line = self._steps.add_task("starting", total=None)
        self._loops: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        from rich.console import Group
        from rich.live import Live

        self._live = Live(
            Group(self._steps, self._bars),
            console=self._steps.console,
            refresh_per_second=8,
            transient=True,
        )
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def show(self, status: Status) -> None:
        """Draw a new status."""
        steps = ", ".join(status.current_steps) or "…"
        reason = f" ({status.reason})" if status.reason else ""
        if status.unserved:
            pools = sorted({entry["pool"] for entry in status.unserved})
            reason = f" (no worker for this in pool {', '.join(pools)})"
        self._steps.update(self._line, description=f"{status.status}{reason}: {steps}")
        for step, loop in (status.loops or {}).items():
            if step not in self._loops:
                self._loops[step] = self._bars.add_task(step, total=loop["total"])
            finished = sum(
                loop.get(name) or 0 for name in ("done", "failed", "cancelled")
            )
            failed = f" ({loop['failed']} failed)" if loop.get("failed") else ""
            self._bars.update(
                self._loops[step],
                total=loop["total"],
                completed=finished,
                description=f"{step}{failed}",
            )


def watched(
    blocks: Iterator[bytes], size: int, done: int, console: Console
) -> Iterator[bytes]:
    """Blocks of an object of ``size`` bytes, of which ``done`` have been had before."""
    with Progress(
        BarColumn(),
        _AmountColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    ) as progress:
        bar = progress.add_task("", total=size, completed=done)
        for block in blocks:
            yield block
            progress.advance(bar, len(block))
