"""How a noun's routes are declared, so that OpenAPI tells every answer they can give."""

from typing import Any

from flask_openapi.blueprint import APIBlueprint

from barker.api.problems import MEDIA_TYPE, STATUS


def noun(name: str, about: str) -> APIBlueprint:
    """Return a place for the routes of one noun."""
    return APIBlueprint(name, __name__, abp_tags=[{"name": name, "description": about}])


def replies(*refusals: int, **answers: Any) -> dict[Any, Any]:
    """Return what a route may answer: `ok=Shape`, `created=Shape`, `empty=None`, and refusals by status.

    400, 422, 429 and 503 may come from any.
    """
    codes = {"ok": 200, "created": 201, "empty": 204}
    found: dict[Any, Any] = {codes[name]: shape for name, shape in answers.items()}
    return found | {status: _refusal(status) for status in (*refusals, 400, 422, 429, 503)}


def _refusal(status: int) -> dict[str, Any]:
    title = next(title for of, title in STATUS.values() if of == status)
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": title, "content": {MEDIA_TYPE: {"schema": schema}}}
