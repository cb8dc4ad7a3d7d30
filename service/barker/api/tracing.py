"""A request id on every answer and log line, one log line a request, and headers that keep browsers safe."""

import re
import secrets
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request

from barker import logs, spans
from barker.api.context import viewer
from barker.metrics import counts

REQUEST_ID = "X-Request-Id"
SAFE = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cache-Control", "no-store"),
)
_GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}")


def _begin() -> None:
    given = request.headers.get(REQUEST_ID, "")
    g.request_id = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
    g.began = time.monotonic()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    if spans.on():
        _open_span()


def _end(response: Response) -> Response:
    if response.status_code == 204:
        response.headers.pop("Content-Type", None)
    given = {name for name, _ in response.headers}  # looking for one that is not there costs an exception
    for name, value in ((REQUEST_ID, g.request_id), *SAFE):
        if name not in given:
            response.headers.add(name, value)
    seconds, route = time.monotonic() - g.began, request.url_rule.rule if request.url_rule else None
    counts.request(route, request.method, response.status_code, seconds)
    logs.plain(
        {
            "method": request.method,
            "route": route,
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
            "user": viewer(),
            "request_id": g.request_id,
            "event": "request",
            **spans.ids(),
        }
    )
    if spans.on():
        _end_span(route, response.status_code)
    return response


def _open_span() -> None:
    # NOTE not below what a caller says, only linked to it: anybody could else have all her requests traced, or join a
    # trace that is not hers.
    given = request.headers.get("traceparent", "")
    links = [given] if spans.is_context(given) else []
    about: dict[str, Any] = {"http__request__method": request.method, "barker__request_id": g.request_id}
    g.span = spans.span(request.method, spans.SERVER, links=links, **about)
    g.span.__enter__()


def _end_span(route: str | None, status: int) -> None:
    """End it with the head of the answer: a stream goes on for hours."""
    span = spans.current()
    span.update_name(f"{request.method} {route or 'nowhere'}")
    span.set_attribute("http.route", route or "")
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        spans.fail(str(status))
    g.pop("span").__exit__(None, None, None)


def register(app: Flask) -> None:
    """Trace every request of the app."""
    app.before_request(_begin)
    app.after_request(_end)
