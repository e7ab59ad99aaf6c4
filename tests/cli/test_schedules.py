"""A schedule is added, listed, paused, resumed and removed, and what is wrong is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.support import Cli

PLAYBOOK = """\
apiVersion: noetl.io/v2
kind: Playbook
metadata: { name: nightly, path: t/nightly }
workload: { region: us, deep: { a: 1, b: 2 } }
workflow:
  - step: say
    tool: { kind: noop, result: "{{ workload }}" }
"""


@pytest.fixture(scope="module")
def playbook(cli: Cli) -> Path:
    file = cli.write("nightly.yaml", PLAYBOOK)
    cli("playbook", "register", file)
    return file


def add(cli: Cli, name: str, *more: str, code: int = 0) -> Any:
    return cli("schedule", "add", name, "t/nightly", *more, code=code)


def one(cli: Cli, name: str) -> dict[str, Any]:
    listed: list[dict[str, Any]] = cli.json("schedule", "list")
    return next(schedule for schedule in listed if schedule["name"] == name)


def test_added_as_asked(cli: Cli, playbook: Path) -> None:
    done = add(
        *(cli, "full", "--cron", "30 2 * * mon-fri", "--time-zone", "Europe/Berlin"),
        *("--workload", '{"region": "eu", "deep": {"b": 3}}', "--set", "deep.c=4"),
        *("--missed", "all", "--priority", "7"),
    )
    assert done.stdout.startswith("full added: next at ")
    found = one(cli, "full")
    assert found["workload"] == {"region": "eu", "deep": {"b": 3, "c": 4}}
    assert (found["cron"], found["time_zone"]) == ("30 2 * * mon-fri", "Europe/Berlin")
    assert (found["path"], found["version"]) == ("t/nightly", None)
    assert (found["missed"], found["priority"]) == ("all", 7)
    assert found["is_active"]
    line = "full\tt/nightly\t30 2 * * mon-fri\tEurope/Berlin\t"
    assert f"\n{line}" in f"\n{cli('schedule', 'list').stdout}"


def test_added_again_is_unchanged_or_replaced(cli: Cli, playbook: Path) -> None:
    assert "again added" in add(cli, "again", "--cron", "@daily").stdout
    assert "again unchanged" in add(cli, "again", "--cron", "@daily").stdout
    assert "again replaced" in add(cli, "again", "--cron", "@hourly").stdout
    found = cli.json("schedule", "add", "again", "t/nightly@1", "--cron", "@hourly")
    assert (found["created"], found["changed"]) == (False, True)
    assert found["next_at"] == one(cli, "again")["next_at"]
    assert one(cli, "again")["version"] == 1


def test_paused_resumed_and_removed(cli: Cli, playbook: Path) -> None:
    assert (
        "rest added: paused" in add(cli, "rest", "--cron", "@daily", "--paused").stdout
    )
    assert one(cli, "rest")["next_at"] is None
    assert "paused" in cli("schedule", "list").stdout
    assert "resumed" in cli("schedule", "resume", "rest").stdout
    assert "active already" in cli("schedule", "resume", "rest").stdout
    assert "paused" in cli("schedule", "pause", "rest").stdout
    assert "paused already" in cli("schedule", "pause", "rest").stdout
    assert "rest removed" in cli("schedule", "remove", "rest").stdout
    for command in ("remove", "pause", "resume"):
        done = cli("schedule", command, "rest", code=2)
        assert 'error: no schedule is named "rest"' in done.stderr
        assert "hint: " in done.stderr


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--cron", "61 * * * *"], 'cron expression "61 * * * *": minute: '),
        (["--cron", "0 0 30 2 *"], "there is no such time"),
        (["--cron", "@daily", "--time-zone", "Mars/Phobos"], "no time zone"),
        (["--cron", "@daily", "--set", "region"], "is not KEY=VALUE"),
        (["--cron", "@daily", "--missed", "some"], "--missed"),
        (["--cron", "@daily", "--priority", "10"], "--priority"),
        ([], "--cron"),
    ],
)
def test_wrong_is_refused_and_stored_nowhere(
    cli: Cli, playbook: Path, more: list[str], message: str
) -> None:
    done = add(cli, "wrong", *more, code=2)
    assert message in done.stderr
    assert done.stdout == ""
    assert "wrong" not in cli("schedule", "list").stdout


def test_unknown_playbook_is_refused(cli: Cli, playbook: Path) -> None:
    for path in ("t/none", "t/nightly@99"):
        done = cli("schedule", "add", "wrong", path, "--cron", "@daily", code=2)
        assert "error: no playbook is registered" in done.stderr


def test_list_tells_the_last_run_and_the_last_error(cli: Cli, playbook: Path) -> None:
    add(cli, "good", "--cron", "@daily")
    add(cli, "bad", "--cron", "@daily")
    with cli.connect() as conn:
        conn.execute("update noetl.schedule set path = 't/gone' where name = 'bad'")
        conn.execute(
            "update noetl.schedule set next_at = now() where name in ('good', 'bad')"
        )
        conn.execute("select noetl.fire_schedules()")
    run = one(cli, "good")["last_execution_id"]
    assert cli.json("status", run)["path"] == "t/nightly"
    lines = cli("schedule", "list").stdout.splitlines()
    last = {line.split("\t")[0]: line.split("\t")[-1] for line in lines}
    assert last["good"] == run
    assert last["bad"] == 'error: no playbook is registered as "t/gone"'
    assert one(cli, "bad")["last_error"]["code"] == "NE404"
