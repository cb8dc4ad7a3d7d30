"""A collector of traces, as an OpenTelemetry exporter sees one: OTLP over HTTP, on a port of this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Span:
    """What a test asks of a span."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    linked: tuple[str, ...]  # traces
    attributes: dict[str, Any]
    raw: str = field(repr=False)


class Collector(ThreadingHTTPServer):
    """Keeps all spans that come in."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taker)
        self.spans: list[Span] = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def trace(self, trace: str) -> list[Span]:
        """Return the spans of one trace."""
        return [span for span in self.spans if span.trace == trace]

    def named(self, name: str) -> list[Span]:
        """Return the spans of one name."""
        return [span for span in self.spans if span.name == name]


class _Taker(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        sent = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.spans += list(_spans(sent))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def _spans(sent: Any) -> Iterator[Span]:
    for resource in sent.resource_spans:
        service = _plain(resource.resource.attributes)["service.name"]
        for scope in resource.scope_spans:
            for one in scope.spans:
                linked = tuple(link.trace_id.hex() for link in one.links)
                ids = (one.trace_id.hex(), one.span_id.hex(), one.parent_span_id.hex())
                yield Span(service, one.name, *ids, linked, _plain(one.attributes), str(one))


def _plain(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}


@contextmanager
def collecting() -> Iterator[Collector]:
    """Collect for as long as the block runs."""
    collector = Collector()
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    try:
        yield collector
    finally:
        collector.shutdown()
        collector.server_close()
