"""Bad input: always a problem with a hint, never a 500 or a hang."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from psycopg.conninfo import make_conninfo

from tests.api.conftest import Api, Serve, opened, playbook, problem
from tests.support.databases import Databases

BIGGEST = 2**63 - 1


@pytest.fixture(scope="module")
def api(databases: Databases) -> Iterator[Api]:
    with opened(databases) as shared:
        yield shared


def post(
    api: Api, url: str, content: bytes | str, media: str = "application/json"
) -> Any:
    return problem(
        api.operator.post(url, content=content, headers={"Content-Type": media})
    )


def test_unknown_execution_is_404_everywhere(api: Api) -> None:
    for path in ("", "/events", "/trace/a", "/stream"):
        reply = api.reader.get(f"/api/executions/17{path}")
        assert problem(reply)["code"] == "NE404", path
        assert reply.status_code == 404, path
    for verb in ("cancel", "pause", "resume", "retry"):
        reply = api.operator.post(f"/api/executions/17/{verb}")
        assert problem(reply)["code"] == "NE404", verb
    reply = api.operator.post("/api/executions/17/signal", json={"name": "go"})
    assert problem(reply)["code"] == "NE404"
    assert problem(api.reader.get("/api/commands/17"))["code"] == "NE404"
    assert post(api, "/api/executions", '{"path": "nobody"}')["code"] == "NE404"


@pytest.mark.parametrize("text", ["0", "-1", "x", "1e3", "9" * 20, "１", "1%00", "1 "])
def test_bad_ids_are_refused(api: Api, text: str) -> None:
    for url in (f"/api/executions/{text}", f"/api/commands/{text}"):
        assert api.reader.get(url).status_code == 422, url
    cancel = api.operator.post(f"/api/executions/{text}/cancel")
    assert cancel.status_code == 422


def test_ids_out_of_range_are_refused(api: Api) -> None:
    assert api.reader.get(f"/api/executions/{BIGGEST}").status_code == 404
    reply = problem(api.reader.get(f"/api/executions/{BIGGEST + 1}"))
    assert (reply["status"], reply["code"]) == (422, "22003")
    listed = api.reader.get("/api/executions", params={"parent": str(BIGGEST + 1)})
    assert listed.status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '"path"',
        '{"path": 1}',
        '{"path": ""}',
        '{"path": "p", "other": 1}',
        '{"path": "p", "path": "q"}',
        '{"path": "p", "workload": []}',
        '{"path": "p", "workload": {"n": NaN}}',
        '{"path": "p", "workload": {"n": 1e999}}',
        '{"path": "p", "workload": {"n": "\\u0000"}}',
        '{"path": "p", "workload": {"n": "\\ud800"}}',
        '{"path": "a\\u0000b"}',
        '{"path": "\\ud800"}',
        '{"path": "p", "priority": 10}',
        '{"path": "p", "priority": "5"}',
        '{"path": "p", "version": 0}',
        '{"path": "p", "workload": {"n": %s}}' % ("9" * 5000),
        '{"path": "p", "workload": {"n": %s}}' % ("[" * 900 + "]" * 900),
        "[" * 100_000,
        b'{"path": "\xff"}',
    ],
    ids=str,
)
def test_bad_bodies_are_refused(api: Api, body: str | bytes) -> None:
    told = post(api, "/api/executions", body)
    assert told["status"] in {404, 422}, told
    assert told["code"], told


def test_all_problems_of_a_request_are_told(api: Api) -> None:
    told = post(api, "/api/executions", '{"priority": 11, "more": 1}')
    assert told["code"] == "NE422"
    paths = {error["path"] for error in told["errors"]}
    assert paths == {"body.path", "body.priority", "body.more"}


def test_all_problems_of_a_playbook_are_told(api: Api) -> None:
    document = playbook("bad", {"step": "a", "tool": {"kind": "nosuch"}}, {"step": "a"})
    told = post(api, "/api/playbooks", json.dumps(document))
    assert (told["status"], told["code"]) == (422, "NE422")
    assert len(told["errors"]) >= 2
    assert told["hint"]


def test_broken_yaml_is_told_with_its_place(api: Api) -> None:
    told = post(api, "/api/playbooks", "a: b\n\tc: d\n", "application/yaml")
    assert told["status"] == 422
    assert told["errors"][0]["line"] == 2


def test_missing_credential_is_told(api: Api) -> None:
    path = api.register(
        {
            "step": "a",
            "tool": {"kind": "postgres", "auth": "nosuch", "query": "select 1"},
        }
    )
    told = post(api, "/api/executions", json.dumps({"path": path}))
    assert (told["status"], told["code"]) == (422, "NE424")


def test_content_type_must_be_known(api: Api) -> None:
    told = post(api, "/api/executions", "path: p", "application/yaml")
    assert told["status"] == 415
    assert post(api, "/api/playbooks", "<a/>", "text/xml")["status"] == 415


def test_body_may_not_be_huge(api: Api, serve: Serve) -> None:
    client = api.client(api.token("operator"), serve(api.dsn, body_max_bytes=1000))
    body = b'{"path": "%s"}' % (b"x" * 2000)
    assert problem(client.post("/api/executions", content=body))["status"] == 413
    chunked = client.post("/api/executions", content=iter([body[:900], body[900:]]))
    assert problem(chunked)["status"] == 413
    small = client.post("/api/executions", content=b'{"path": "nobody"}')
    assert small.status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=1001",
        "limit=x",
        "status=nosuch",
        "next=***",
        "next=eA==",
        "next=é",
        "parent=x",
        "path=%00",
    ],
)
def test_bad_queries_are_refused(api: Api, query: str) -> None:
    reply = api.reader.get(f"/api/executions?{query}")
    assert problem(reply)["status"] == 422
    assert reply.json()["code"]


def test_parameters_that_a_call_does_not_have_are_named(api: Api) -> None:
    told = problem(api.reader.get("/api/executions?limit=5&state=failed&x=1"))
    assert (told["status"], told["code"]) == (422, "NE422")
    assert [error["path"] for error in told["errors"]] == ["query.state", "query.x"]
    assert "this call has status, path, parent, limit, next" in told["detail"]
    for client, method, path in (
        (api.reader, "GET", "/api/workers"),
        (api.operator, "POST", f"/api/executions/{api.start(api.register())}/cancel"),
        (api.worker, "POST", "/api/worker/api_version"),
    ):
        reply = client.request(method, f"{path}?limit=1", json={})
        assert "query.limit: no such parameter; this call has none" in reply.text
        assert problem(reply)["status"] == 422
        assert client.request(method, path, json={}).status_code == 200
    for path in ("/api/health", "/api/ready", "/metrics"):  # probes may add some
        assert api.anybody.get(f"{path}?at=1").status_code == 200


def test_type_that_no_event_is_of_is_refused(api: Api) -> None:
    events = f"/api/executions/{api.start(api.register())}/events"
    told = problem(api.reader.get(events, params={"type": "bogus"}))
    assert (told["status"], told["code"]) == (422, "NE422")
    assert "playbook.initialized" in told["hint"]


def test_unknown_paths_and_methods(api: Api) -> None:
    assert problem(api.operator.get("/api/nothing"))["status"] == 404
    reply = api.operator.delete("/api/catalog")
    assert problem(reply)["status"] == 405
    assert reply.headers["allow"] == "GET"


def test_role_without_rights_is_403(api: Api, serve: Serve) -> None:
    dsn = make_conninfo(api.dsn, options="-c role=noetl_reader")
    client = api.client(url=serve(dsn, auth=False))
    assert client.get("/api/executions").status_code == 200
    told = problem(client.post("/api/playbooks", json=playbook("p")))
    assert (told["status"], told["code"]) == (403, "42501")
