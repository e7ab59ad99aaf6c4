"""A DBA deploys with plain sqitch, as a role with CREATEROLE and no superuser."""

from __future__ import annotations

import psycopg
import pytest

from tests.deploy.conftest import Target
from tools.schema_dump import dump_schema

pytestmark = pytest.mark.accept("D-2")


def our_objects(dsn: str) -> list[tuple[str]]:
    with psycopg.connect(dsn) as conn:
        return conn.execute(
            "select n.nspname::text from pg_namespace as n where n.nspname ~ '^noetl'"
            " union all select 'default privileges' from pg_default_acl"
        ).fetchall()


def test_deploy_status_verify_revert_and_deploy_again(target: Target) -> None:
    target.sqitch("deploy", "--verify")
    assert "Nothing to deploy (up-to-date)" in target.sqitch("status")
    assert "Verify successful" in target.sqitch("verify")
    assert "Nothing to deploy" in target.sqitch("deploy")
    first = dump_schema(target.server, target.dbname, functions=True)

    target.sqitch("revert", "-y")
    assert our_objects(target.dsn) == []
    target.sqitch("status", fails=True)  # sqitch's way to say that nothing is deployed

    target.sqitch("deploy", "--verify")
    assert "Verify successful" in target.sqitch("verify")
    assert dump_schema(target.server, target.dbname, functions=True) == first


def test_second_database_of_a_cluster_shares_the_roles(target: Target) -> None:
    target.sqitch("deploy", "--verify")
    with psycopg.connect(target.dsn, autocommit=True) as conn:
        conn.execute("create database second template template0")
    second = Target(target.server, "second")
    try:
        second.sqitch("deploy", "--verify")
        target.sqitch("revert", "-y")
        assert "Verify successful" in second.sqitch("verify")
    finally:
        with psycopg.connect(target.dsn, autocommit=True) as conn:
            conn.execute("drop database second with (force)")


def test_a_role_without_createrole_leaves_nothing_behind(target: Target) -> None:
    with psycopg.connect(target.server.dsn(), autocommit=True) as conn:
        conn.execute("create role plain login")
        conn.execute(f"alter database {target.dbname} owner to plain")
    plain = Target(target.server, target.dbname, user="plain")
    said = plain.sqitch("deploy", "--verify", fails=True)
    assert "permission denied" in said
    assert our_objects(target.dsn) == []
