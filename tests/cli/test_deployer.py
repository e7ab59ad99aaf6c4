"""The deployer and sqitch must each accept, continue and verify what the other left."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from noetl_shell.embedded.deployer import DeployError, deploy, is_deployed
from noetl_shell.embedded.plan import PlanError, read_plan
from noetl_shell.resources import sql_root
from tests.cli.support import wait_for
from tests.support.postgres import Server

PLAN = """\
%syntax-version=1.0.0
%project=toy
%uri=https://toy.example/

base 2026-01-01T00:00:00Z Ada Löv <ada@toy.example> # The first: café.
second [base] 2026-01-02T00:00:00Z Ada Löv <ada@toy.example> # Line one\\nline two
@v1 2026-01-03T00:00:00Z Ada Löv <ada@toy.example> # Release one.

second [second@v1 base] 2026-01-04T00:00:00Z Bob <bob@toy.example> # Rework.
last [base second] 2026-01-05T00:00:00Z Bob <bob@toy.example>
@v2 2026-01-06T00:00:00Z Bob <bob@toy.example>
"""
SCRIPTS = {
    "base": "create schema toy authorization toy_owner;",
    "second@v1": "create table toy.t (n integer);",
    "second": "alter table toy.t add m integer;",
    "last": "set local role toy_owner;\nset local search_path = toy;\n"
    "create table u (n integer);",
}
NAMES = ["base", "second", "second", "last"]


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    (tmp_path / "sqitch.plan").write_text(PLAN)
    (tmp_path / "sqitch.conf").write_text(
        "[core]\nengine = pg\ntop_dir = sql\nplan_file = sqitch.plan\n"
    )
    for folder in ("deploy", "verify", "revert"):
        (tmp_path / "sql" / folder).mkdir(parents=True)
    for name, sql in SCRIPTS.items():
        script = f"-- Deploy {name}\nbegin;\n\n{sql}\n\ncommit;\n"
        (tmp_path / f"sql/deploy/{name}.sql").write_text(script)
        (tmp_path / f"sql/verify/{name}.sql").write_text("select 1 from toy.t;\n")
    (tmp_path / "sql/verify/base.sql").write_text("select 'toy'::regnamespace;\n")
    return tmp_path


@pytest.fixture
def target(empty_database: str) -> str:
    with psycopg.connect(empty_database, autocommit=True) as conn:
        conn.execute(
            "do $$ begin create role toy_owner;"
            " exception when duplicate_object then null; end $$"
        )
        conn.execute(f"grant create on database {conn.info.dbname} to toy_owner")
    return empty_database


def sqitch(server: Server, root: Path, dsn: str, *arguments: str) -> str:
    if shutil.which("sqitch") is None:
        pytest.skip("sqitch is not installed: apt-get install sqitch libdbd-pg-perl")
    name = conninfo_to_dict(dsn)["dbname"]
    done = subprocess.run(
        ["sqitch", *arguments, f"db:pg:{name}"],
        cwd=root,
        env={**server.environment(str(name)), "PATH": os.environ["PATH"]},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def registry(dsn: str) -> dict[str, list[Any]]:
    """Everything in the registry but who did it and when, in deploy order."""
    queries = {
        "changes": "select change_id, script_hash, change, project, note, planned_at,"
        " planner_name, planner_email from sqitch.changes order by committed_at",
        "tags": "select tag_id, tag, project, change_id, note, planned_at,"
        " planner_name, planner_email from sqitch.tags order by tag",
        "dependencies": "select * from sqitch.dependencies order by 1, 3",
        "events": "select event, change_id, change, project, note, requires, conflicts,"
        " tags, planned_at, planner_name, planner_email"
        " from sqitch.events order by committed_at",
        "projects": "select project, uri from sqitch.projects",
        "releases": "select version from sqitch.releases",
        "columns": "select table_name, column_name, data_type, is_nullable,"
        " column_default from information_schema.columns"
        " where table_schema = 'sqitch' order by table_name, ordinal_position",
        "constraints": "select conrelid::regclass::text,"
        " pg_get_constraintdef(oid, true) from pg_constraint"
        " where connamespace = 'sqitch'::regnamespace and contype <> 'n' order by 1, 2",
    }
    with psycopg.connect(dsn) as conn:
        return {name: conn.execute(query).fetchall() for name, query in queries.items()}


def apply(dsn: str, root: Path) -> list[str]:
    with psycopg.connect(dsn) as conn:
        return deploy(conn, root)


def shorten(root: Path) -> str:
    """Cut the plan after its second change, as if the rest came with an upgrade."""
    path = root / "sqitch.plan"
    path.write_text(PLAN.split("@v1")[0])
    (root / "sql/deploy/second.sql").rename(root / "sql/deploy/kept")
    (root / "sql/deploy/second@v1.sql").rename(root / "sql/deploy/second.sql")
    return PLAN


def lengthen(root: Path) -> None:
    (root / "sql/deploy/second.sql").rename(root / "sql/deploy/second@v1.sql")
    (root / "sql/deploy/kept").rename(root / "sql/deploy/second.sql")
    (root / "sqitch.plan").write_text(PLAN)


def test_registry_is_what_sqitch_writes(
    toy: Path, target: str, server: Server, databases: Any
) -> None:
    assert apply(target, toy) == NAMES
    other = databases.create_empty()
    sqitch(server, toy, other, "deploy")
    for name, rows in registry(target).items():
        assert rows == registry(other)[name], name
    databases.drop(other)


def test_sqitch_agrees_afterwards(toy: Path, target: str, server: Server) -> None:
    apply(target, toy)
    assert "Nothing to deploy" in sqitch(server, toy, target, "status")
    assert "Verify successful" in sqitch(server, toy, target, "verify")
    assert "Nothing to deploy" in sqitch(server, toy, target, "deploy")


def test_sqitch_continues_what_we_began(toy: Path, target: str, server: Server) -> None:
    shorten(toy)
    assert apply(target, toy) == ["base", "second"]
    lengthen(toy)
    sqitch(server, toy, target, "deploy")
    assert apply(target, toy) == []
    assert "Verify successful" in sqitch(server, toy, target, "verify")


def test_we_continue_what_sqitch_began(toy: Path, target: str, server: Server) -> None:
    shorten(toy)
    sqitch(server, toy, target, "deploy")
    lengthen(toy)
    assert apply(target, toy) == ["second", "last"]
    assert "Verify successful" in sqitch(server, toy, target, "verify")
    assert "Nothing to deploy" in sqitch(server, toy, target, "status")


def test_again_does_nothing(toy: Path, target: str) -> None:
    apply(target, toy)
    before = registry(target)
    assert apply(target, toy) == []
    assert registry(target) == before
    with psycopg.connect(target) as conn:
        assert is_deployed(conn, toy)


def waiting(conn: psycopg.Connection[Any]) -> int:
    """How many sessions wait for sqitch's lock."""
    row = conn.execute(
        "select count(*) from pg_locks where locktype = 'advisory' and not granted"
        " and objid = 75474063 and database ="
        " (select oid from pg_database where datname = current_database())"
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_two_at_once_deploy_once(toy: Path, target: str) -> None:
    with psycopg.connect(target, autocommit=True) as holder:
        holder.execute("select pg_advisory_lock(75474063)")
        applied: list[list[str]] = []
        threads = [
            threading.Thread(target=lambda: applied.append(apply(target, toy)))
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        wait_for(lambda: waiting(holder) == 2)
        holder.execute("select pg_advisory_unlock(75474063)")
        for thread in threads:
            thread.join()
    assert sorted(applied) == [[], NAMES]


def test_failing_change_leaves_the_ones_before(toy: Path, target: str) -> None:
    script = toy / "sql/deploy/last.sql"
    good = script.read_text()
    script.write_text("begin;\ncreate table toy.x (n integer);\nbroken;\ncommit;\n")
    with pytest.raises(DeployError, match=r"change last failed \(last\.sql:3\)"):
        apply(target, toy)
    with psycopg.connect(target) as conn:
        row = conn.execute("select to_regclass('toy.x'), count(*) from sqitch.changes")
        assert row.fetchone() == (None, 3)
    script.write_text(good)
    assert apply(target, toy) == ["last"]


def test_script_settings_end_with_the_script(toy: Path, target: str) -> None:
    """A script's role and path must not own or hide the registry's rows."""
    apply(target, toy)
    with psycopg.connect(target) as conn:
        row = conn.execute(
            "select relowner::regrole::text from pg_class where oid = 'toy.u'::regclass"
        ).fetchone()
    assert row == ("toy_owner",)


def test_strange_database_is_refused(toy: Path, target: str) -> None:
    apply(target, toy)
    (toy / "sqitch.plan").write_text(PLAN.replace("The first", "Another first"))
    with pytest.raises(DeployError, match="not in this plan"):
        apply(target, toy)


def test_edited_unreleased_change_is_refused(toy: Path, target: str) -> None:
    (toy / "sqitch.plan").write_text(PLAN.rsplit("@v2", 1)[0])
    apply(target, toy)
    script = toy / "sql/deploy/last.sql"
    script.write_text(script.read_text().replace("commit;", "-- more\ncommit;"))
    with pytest.raises(DeployError, match=r"edited since .*: last"):
        apply(target, toy)
    (toy / "sqitch.plan").write_text(PLAN)  # released: no more our business
    assert apply(target, toy) == []


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ("base 2026-01-01T00:00:00Z A <a@b>\n", "%project pragma is missing"),
        ("%project=x\n\na [!b] 2026-01-01T00:00:00Z A <a@b>\n", "conflict"),
        ("%project=x\n\nbase\n", "plan:3: not a change"),
        ("%project=x\n\n@v1 2026-01-01T00:00:00Z A <a@b>\n", "before the first change"),
    ],
)
def test_broken_plan_names_the_place(tmp_path: Path, plan: str, message: str) -> None:
    (tmp_path / "sqitch.plan").write_text(plan)
    with pytest.raises(PlanError, match=message):
        read_plan(tmp_path)


def test_missing_script_names_the_change(toy: Path, target: str) -> None:
    (toy / "sql/deploy/last.sql").unlink()
    with pytest.raises(PlanError, match="change last: cannot read"):
        apply(target, toy)


def test_sqitch_verifies_our_own_schema(empty_database: str, server: Server) -> None:
    root = sql_root()
    assert apply(empty_database, root)[0] == "roles"
    assert "Nothing to deploy" in sqitch(server, root, empty_database, "status")
    assert "Verify successful" in sqitch(server, root, empty_database, "verify")
    assert apply(empty_database, root) == []
