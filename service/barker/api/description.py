"""OpenAPI: what the framework derives from the types, and what only the decorators and the error handlers know."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from flask_openapi.openapi import OpenAPI

from barker.api import auth, idempotency, limits

BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
SECURITY = {"signed_in": BEARER, "anyone": [{}, *BEARER], "public": []}
HEADERS = {
    "X-Request-Id": "Names this request in the log.",
    "RateLimit-Limit": "How many such calls a minute are allowed.",
    "RateLimit-Remaining": "How many of them are left.",
    "RateLimit-Reset": "In how many seconds the count has moved on.",
    "Retry-After": "In how many seconds it is worth another try.",
    "WWW-Authenticate": "How to say who calls.",
    "Upgrade": "What has to be asked for: websocket.",
    "Location": "Where what was made is found.",
    "Link": 'The next page, as rel="next"; none on the last one.',
    idempotency.REPLAYED: "`true` where this is the answer of an earlier request with this key.",
}
KEY = {
    "name": idempotency.HEADER,
    "description": "Chosen by you: what is sent again under it is done once, and answered alike, for a day.",
    "schema": {"type": "string", "minLength": 1, "maxLength": idempotency.KEY_MAX, "pattern": "^[ -~]+$"},
}
LAST_EVENT = {
    "name": "Last-Event-ID",
    "description": "The id of the last event that was taken: the stream goes on behind it.",
    "schema": {"type": "string", "pattern": "^[0-9]{1,15}-[0-9]{1,19}$"},
}


def described(app: OpenAPI) -> dict[str, Any]:
    """Return the whole description."""
    found: dict[str, Any] = deepcopy(app.api_doc)
    found["components"]["headers"] = {
        name: {"description": words, "schema": {"type": "string"}} for name, words in HEADERS.items()
    }
    for rule in app.url_map.iter_rules():
        path = found["paths"].get(rule.rule.replace("<", "{").replace(">", "}"), {})
        for method in (rule.methods or set()) & {name.upper() for name in path}:
            _complete(path[method.lower()], app.view_functions[rule.endpoint])
    return found


def _complete(operation: dict[str, Any], view: Any) -> None:
    operation["security"] = SECURITY[auth.of(view)]
    limited = limits.of(view) is not None
    if not limited:
        operation["responses"].pop("429", None)
    replayed = idempotency.is_on(view)
    if replayed:
        _add_header(operation, KEY)
    if "text/event-stream" in operation["responses"].get("200", {}).get("content", {}):
        _add_header(operation, LAST_EVENT)
    paged = any(parameter["name"] == "limit" for parameter in operation.get("parameters", ()))
    for status, response in operation["responses"].items():
        names = _headers(int(status), limited=limited, paged=paged, replayed=replayed)
        response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _add_header(operation: dict[str, Any], header: dict[str, Any]) -> None:
    operation["parameters"] = [*operation.get("parameters", ()), {"in": "header", "required": False, **header}]


def _headers(status: int, *, limited: bool, paged: bool, replayed: bool) -> Iterator[str]:
    yield "X-Request-Id"
    if limited:
        yield from ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
    if status in (429, 503):
        yield "Retry-After"
    if status == 401:
        yield "WWW-Authenticate"
    if status == 426:
        yield "Upgrade"
    if status == 201:
        yield "Location"
    if status == 201 and replayed:
        yield idempotency.REPLAYED
    if status == 200 and paged:
        yield "Link"
