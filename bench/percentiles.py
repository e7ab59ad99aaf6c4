"""The two or three numbers that stand for many."""

from __future__ import annotations

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of the values does not exceed."""
    if not values:
        raise ValueError("no values")
    ranked = sorted(values)
    return ranked[max(math.ceil(share * len(ranked)), 1) - 1]


def median(values: Sequence[float]) -> float:
    """Return the lower median: always one that was measured."""
    return percentile(values, 0.5)
