"""A request id on every answer and log line, one log line a request, and headers that keep browsers safe."""

import re
import secrets
import time

import structlog
from flask import Flask, Response, g, request

from barker import logs
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
        }
    )
    return response


def register(app: Flask) -> None:
    """Trace every request of the app."""
    app.before_request(_begin)
    app.after_request(_end)
