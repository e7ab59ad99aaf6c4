"""A secret is usable by playbooks, and to be found nowhere."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from psycopg import sql

from tests.cli.support import Cli

SECRET = "correct-horse-battery"


def use(cli: Cli, name: str, command: str) -> Path:
    return cli.write(
        "use.yaml",
        f"""
apiVersion: noetl.io/v2
kind: Playbook
metadata: {{ name: use, path: t/use }}
workflow:
  - step: ask
    tool: {{ kind: postgres, auth: {name}, command: "{command}" }}
""",
    )


@pytest.mark.parametrize("name", ["pg_local", "pg_k8s", "engine"])
def test_local_names_cannot_touch_the_engine(cli: Cli, name: str) -> None:
    found = cli.json("run", use(cli, name, "create table if not exists mine (n int);"
                                " insert into mine values (1);"
                                " select current_user as me"))  # fmt: skip
    assert found["result"]["rows"] == [{"me": "noetl_data"}]
    for command in (
        "select * from noetl.event",
        "select noetl.start_execution('t/use')",
        "set role noetl_owner",
        "create schema noetl_internal_2 authorization noetl_owner",
    ):
        found = cli.json("run", use(cli, name, command), code=1)
        assert found["error"]["code"] == "42501", command


def test_own_definition_wins(cli: Cli) -> None:
    url = cli("db", "url").stdout.strip()
    dsn = url.replace("postgres@", f"noetl_data:{SECRET}@")
    cli("credential", "add", "pg_k8s", "--kind", "postgres", "--dsn",
        f"{dsn}&application_name=mine")  # fmt: skip
    cli("db", "up")
    shown = "select current_setting('application_name') as name"
    found = cli.json("run", use(cli, "pg_k8s", shown))
    assert found["result"]["rows"] == [{"name": "mine"}]
    cli("credential", "remove", "pg_k8s")
    cli("db", "up")
    assert "pg_k8s" in cli("credential", "list").stdout


def test_secret_is_nowhere_in_clear(cli: Cli) -> None:
    url = cli("db", "url").stdout.strip()
    dsn = url.replace("postgres@", f"noetl_data:{SECRET}@")
    added = cli(
        *("credential", "add", "mine", "--kind", "postgres", "--file", "-"),
        stdin=f"dsn: {dsn}\nnote: {SECRET}\n",
    )
    used = cli("run", use(cli, "mine", "select 1 as n"))
    failed = cli("run", use(cli, "mine", "select wrong"), code=1)
    listed = cli("credential", "list", "--json")
    for done in (added, used, failed, listed):
        assert SECRET not in done.stdout + done.stderr
    with cli.connect() as conn:
        tables = conn.execute(
            "select oid::regclass::text from pg_class where relkind in ('r', 'm')"
            " and relnamespace = 'noetl'::regnamespace"
        ).fetchall()
        assert len(tables) > 10
        for (table,) in tables:
            found = conn.execute(
                sql.SQL("select count(*) from {} as t where t::text like %s").format(
                    sql.SQL(table)
                ),
                [f"%{SECRET}%"],
            ).fetchone()
            assert found == (0,), table
    done = subprocess.run(
        ["grep", "-rl", SECRET, cli.home], capture_output=True, text=True, check=False
    )
    assert done.stdout == "", "in a file under NOETL_HOME"


def test_key_file_is_private_and_its_change_is_mended(own_cli: Cli) -> None:
    own_cli("db", "up")
    key = own_cli.home / "encryption.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.unlink()
    found = own_cli.json("run", use(own_cli, "pg_local", "select 1 as n"))
    assert found["result"]["rows"] == [{"n": 1}]


def test_prompted_field_is_not_echoed(cli: Cli) -> None:
    done = cli(
        *("credential", "add", "asked", "--kind", "http", "--prompt", "token"),
        stdin=f"{SECRET}\n",
    )
    assert "asked added" in done.stdout
    assert SECRET not in done.stdout + done.stderr
    cli("credential", "remove", "asked")


def test_bad_dsn_is_not_repeated(cli: Cli) -> None:
    done = cli("credential", "add", "x", "--kind", "postgres",
               "--dsn", f"password={SECRET} broken", code=2)  # fmt: skip
    assert SECRET not in done.stderr
