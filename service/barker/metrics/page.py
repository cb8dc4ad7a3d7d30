"""The page that Prometheus reads, and the listener for processes that serve nothing else."""

import os
from collections.abc import Iterable
from threading import Thread
from wsgiref.simple_server import WSGIServer

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, start_http_server
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from barker.metrics.folder import VARIABLE

CONTENT_TYPE = CONTENT_TYPE_LATEST

__all__ = ["CONTENT_TYPE", "page", "serve"]


def page(now: Collector) -> bytes:
    """Return all that was counted, by this process or by all that share its folder, and what is found `now`."""
    return generate_latest(_registry(now))


def serve(host: str, port: int, now: Collector) -> tuple[WSGIServer, Thread]:
    """Answer with the page, at whatever path, from a thread. Raises OSError where it cannot listen."""
    return start_http_server(port, host, _registry(now))


def _registry(now: Collector) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(now)  # first: a store that does not answer is counted on this very page
    if os.environ.get(VARIABLE):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_Everything())
    return registry


class _Everything(Collector):
    def collect(self) -> Iterable[Metric]:
        return REGISTRY.collect()
