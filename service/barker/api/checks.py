"""Check path, query and body against their types, once, after it is known who is calling.

A parser of JSON that refuses what no field could hold (lone surrogates, bottomless nesting, numbers without
end) is part of the check: the body goes from bytes straight into its model.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast, get_type_hints

from flask import request
from gunicorn.http.errors import ParseException
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from barker.api.bodies import NoQuery
from barker.errors import Malformed

View = TypeVar("View", bound=Callable[..., Any])
Model = TypeVar("Model", bound=BaseModel)


class BadFields(Exception):
    """What was sent does not fit; an answer of ours that does not is another matter."""

    def __init__(self, error: ValidationError) -> None:
        super().__init__()
        self.found = error.errors(include_url=False, include_context=False, include_input=False)


def checked(view: View) -> View:
    """Give the view what it declares as `path`, `query` and `body`."""
    declared = get_type_hints(view)

    @wraps(view)
    def parsed(**path: Any) -> Any:
        try:
            found = {"query": declared.get("query", NoQuery).model_validate(_query())}
            if "path" in declared:
                found["path"] = declared["path"].model_validate(path)
            if "body" in declared:
                found["body"] = _body(declared["body"])
        except ValidationError as error:
            raise BadFields(error) from None
        return view(**{name: model for name, model in found.items() if name in declared})

    # The framework would check too, but before authentication, and less strictly.
    parsed.__delay_validate_request__ = True  # type: ignore[attr-defined]
    return cast(View, parsed)


def _query() -> dict[str, Any]:
    """Return the query; what is given twice stays a list, which no field takes."""
    return {name: values[0] if len(values) == 1 else values for name, values in request.args.lists()}


def _data() -> bytes:
    try:
        return request.get_data()
    except (OSError, ParseException):  # what gunicorn says of chunks that are none
        raise Malformed("The body cannot be read.") from None


def _body(model: type[BaseModel]) -> BaseModel:
    if getattr(model, "may_be_left_out", False) and not (request.mimetype or request.content_length):
        return model()
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Send JSON, with Content-Type: application/json.")
    data = _data()
    # A body without a declared length is cut off at the limit, silently; one whose sender went away ends early.
    declared = request.content_length
    if declared is None and len(data) >= (request.max_content_length or len(data) + 1):
        raise RequestEntityTooLarge
    if declared is not None and len(data) < declared:
        raise Malformed("The body is shorter than its Content-Length.")
    return parse(model, data)


def parse(model: type[Model], data: bytes | str) -> Model:
    """Return JSON as a model. Raises Malformed for what is none, and BadFields."""
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        if first["type"] == "json_invalid":
            raise Malformed(first["msg"]) from None
        raise BadFields(error) from None
