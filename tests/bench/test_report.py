"""What the benchmark prints."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from bench.percentiles import median, percentile
from bench.report import print_report

FANOUT: dict[str, Any] = {
    "n": 10_000,
    "items_per_s": 9_000.0,
    "cost_us_per_item": 111.0,
    "limit_items_per_s": 30_000.0,
    "ratio_to_limit": 0.3,
    "commits_per_item": 0.02,
    "wal_bytes_per_item": 4_000.0,
    "claim_p50_ms": 1.0,
    "claim_p99_ms": 2.0,
    "report_p50_ms": 3.0,
    "report_p99_ms": 4.0,
    "flush_mean_ms": 1.0,
    "worker_rss_mb": 50.0,
    "server_rss_mb": 200.0,
}


def printed(figures: dict[str, Any]) -> list[str]:
    output = io.StringIO()
    print_report(Console(file=output, width=100), figures)
    return output.getvalue().splitlines()


def line_with(lines: list[str], words: str) -> str:
    return next(line for line in lines if words in line)


def test_targets_reached_and_missed_are_told_apart() -> None:
    lines = printed({"fanout": [FANOUT]})
    assert "reached" in line_with(lines, "share of the physical limit")
    assert "missed" in line_with(lines, "WAL per item")


def test_only_what_was_measured_is_printed() -> None:
    text = "\n".join(printed({"five_step": {
        "p50_ms": 1, "p99_ms": 2, "times": 3, "per_s": 4, "at_once": 5
    }}))  # fmt: skip
    assert "five steps, p99" in text
    assert "fan-out" not in text
    assert "noetl run" not in text


def test_growth_needs_both_sizes() -> None:
    large = FANOUT | {"n": 100_000, "cost_us_per_item": 222.0}
    assert not any("100 000" in line for line in printed({"fanout": [FANOUT]}))
    assert "missed" in line_with(printed({"fanout": [FANOUT, large]}), "cost per item")


@pytest.mark.parametrize(
    ("share", "expected"), [(0.01, 1), (0.5, 50), (0.99, 99), (1.0, 100)]
)
def test_a_percentile_is_a_measured_value(share: float, expected: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == expected


def test_the_median_of_two_is_the_lower() -> None:
    assert median([3.0, 1.0]) == 1.0


def test_no_values_have_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)
