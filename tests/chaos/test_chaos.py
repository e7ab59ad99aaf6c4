"""A minute of kills, stops and cuts loses nothing, doubles nothing, leaves nothing stuck."""

from __future__ import annotations

import os

import pytest

from tests.chaos.harness import run
from tests.chaos.run import show


@pytest.mark.timeout(900)
def test_nothing_is_lost_doubled_or_stuck() -> None:
    """The same faults each time; ``make chaos`` draws others."""
    seed = os.environ.get("SEED", "2026-11-30")
    report = run(1.0, seed, print)
    show(report)
    assert report.is_clean, f"make chaos MINUTES=1 SEED={seed}"
    assert report.items > 1_000
    assert report.counts["kills"] >= 5
    assert report.resume_p99_s is not None
