"""Every command: does it, and refuses bad input in one message with the right code."""

from __future__ import annotations

import json
from pathlib import Path

import click
import psycopg
import pytest

from noetl_shell.cli import noetl
from tests.cli.support import Cli

HELLO = """\
apiVersion: noetl.io/v2
kind: Playbook
metadata: { name: hello, path: t/hello }
workload: { name: world, deep: { a: 1, b: 2 } }
workflow:
  - step: greet
    tool: { kind: noop, result: "{{ workload }}" }
"""
BROKEN = """\
apiVersion: noetl.io/v2
kind: Playbook
metadata: { name: broken, path: t/broken }
workflow:
  - step: go
    tool: { kind: nop }
    next:
      arcs:
        - step: nowhere
"""


def commands(command: click.Command, name: str) -> list[tuple[str, click.Command]]:
    found = [(name, command)]
    if isinstance(command, click.Group):
        context = click.Context(command)
        for inner in command.list_commands(context):
            child = command.get_command(context, inner)
            assert child is not None
            found += commands(child, f"{name} {inner}")
    return found


def test_every_command_and_option_has_help() -> None:
    for name, command in commands(noetl, "noetl"):
        assert command.help, name
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help or option.name == "limit", f"{name} {option.name}"


@pytest.fixture(scope="module")
def hello(cli: Cli) -> Path:
    return cli.write("hello.yaml", HELLO)


def test_run_prints_one_json_object(cli: Cli, hello: Path) -> None:
    found = cli.json("run", hello, "--set", "name=Ada", "--set", "deep.b=[3]")
    assert found.keys() == {
        *("execution_id", "status", "duration_s", "result", "error", "loops", "steps")
    }
    assert found["status"] == "completed"
    assert isinstance(found["execution_id"], str)
    assert found["result"] == {"name": "Ada", "deep": {"a": 1, "b": [3]}}


def test_run_for_people_prints_the_result(cli: Cli, hello: Path) -> None:
    done = cli("run", hello)
    assert json.loads(done.stdout)["name"] == "world"
    assert done.stderr.startswith("completed in ")


def test_run_of_a_registered_playbook(cli: Cli, hello: Path) -> None:
    line = cli("playbook", "register", hello).stdout
    version = int(line.split("@")[1].split()[0])
    found = cli.json("run", f"t/hello@{version}", "--workload", '{"name": "x"}')
    assert found["result"]["name"] == "x"
    cli("run", "t/hello@99999", code=2)


def test_set_wins_over_workload(cli: Cli, hello: Path) -> None:
    file = cli.write("workload.yaml", "name: file\ndeep: {c: 3}\n")
    found = cli.json("run", hello, "--workload", file, "--set", "name=set")
    assert found["result"] == {"name": "set", "deep": {"a": 1, "b": 2, "c": 3}}


def test_problems_name_file_line_and_column(cli: Cli) -> None:
    file = cli.write("broken.yaml", BROKEN)
    done = cli("run", file, code=2)
    assert f"{file} has 2 errors" in done.stderr
    assert f"{file}:6:13: error: workflow[0].tool.kind" in done.stderr
    assert f"{file}:9:11: error: workflow[0].next.arcs[0].step" in done.stderr
    assert done.stdout == ""
    assert "t/broken" not in cli("playbook", "list").stdout


def test_register_is_all_or_nothing(cli: Cli) -> None:
    good = cli.write("good.yaml", HELLO.replace("t/hello", "t/good"))
    bad = cli.write("broken.yaml", BROKEN)
    cli("playbook", "register", good, bad, code=2)
    assert "t/good" not in cli("playbook", "list").stdout
    assert "t/good@1 registered" in cli("playbook", "register", good).stdout
    assert "t/good@1 unchanged" in cli("playbook", "register", good).stdout


def test_lint_lists_problems_of_all_files(cli: Cli, hello: Path) -> None:
    bad = cli.write("broken.yaml", BROKEN)
    torn = cli.write("torn.yaml", "a: [1\n")
    found = cli.json("lint", hello, bad, torn, code=2)
    places = {(entry["file"], entry["line"], entry["severity"]) for entry in found}
    assert {(str(bad), 6, "error"), (str(bad), 9, "error")} <= places
    assert (str(torn), 2, "error") in places
    assert all(entry["file"] != str(hello) for entry in found)
    assert f"{bad}:6:13: error: " in cli("lint", bad, code=2).stdout
    assert cli("lint", hello).stdout == ""


