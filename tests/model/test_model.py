"""A Hypothesis state machine drives the engine against a small model."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.engine import Engine
from tests.model.machine import Machine
from tests.support.databases import Databases


@pytest.fixture
def engine(databases: Databases) -> Iterator[Engine]:
    dsn = databases.create()
    made = Engine(dsn)
    yield made
    made.close()
    databases.drop(dsn)


@pytest.mark.timeout(0)
def test_the_engine_follows_the_model(engine: Engine) -> None:
    Machine.engine = engine
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=int(os.environ.get("NOETL_MODEL_EXAMPLES", "50")),
            stateful_step_count=40,
            derandomize="NOETL_MODEL_EXAMPLES" not in os.environ,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
