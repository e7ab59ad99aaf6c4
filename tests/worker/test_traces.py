"""Traces of runs, as a receiver of OTLP gets them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from noetl_worker import tracing
from noetl_worker.exporters import is_wanted
from noetl_worker.tracing import trace_id_of
from tests.support.otlp import Receiver, attributes, receiver
from tests.worker.conftest import Lab

WORKFLOW = """
- step: first
  tool: { kind: python, code: "result = 1" }
  next: { arcs: [ { step: many } ] }
- step: many
  loop: { in: [1, 2, 3], iterator: n, spec: { mode: parallel } }
  tool: { kind: noop, result: "{{ iter.n }}" }
  next: { arcs: [ { step: last } ] }
- step: last
  tool: { kind: shell, command: exit 3 }
"""


@pytest.fixture
def otlp() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


def traced(lab: Lab, otlp: Receiver, name: str = "one") -> subprocess.Popen[bytes]:
    # The batches of a worker that stops are sent at once; others every 5 seconds.
    return lab.worker(
        name, OTEL_EXPORTER_OTLP_ENDPOINT=otlp.endpoint, OTEL_BSP_SCHEDULE_DELAY="100"
    )


def stop(*workers: subprocess.Popen[bytes]) -> None:
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    for worker in workers:
        assert worker.wait(30) == 0


@contextmanager
def echo() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A server that keeps the headers it gets."""
    seen: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_run_is_one_trace_with_a_span_for_each_step_and_item(
    lab: Lab, otlp: Receiver
) -> None:
    workers = [traced(lab, otlp), traced(lab, otlp, "two")]
    # Until then a signal ends them before they know it.
    lab.until(lambda: all("session" in lab.log(name) for name in ("one", "two")), 90)
    run = lab.start(WORKFLOW)
    other = lab.start(WORKFLOW)
    assert lab.wait(run)["status"] == "failed"
    lab.wait(other)
    stop(*workers)

    spans = otlp.of(trace_id_of(run))
    assert otlp.services == {"noetl-worker"}
    assert len(otlp.of(trace_id_of(other))) >= 6
    by_id = {span.span_id: span for span in spans}
    for span in spans:
        told = attributes(span)
        assert told["noetl.execution_id"] == str(run)
        assert told["noetl.step"] == span.name.removesuffix(" item")
        assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano

    (first,) = (span for span in spans if span.name == "first")
    assert attributes(first)["noetl.outcome"] == "completed"
    assert attributes(first)["noetl.tool_kinds"] == ["python"]
    assert not first.parent_span_id

    items = [span for span in spans if span.name == "many item"]
    assert sorted(attributes(item)["noetl.loop_index"] for item in items) == [0, 1, 2]
    for item in items:
        activation = by_id[item.parent_span_id]
        assert activation.name == "many"
        assert activation.start_time_unix_nano <= item.start_time_unix_nano
        assert activation.end_time_unix_nano >= item.end_time_unix_nano
        assert attributes(item)["noetl.tool_kinds"] == ["noop"]

    (last,) = (span for span in spans if span.name == "last")
    assert attributes(last)["noetl.outcome"] == "failed"
    assert last.status.code == Status.STATUS_CODE_ERROR
    commands = {
        row["command_id"]
        for row in lab.conn.execute(
            "select meta ->> 'command_id' as command_id from noetl.event"
            " where execution_id = %s and event_type = 'command.issued'",
            (run,),
        )
    }
    told_of = [attributes(s)["noetl.command_id"] for s in (first, last, *items)]
    assert sorted(told_of) == sorted(commands)


def test_spans_come_while_the_worker_goes_on(lab: Lab, otlp: Receiver) -> None:
    traced(lab, otlp)
    run = lab.start("[{step: a, tool: {kind: noop}}]")
    lab.until(lambda: len(otlp.of(trace_id_of(run))) == 1, 90)


