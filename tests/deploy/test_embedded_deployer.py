"""The shell's deployer and sqitch leave the same schema and the same registry."""

from __future__ import annotations

import psycopg
import pytest

from noetl_shell.embedded.deployer import deploy
from tests.deploy.conftest import Target
from tools.schema import plan_changes
from tools.schema_dump import dump_schema

REGISTRY = (
    (
        "select change_id, script_hash, change, project, note, planned_at, planner_name,"
        " planner_email from sqitch.changes order by planned_at"
    ),
    (
        "select change_id, type, dependency, dependency_id from sqitch.dependencies"
        " order by change_id, dependency"
    ),
    "select project, uri from sqitch.projects",
    "select tag_id, tag, project, change_id, note from sqitch.tags order by tag",
    (
        "select event, change_id, change, project, note, requires, conflicts, tags"
        " from sqitch.events order by planned_at, event"
    ),
)


def registry(dsn: str) -> list[list[tuple[object, ...]]]:
    with psycopg.connect(dsn) as conn:
        return [conn.execute(query.encode()).fetchall() for query in REGISTRY]


@pytest.mark.accept("D-2")
def test_both_leave_the_same(target: Target) -> None:
    with psycopg.connect(target.dsn, autocommit=True) as conn:
        assert deploy(conn) == plan_changes()
    ours = dump_schema(target.server, target.dbname, functions=True)
    our_registry = registry(target.dsn)
    assert "Nothing to deploy (up-to-date)" in target.sqitch("status")
    assert "Verify successful" in target.sqitch("verify")
    assert "Nothing to deploy" in target.sqitch("deploy")

    target.sqitch("revert", "-y")
    with psycopg.connect(target.dsn, autocommit=True) as conn:
        conn.execute("drop schema sqitch cascade")
    target.sqitch("deploy", "--verify")
    assert dump_schema(target.server, target.dbname, functions=True) == ours
    assert registry(target.dsn) == our_registry


def test_deploying_twice_does_nothing(target: Target) -> None:
    with psycopg.connect(target.dsn, autocommit=True) as conn:
        deploy(conn)
        assert deploy(conn) == []


def test_it_continues_what_sqitch_began(target: Target) -> None:
    changes = plan_changes()
    target.sqitch("deploy", "--verify", "--to", changes[3])
    with psycopg.connect(target.dsn, autocommit=True) as conn:
        assert deploy(conn) == changes[4:]
    assert "Nothing to deploy (up-to-date)" in target.sqitch("status")
