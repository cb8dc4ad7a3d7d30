"""The app: everything that answers HTTP, put together."""

from flask_openapi.openapi import OpenAPI
from werkzeug.middleware.proxy_fix import ProxyFix

from barker import __version__
from barker.api import (
    barks,
    blocks,
    discovery,
    follows,
    groups,
    likes,
    limits,
    me,
    notifications,
    operating,
    origins,
    places,
    positions,
    problems,
    push,
    reading,
    sessions,
    shapes,
    stream,
    suggestions,
    tracing,
    users,
    web,
    ws,
)
from barker.api.context import EXTENSION, Context
from barker.live.caps import Caps
from barker.live.hub import Hub
from barker.metrics import counts
from barker.settings import Settings
from barker.stores import Stores, connect

BODY_MAX = 64 * 1024  # bytes: the largest allowed profile, in JSON escapes, is under 16 k
DESCRIPTION = """
The backend of a Twitter-style app.

- **Begin** with `POST /v1/users`: its answer holds a token, which goes into `Authorization: Bearer <token>`.
- **Pages** are `{items, next}`; the `Link` header holds the address of the next one.
- **Errors** are problem+json (RFC 9457) with a stable `code`.
- **Repeats**: a POST with an `Idempotency-Key` is done once, however often it is sent.
- **Times** are RFC 3339 in UTC; **ids** are strings of digits, and the larger one is the newer one.
"""
NOUNS = (
    users.users,
    sessions.sessions,
    me.myself,
    places.places,
    follows.follows,
    blocks.blocks,
    suggestions.suggested,
    barks.barks,
    likes.likes,
    notifications.notifications,
    reading.reading,
    discovery.discovery,
    stream.stream,
    push.push,
    ws.ws,
    positions.position,
)


def create_app(settings: Settings, stores: Stores | None = None) -> OpenAPI:
    """Return the app. Call it after a fork: it makes the stores' clients."""
    stores = stores or connect(settings)
    counts.begin()
    app = OpenAPI(
        "barker",
        info={"title": "Barker", "version": __version__, "description": DESCRIPTION},
        security_schemes={"bearer": {"type": "http", "scheme": "bearer"}},
        validation_error_model=shapes.Problem,
        doc_ui=False,
        static_folder=None,
    )
    app.openapi_version = "3.1.0"
    app.config["MAX_CONTENT_LENGTH"] = BODY_MAX
    app.url_map.redirect_defaults = app.url_map.strict_slashes = app.url_map.merge_slashes = False
    app.extensions[EXTENSION] = Context(settings, stores, Hub(stores), _caps(settings))
    tracing.register(app)
    problems.register(app)
    groups.register(app, settings.group)
    if settings.origins:
        origins.register(app, settings.origins)
    app.after_request(limits.add_headers)
    for noun in (*NOUNS, operating.operating, web.web):
        app.register_api(noun)
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    return app


def _caps(settings: Settings) -> Caps:
    return Caps(settings.streams, settings.streams_per_address if settings.limits == "on" else 0)
