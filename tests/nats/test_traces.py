"""Over NATS, too, a run is one trace: its messages name it, in both directions."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import nats as client
import pytest
from nats.aio.msg import Msg
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from noetl_worker.tracing import trace_id_of
from tests.nats.conftest import NatsLab
from tests.support.nats import Nats
from tests.support.otlp import Receiver, attributes, receiver

WORKFLOW = """
- step: first
  tool: { kind: python, code: "result = 1" }
  next: { arcs: [ { step: many } ] }
- step: many
  loop: { in: [1, 2, 3], iterator: n, spec: { mode: parallel } }
  tool: { kind: python, code: "result = 2" }
  next: { arcs: [ { step: last } ] }
- step: last
  tool: { kind: noop, result: 3 }
"""


@pytest.fixture
def otlp() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@contextmanager
def overheard(nats: Nats) -> Iterator[list[tuple[str, dict[str, str]]]]:
    """Subject and headers of each message with commands or reports."""
    seen: list[tuple[str, dict[str, str]]] = []
    listening, over = threading.Event(), threading.Event()

    async def listen() -> None:
        async def keep(message: Msg) -> None:
            seen.append((message.subject, dict(message.headers or {})))

        connection = await client.connect(nats.url())
        await connection.subscribe("noetl.>", cb=keep)
        await connection.flush()
        listening.set()
        await asyncio.get_running_loop().run_in_executor(None, over.wait)
        await connection.drain()  # with what has come and is not kept yet

    thread = threading.Thread(target=lambda: asyncio.run(listen()))
    thread.start()
    try:
        assert listening.wait(30)
        yield seen
    finally:
        over.set()
        thread.join()


def stop(*processes: subprocess.Popen[bytes]) -> None:
    for process in processes:
        process.send_signal(signal.SIGTERM)
    for process in processes:
        assert process.wait(30) == 0


def test_run_is_one_trace_over_nats(lab: NatsLab, otlp: Receiver) -> None:
    traced = {"OTEL_EXPORTER_OTLP_ENDPOINT": otlp.endpoint}
    dispatcher = lab.dispatcher(**traced)
    lab.ready()
    # It claims whenever it polls, beats or has reported.
    worker = lab.over_nats(
        NOETL_POLL_SECONDS="60", NOETL_HEARTBEAT_SECONDS="60", **traced
    )
    # Afterwards it listens, and hears of a new run by its announcement alone.
    assert lab.run(WORKFLOW)["status"] == "completed"
    quiet = (
        "select (max(query_start) < clock_timestamp() - interval '1 s')::integer"
        " from pg_stat_activity where application_name = 'noetl worker one'"
    )
    lab.until(lambda: lab.count(quiet) == 1)
    with overheard(lab.nats) as seen:
        run = lab.start(WORKFLOW)
        assert lab.wait(run)["status"] == "completed"
    stop(worker, dispatcher)
    assert otlp.services == {"noetl-worker", "noetl-dispatcher"}

    spans = otlp.of(trace_id_of(run))
    by_id = {span.span_id.hex(): span for span in spans}
    commands = [span for span in spans if "noetl.tool_kinds" in attributes(span)]
    assert sorted(span.name for span in commands) == [
        "first",
        "last",
        *["many item"] * 3,
    ]
    (activation,) = (span for span in spans if span.name == "many")
    items = [span for span in commands if span.name == "many item"]
    assert {item.parent_span_id for item in items} == {activation.span_id}

    told = {"commands": 0, "events": 0}
    for subject, headers in seen:
        version, trace, span, flags = headers["traceparent"].split("-")
        assert (version, trace) == ("00", f"{trace_id_of(run):032x}")
        assert int(flags, 16) & 1  # sampled
        assert by_id[span].kind == Span.SPAN_KIND_PRODUCER
        assert attributes(by_id[span])["messaging.destination.name"] == subject
        told[subject.split(".")[1]] += 1
    assert 1 <= told["commands"] <= 5  # what is claimed at once need not be announced
    assert told["events"] >= 3

    recorded = [span for span in spans if span.name == "record"]
    assert len(recorded) == told["events"]
    for span in recorded:
        assert span.kind == Span.SPAN_KIND_CONSUMER
        assert by_id[span.parent_span_id.hex()].name == "report"
        assert span.start_time_unix_nano < span.end_time_unix_nano
    for span in commands:
        for link in span.links:
            sender = by_id[link.span_id.hex()]
            assert sender.name == "announce"
            about = "noetl.command_id"
            assert attributes(sender)[about] == attributes(span)[about]
    (first,) = (span for span in commands if span.name == "first")
    assert len(first.links) == 1  # the worker could hear of it only so


def test_messages_of_who_does_not_trace_carry_none(
    lab: NatsLab, otlp: Receiver
) -> None:
    """A dispatcher that traces takes them as they are; and headers that are wrong."""
    dispatcher = lab.dispatcher(OTEL_EXPORTER_OTLP_ENDPOINT=otlp.endpoint)
    lab.ready()
    lab.over_nats()
    with overheard(lab.nats) as seen:
        run = lab.start(WORKFLOW)
        assert lab.wait(run)["status"] == "completed"
        lab.publish("noetl.events.0.1.x", b"[{}]", traceparent="00-nonsense")
        lab.until(lambda: lab.messages("NOETL_WORKER_EVENTS") == 0)
    stop(dispatcher)
    told = [headers for subject, headers in seen if f".{run}." in subject]
    assert told
    assert not any("traceparent" in headers for headers in told)
    assert {span.name for span in otlp.spans} == {"announce"}
