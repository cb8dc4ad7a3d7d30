"""The live stream, as server-sent events."""

from collections.abc import Callable
from contextvars import copy_context
from functools import partial, wraps
from itertools import chain
from typing import Any, TypeVar, cast

import gevent
from flask import Response, request

from barker.api import bodies, events
from barker.api.auth import signed_in, token_of_request
from barker.api.blueprint import noun, replies
from barker.api.checks import checked
from barker.api.context import context, me, stores
from barker.api.limits import limited
from barker.live import sse
from barker.live.caps import Caps, Room
from barker.live.stream import Event, Stream
from barker.live.watch import watch

View = TypeVar("View", bound=Callable[..., Any])
stream = noun("live", "What is told to an open screen at once.")

EVENTS = {
    "description": "Events for as long as the client stays",
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
}


def in_turn(view: View) -> View:
    """Let so many streams be opened at once, each in a greenlet of its own: the stream's keeps the memory that it needs
    once at its deepest, a fifth of all that it costs.
    """

    @wraps(view)
    def waits(*args: Any, **kwargs: Any) -> Any:
        with context().caps.turn():
            opening = gevent.spawn(copy_context().run, _answer_of, view, args, kwargs)
            response, refusal = opening.get()
        if refusal:
            raise refusal
        return response

    return cast(View, waits)


def _answer_of(view: View, args: Any, kwargs: Any) -> tuple[Any, Exception | None]:
    try:
        return view(*args, **kwargs), None
    except Exception as refusal:  # which gevent would print, as one that nobody takes
        return None, refusal


@stream.get("/v1/stream", responses=replies(401) | {200: EVENTS})
@in_turn
@signed_in
@limited(120)
@checked
def get_stream(query: bodies.Resume) -> Response:
    """Hear of every bark at once; resumes behind `Last-Event-ID`."""
    found = Stream(stores(), context().hub, me().user_id, token_of_request())
    close = opened(found, request.headers.get("Last-Event-ID") or query.cursor)
    # No generator around these, which would keep a stack of its own for each stream.
    frames = chain((sse.OPENING,), map(_frame, found.events()))
    response = Response(frames, mimetype="text/event-stream")
    if connection := request.environ.get("gunicorn.socket"):
        try:
            response.call_on_close(watch(connection, partial(found.end, "gone")))
        except BaseException:
            close()
            raise
    response.call_on_close(close)
    response.headers["X-Accel-Buffering"] = "no"  # a proxy that collects would hold events back
    return response


def opened(found: Stream, cursor: str | None) -> Callable[[], None]:
    """Open a stream in the room of the caller's address; returns what ends it, which may be called again."""
    caps = context().caps
    room = caps.take(str(request.remote_addr))
    try:
        found.open(cursor)
    except BaseException:
        caps.release(room)
        raise
    return partial(_close, caps, room, found)


def _close(caps: Caps, room: Room, found: Stream) -> None:
    caps.release(room)
    found.close()


def _frame(event: Event | None) -> bytes:
    return sse.event(event.name, events.data_of(event), event.id) if event else sse.HEARTBEAT
