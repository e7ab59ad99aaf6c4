"""All of NoETL behind a pgbouncer that pools transactions; what cannot be there says so."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.api.test_process import url_in
from tests.cli.conftest import home
from tests.cli.support import Cli
from tests.pooler.conftest import PooledLab
from tests.results.transfers import digest, flow, make_orders
from tests.support.databases import Databases
from tests.support.pgbouncer import Pgbouncer, running_pgbouncer, shipped

LOOP = """
- step: many
  loop:
    in: "{{ range(300) | list }}"
    iterator: n
    spec: { mode: parallel, max_in_flight: 40 }
  tool: { kind: noop, result: "{{ iter.n }}" }
  next: { arcs: [ { step: wait } ] }
- step: wait
  tool: { kind: wait, duration: 0.2 }
  next: { arcs: [ { step: total } ] }
- step: total
  tool: { kind: noop, result: "{{ many.results | sum }}" }
"""
SAME_SQL = """
- step: rows
  loop:
    in: "{{ range(300) | list }}"
    iterator: n
    spec: { mode: parallel, max_in_flight: 10 }
  tool:
    kind: postgres
    auth: pooled
    command: "insert into taken (n) values (%(n)s)"
    params: { n: "{{ iter.n }}" }
"""
EXPORT = """
- step: rows
  loop:
    in: "{{ range(12) | list }}"
    iterator: n
    spec: { mode: parallel }
  tool:
    kind: postgres
    auth: pooled
    command: "select o.id, o.amount, o.name from orders as o"
    result: { format: parquet }
