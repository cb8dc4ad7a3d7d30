"""Who may call: every route declares it. Identity comes from the token, never from a body or a path."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, g, request

from barker.actions import accounts
from barker.api import limits, render, shapes
from barker.api.context import stores
from barker.errors import NotAllowed, NotSignedIn
from barker.models import SESSION_DAYS, Relation

COOKIE = "barker_token"
SAFE = {"GET", "HEAD", "OPTIONS"}
View = TypeVar("View", bound=Callable[..., Any])


def signed_in(view: View) -> View:
    """Let only a live token in; `me()` tells whose it is."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        token = token_of_request()
        if not token:
            limits.count_refusal()
            raise NotSignedIn("This needs a token: Authorization: Bearer <token>.")
        g.caller = _caller_of(token)
        return view(*args, **kwargs)

    checked.auth = "signed_in"  # type: ignore[attr-defined]
    return cast(View, checked)


def anyone(view: View) -> View:
    """Let everybody in; a token that is sent must be alive, and `viewer()` tells whose it is."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        token = token_of_request()
        g.caller = _caller_of(token) if token else None
        return view(*args, **kwargs)

    checked.auth = "anyone"  # type: ignore[attr-defined]
    return cast(View, checked)


def public(view: View) -> View:
    """Let everybody in and look at no token: a dead one must not keep anybody from signing in."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        g.caller = None
        return view(*args, **kwargs)

    checked.auth = "public"  # type: ignore[attr-defined]
    return cast(View, checked)


def of(view: object) -> str:
    """Return what a view has declared: `signed_in`, `anyone` or `public`."""
    return cast(str, view.auth)  # type: ignore[attr-defined]


def _caller_of(token: str) -> accounts.Caller:
    try:
        return accounts.caller_of(stores(), token)
    except NotSignedIn:
        g.cookie_is_dead = "Authorization" not in request.headers
        limits.count_refusal()
        raise


def token_of_request() -> str:
    """Return the token that came with the request, '' if none did. Raises NotSignedIn for a header that is none."""
    header = request.headers.get("Authorization")
    if header is None:
        return _cookie()
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        limits.count_refusal()
        raise NotSignedIn("Authorization must be: Bearer <token>.")
    return token.strip()


def _cookie() -> str:
    """Return the web app's token. A browser sends it along from any page, so all but reading must come from ours.

    To any other page that says where it is from, the cookie is worth nothing: it can open no stream.
    """
    token = request.cookies.get(COOKIE, "")
    if not token:
        return ""
    origin = request.headers.get("Origin")
    is_ours = origin == _here()
    asks = request.method in SAFE and not upgrades()  # any page may open a WebSocket, and read it
    if not asks and not is_ours:
        raise NotAllowed("With a cookie, this must come from a page of the same origin.")
    return token if is_ours or origin is None else ""


def upgrades() -> bool:
    """Tell whether this request asks to go on as a WebSocket."""
    return request.headers.get("Upgrade", "").lower() == "websocket"


def _here() -> str:
    return request.host_url.rstrip("/")


def answer_signed_in(found: accounts.SignedIn, location: str) -> Response:
    """Answer with a new session: its token in the body, and in a cookie for the web app."""
    caller = accounts.Caller(found.user.id, found.session.id)
    shape = shapes.SignedIn(
        user=render.user(found.user, Relation()), token=found.token, session=render.session(found.session, caller)
    )
    response = render.answer(shape, 201)
    response.headers["Location"] = location
    if request.headers.get("Origin", _here()) != _here():
        return response  # a foreign page may not sign a browser in
    response.set_cookie(
        COOKIE,
        found.token,
        max_age=SESSION_DAYS * 24 * 3600,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )
    return response


def take_cookie(response: Response) -> Response:
    """Let the browser forget the token, if it keeps one."""
    if COOKIE in request.cookies:
        response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)
    return response
