"""Real workers, whose results are large."""

from __future__ import annotations

from tests.worker.conftest import lab

__all__ = ["lab"]
