"""The main job through ``run.py``: complete, nothing twice, or a clear refusal."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest

from tests.examples.conftest import ROOT
from tests.support.processes import children_of

RUN: Final = [sys.executable, str(ROOT / "examples/patients/run.py")]
NOETL: Final = [sys.executable, "-m", "noetl_shell"]
FACILITIES: Final = 1
PATIENTS: Final = 1000
TYPES: Final = (
    "assessments",
    "conditions",
    "medications",
    "vital_signs",
    "demographics",
)
Finished = subprocess.CompletedProcess[str]


@contextmanager
def embedded(home: Path) -> Iterator[dict[str, str]]:
    """An environment with an embedded database of its own, stopped afterwards."""
    environment = os.environ | {
        "NOETL_HOME": str(home),
        "PYTHONPATH": f"{ROOT / 'python'}:{ROOT / 'worker'}",
    }
    yield environment
    subprocess.run(
        [*NOETL, "db", "down"], env=environment, stdout=subprocess.DEVNULL, check=True
    )


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    with embedded(tmp_path) as environment:
        yield environment


@pytest.fixture(scope="module")
def complete(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[int, psycopg.Connection[Any]]]:
    """The execution id of a complete run, and a connection to its database."""
    with embedded(tmp_path_factory.mktemp("complete")) as environment:
        ended = run_example(
            environment, "--facilities", FACILITIES, "--patients", PATIENTS
        )
        assert ended.returncode == 0, ended.stderr
        found = re.search(r"execution\D+(\d{10,})", ended.stdout)
        assert found, ended.stdout
        url = subprocess.run(
            [*NOETL, "db", "url"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        with psycopg.connect(url, autocommit=True) as conn:
            yield int(found[1]), conn


def run_example(environment: dict[str, str], *options: object) -> Finished:
    return subprocess.run(
        [*RUN, *map(str, options)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
    )


@pytest.mark.accept("P0.2-4")
def test_every_patient_is_complete_in_every_type(
    complete: tuple[int, psycopg.Connection[Any]],
) -> None:
    _, conn = complete
    loaded = conn.execute(
        """
        select p.facility_id, r.data_type, count(*)
        from (
          select patient_id, data_type from pft_record
          group by patient_id, data_type having count(*) = max(total)
        ) as r
        join pft_patient as p using (patient_id)
        group by p.facility_id, r.data_type
        """
    ).fetchall()
    assert sorted(loaded) == sorted(
        (facility, data_type, PATIENTS)
        for facility in range(1, FACILITIES + 1)
        for data_type in TYPES
    )
    listed, done = conn.execute(
        """
        select sum(mds_expected), (select count(details) from pft_mds)
        from pft_facility
        """
    ).fetchone() or (0, 0)
    assert listed == done == FACILITIES * PATIENTS / 5


@pytest.mark.accept("P0.1-5")
def test_no_loop_dispatches_an_item_twice(
    complete: tuple[int, psycopg.Connection[Any]],
) -> None:
    execution_id, conn = complete
    loops = conn.execute(
        """
        select
          l.node_name,
          (l.meta ->> 'collection_size')::integer,
          count(c.*),
          count(distinct c.meta ->> 'iter_index'),
          count(distinct c.meta ->> 'command_id')
        from noetl.event as l
        left join noetl.event as c
          on c.execution_id = l.execution_id and c.event_type = 'command.issued'
          and c.meta ->> 'loop_id' = l.meta ->> 'loop_id'
        where
          l.execution_id = %s and l.event_type = 'loop.started'
        group by l.node_name, l.meta
        """,
        (execution_id,),
    ).fetchall()
    assert {name for name, *_ in loops} >= set(TYPES)
    for name, size, *issued in loops:
        assert issued == [size] * 3, f"{name}: {issued} commands for {size} items"


@pytest.mark.accept("S.B")
def test_events_carry_references_not_payloads(
    complete: tuple[int, psycopg.Connection[Any]],
) -> None:
    execution_id, conn = complete
    row = conn.execute(
        "select percentile_disc(0.99) within group (order by octet_length(e.result::text)),"
        " count(e.result) from noetl.event as e where e.execution_id = %s",
        (execution_id,),
    ).fetchone()
    assert row is not None
    assert row[0] < 2048
    assert row[1] > 5 * PATIENTS


def test_a_patient_that_is_missing_fails_the_run(environment: dict[str, str]) -> None:
    ended = run_example(
        environment, "--facilities", 2, "--patients", 3, "--set", "patients=4"
    )
    assert ended.returncode == 1
    assert "facility 1: patients 3/4" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_api_that_is_down_fails_the_run_with_its_address(
    environment: dict[str, str],
) -> None:
    ended = run_example(environment, "--set", "api=http://127.0.0.1:9")
    assert ended.returncode == 1
    assert "step load_facilities: GET http://127.0.0.1:9/" in ended.stderr
    assert "Cannot connect" in ended.stderr
    assert "ssl" not in ended.stderr
    assert "Traceback" not in ended.stderr


def test_ctrl_c_ends_the_run_and_the_api(environment: dict[str, str]) -> None:
    with subprocess.Popen(
        [*RUN, "--delay", "0.5", "--facilities", "1"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        children = await_workers(process.pid)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "noetl resume" in errors
    assert children
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]


def await_workers(pid: int) -> list[int]:
    """The API and the run, once the run has its workers."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        children = children_of(pid)
        if any(len(children_of(child)) >= 2 for child in children):
            return children
        time.sleep(0.1)
    raise AssertionError("the run started no workers")
