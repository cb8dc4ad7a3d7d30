"""Which routes a process answers: in production, streams have processes of their own (BARKER_GROUP).

What keeps the API busy (passwords, pages, a new version) then touches no open screen, and no crowd of screens the API.
"""

from flask import Flask, request

from barker.errors import Elsewhere

STREAMS = frozenset({"/v1/stream", "/v1/ws"})
BOTH = frozenset({"/healthz", "/readyz", "/metrics"})


def register(app: Flask, group: str) -> None:
    """Refuse what is for the other group: `api` or `stream`; `all` answers everything."""
    if group == "stream":
        app.before_request(_refuse_all_but_streams)
    elif group == "api":
        app.before_request(_refuse_streams)


def _refuse_all_but_streams() -> None:
    if request.path not in STREAMS | BOTH:
        raise Elsewhere("Only streams are served here (BARKER_GROUP=stream): this belongs to the group `api`.")


def _refuse_streams() -> None:
    if request.path in STREAMS:
        raise Elsewhere("No streams are served here (BARKER_GROUP=api): this path belongs to the group `stream`.")
