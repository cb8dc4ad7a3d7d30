"""A request id on every answer and log line, one log line a request, and headers that keep browsers safe."""

import re
import secrets
import time

import structlog
from flask import Flask, Response, g, request

from barker.api.context import viewer
from barker.metrics import counts

REQUEST_ID = "X-Request-Id"
_GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}")

log = structlog.get_logger()


def _begin() -> None:
    given = request.headers.get(REQUEST_ID, "")
    g.request_id = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
    g.began = time.monotonic()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    response.headers[REQUEST_ID] = g.request_id
    if response.status_code == 204:
        response.headers.pop("Content-Type", None)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    response.headers.setdefault("Cache-Control", "no-store")
    seconds, route = time.monotonic() - g.began, request.url_rule.rule if request.url_rule else None
    counts.request(route, request.method, response.status_code, seconds)
    log.info(
        "request",
        method=request.method,
        route=route,
        status=response.status_code,
        ms=round(seconds * 1000, 1),
        user=viewer(),
    )
    return response


def register(app: Flask) -> None:
    """Trace every request of the app."""
    app.before_request(_begin)
    app.after_request(_end)
