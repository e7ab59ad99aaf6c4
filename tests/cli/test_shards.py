"""``noetl shards``."""

from __future__ import annotations

import psycopg

from tests.cli.support import Cli, wait_for

WAITING = """
apiVersion: noetl.io/v2
kind: Playbook
metadata: { name: t/shards, path: t/shards }
workflow:
  - step: wait
    tool: { kind: wait, signal: go }
"""


def test_shards_are_a_dispatchers_or_the_workers(cli: Cli, database: str) -> None:
    listed = cli.json("shards", "--db", database)
    assert [shard["shard"] for shard in listed] == list(range(16))
    assert {shard["owner"] for shard in listed} == {None}

    options = ("--db", database, "--name", "d1")
    with cli.start("dispatcher", *options):
        wait_for(
            lambda: {s["owner"] for s in cli.json("shards", "--db", database)} == {"d1"}
        )
        statement = cli("playbook", "sql", cli.write("shards.yaml", WAITING)).stdout
        with psycopg.connect(database, autocommit=True) as conn:
            conn.execute(statement.encode())
            row = conn.execute(
                "select noetl_internal.shard_of(noetl.start_execution('t/shards'))"
            ).fetchone()
        assert row is not None
        wait_for(lambda: cli.json("shards", "--db", database)[row[0]]["checkpoint_at"])
        line = cli("shards", "--db", database).stdout.splitlines()[row[0]].split("\t")
        assert line[:2] == [str(row[0]), "d1"]
        assert line[2].endswith(" ms")
        assert line[4] == "1"
