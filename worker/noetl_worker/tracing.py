"""Traces of runs by OpenTelemetry, when an ``OTEL_*`` variable asks for them.

A run is one trace, whose id follows from the run's: workers agree on it without telling
each other. A command is a span. The items of a loop are children of the span of the
loop's activation, one for each worker that has a share in it. Messages over NATS carry
the trace of their run, and so tell who made and who took them. Without ``OTEL_*``
OpenTelemetry is not even imported, and every function here returns at once.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from noetl_worker.command import Command
from noetl_worker.exporters import is_wanted, make_exporter

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Link, Span, SpanContext, Tracer

EXTRA: Final = "noetl[otel]"
_FLUSH_MS: Final = 3_000
# A loop of which no item has been at work here for so long has had its share here.
_LINGER_SECONDS: Final = 10.0

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Activation:
    """A loop's activation: its span, its items at work here, when the last one ended."""

    span: Span
    at_work: int = 0
    ended_ns: int = 0


@dataclass(slots=True)
class Tracing:
    """What a process that traces keeps; ``announced``: by command, who announced it."""

    provider: TracerProvider
    tracer: Tracer
    activations: dict[tuple[int, int], _Activation]
    announced: dict[str, SpanContext]


_trace_id: ContextVar[int] = ContextVar("trace_id")
_tracing: Tracing | None = None


def current() -> Tracing | None:
    """What this process keeps; None: no spans are made."""
    return _tracing


def is_on() -> bool:
    """Whether spans are made."""
    return _tracing is not None


def begin(
    name: str,
    environ: Mapping[str, str] = os.environ,
    *,
    service: str = "noetl-worker",
) -> None:
    """Trace from now on, if the environment asks for it; ``name`` is this process's.

    Warns once when OpenTelemetry is not installed. Raises ValueError for an exporter or
    a protocol that is not supported.
    """
    if not is_wanted(environ):
        return
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        log.warning(
            "OTEL_* is set, but OpenTelemetry is not installed: no traces."
            " Install it with: pip install '%s'",
            EXTRA,
        )
        return
    global _tracing
    attributes = {"service.instance.id": name}
    if "service.name" not in environ.get("OTEL_RESOURCE_ATTRIBUTES", ""):
        attributes["service.name"] = environ.get("OTEL_SERVICE_NAME") or service
    provider = TracerProvider(
        resource=Resource.create(attributes),
        id_generator=_id_generator(),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(BatchSpanProcessor(make_exporter(environ)))
    _tracing = Tracing(provider, provider.get_tracer("noetl"), {}, {})


def _id_generator() -> Any:
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

    class OfTheRun(RandomIdGenerator):
        """Trace ids of the run at work; span ids at random."""

        def generate_trace_id(self) -> int:
            return _trace_id.get()

    return OfTheRun()


def end() -> None:
    """Send what is left, within some seconds, and trace no more."""
    global _tracing
    if (tracing := _tracing) is None:
        return
    _end_activations(tracing, 0.0)
    tracing.provider.force_flush(_FLUSH_MS)
    tracing.provider.shutdown()
    _tracing = None


def close_idle() -> None:
    """End the spans of activations that have no item at work here any more."""
    if _tracing is not None:
        _end_activations(_tracing, _LINGER_SECONDS)


@contextmanager
def in_trace_of(execution_id: int) -> Iterator[None]:
    """Spans without a parent that begin within are of this run's trace."""
    before = _trace_id.set(trace_id_of(execution_id))
    try:
        yield
    finally:
        _trace_id.reset(before)


def trace_id_of(execution_id: int) -> int:
    """The id of a run's trace: 128 bits, never 0, the same in every process."""
    digest = hashlib.sha256(f"noetl execution {execution_id}".encode()).digest()
    return int.from_bytes(digest[:16], "big") or 1


@contextmanager
def command_span(command: Command) -> Iterator[None]:
    """The span of a command at work; what is awaited within is of it.

    ``note_outcome`` tells how it ended; otherwise it was cancelled.
    """
    if (tracing := _tracing) is None:
        yield
        return
    from opentelemetry import trace

    _trace_id.set(trace_id_of(command.execution_id))
    activation = _activation(tracing, command)
    parent = trace.set_span_in_context(activation.span) if activation else None
    attributes = {
        **_attributes(command),
        "noetl.command_id": command.command_id,
        "noetl.task": command.task,
        "noetl.attempt": command.attempt,
        "noetl.outcome": "cancelled",
    }
    if command.iter_index is not None:
        attributes["noetl.loop_index"] = command.iter_index
    name = command.step if activation is None else f"{command.step} item"
    announced = tracing.announced.pop(command.command_id, None)
    span = tracing.tracer.start_span(
        name,
        context=parent,
        attributes=attributes,
        links=[link_to(announced)] if announced else None,
    )
    try:
        with trace.use_span(
            span, record_exception=False, set_status_on_exception=False
        ):
            yield
    finally:
        span.end()
        if activation is not None:
            activation.at_work -= 1
            activation.ended_ns = time.time_ns()


def _attributes(command: Command) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        "noetl.execution_id": str(command.execution_id),
        "noetl.step": command.step,
    }
    if command.loop_id is not None:
        attributes["noetl.loop_id"] = str(command.loop_id)
    return attributes


