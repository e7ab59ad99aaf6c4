"""Processes whose clock is wrong."""

from __future__ import annotations

from pathlib import Path

import libfaketime  # type: ignore[import-untyped]


def off_by(minutes: int) -> dict[str, str]:
    """Variables of a process whose wall clock is off; what it waits for is not."""
    (library,) = Path(libfaketime.__file__).parent.rglob("libfaketime.so*")
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME": f"{minutes:+d}m",
        "DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