def test_strict_makes_unknown_keys_errors(cli: Cli) -> None:
    file = cli.write("odd.yaml", HELLO + "    entirely_unknown: 1\n")
    assert "warning" in cli("lint", file).stdout
    assert "error" in cli("lint", "--strict", file, code=2).stdout


def test_register_and_run_tell_what_lint_warns_of(cli: Cli) -> None:
    text = HELLO.replace("t/hello", "t/odd") + "    entirely_unknown: 1\n"
    file = cli.write("odder.yaml", text)
    told = cli("lint", file).stdout
    assert f"{file}:" in told
    assert "warning: " in told
    assert cli("playbook", "register", file).stderr == told
    done = cli("run", file, "--json")
    assert done.stderr.startswith(told)
    assert json.loads(done.stdout)["status"] == "completed"


def test_show_gives_back_the_playbook(cli: Cli, hello: Path) -> None:
    cli("playbook", "register", hello)
    assert cli.json("playbook", "show", "t/hello")["content"]["kind"] == "Playbook"
    again = cli.write("again.yaml", cli("playbook", "show", "t/hello").stdout)
    assert "unchanged" in cli("playbook", "register", again).stdout
    cli("playbook", "show", "t/none", code=2)


def test_sql_registers_whatever_the_text_holds(cli: Cli) -> None:
    text = HELLO.replace("t/hello", "t/sql").replace("world", "$json$ '; drop --")
    statement = cli("playbook", "sql", cli.write("sql.yaml", text)).stdout
    with cli.connect() as conn:
        conn.execute(statement.encode())
        row = conn.execute(
            "select content -> 'workload' ->> 'name' from noetl.catalog"
            " where path = 't/sql'"
        ).fetchone()
    assert row == ("$json$ '; drop --",)


def test_status_list_and_events(cli: Cli, hello: Path) -> None:
    run = cli.json("run", hello)["execution_id"]
    status = cli.json("status", run)
    assert (status["status"], status["path"]) == ("completed", "t/hello")
    assert "completed" in cli("status", run).stdout
    assert cli.json("status", run, "--watch")["execution_id"] == run
    assert run in [entry["execution_id"] for entry in cli.json("list")]
    assert run not in cli("list", "--status", "failed").stdout
    lines = cli("events", run, "--json").stdout.splitlines()
    types = [json.loads(line)["event_type"] for line in lines]
    assert (types[0], types[-1]) == ("playbook.initialized", "playbook.completed")
    only = cli("events", run, "--type", "command.issued").stdout
    assert len(only.splitlines()) == types.count("command.issued")
    bogus = cli("events", run, "--type", "bogus", code=2)
    assert 'no event is of the type "bogus"' in bogus.stderr
    assert "hint: Types are: call.done, " in bogus.stderr


@pytest.mark.accept("P5.1-3")
def test_status_tells_counts_per_step_and_loop(cli: Cli) -> None:
    playbook = cli.write(
        "counts.yaml",
        """\
apiVersion: noetl.io/v2
kind: Playbook
metadata: { name: counts, path: t/counts }
workflow:
  - step: many
    loop: { in: [1, 2, 3], iterator: i, spec: { mode: parallel } }
    tool: { kind: noop }
    next: { arcs: [ { step: last } ] }
  - step: last
    tool: { kind: noop }
""",
    )
    status = cli.json("status", cli.json("run", playbook)["execution_id"])
    loop = status["loops"]["many"]
    assert (loop["total"], loop["done"], loop["completed"]) == (3, 3, True)
    assert status["steps"] == {
        step: {"status": "ok", "count": 1} for step in ("many", "last")
    }


def test_cancel_and_resume_of_a_finished_run(cli: Cli, hello: Path) -> None:
    run = cli.json("run", hello)["execution_id"]
    assert "completed already" in cli("cancel", run).stdout
    resumed = cli("resume", run)
    assert "nothing to do, it is completed already" in resumed.stderr
    assert json.loads(resumed.stdout) == json.loads(cli("run", hello).stdout)


