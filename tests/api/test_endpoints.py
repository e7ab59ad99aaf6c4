"""Every endpoint does what it is for."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import yaml

from tests.api.conftest import Api, playbook, problem
from tests.worker.conftest import Lab

LOOP = {
    "step": "many",
    "loop": {"in": [1, 2, 3], "iterator": "n"},
    "spec": {"loop_mode": "fanout"},
    "tool": {"kind": "noop", "result": "{{ iter.n }}"},
}
WAIT = {"step": "gate", "tool": {"kind": "wait", "signal": "go"}}


def ok(reply: httpx.Response) -> Any:
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_registers_playbooks_as_json_and_yaml(api: Api) -> None:
    document = playbook("books/one")
    first = api.operator.post("/api/playbooks", json=document)
    assert first.status_code == 201
    assert first.json()["version"] == 1
    assert first.json()["created"] is True
    again = api.operator.post(
        "/api/playbooks",
        content=yaml.safe_dump(document),
        headers={"Content-Type": "application/yaml"},
    )
    assert again.status_code == 200
    assert again.json() == {**first.json(), "created": False}
    (item,) = ok(api.reader.get("/api/catalog"))["items"]
    assert (item["path"], item["version"]) == ("books/one", 1)


def test_starts_with_workload_and_options(api: Api) -> None:
    path = api.register(
        {"step": "only", "tool": {"kind": "noop", "result": "{{ workload.n }}"}}
    )
    body = {
        "path": path,
        "workload": {"n": 12345678901234567890123},
        "priority": 7,
        "idempotency_key": "one",
    }
    first = api.operator.post("/api/executions", json=body)
    assert first.status_code == 201
    execution_id = first.json()["execution_id"]
    assert first.headers["location"] == f"/api/executions/{execution_id}"
    assert api.operator.post("/api/executions", json=body).json() == first.json()
    row = api.conn.execute(
        "select r.priority, v.value #>> '{}' from noetl.run as r"
        " join noetl.variable as v using (execution_id)"
        " where r.execution_id = %s and v.scope = 'workload'",
        (execution_id,),
    ).fetchone()
    assert row == (7, "12345678901234567890123")


def test_lists_by_filters_in_pages(api: Api) -> None:
    one, other = api.register(), api.register()
    ids = [api.start(one) for _ in range(5)]
    api.start(other)
    api.operator.post(f"/api/executions/{ids[0]}/cancel")
    listed: list[str] = []
    query = {"path": one, "limit": "2"}
    while True:
        page = ok(api.reader.get("/api/executions", params=query))
        listed += [item["execution_id"] for item in page["items"]]
        if page["next"] is None:
            break
        query["next"] = page["next"]
    assert listed == ids[::-1]
    query = {"path": one, "status": "cancelled"}
    (item,) = ok(api.reader.get("/api/executions", params=query))["items"]
    assert item["execution_id"] == ids[0]
    assert len(ok(api.reader.get("/api/executions"))["items"]) == 6


def test_lists_children_by_parent(api: Api, lab: Lab) -> None:
    child = api.register()
    path = api.register({"step": "call", "tool": {"kind": "playbook", "path": child}})
    parent = api.start(path)
    lab.worker()
    lab.wait(int(parent))
    query = {"parent": parent}
    (item,) = ok(api.reader.get("/api/executions", params=query))["items"]
    assert (item["path"], item["parent_execution_id"]) == (child, parent)


@pytest.mark.accept("P5.1-1")
def test_status_has_loop_progress_from_the_projection(api: Api) -> None:
    execution_id = api.start(api.register(LOOP))
    status = ok(api.reader.get(f"/api/executions/{execution_id}"))
    assert status["execution_id"] == execution_id
    assert status["status"] == "running"
    progress = status["loop_progress"]["many"]
    assert (progress["total"], progress["done"]) == (3, 0)
    # What it tells is what the projection says, whatever the log holds.
    api.conn.execute(
        "update noetl.execution set state ="
        " jsonb_set(state, '{loop,many,done}', '2') where execution_id = %s",
        (execution_id,),
    )
    told = ok(api.reader.get(f"/api/executions/{execution_id}"))
    assert told["loop_progress"]["many"]["done"] == 2
    api.conn.execute(
        "update noetl.execution set state ="
        " jsonb_set(state, '{loop,many,done}', '0') where execution_id = %s",
        (execution_id,),
    )


def test_events_come_in_pages(api: Api) -> None:
    execution_id = api.start(api.register(LOOP))
    url = f"/api/executions/{execution_id}/events"
    whole = ok(api.reader.get(url))
    assert whole["next"] is None
    assert whole["items"][0]["event_type"] == "playbook.initialized"
    parts: list[Any] = []
    query = {"limit": "2"}
    while True:
        page = ok(api.reader.get(url, params=query))
        parts += page["items"]
        if page["next"] is None:
            break
        query["next"] = page["next"]
    assert parts == whole["items"]
    issued = ok(api.reader.get(url, params={"type": "command.issued"}))["items"]
    assert [item["current_index"] for item in issued] == [0, 1, 2]


def test_finds_the_command_of_an_event(api: Api) -> None:
    execution_id = api.start(api.register(LOOP))
    (first, *_) = ok(
        api.reader.get(
            f"/api/executions/{execution_id}/events", params={"type": "command.issued"}
        )
    )["items"]
    url = f"/api/commands/{first['event_id']}"
    command = ok(api.reader.get(url))
    assert command == ok(api.reader.get(url, params={"execution_id": execution_id}))
    assert command["command_id"] == first["meta"]["command_id"]
    assert (command["step"], command["status"]) == ("many", "queued")
    assert (command["execution_id"], command["item"]) == (execution_id, 1)
    ok(api.operator.post(f"/api/executions/{execution_id}/cancel"))
    assert problem(api.reader.get(url))["code"] == "NE404"
    ended = ok(api.reader.get(url, params={"execution_id": execution_id}))
    assert ended["status"] == "ended"


def test_trace_tells_where_results_come_from(api: Api, lab: Lab) -> None:
    execution_id = api.start(
        api.register({"step": "only", "tool": {"kind": "noop", "result": [1, 2]}})
    )
    lab.worker()
    lab.wait(int(execution_id))
    (item,) = ok(api.reader.get(f"/api/executions/{execution_id}/trace/only"))["items"]
    assert (item["depth"], item["execution_id"]) == (0, execution_id)
    missing = api.reader.get(f"/api/executions/{execution_id}/trace/other")
    assert problem(missing)["code"] == "NE404"


def test_controls_say_whether_they_did_anything(api: Api) -> None:
    execution_id = api.start(api.register(WAIT))

    def call(verb: str) -> bool:
        reply = api.operator.post(f"/api/executions/{execution_id}/{verb}")
        return bool(ok(reply)["changed"])

    assert (call("pause"), call("pause")) == (True, False)
    assert (call("resume"), call("resume")) == (True, False)
    cancel = api.operator.post(
        f"/api/executions/{execution_id}/cancel", json={"reason": "wrong month"}
    )
    assert ok(cancel) == {"changed": True}
    status = ok(api.reader.get(f"/api/executions/{execution_id}"))
    assert (status["status"], status["reason"]) == ("cancelled", "wrong month")
    assert call("cancel") is False
    assert (call("retry"), call("retry")) == (True, False)


def test_signal_is_delivered_once(api: Api) -> None:
    execution_id = api.start(api.register(WAIT))
    body = {"name": "go", "payload": {"by": "Ada"}, "idempotency_key": "k", "ttl": 60}
    url = f"/api/executions/{execution_id}/signal"
    assert ok(api.operator.post(url, json=body)) == {"outcome": "delivered"}
    repeat = ok(api.operator.post(url, json=body))["outcome"]
    assert repeat in {"repeated", "ended"}
    status = ok(api.reader.get(f"/api/executions/{execution_id}"))
    assert status["status"] == "completed"


@pytest.mark.accept("P4.2-3")
def test_workers_are_listed_with_capacity(api: Api, lab: Lab) -> None:
    assert ok(api.reader.get("/api/workers")) == {"items": []}
    lab.worker("one", NOETL_WORKER_SLOTS="7", NOETL_WORKER_POOLS="default,gpu")
    lab.until(lambda: bool(ok(api.reader.get("/api/workers"))["items"]))
    (worker,) = ok(api.reader.get("/api/workers"))["items"]
    assert (worker["name"], worker["kind"]) == ("one", "worker")
    assert worker["pools"] == ["default", "gpu"]
    assert worker["capacity"]["slots"] == 7
    assert worker["state"] == "live"


def test_metrics_are_prometheus_text(api: Api) -> None:
    reply = api.anybody.get("/metrics")
    assert reply.status_code == 200
    assert "# TYPE process_cpu_seconds_total counter" in reply.text


def test_description_names_problems_and_scopes(api: Api) -> None:
    description = ok(api.anybody.get("/api/openapi.json"))
    operations = {
        (method, path): operation
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    }
    assert len(operations) >= 18
    for (_, path), operation in operations.items():
        assert operation["summary"], path
        assert operation["description"], path
        if path not in {"/api/health", "/api/ready", "/metrics"}:
            assert operation["security"], path
            assert (
                "application/problem+json" in operation["responses"]["401"]["content"]
            )
    assert "HTTPValidationError" not in json.dumps(description)