def _activation(tracing: Tracing, command: Command) -> _Activation | None:
    """The span of the loop that a command is of, begun with its first one here."""
    if command.loop_id is None:
        return None
    key = (command.execution_id, command.loop_id)
    if (activation := tracing.activations.get(key)) is None:
        span = tracing.tracer.start_span(
            command.step, context=nothing(), attributes=_attributes(command)
        )
        activation = tracing.activations[key] = _Activation(span)
    activation.at_work += 1
    return activation


def nothing() -> Any:
    """A context without a span."""
    from opentelemetry.context import Context

    return Context()


def _end_activations(tracing: Tracing, linger_seconds: float) -> None:
    until = time.time_ns() - round(linger_seconds * 1e9)
    for key, activation in list(tracing.activations.items()):
        if activation.at_work == 0 and activation.ended_ns <= until:
            del tracing.activations[key]
            activation.span.end(activation.ended_ns)


def note_kinds(kinds: Sequence[str]) -> None:
    """Say of which kinds the tools of the command at work are."""
    if _tracing is not None:
        _current().set_attribute("noetl.tool_kinds", list(kinds))


def note_outcome(outcome: str, error: str | None = None) -> None:
    """Say how the command at work has ended; ``error``: the kind of its failure."""
    if _tracing is None:
        return
    from opentelemetry.trace import StatusCode

    span = _current()
    span.set_attribute("noetl.outcome", outcome)
    if error is not None:
        # Not its message: that may quote data.
        span.set_attribute("error.type", error)
        span.set_status(StatusCode.ERROR, error)


@contextmanager
def child_run(execution_id: int, path: str) -> Iterator[None]:
    """The run of a child playbook, as its parent saw it: a span in the child's trace.

    It and the span of the parent's command link to each other.
    """
    if (tracing := _tracing) is None:
        yield
        return
    parent = _current()
    with in_trace_of(execution_id):
        span = tracing.tracer.start_span(
            path,
            context=nothing(),
            attributes={"noetl.execution_id": str(execution_id), "noetl.path": path},
            links=[link_to(parent.get_span_context())],
        )
    parent.add_link(span.get_span_context())
    try:
        yield
    finally:
        span.end()


def link_to(context: SpanContext) -> Link:
    """A link to another span."""
    from opentelemetry.trace import Link

    return Link(context)


def inject(headers: MutableMapping[str, str]) -> None:
    """Add the trace of the command at work to headers of a message or a request.

    Headers that name a trace already stay as they are.
    """
    if _tracing is None or any(name.lower() == "traceparent" for name in headers):
        return
    propagator().inject(headers)


def propagator() -> Any:
    """What writes ``traceparent`` into headers, and reads it."""
    from opentelemetry.trace.propagation.tracecontext import (
        TraceContextTextMapPropagator,
    )

    return TraceContextTextMapPropagator()


def _current() -> Span:
    from opentelemetry import trace

    return trace.get_current_span()