def test_child_and_parent_link_to_each_other(lab: Lab, otlp: Receiver) -> None:
    document = {
        "apiVersion": "noetl.io/v2",
        "kind": "Playbook",
        "metadata": {"name": "child", "path": "tests/child"},
        "workflow": [{"step": "inner", "tool": {"kind": "noop"}}],
    }
    lab.conn.execute(
        "select noetl.register_playbook(%s::jsonb)", (json.dumps(document),)
    )
    worker = traced(lab, otlp)
    run = lab.start("[{step: outer, tool: {kind: playbook, path: tests/child}}]")
    assert lab.wait(run)["status"] == "completed"
    stop(worker)
    child = lab.count(
        "select execution_id from noetl.execution where parent_execution_id = %s", run
    )
    (outer,) = otlp.of(trace_id_of(run))
    spans = {span.name: span for span in otlp.of(trace_id_of(child))}
    assert spans.keys() == {"tests/child", "inner"}
    seen = spans["tests/child"]
    assert [link.span_id for link in seen.links] == [outer.span_id]
    assert [link.trace_id for link in seen.links] == [outer.trace_id]
    assert [link.span_id for link in outer.links] == [seen.span_id]


def test_cancelled_command_says_so(lab: Lab, otlp: Receiver) -> None:
    worker = lab.worker(
        OTEL_EXPORTER_OTLP_ENDPOINT=otlp.endpoint, NOETL_HEARTBEAT_SECONDS="0.1"
    )
    began = lab.home / "began"
    run = lab.start(
        f"[{{step: s, tool: {{kind: shell, command: 'touch {began}; sleep 60'}}}}]"
    )
    lab.until(began.exists, 90)
    lab.conn.execute("select noetl.cancel_execution(%s)", (run,))
    lab.until(lambda: "was cancelled" in lab.log(), 90)
    stop(worker)
    (span,) = otlp.of(trace_id_of(run))
    assert attributes(span)["noetl.outcome"] == "cancelled"


def test_http_requests_carry_the_trace(lab: Lab, otlp: Receiver) -> None:
    workflow = """
    - step: call
      tool: { kind: http, url: "{{ workload.url }}" }
      next: { arcs: [ { step: own } ] }
    - step: own
      tool:
        kind: http
        url: "{{ workload.url }}"
        headers: { Traceparent: mine }
    """
    worker = traced(lab, otlp)
    with echo() as (url, seen):
        run = lab.start(workflow, {"url": url})
        assert lab.wait(run)["status"] == "completed"
    stop(worker)
    spans = {span.name: span for span in otlp.of(trace_id_of(run))}
    version, trace, span, _ = seen[0]["traceparent"].split("-")
    assert (version, trace) == ("00", f"{trace_id_of(run):032x}")
    assert span == spans["call"].span_id.hex()
    assert seen[1]["traceparent"] == "mine"


def test_receiver_that_is_away_holds_nothing_up(lab: Lab) -> None:
    worker = lab.worker(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1")
    assert lab.run("[{step: a, tool: {kind: noop}}]")["status"] == "completed"
    began = time.monotonic()
    stop(worker)
    assert time.monotonic() - began < 15


def test_opentelemetry_that_is_missing_is_one_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    tracing.begin("w", {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"})
    assert not tracing.is_on()
    assert len(caplog.records) == 1
    assert "pip install 'noetl[otel]'" in caplog.text


def test_without_a_variable_it_is_not_even_imported(lab: Lab) -> None:
    script = (
        "import sys; from noetl_worker import main, tracing; tracing.begin('w', {})\n"
        "headers = {}; tracing.inject(headers); assert headers == {}\n"
        "print([m for m in sys.modules if m.startswith('opentelemetry')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "x"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://x"}, True),
        ({"OTEL_TRACES_EXPORTER": "console"}, True),
        (
            {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"},
            False,
        ),
        (
            {"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"},
            False,
        ),
    ],
)
def test_environment_decides(environment: dict[str, str], wanted: bool) -> None:
    assert is_wanted(environment) is wanted


@pytest.mark.parametrize(
    "variables",
    [
        {"OTEL_TRACES_EXPORTER": "zipkin"},
        {
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://x",
            "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
        },
    ],
)
def test_exporter_that_is_not_supported_is_refused(
    lab: Lab, variables: dict[str, str]
) -> None:
    worker = lab.worker(**variables)
    assert worker.wait(30) == 1
    assert "cannot start: OTEL_" in lab.log()
    assert "Traceback" not in lab.log()
