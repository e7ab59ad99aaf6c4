"""A worker and an engine that speak different versions of the API, over each way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.worker.conftest import Lab
from tests.worker.transports.conftest import WAYS, Way, opened
from tests.worker.transports.test_access import STEP

_OTHER = """
create or replace function noetl.api_version() returns integer
language sql immutable as 'select {}'
"""


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Way]:
    """One with a database of its own, whose version the test may change."""
    with opened(request.param, lab) as found:
        yield found


@pytest.mark.parametrize(
    ("version", "hint"),
    [(0, "Upgrade the database"), (2, "Upgrade this program")],
    ids=["older", "newer"],
)
def test_worker_says_what_to_upgrade_and_ends(
    way: Way, version: int, hint: str
) -> None:
    lab = way.lab
    # Before, the dispatcher itself would end.
    lab.until(lambda: lab.count("select count(*) from noetl.list_workers()") == 1)
    lab.conn.execute(_OTHER.format(version))
    waiting = lab.start(STEP)
    assert way.worker().wait(60) == 1
    log = lab.log()
    assert f"the database speaks version {version} of NoETL's API" in log
    assert hint in log
    assert "Traceback" not in log
    lab.conn.execute(_OTHER.format(1))
    way.worker("two")
    assert lab.wait(waiting)["status"] == "completed"


def test_worker_at_work_meets_the_other_version_when_its_session_ends(way: Way) -> None:
    lab = way.lab
    worker = way.worker(NOETL_POLL_SECONDS="0.1", NOETL_HEARTBEAT_SECONDS="0.1")
    lab.until(lambda: "session" in lab.log())
    lab.conn.execute(_OTHER.format(2))
    assert lab.run(STEP)["status"] == "completed"
    lab.conn.execute(
        "select noetl.end_session(s.session_id) from noetl.runtime as s"
        " where s.name = 'one'"
    )
    assert worker.wait(60) == 1
    assert "Upgrade this program" in lab.log()
