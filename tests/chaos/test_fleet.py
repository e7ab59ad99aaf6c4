"""How worker processes are ended when the time is over."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.chaos.fleet import Fleet, Process
from tests.support.lifeline import tied


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet("postgresql://nobody@127.0.0.1:1/nothing", tmp_path, 1)


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of a worker what never comes to know signals."""

    def spawn(_: Fleet, name: str, label: str, __: Mapping[str, str]) -> Process:
        log = tmp_path / f"{label}.log"
        log.touch()
        return Process(name, label, subprocess.Popen(tied("sleep", "60")), log)

    monkeypatch.setattr(Fleet, "_spawn", spawn)


def test_worker_that_is_still_starting_may_end_by_the_signal(fleet: Fleet) -> None:
    process = fleet.start("w1")
    try:
        assert fleet.end() == []
    finally:
        fleet.close()
    assert process.code() is not None


@pytest.mark.usefixtures("stub")
def test_worker_that_had_begun_may_not(fleet: Fleet) -> None:
    process = fleet.start("w1")
    process.log.write_text("session as w1")
    try:
        assert fleet.end() == [f"w1.1 ended with -15:\n{process.tail()}"]
    finally:
        fleet.close()


@pytest.mark.usefixtures("stub")
@pytest.mark.parametrize("kill_at", ["", "after_end_session"])
def test_worker_that_was_to_die_may_do_so_at_its_end(
    fleet: Fleet, kill_at: str
) -> None:
    process = fleet.start("w1", kill_at)
    process.log.write_text("session as w1")
    process.popen.send_signal(signal.SIGKILL)
    try:
        assert bool(fleet.end()) is not bool(kill_at)
    finally:
        fleet.close()
