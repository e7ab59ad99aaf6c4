"""Fixtures: the worker tests' lab, a database with real processes on it."""

from __future__ import annotations

from tests.worker.conftest import lab

__all__ = ["lab"]
