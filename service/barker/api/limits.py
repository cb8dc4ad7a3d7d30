"""How often one may call: every route declares it, a user at a time, or an address for who has no token."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, g, request

from barker.api.context import context, stores, viewer
from barker.errors import StoreDown, TooMany
from barker.stores.counters import Usage

WINDOW_SECONDS = 60
REFUSALS = 120
View = TypeVar("View", bound=Callable[..., Any])


def limited(calls: int) -> Callable[[View], View]:
    """Allow so many calls a minute. Without its store the limit is off, rather than the service."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(*args: Any, **kwargs: Any) -> Any:
            user = viewer()
            count(str(request.endpoint), f"user:{user}" if user else _address(), calls)
            return view(*args, **kwargs)

        counted.limit = calls  # type: ignore[attr-defined]
        return cast(View, counted)

    return decorate


def unlimited(view: View) -> View:
    """Count nothing, and ask no store: for whether the process lives."""
    view.limit = None  # type: ignore[attr-defined]
    return view


def of(view: object) -> int | None:
    """Return how many calls a minute a view has declared; None for no limit."""
    return cast("int | None", view.limit)  # type: ignore[attr-defined]


def count_refusal() -> None:
    """Count a call of somebody unknown against the address it came from: a token that is none costs two looks."""
    count("not signed in", _address(), REFUSALS)


def count(what: str, caller: str, calls: int) -> None:
    """Count one call. Raises TooMany."""
    if context().settings.limits == "off":
        return
    try:
        g.usage = stores().counters.hit(what, caller, calls, WINDOW_SECONDS)
    except StoreDown:
        return
    if not g.usage.allowed:
        raise TooMany(f"At most {calls} such calls in {WINDOW_SECONDS} seconds.", g.usage.reset_seconds)


def _address() -> str:
    return f"address:{request.remote_addr}"


def add_headers(response: Response) -> Response:
    """Tell the caller where she stands against the limit."""
    usage: Usage | None = g.get("usage")
    if usage:
        response.headers["RateLimit-Limit"] = str(usage.limit)
        response.headers["RateLimit-Remaining"] = str(usage.remaining)
        response.headers["RateLimit-Reset"] = str(usage.reset_seconds)
    return response
