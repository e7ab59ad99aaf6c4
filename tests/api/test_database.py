"""The database goes away and comes back; one of another version."""

from __future__ import annotations

import logging
import time

import httpx
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.api.conftest import Api, Serve, problem, serving, until
from tests.support.databases import Databases
from tests.support.postgres import Server


def test_away_is_503_at_once_and_back_is_noticed(
    own_server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "noetl_worker")
    dsn = Databases(own_server).create()
    with serving(dsn, wait_seconds=0.5) as server:
        api = Api(server.url, dsn)
        path = api.register()
        own_server.stop()
        for client, url in (
            (api.anybody, "/api/ready"),
            (api.reader, "/api/executions"),
            (api.operator, "/api/catalog"),
        ):
            began = time.monotonic()
            reply = client.get(url)
            assert problem(reply)["status"] == 503, url
            assert int(reply.headers["retry-after"]) >= 1
            assert reply.json()["hint"]
            assert time.monotonic() - began < 20
        assert api.anybody.get("/api/health").status_code == 200
        assert api.anybody.get("/metrics").status_code == 200
        own_server.start()
        until(lambda: api.anybody.get("/api/ready").status_code == 200)
        until(lambda: api.reader.get("/api/executions").status_code == 200)
        reply = api.operator.post("/api/executions", json={"path": path})
        assert reply.status_code == 201
        assert caplog.text.count("is away") == 1
        assert caplog.text.count("is back") == 1
        api.close()


def test_server_may_start_before_its_database(own_server: Server) -> None:
    dsn = Databases(own_server).create()
    own_server.stop()
    with serving(dsn, auth=False, wait_seconds=0.5) as server:
        own_server.start()
        api = Api(server.url, dsn)
        until(lambda: api.anybody.get("/api/catalog").status_code == 200)
        api.close()


def test_ready_says_what_to_upgrade(api: Api) -> None:
    assert api.anybody.get("/api/ready").json() == {"status": "ok", "api_version": 1}
    for version, words in ((2, "Upgrade this program"), (0, "Upgrade the database")):
        api.conn.execute(
            "create or replace function noetl.api_version() returns integer"
            f" language sql immutable as 'select {version}'"
        )
        told = problem(api.anybody.get("/api/ready"))
        assert told["status"] == 503
        assert words in told["hint"]


def test_role_of_the_api_needs_five_roles_only(own_server: Server) -> None:
    databases = Databases(own_server)
    dsn = databases.create()
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("create role noetl_api login")
        conn.execute(
            "grant noetl_author, noetl_runner, noetl_operator, noetl_worker,"
            " noetl_reader to noetl_api"
        )
    with serving(make_conninfo(dsn, user="noetl_api")) as server:
        api = Api(server.url, dsn)
        path = api.register({"step": "gate", "tool": {"kind": "wait", "signal": "go"}})
        execution_id = api.start(path)
        url = f"/api/executions/{execution_id}"
        for client, call in (
            (api.anybody, "/api/ready"),
            (api.reader, "/api/catalog"),
            (api.reader, "/api/executions"),
            (api.reader, "/api/workers"),
            (api.reader, url),
            (api.reader, f"{url}/events"),
        ):
            assert client.get(call).status_code == 200, call
        for call in ("/trace/x", "/../../commands/1"):
            assert api.reader.get(url + call).json()["code"] == "NE404", call
        assert api.operator.post(f"{url}/signal", json={"name": "x"}).status_code == 200
        for verb in ("pause", "resume", "cancel", "retry"):
            reply = api.operator.post(f"{url}/{verb}")
            assert reply.json() == {"changed": True}, verb
        api.close()
    databases.end(dsn)


def test_database_without_schema_is_503(empty_database: str, serve: Serve) -> None:
    api = serve(empty_database, auth=False)
    reply = httpx.get(f"{api}/api/ready")
    assert problem(reply)["status"] == 503


def test_lock_that_is_held_for_long_is_503(api: Api) -> None:
    execution_id = api.start(
        api.register({"step": "gate", "tool": {"kind": "wait", "signal": "go"}})
    )
    with api.conn.transaction():
        api.conn.execute(
            "select pg_advisory_xact_lock(noetl_internal.lock_key('run', %s))",
            (int(execution_id),),
        )
        reply = api.operator.post(f"/api/executions/{execution_id}/cancel")
        assert problem(reply)["code"] == "55P03"
        assert reply.status_code == 503
    reply = api.operator.post(f"/api/executions/{execution_id}/cancel")
    assert reply.json() == {"changed": True}
