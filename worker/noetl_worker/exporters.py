"""Whether traces are wanted, and where they go: what OpenTelemetry's variables say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

_ENDPOINTS: Final = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
)
_EXPORTER: Final = "OTEL_TRACES_EXPORTER"
_PROTOCOLS: Final = (
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
)


def is_wanted(environ: Mapping[str, str]) -> bool:
    """Whether the environment names where traces go."""
    if environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    if exporter := environ.get(_EXPORTER):
        return exporter != "none"
    return any(environ.get(name) for name in _ENDPOINTS)


def make_exporter(environ: Mapping[str, str]) -> SpanExporter:
    """What sends spans; raises ValueError for a kind or protocol that there is not."""
    name = environ.get(_EXPORTER) or "otlp"
    if name == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter()
    if name != "otlp":
        raise ValueError(f"{_EXPORTER} {name!r} is bad: must be otlp, console or none")
    for variable in _PROTOCOLS:
        if environ.get(variable) not in (None, "", "http/protobuf"):
            raise ValueError(
                f"{variable} {environ[variable]!r} is bad: must be http/protobuf"
            )
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter()
