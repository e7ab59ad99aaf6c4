"""Named places between a worker's statements, where tests let it die.

With ``NOETL_KILL_AT=after_claim`` the process ends there, as SIGKILL would end it;
``after_claim:3`` means the third time that it comes there.
"""

from __future__ import annotations

import os
import signal
from typing import Final, Literal, get_args

Point = Literal[
    # A session begins.
    "before_register",
    "after_register",
    # An exchange with the engine, and what is done with its answer.
    "before_report",
    "between_calls",
    "after_report",
    "after_confirm",
    "after_follow_up",
    "after_heartbeat",
    "after_claim",
    "after_start",
    # A command, from its tool to its report.
    "before_tool",
    "in_python",
    "in_generator",
    "after_tool",
    "after_file",
    "after_persist",
    "after_partial",
    "after_run",
    "after_chunk",
    "after_transfer_part",
    "after_transfer_chunk",
    "after_child_start",
    "after_child_end",
    # Stopping.
    "before_hand_back",
    "after_hand_back",
    "after_end_session",
    # Maintenance.
    "after_tick",
    "after_expire",
]
DispatcherPoint = Literal[
    "after_publish",  # announced, not confirmed
    "after_ingest",  # recorded, not acknowledged
]
POINTS: Final[tuple[Point, ...]] = get_args(Point)
_ALL: Final = (*POINTS, *get_args(DispatcherPoint))


_left: Final[dict[str, int]] = {}


def arm(setting: str) -> None:
    """Take the value of NOETL_KILL_AT; raises ValueError when it names no point."""
    point, _, times = setting.partition(":")
    if point and point not in _ALL:
        raise ValueError(f"NOETL_KILL_AT names no point: {point!r}")
    _left.clear()
    if point:
        _left[point] = int(times or 1)


def reach(point: Point | DispatcherPoint) -> None:
    """Die here, if this is the place and the time; a dict lookup otherwise."""
    if point in _left:
        _left[point] -= 1
        if _left[point] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
