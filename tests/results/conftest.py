"""Real workers, whose results are large, and what they store them in."""

from __future__ import annotations

from tests.stores.conftest import tmpfs
from tests.worker.conftest import lab

__all__ = ["lab", "tmpfs"]
