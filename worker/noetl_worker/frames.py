"""Frames of a cursor loop: one claim, and the pipeline for what it gave."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

from noetl_worker.command import Command
from noetl_worker.plan import INLINE_MAX

ITEMS_SIZE: Final = 65_536
_SMALL: Final = 16
_FIELDS: Final = ("result", "error", "ctx")
_NAMES: Final = ("max_rows", "max_seconds", "lease_seconds", "process")

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """The item of a frame's command: what its claim may take, as the engine says.

    ``rows_may_return``: rows that its slot has claimed before are in nobody's hands, and
    come back when their lease has run out.
    """

    names: Mapping[str, Any]
    first_index: int
    max_rows: int
    max_seconds: float
    lease_seconds: float
    is_whole: bool
    rows_may_return: bool


def frame_of(command: Command) -> Frame:
    """Read the frame that a command stands for; ``names`` is what templates see of it."""
    given = command.item
    names = {key: given[key] for key in _NAMES if key in given}
    has_lease = "lease_seconds" in given
    return Frame(
        names=names | {"id": command.command_id},
        first_index=given["first_index"],
        max_rows=int(given["max_rows"]),
        # Rows without a lease would not come back if they were left.
        max_seconds=_seconds(given.get("max_seconds") if has_lease else None, math.inf),
        lease_seconds=_seconds(given.get("lease_seconds"), 0),
        is_whole=given["process"] == "frame",
        # One that is issued again has lost what its first worker claimed.
        rows_may_return=has_lease
        and (bool(given.get("rows_may_return")) or command.issue > 1),
    )


async def claim(
    frame: Frame,
    take: Callable[[], Awaitable[list[Any]]],
    parked: Callable[[], AbstractAsyncContextManager[None]],
) -> tuple[list[Any], bool]:
    """The rows that a frame gets, and whether others may still come back to its slot.

    A claim that finds none while rows may come back is made once more when every lease
    of before has run out: else they would be lost to the loop.
    """
    rows = await take()
    if rows or not frame.rows_may_return:
        return rows, frame.rows_may_return
    async with parked():
        await asyncio.sleep(frame.lease_seconds)
    return await take(), False


async def work_off(
    frame: Frame,
    command: Command,
    rows: list[Any],
    run: Callable[[Command, int], Awaitable[Event]],
) -> tuple[list[Event], bool]:
    """The outcome of each row, or of all as one; whether rows were left for want of time.

    ``run`` gets a row's command and the size up to which its result may ride along.
    """
    outcomes: list[Event] = []
    room, started = ITEMS_SIZE, time.monotonic()
    for number, item in enumerate([rows] if frame.is_whole and rows else rows):
        if number and time.monotonic() - started > frame.max_seconds:
            return outcomes, True
        row = replace(command, item=item, iter_index=frame.first_index + number)
        event = await run(row, max(min(INLINE_MAX, room), _SMALL))
        outcome: Event = {key: event[key] for key in _FIELDS if key in event}
        room -= len(orjson.dumps(outcome))
        outcomes.append(outcome)
    return outcomes, False


def _seconds(value: Any, default: float) -> float:
    return default if value is None else float(value)