"""
PLAYBOOK = """\
apiVersion: noetl.io/v2
kind: Playbook
metadata: { name: pooled, path: tests/pooled }
workflow:
"""
A_POOLER = "a pooler is between this process and the database"


def playbook(workflow: str) -> str:
    return PLAYBOOK + "".join(f"  {line}\n" for line in workflow.strip().splitlines())


@pytest.fixture
def cli(pooled: PooledLab) -> Iterator[Cli]:
    with home() as path:
        yield Cli(path, dict(pooled.variables))


def test_runs_of_workers_and_dispatchers(pooled: PooledLab) -> None:
    """With a minute between two polls: each doorbell is heard."""
    variables = {**pooled.variables, "NOETL_POLL_SECONDS": "60"}
    pooled.worker("d1", "noetl_shell", ("dispatcher", "--name", "d1"), **variables)
    pooled.until(lambda: pooled.count("select count(*) from noetl.runtime") == 1)
    for name in ("one", "two"):
        pooled.worker(name, **variables)
    pooled.until(lambda: pooled.count("select count(*) from noetl.runtime") == 3)
    for _ in range(2):
        status = pooled.run(LOOP)
        assert (status["status"], status["result"]) == ("completed", sum(range(300)))
    for process in reversed(pooled.workers):
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    for name in ("one", "two", "d1"):
        assert A_POOLER not in pooled.log(name)
        assert "WARNING" not in pooled.log(name)


def test_http_api_and_workers_over_it(pooled: PooledLab, cli: Cli) -> None:
    token = cli("token", "add", "all", "--scope", "operator", "--scope", "worker")
    key = token.stdout.strip()
    options = ("dispatcher", "--listen", "127.0.0.1:0")
    pooled.worker("d1", "noetl_shell", options, **pooled.variables)
    url = url_in(pooled.home / "d1.log")
    pooled.worker(
        "one",
        NOETL_DB="",
        NOETL_EVENT_TRANSPORT="http",
        NOETL_API_URL=url,
        NOETL_API_TOKEN=key,
    )
    execution_id = pooled.start(LOOP)
    status = pooled.wait(execution_id)
    assert (status["status"], status["result"]) == ("completed", sum(range(300)))
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=url, headers=headers) as client:
        assert client.get("/api/ready").status_code == 200
        shown = client.get(f"/api/executions/{execution_id}").json()
        assert shown["status"] == "completed"
        assert shown["started_at"].endswith("+00:00")


def test_command_line(cli: Cli) -> None:
    file = cli.write("pooled.yaml", playbook(LOOP))
    done = cli.json("run", file, "--workers", "2")
    assert done["result"] == sum(range(300))
    execution_id = done["execution_id"]
    assert cli.json("status", execution_id)["status"] == "completed"
    assert cli("events", execution_id).stdout
    cli("rebuild", execution_id)
    cli("db", "maintenance")


def test_tools_whose_database_is_behind_it(
    pooled: PooledLab, pooler: Pgbouncer
) -> None:
    make_orders(pooled, 3000)
    pooled.conn.execute("create table copied (like orders including all)")
    pooled.credential("pooled", {"dsn": pooler.dsn})
    pooled.worker(**pooled.variables)
    pooled.conn.execute("create table taken (n integer primary key)")
    for workflow in (SAME_SQL, EXPORT):
        status = pooled.run(workflow)
        assert status["status"] == "completed", status["error"]
    assert pooled.count("select count(*) from taken") == 300
    postgres = {"type": "postgres", "auth": "pooled"}
    source, target = ({**postgres, "table": name} for name in ("orders", "copied"))
    status = pooled.run(flow(source=source, target=target, chunk_size=100))
    assert status["status"] == "completed", status["error"]
    assert digest(pooled, "copied") == digest(pooled, "orders")


def test_pooler_sets_what_a_process_would(pooler: Pgbouncer, cli: Cli) -> None:
    """On each of its connections to the server, also after our commands used them."""
    cli("list")
    with ExitStack() as stack:
        for _ in range(4):
            conn = stack.enter_context(
                psycopg.connect(pooler.dsn, prepare_threshold=None)
            )
            shown = [
                conn.execute(f"show {name}".encode()).fetchall()[0][0]
                for name in ("lock_timeout", "statement_timeout", "timezone")
            ]
            assert shown == ["5s", "1min", "UTC"]


def test_process_that_was_not_told_says_what_to_do(cli: Cli) -> None:
    del cli.environment["NOETL_DB_PREPARE"]
    for command in ("list", "worker", "dispatcher"):
        told = cli(command, code=1).stderr
        assert "is a pgbouncer" in told
        assert "NOETL_DB_PREPARE=0" in told


def test_worker_that_cannot_listen_says_so_and_polls(pooled: PooledLab) -> None:
    pooled.worker(**{**pooled.variables, "NOETL_DB_DIRECT": ""})
    assert pooled.run(LOOP)["status"] == "completed"
    assert A_POOLER in pooled.log()


def test_deploying_goes_to_the_server_itself(
    databases: Databases, empty_database: str, tmp_path: Path
) -> None:
    with home() as path, running_pgbouncer(databases.server, empty_database) as pooler:
        cli = Cli(path, {"NOETL_DB": pooler.dsn, "NOETL_DB_PREPARE": "0"})
        refused = cli("db", "deploy", code=1).stderr
        assert "a pooler is between" in refused
        assert "NOETL_DB_DIRECT" in refused
        cli.environment["NOETL_DB_DIRECT"] = empty_database
        assert "+ functions" in cli("db", "deploy").stdout
        assert cli("db", "deploy").stdout == "nothing to deploy\n"
        assert cli.json("db", "status")["deployed"]


def test_direct_address_is_not_that_of_another_database(
    databases: Databases, empty_database: str, cli: Cli
) -> None:
    """NOETL_DB_DIRECT belongs to NOETL_DB: ``--db`` deploys where it says."""
    cli("db", "deploy", "--db", empty_database)
    with psycopg.connect(empty_database) as conn:
        assert conn.execute("select noetl.api_version()").fetchone() is not None


def test_shipped_file_pools_transactions() -> None:
    config = shipped()
    assert config["pgbouncer"]["pool_mode"] == "transaction"
    ignored = config["pgbouncer"]["ignore_startup_parameters"]
    assert "options" not in re.split(r",\s*", ignored)
    assert json.dumps(dict(config["databases"])).count("connect_query") == 1
