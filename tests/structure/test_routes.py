"""Every route declares who may call, how often, and what it answers."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask_openapi.openapi import OpenAPI
from werkzeug.routing import Rule

from barker.api import web
from barker.api.description import described
from barker.app import create_app
from barker.settings import Settings

UNLIMITED = {"/healthz", "/readyz", "/metrics"}  # whoever watches over the service must get an answer
ORDER = ["operators", "signed_in", "anyone", "public", "limited", "checked", "_idempotent"]
PAGES = {"/metrics", "/docs", "/docs/scalar.js", "/openapi.json", *web.PATHS}  # about the API, not of it


@pytest.fixture(scope="module")
def app() -> OpenAPI:
    """Return the app; it asks no store until it is called."""
    app = create_app(Settings.read({}))
    app.extensions["barker"].stores.close()
    return app


def routes(app: OpenAPI) -> Iterator[tuple[str, str, Rule]]:
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield method, rule.rule, rule


def test_every_route_says_who_may_call_it(app: OpenAPI) -> None:
    for method, path, rule in routes(app):
        auth = getattr(app.view_functions[rule.endpoint], "auth", None)
        assert auth in ("signed_in", "anyone", "public", "operators"), f"{method} {path} declares no auth"
        assert (auth == "operators") == (path == "/metrics"), f"{method} {path}"
        if method != "GET" and auth != "signed_in":
            assert (method, path) in (("POST", "/v1/users"), ("POST", "/v1/sessions"))
        if path.startswith("/v1/me") or path == "/v1/feed":
            assert auth == "signed_in", f"{method} {path} is about the caller"


def test_every_route_has_a_limit_or_says_that_it_has_none(app: OpenAPI) -> None:
    for method, path, rule in routes(app):
        view = app.view_functions[rule.endpoint]
        assert hasattr(view, "limit"), f"{method} {path} declares no limit"
        assert view.limit is None if path in UNLIMITED else view.limit > 0, f"{method} {path}"


def test_every_post_honours_an_idempotency_key(app: OpenAPI) -> None:
    for method, path, rule in routes(app):
        if method == "POST":
            assert getattr(app.view_functions[rule.endpoint], "idempotent", False), f"POST {path}"


def steps(view: Any) -> list[str]:
    """Return the decorators of a view, in the order in which a request meets them."""
    found = []
    while hasattr(view, "__wrapped__"):
        found.append(view.__code__.co_qualname.partition(".")[0])
        view = view.__wrapped__
    return [step for step in found if step in ORDER]


def test_every_route_asks_who_then_how_often_then_what(app: OpenAPI) -> None:
    for method, path, rule in routes(app):
        met = steps(app.view_functions[rule.endpoint])
        assert met == sorted(met, key=ORDER.index), f"{method} {path}"
        assert met[0] in ORDER[:4], f"{method} {path}"
        assert path in PAGES or "checked" in met, f"{method} {path}"


def test_every_route_is_in_openapi_with_its_refusals(app: OpenAPI) -> None:
    paths = described(app)["paths"]
    for method, path, rule in routes(app):
        if path in PAGES:
            continue
        operation = paths[path.replace("<", "{").replace(">", "}")][method.lower()]
        auth = getattr(app.view_functions[rule.endpoint], "auth", "")
        expected = {"422", "503"} | ({"401"} if auth != "public" else set())
        expected |= {"404"} if "<" in path else set()
        expected |= {"400", "413", "415"} if "requestBody" in operation else set()
        assert expected <= set(operation["responses"]), f"{method} {path}"
        assert operation["summary"]
        assert ("429" in operation["responses"]) == (path not in UNLIMITED)
        bearer: dict[str, list[str]] = {"bearer": []}
        assert operation["security"] == {"signed_in": [bearer], "anyone": [{}, bearer], "public": []}[auth]
        keys = [parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "header"]
        assert ("Idempotency-Key" in keys) == (method == "POST"), f"{method} {path}"
        assert ("Last-Event-ID" in keys) == (path == "/v1/stream"), f"{method} {path}"
        assert "Retry-After" in operation["responses"]["503"]["headers"]


def test_the_routes_of_the_contract_are_there(app: OpenAPI) -> None:
    there = {f"{method} {path}" for method, path, _ in routes(app)}
    assert there >= {
        "POST /v1/users",
        "POST /v1/sessions",
        "GET /v1/me/sessions",
        "DELETE /v1/me/sessions",
        "GET /v1/me/sessions/<id>",
        "DELETE /v1/me/sessions/<id>",
        "GET /v1/me",
        "PATCH /v1/me",
        "GET /v1/users/<handle>",
        "PUT /v1/me/following/<handle>",
        "DELETE /v1/me/following/<handle>",
        "GET /v1/users/<handle>/followers",
        "GET /v1/users/<handle>/following",
        "GET /v1/users/<handle>/mutuals",
        "GET /v1/users/<handle>/followers-you-know",
        "GET /v1/users/<handle>/path",
        "GET /v1/me/suggestions",
        "DELETE /v1/me/suggestions/<handle>",
        "POST /v1/barks",
        "GET /v1/barks/<id>",
        "DELETE /v1/barks/<id>",
        "GET /v1/users/<handle>/barks",
        "GET /v1/users",
        "GET /v1/me/matches",
        "GET /v1/barks",
        "GET /v1/tags/<tag>",
        "GET /v1/trends",
        "GET /v1/feed",
        "GET /v1/stream",
        "GET /v1/push-key",
        "POST /v1/me/push-subscriptions",
        "GET /v1/me/push-subscriptions",
        "DELETE /v1/me/push-subscriptions/<id>",
        "GET /healthz",
        "GET /readyz",
        "GET /openapi.json",
        "GET /docs",
    }
