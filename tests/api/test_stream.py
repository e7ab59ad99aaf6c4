"""Server-sent events: how an execution goes on, until it ends."""

from __future__ import annotations

import threading
import time
from typing import Any

import httpx
from httpx_sse import connect_sse

from tests.api.conftest import Api, serving, until

WAIT = {"step": "gate", "tool": {"kind": "wait", "signal": "go"}}


class Listener(threading.Thread):
    """Follows an execution until the stream ends."""

    def __init__(self, client: httpx.Client, execution_id: str) -> None:
        super().__init__(daemon=True)
        self.events: list[tuple[str, Any]] = []
        self.has_begun = threading.Event()
        self._client = client
        self._url = f"/api/executions/{execution_id}/stream"
        self.start()
        assert self.has_begun.wait(20), "no event came"

    def run(self) -> None:
        with connect_sse(self._client, "GET", self._url) as source:
            for event in source.iter_sse():
                self.events.append((event.event, event.json()))
                self.has_begun.set()

    def end(self) -> list[tuple[str, Any]]:
        self.join(20)
        assert not self.is_alive(), "the stream did not end"
        return self.events


def test_tells_each_state_until_the_end(api: Api) -> None:
    execution_id = api.start(api.register(WAIT))
    listener = Listener(api.reader, execution_id)
    api.operator.post(
        f"/api/executions/{execution_id}/signal", json={"name": "go", "payload": 1}
    )
    events = listener.end()
    assert [name for name, _ in events] == ["progress"] * (len(events) - 1) + ["end"]
    assert events[0][1]["status"] == "waiting"
    assert events[0][1]["execution_id"] == execution_id
    assert events[-2][1]["status"] == "completed"
    assert events[-1][1] == {"status": "completed"}
    versions = [data["progress_version"] for _, data in events[:-1]]
    assert versions == sorted(set(versions))


def test_one_that_has_ended_is_told_at_once(api: Api) -> None:
    execution_id = api.start(api.register(WAIT))
    api.operator.post(f"/api/executions/{execution_id}/cancel")
    events = Listener(api.reader, execution_id).end()
    assert [name for name, _ in events] == ["progress", "end"]
    assert events[0][1]["status"] == "cancelled"


def test_many_who_listen_cost_no_more_looks(api: Api) -> None:
    execution_id = api.start(api.register(WAIT))
    name = api.conn.info.dbname
    api.conn.execute(f"alter database {name} set track_functions = 'pl'")
    with serving(api.dsn, auth=False, stream_seconds=0.5) as server:
        began = time.monotonic()
        listeners = [
            Listener(api.client(url=server.url), execution_id) for _ in range(10)
        ]
        time.sleep(2)  # for no outcome: so long do they listen
        api.operator.post(f"/api/executions/{execution_id}/cancel")
        for listener in listeners:
            assert listener.end()[-1][0] == "end"
        seconds = time.monotonic() - began
    calls = 0

    def are_counted() -> bool:
        nonlocal calls
        row = api.conn.execute(
            "select max(f.calls) from pg_stat_user_functions as f"
            " where f.funcname = 'execution_status'"
        ).fetchone()
        calls = (row and row[0]) or 0
        return calls > 2

    until(are_counted)
    assert calls <= seconds / 0.5 + 2


def test_client_that_goes_ends_the_looking(api: Api) -> None:
    execution_id = api.start(api.register(WAIT))
    url = f"/api/executions/{execution_id}/stream"

    def silence() -> float:
        row = api.conn.execute(
            "select extract(epoch from clock_timestamp() - max(a.query_start))"
            " from pg_stat_activity as a where a.application_name = 'noetl api'"
            " and a.datname = current_database()"
        ).fetchone()
        assert row is not None
        return float(row[0])

    with connect_sse(api.reader, "GET", url) as source:
        next(source.iter_sse())
        until(lambda: silence() < 0.1)
    until(lambda: silence() > 2)


def test_server_that_stops_ends_streams(api: Api) -> None:
    execution_id = api.start(api.register(WAIT))
    with serving(api.dsn, auth=False, grace_seconds=60) as server:
        listener = Listener(api.client(url=server.url), execution_id)
    assert [name for name, _ in listener.end()] == ["progress"]
