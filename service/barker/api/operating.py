"""Operating: is it alive, is it ready, what does it offer."""

import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial, wraps
from hmac import compare_digest
from importlib.resources import files
from typing import Any, TypeVar, cast

import flask_openapi_scalar
from flask import Response, current_app, jsonify, request, send_from_directory
from flask_openapi.openapi import OpenAPI

from barker.actions.operating import Now
from barker.api import problems, render, shapes
from barker.api.auth import public
from barker.api.blueprint import noun, replies
from barker.api.checks import checked
from barker.api.context import context, stores
from barker.api.description import described
from barker.api.limits import limited, unlimited
from barker.bulkhead import Bulkhead
from barker.errors import NotAllowed, StoreDown
from barker.metrics import page

operating = noun("operating", "For those who run it.")

PING_SECONDS = 2.0
HERE = {"127.0.0.1", "::1", "::ffff:127.0.0.1"}
NAMES = {"127.0.0.1", "[::1]", "localhost"}  # any other name for this machine may be a page's, in a browser here
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")
View = TypeVar("View", bound=Callable[..., Any])
_pings = Bulkhead(4)  # one a store
_asked: dict[str, Future[float]] = {}
_asking = threading.Lock()


@operating.get("/healthz", responses=replies(ok=shapes.Alive))
@public
@unlimited
@checked
def get_health() -> Response:
    """Tell that this process answers."""
    return render.answer(shapes.Alive(status="alive"))


@operating.get("/readyz", responses=replies(ok=shapes.Ready))
@public
@unlimited
@checked
def get_readiness() -> Response:
    """Ask all stores at once; 503 names those that do not answer in time."""
    asked = {name: _ask(name, ping) for name, ping in stores().pings().items()}
    until = time.monotonic() + PING_SECONDS
    health = {name: _health(future, until) for name, future in asked.items()}
    sick = [name for name, store in health.items() if not store.ok]
    if not sick:
        return render.answer(shapes.Ready(status="ready", stores=health))
    response = problems.problem(
        "store_down", f"Not answering: {', '.join(sick)}.", store=", ".join(sick), stores=health
    )
    response.headers["Retry-After"] = str(problems.RETRY_SECONDS)
    return response


def _ask(name: str, ping: Callable[[], None]) -> Future[float]:
    """Ask a store; who comes while it is being asked waits for the same answer."""
    with _asking:
        asked = _asked.get(name)
        if asked is None or asked.done():
            asked = _asked[name] = _pings.start(partial(_timed, ping), PING_SECONDS)
        return asked


def _timed(ping: Callable[[], None]) -> float:
    began = time.monotonic()
    ping()
    return round((time.monotonic() - began) * 1000, 1)


def _health(asked: Future[float], until: float) -> shapes.StoreHealth:
    try:
        return shapes.StoreHealth(ok=True, ms=asked.result(max(0, until - time.monotonic())))
    except (StoreDown, TimeoutError):
        return shapes.StoreHealth(ok=False, ms=None)


def operators(view: View) -> View:
    """Let those in who run the service: with BARKER_METRICS_TOKEN, or, where none is set, from this very machine."""

    @wraps(view)
    def asked(*args: Any, **kwargs: Any) -> Any:
        token = context().settings.metrics_token.get_secret_value()
        if not (_bears(token) if token else _is_from_here()):
            raise NotAllowed("This is for who runs the service: see BARKER_METRICS_TOKEN.")
        return view(*args, **kwargs)

    asked.auth = "operators"  # type: ignore[attr-defined]
    return cast(View, asked)


def _bears(token: str) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and compare_digest(given.strip().encode(), token.encode())


def _is_from_here() -> bool:
    """Tell whether no proxy is in between: what one passes on comes from this machine, too, for the whole world."""
    passed_on = context().settings.trusted_proxies or any(name in request.headers for name in FORWARDED)
    return not passed_on and request.remote_addr in HERE and re.sub(r":\d+$", "", request.host) in NAMES


@operating.get("/metrics", doc_ui=False)
@operators
@unlimited
def get_metrics() -> Response:
    """Tell all that was counted, for Prometheus."""
    return Response(page.page(Now(stores().lanes)), content_type=page.CONTENT_TYPE)


@operating.get("/openapi.json", doc_ui=False)
@public
@limited(600)
def get_openapi() -> Response:
    """Describe all routes (OpenAPI 3.1)."""
    return jsonify(described(cast(OpenAPI, current_app)))


DOCS = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Barker: the API</title>
</head>
<body>
<noscript>The description itself is at <a href="/openapi.json">/openapi.json</a>.</noscript>
<script id="api-reference" data-url="/openapi.json"
  data-configuration='{"telemetry": false, "withDefaultFonts": false, "hideClientButton": true,
    "showDeveloperTools": "never", "showToolbar": "never", "agent": {"disabled": true}, "mcp": {"disabled": true},
    "authentication": {"preferredSecurityScheme": "bearer"}}'></script>
<script src="/docs/scalar.js"></script>
</body>
</html>
"""
DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"
)


@operating.get("/docs", doc_ui=False)
@public
@limited(600)
def get_docs() -> Response:
    """Show all routes as a page to read and to try."""
    return Response(DOCS, mimetype="text/html", headers={"Content-Security-Policy": DOCS_POLICY})


@operating.get("/docs/scalar.js", doc_ui=False)
@public
@limited(600)
def get_docs_script() -> Response:
    """Serve the script of the page, from its package: nothing is asked of another host."""
    folder = files(flask_openapi_scalar).joinpath("templates/scalar/js")
    return send_from_directory(str(folder), "scalar.standalone.js", max_age=3600)
