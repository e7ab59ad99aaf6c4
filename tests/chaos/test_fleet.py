"""How worker processes are ended when the time is over."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.fleet import Fleet


def test_worker_that_is_still_starting_may_end_by_the_signal(tmp_path: Path) -> None:
    fleet = Fleet("postgresql://nobody@127.0.0.1:1/nothing", tmp_path, 1)
    process = fleet.start("w1")
    try:
        assert fleet.end() == []
    finally:
        fleet.close()
    assert process.code() is not None


def test_worker_that_had_begun_may_not(tmp_path: Path) -> None:
    fleet = Fleet("postgresql://nobody@127.0.0.1:1/nothing", tmp_path, 1)
    process = fleet.start("w1")
    process.log.write_text("session as w1")
    try:
        assert fleet.end() == [f"w1.1 ended with -15:\n{process.tail()}"]
    finally:
        fleet.close()
