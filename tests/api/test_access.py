"""Tokens: who may call what, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import httpx
import pytest

from tests.api.conftest import Api, Serve, opened, playbook, problem, until
from tests.support.databases import Databases


@pytest.fixture(scope="module")
def api(databases: Databases) -> Iterator[Api]:
    with opened(databases) as shared:
        yield shared


OPEN = ("/api/health", "/api/ready", "/metrics", "/api/openapi.json")


def challenged(reply: httpx.Response) -> str:
    assert reply.status_code == 401
    assert problem(reply)["hint"]
    return reply.headers["www-authenticate"]


def test_every_call_but_health_needs_a_token(api: Api) -> None:
    description = api.anybody.get("/api/openapi.json").json()
    tried = 0
    for path, operations in description["paths"].items():
        for method in operations:
            url = path.replace("{execution_id}", "1").replace("{event_id}", "1")
            reply = api.anybody.request(method, url.replace("{step}", "a"))
            if path in OPEN:
                assert reply.status_code == 200, path
            else:
                assert challenged(reply) == "Bearer", path
            tried += 1
    assert tried >= 18


def test_unknown_token_is_refused(api: Api) -> None:
    for header in ("Bearer nonsense", "Bearer", "Basic YTpi", "Bearer é"):
        reply = api.anybody.get(
            "/api/workers", headers=[(b"Authorization", header.encode())]
        )
        assert challenged(reply).startswith("Bearer"), header


def test_scopes_are_kept_apart(api: Api) -> None:
    start = {"path": api.register()}
    assert api.operator.post("/api/executions", json=start).status_code == 201
    assert api.operator.get("/api/executions").status_code == 200
    assert api.reader.get("/api/executions").status_code == 200
    for client in (api.reader, api.worker):
        for url, body in (
            ("/api/executions", start),
            ("/api/playbooks", playbook("p")),
            ("/api/executions/1/cancel", {}),
            ("/api/executions/1/signal", {"name": "go"}),
        ):
            reply = client.post(url, json=body)
            assert problem(reply)["status"] == 403, url
            assert 'scope="operator"' in reply.headers["www-authenticate"]
    assert problem(api.worker.get("/api/executions"))["status"] == 403


def test_token_is_asked_for_before_the_body_is_read(api: Api) -> None:
    reply = api.anybody.post("/api/executions", content=b"no json")
    assert reply.status_code == 401


def test_revoked_token_stops_working_within_seconds(api: Api) -> None:
    client = api.client(api.token("reader", name="leaver"))
    assert client.get("/api/executions").status_code == 200
    row = api.conn.execute("select noetl.revoke_api_token('leaver')").fetchone()
    assert row == (True,)
    until(lambda: client.get("/api/executions").status_code == 401, 30)


def test_expired_token_is_refused(api: Api) -> None:
    token = "a" * 40
    api.conn.execute(
        "select noetl.add_api_token('brief', %s, '{reader}', now() + interval '10 s')",
        (sha256(token.encode()).digest(),),
    )
    client = api.client(token)
    assert client.get("/api/executions").status_code == 200
    until(lambda: client.get("/api/executions").status_code == 401, 60)


def test_use_is_noted_and_hash_only_is_kept(api: Api) -> None:
    token = api.token("reader", name="noted")
    api.client(token).get("/api/executions")
    row = api.conn.execute(
        "select t.last_used_at is not null, t::text like %s"
        " from noetl.api_token as t where t.name = 'noted'",
        (f"%{token}%",),
    ).fetchone()
    assert row == (True, False)


def test_without_tokens_everybody_may_do_everything(api: Api, serve: Serve) -> None:
    client = api.client(url=serve(api.dsn, auth=False))
    assert client.get("/api/executions").status_code == 200
    reply = client.post("/api/playbooks", json=playbook("free"))
    assert reply.status_code == 201


@pytest.mark.parametrize(
    ("scopes", "may"), [(("worker",), False), (("worker", "reader"), True)]
)
def test_scopes_add_up(api: Api, scopes: tuple[str, ...], may: bool) -> None:
    reply = api.client(api.token(*scopes)).get("/api/executions")
    assert reply.status_code == (200 if may else 403)