def test_cancel_ends_a_run(cli: Cli, hello: Path) -> None:
    run = cli("run", hello, "--detach", "--workers", "0").stdout.strip()
    assert cli.json("status", run)["status"] == "running"
    assert "cancelled" in cli("cancel", run, "--reason", "enough").stdout
    found = cli.json("resume", run, code=1)
    assert found["status"] == "cancelled"
    assert "enough" in cli("status", run).stdout


WAITING = """
apiVersion: noetl.io/v2
kind: Playbook
metadata: { path: t/waiting }
workflow:
  - step: ask
    tool: { kind: wait, signal: approve }
    next: { arcs: [ { step: last } ] }
  - step: last
    tool: { kind: noop, result: "{{ ask.by }}" }
"""


def test_signal_ends_a_wait(cli: Cli) -> None:
    playbook = cli.write("waiting.yaml", WAITING)
    run = cli("run", playbook, "--detach", "--workers", "0").stdout.strip()
    assert 'signal "approve"' in cli("status", run).stdout
    assert "kept" in cli("signal", run, "other").stdout
    sent = ("signal", run, "approve", "--payload", '{"by": "kim"}', "--key", "1")
    assert "delivered" in cli(*sent).stdout
    assert "already" in cli(*sent).stdout
    assert cli.json("resume", run)["result"] == "kim"
    assert "has ended" in cli("signal", run, "approve").stdout


def test_pause_holds_a_run_until_it_is_resumed(cli: Cli, hello: Path) -> None:
    run = cli("run", hello, "--detach", "--workers", "0", "--priority", "9")
    run_id = run.stdout.strip()
    assert "paused" in cli("pause", run_id).stdout
    assert "paused already" in cli("pause", run_id).stdout
    assert cli.json("status", run_id)["status"] == "paused"
    assert [found["status"] for found in cli.json("list", "--status", "paused")] == [
        "paused"
    ]
    assert cli.json("resume", run_id)["status"] == "completed"
    assert "completed already" in cli("pause", run_id).stdout


FLAKY = """
apiVersion: noetl.io/v2
kind: Playbook
metadata: {{ path: t/flaky }}
workflow:
  - step: many
    loop: {{ in: [0, 1, 2], iterator: n }}
    tool:
      kind: shell
      cmds: "echo {{{{ iter.n }}}} >> {ran}; test {{{{ iter.n }}}} != 1 -o -e {flag}"
"""


def test_retry_runs_only_what_failed(cli: Cli, tmp_path: Path) -> None:
    ran, flag = tmp_path / "ran", tmp_path / "flag"
    playbook = cli.write("flaky.yaml", FLAKY.format(ran=ran, flag=flag))
    run = cli.json("run", playbook, code=1)["execution_id"]
    flag.touch()
    assert cli.json("retry", run)["status"] == "completed"
    assert ran.read_text().split() == ["0", "1", "1", "2"]
    again = cli("retry", run)
    assert "nothing to do, it is completed already" in again.stderr


def test_rebuild_tells_what_there_is(cli: Cli, hello: Path) -> None:
    run = cli("run", hello, "--detach", "--workers", "0").stdout.strip()
    assert f"execution {run}: running; " in cli("rebuild", run).stdout
    made = cli.json("rebuild", run)
    assert made["execution_id"] == run
    assert (made["status"], made["tokens"], made["commands"]) == ("running", 1, 1)


