"""Traces by OpenTelemetry, set by the usual OTEL_* variables; off, and next to free, unless an endpoint is set.

What a span may carry: names, ids, numbers. Never a text, a token, a password, a place, an address with a query.
"""

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import structlog

from barker import __version__

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
SERVER, CLIENT, PRODUCER, CONSUMER = "SERVER", "CLIENT", "PRODUCER", "CONSUMER"
_CONTEXT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")  # W3C's traceparent
_NOTHING: AbstractContextManager[Any] = nullcontext()  # one for all calls, so that being off makes no object
_tracer: Any = None
_otel: Any = None  # its module `opentelemetry.trace`, which is an extra

log = structlog.get_logger()


def start(service: str) -> None:
    """Begin to trace if that is set. Call it after a fork: what sends spans is a thread."""
    global _tracer, _otel
    if _is_off(os.environ):
        return
    try:
        from opentelemetry import trace  # noqa: PLC0415 (an extra)
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError:
        log.warning("no_traces", why="an endpoint is set, the extra is missing", do="pip install 'barker[otel]'")
        return
    said = os.environ.get("OTEL_SERVICE_NAME") or "service.name=" in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    resource = Resource.create({"service.version": __version__, **({} if said else {"service.name": service})})
    provider = TracerProvider(resource=resource)  # it reads the sampler and its limits from OTEL_* itself
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    _tracer, _otel = provider.get_tracer("barker", __version__), trace


def _is_off(environ: Mapping[str, str]) -> bool:
    disabled = environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return disabled or environ.get("OTEL_TRACES_EXPORTER") == "none" or not any(map(environ.get, ENDPOINTS))


def on() -> bool:
    """Tell whether this process traces."""
    return _tracer is not None


def span(
    name: str, kind: str, *, parent: str = "", links: Iterable[str] = (), began_ns: int | None = None, **attributes: Any
) -> AbstractContextManager[Any]:
    """Open a span around a block: below `parent`, a traceparent; else below the one that is open; else a new trace."""
    if _tracer is None:
        return _NOTHING
    opened: AbstractContextManager[Any] = _tracer.start_as_current_span(
        name,
        context=_otel.set_span_in_context(_remote(parent)) if parent else None,
        kind=_otel.SpanKind[kind],
        links=[_otel.Link(_remote(link).get_span_context()) for link in links],
        start_time=began_ns,
        attributes={key.replace("__", "."): value for key, value in attributes.items() if value is not None},
        record_exception=False,  # its words may hold what somebody wrote
        set_status_on_exception=False,
    )
    return opened


def call(store: str, name: str) -> AbstractContextManager[Any]:
    """Open a span around a call of a store, where it is a part of something that is traced."""
    if _tracer is None or not current().is_recording():
        return _NOTHING  # what nobody asked for, as a worker's looking for jobs, is no trace of its own
    return span(f"{store} {name}", CLIENT, barker__store=store, barker__call=name)


def context() -> str:
    """Return what the open span hands on, as a traceparent; "" where there is none."""
    if _tracer is None or not (at := current().get_span_context()).is_valid:
        return ""
    return f"00-{at.trace_id:032x}-{at.span_id:016x}-{at.trace_flags:02x}"


def ids() -> dict[str, str]:
    """Return what log lines of the open span bear."""
    trace = context()
    return {"trace_id": trace[3:35], "span_id": trace[36:52]} if trace else {}


def add_ids(_logger: object, _method: str, event: Any) -> Any:
    """Put the ids of the open span into a log line; for structlog."""
    return {**event, **ids()} if _tracer is not None else event


def fail(what: str) -> None:
    """Note on the open span that it failed, by a name that gives nothing away."""
    if _tracer is not None:
        current().set_attribute("error.type", what)
        current().set_status(_otel.Status(_otel.StatusCode.ERROR))


def is_context(text: str) -> bool:
    """Tell whether this is a traceparent that can be handed on."""
    return _CONTEXT.fullmatch(text) is not None


def current() -> Any:
    """Return the open span. Only where this process traces."""
    return _otel.get_current_span()


def _remote(parent: str) -> Any:
    if not is_context(parent):
        return _otel.INVALID_SPAN
    _, trace_id, span_id, flags = parent.split("-")
    at = _otel.SpanContext(int(trace_id, 16), int(span_id, 16), True, _otel.TraceFlags(int(flags, 16)))
    return _otel.NonRecordingSpan(at)
