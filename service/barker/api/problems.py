"""Every error as RFC 9457 problem+json: one table from codes to HTTP."""

from typing import Any

import structlog
from flask import Flask, Response, g
from pydantic_core import ErrorDetails
from werkzeug.exceptions import HTTPException

from barker.api import shapes
from barker.api.auth import take_cookie
from barker.api.checks import BadFields
from barker.errors import BarkerError, StoreDown, TooMany

MEDIA_TYPE = "application/problem+json"
FIELD_MAX = 80  # characters of a field's name that are told: an unknown one may be anything
RETRY_SECONDS = 5  # a store that restarts is back by then

STATUS = {
    "malformed": (400, "The request cannot be read"),
    "not_signed_in": (401, "Not signed in"),
    "not_allowed": (403, "Not allowed"),
    "not_found": (404, "Not found"),
    "push_off": (404, "Push is off"),
    "method_not_allowed": (405, "Method not allowed"),
    "conflict": (409, "Conflict"),
    "too_large": (413, "Too large"),
    "not_json": (415, "Not JSON"),
    "invalid": (422, "Invalid fields"),
    "too_many": (429, "Too many requests"),
    "fault": (500, "A fault of ours"),
    "store_down": (503, "A store is down"),
}
CODES = {status: code for code, (status, _) in reversed(STATUS.items())}  # the first of a status is the general one

log = structlog.get_logger()


def problem(code: str, detail: str, errors: list[shapes.FieldError] | None = None, **more: Any) -> Response:
    """Return the answer for a code of the table."""
    status, title = STATUS[code]
    body = shapes.Problem(
        type=f"urn:barker:problem:{code}",
        title=title,
        status=status,
        detail=detail,
        code=code,
        request_id=g.get("request_id", ""),
        errors=errors or [],
        **more,
    )
    return Response(body.model_dump_json(exclude_none=True), status, mimetype=MEDIA_TYPE)


def _refused(error: BarkerError) -> Response:
    fields = [shapes.FieldError(field=error.field, message=error.detail)] if error.field else []
    if isinstance(error, StoreDown):
        response = problem(error.code, error.detail, store=error.store)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
    response = problem(error.code, error.detail, fields)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="barker"'
    if g.get("cookie_is_dead"):
        take_cookie(response)  # no script could remove it
    return response


def _invalid(error: BadFields) -> Response:
    fields = [
        shapes.FieldError(field=_field(item), message=item["msg"].removeprefix("Value error, ")) for item in error.found
    ]
    named = ", ".join(dict.fromkeys(field.field for field in fields))
    return problem("invalid", f"Look at: {named}.", fields)


def _field(item: ErrorDetails) -> str:
    return ".".join(map(str, item["loc"]))[:FIELD_MAX] or "body"


def _http(error: HTTPException) -> Response:
    code = CODES.get(error.code or 500, "malformed" if (error.code or 500) < 500 else "fault")
    response = problem(code, error.description or STATUS[code][1])
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _fault(error: Exception) -> Response:
    log.exception("fault", error=type(error).__name__)
    return problem("fault", "Something went wrong here. It is logged under this request id.")


def register(app: Flask) -> None:
    """Let every error of the app be answered as a problem."""
    app.register_error_handler(BarkerError, _refused)
    app.register_error_handler(BadFields, _invalid)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)