def test_unknown_credential_is_told_before_anything_runs(cli: Cli) -> None:
    text = HELLO.replace("t/hello", "t/cred").replace(
        'noop, result: "{{ workload }}"', "postgres, auth: nobody, command: select 1"
    )
    before = len(cli.json("list"))
    done = cli("run", cli.write("cred.yaml", text), code=2)
    assert "nobody" in done.stderr
    assert "noetl credential add" in done.stderr
    assert len(cli.json("list")) == before
    assert "t/cred" not in cli("playbook", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["status", "abc"], "is not an execution id"),
        (["status", "99999999999999999999"], "is not an execution id"),
        (["status", "-1"], "No such option"),
        (["status", "42"], "execution 42 does not exist"),
        (["events", "42"], "execution 42 does not exist"),
        (["cancel", "42"], "execution 42 does not exist"),
        (["rebuild", "42"], "no event tells of execution 42"),
        (["pause", "42"], "execution 42 does not exist"),
        (["retry", "42"], "execution 42 does not exist"),
        (["signal", "42", "go"], "execution 42 does not exist"),
        (["signal", "42", ""], "the name of a signal"),
        (["signal", "42", "go", "--payload", "{"], "--payload"),
        (["resume", "42"], "execution 42 does not exist"),
        (["run", "no/such"], 'no playbook is registered as "no/such"'),
        (["run", "none.yaml"], "none.yaml: no such file"),
        (["run", "/tmp"], "/tmp: is a directory"),
        (["run", "x@y"], "PATH@VERSION"),
        (["run", "x", "--set", "novalue"], "is not KEY=VALUE"),
        (["run", "x", "--set", "a..b=1"], "is not KEY=VALUE"),
        (["run", "x", "--set", "a=[1"], "--set a"),
        (["run", "x", "--set", "a=1", "--set", "a.b=2"], "a is a value"),
        (["run", "x", "--workload", "[1]"], "--workload"),
        (["run", "x", "--workload", '{"a": '], "--workload"),
        (["run", "x", "--workers", "-1"], "--workers"),
        (["credential", "add", "bad name!", "--kind", "k", "--set", "a=1"], "bad name"),
        (["credential", "add", "x", "--kind", "postgres"], "no fields"),
        (["credential", "add", "x", "--kind", "k", "--dsn", "foo bar"], "--dsn"),
        (["credential", "remove", "never"], '"never"'),
        (["db", "up", "--db", "postgresql://h/d"], "embedded"),
        (["list", "--db", "foo=bar baz"], "cannot be read"),
        (["nonsense"], "No such command"),
    ],
)
def test_bad_input(cli: Cli, arguments: list[str], words: str) -> None:
    done = cli(*arguments, code=2)
    assert words in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("command", ["list", "lint x.yaml", "run x", "db status"])
def test_unreachable_database_is_named_without_password(cli: Cli, command: str) -> None:
    dsn = "postgresql://me:hidden@127.0.0.1:9/elsewhere"
    done = cli(*command.split(), "--db", dsn, code=1)
    assert "127.0.0.1:9" in done.stderr
    assert "elsewhere" in done.stderr
    assert "hidden" not in done.stderr


def test_database_without_schema_is_told(cli: Cli, empty_database: str) -> None:
    done = cli("list", "--db", empty_database, code=1)
    assert "no NoETL schema" in done.stderr
    assert "noetl db deploy" in done.stderr
    cli("db", "status", "--db", empty_database, code=1)
    assert "+ functions" in cli("db", "deploy", "--db", empty_database).stdout
    assert "nothing" in cli("db", "deploy", "--db", empty_database).stdout
    cli("db", "status", "--db", empty_database)
    assert cli("list", "--db", empty_database).stdout == ""


def test_run_on_a_given_database(cli: Cli, database: str, hello: Path) -> None:
    found = cli.json("run", hello, "--db", database)
    assert found["status"] == "completed"
    with psycopg.connect(database) as conn:
        row = conn.execute("select count(*) from noetl.execution").fetchone()
    assert row == (1,)


def test_psql_and_url_reach_the_database(cli: Cli) -> None:
    done = cli("db", "psql", "-At", "-c", "select to_regclass('noetl.event')")
    assert done.stdout.strip() == "noetl.event"


def test_url_of_a_given_database_hides_the_password(cli: Cli) -> None:
    shown = cli("db", "url", "--db", "postgresql://me:hidden@h:1/d").stdout
    assert shown.strip() == "postgresql://me@h:1/d"


@pytest.mark.accept("D-4")
def test_one_command_for_everything(cli: Cli, hello: Path) -> None:
    """From the first look at a playbook to the last look at its run."""
    cli("lint", hello)
    cli("db", "status")
    cli("playbook", "register", hello)
    cli("credential", "add", "spare", "--kind", "http", "--set", "token=x")
    assert "spare" in cli("credential", "list").stdout
    cli("credential", "remove", "spare")
    run = cli.json("run", "t/hello")["execution_id"]
    assert cli.json("status", run)["status"] == "completed"
    assert cli("list").stdout.startswith(run)
    assert cli.json("workers") == []  # they ended with the run, in order
    assert "already" in cli("cancel", run).stdout
