"""Messages carry the trace of their run: spans of who made them and of who took them.

Who does not trace sends and takes messages all the same; every function here returns at
once then.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Final

from noetl_worker import tracing

if TYPE_CHECKING:
    from opentelemetry.trace import SpanContext

# Of commands that are announced here and claimed elsewhere, or never, so many are known.
_ANNOUNCED_MAX: Final = 10_000


def send(
    headers: MutableMapping[str, str],
    name: str,
    execution_id: int,
    attributes: Mapping[str, Any],
) -> None:
    """Add a span for the making of a message, in the trace of its run, to its headers."""
    if (current := tracing.current()) is None:
        return
    from opentelemetry.trace import SpanKind, set_span_in_context

    with tracing.in_trace_of(execution_id):
        span = current.tracer.start_span(
            name,
            context=tracing.nothing(),
            kind=SpanKind.PRODUCER,
            attributes={"noetl.execution_id": str(execution_id), **attributes},
        )
    tracing.propagator().inject(headers, set_span_in_context(span))
    span.end()


def take(
    headers: Mapping[str, str] | None,
    name: str,
    began_ns: int,
    attributes: Mapping[str, Any],
) -> None:
    """Add a span, until now, for what was done with a message that carries a trace."""
    if (current := tracing.current()) is None or (sender := _sender(headers)) is None:
        return
    from opentelemetry.trace import NonRecordingSpan, SpanKind, set_span_in_context

    parent = set_span_in_context(NonRecordingSpan(sender), tracing.nothing())
    current.tracer.start_span(
        name,
        context=parent,
        kind=SpanKind.CONSUMER,
        attributes=attributes,
        start_time=began_ns,
    ).end()


def note_announced(command_id: str, headers: Mapping[str, str] | None) -> None:
    """Remember who announced a command: its span will link there, if it comes here."""
    if (current := tracing.current()) is None or (sender := _sender(headers)) is None:
        return
    current.announced[command_id] = sender
    if len(current.announced) > _ANNOUNCED_MAX:
        del current.announced[next(iter(current.announced))]


def _sender(headers: Mapping[str, str] | None) -> SpanContext | None:
    """The span that headers name, if they name one."""
    from opentelemetry.trace import get_current_span

    found = tracing.propagator().extract(headers or {}, tracing.nothing())
    context = get_current_span(found).get_span_context()
    return context if context.is_valid else None
