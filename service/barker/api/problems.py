"""Every error as RFC 9457 problem+json: one table from codes to HTTP."""

from typing import Any

import structlog
from flask import Flask, Response, g
from pydantic_core import ErrorDetails
from werkzeug.exceptions import HTTPException

from barker.api import shapes
from barker.api.auth import take_cookie
from barker.api.checks import BadFields
from barker.errors import BarkerError, Full, StoreDown, TooMany

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
    "elsewhere": (421, "Sent to the wrong process"),
    "upgrade_required": (426, "Upgrade required"),
    "too_many": (429, "Too many requests"),
    "fault": (500, "A fault of ours"),
    "store_down": (503, "A store is down"),
    "full": (503, "No room"),
}
CODES = {status: code for code, (status, _) in reversed(STATUS.items())}  # the first of a status is the general one

log = structlog.get_logger()


def problem(code: str, detail: str, errors: list[shapes.FieldError] | None = None, **more: Any) -> Response:
    """Return the answer for a code of the table."""
    body = _shape(code, detail, errors or [], g.get("request_id", ""), **more)
    return Response(body.model_dump_json(exclude_none=True), body.status, mimetype=MEDIA_TYPE)


def message(error: BarkerError | BadFields, request_id: str) -> str:
    """Return the same as JSON, for who is no longer in HTTP."""
    if isinstance(error, BadFields):
        fields, code, detail = _fields(error), "invalid", _named(error)
    else:
        fields, code, detail = _field_of(error), error.code, error.detail
    return _shape(code, detail, fields, request_id).model_dump_json(exclude_none=True)


def _shape(code: str, detail: str, errors: list[shapes.FieldError], request_id: str, **more: Any) -> shapes.Problem:
    status, title = STATUS[code]
    return shapes.Problem(
        type=f"urn:barker:problem:{code}",
        title=title,
        status=status,
        detail=detail,
        code=code,
        request_id=request_id,
        errors=errors,
        **more,
    )


def _field_of(error: BarkerError) -> list[shapes.FieldError]:
    return [shapes.FieldError(field=error.field, message=error.detail)] if error.field else []


def _refused(error: BarkerError) -> Response:
    if isinstance(error, StoreDown):
        response = problem(error.code, error.detail, store=error.store)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
    response = problem(error.code, error.detail, _field_of(error))
    if isinstance(error, Full):
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="barker"'
    if g.get("cookie_is_dead"):
        take_cookie(response)  # no script could remove it
    return response


def _invalid(error: BadFields) -> Response:
    return problem("invalid", _named(error), _fields(error))


def _fields(error: BadFields) -> list[shapes.FieldError]:
    return [
        shapes.FieldError(field=_field(item), message=item["msg"].removeprefix("Value error, ")) for item in error.found
    ]


def _named(error: BadFields) -> str:
    return f"Look at: {', '.join(dict.fromkeys(_field(item) for item in error.found))}."


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
