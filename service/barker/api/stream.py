"""The live stream, as server-sent events."""

from collections.abc import Iterator
from functools import partial

from flask import Response, request

from barker.api import bodies, events
from barker.api.auth import signed_in, token_of_request
from barker.api.blueprint import noun, replies
from barker.api.checks import checked
from barker.api.context import context, me, stores
from barker.api.limits import limited
from barker.live import sse
from barker.live.stream import Stream

stream = noun("live", "What is told to an open screen at once.")

EVENTS = {
    "description": "Events for as long as the client stays",
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
}


@stream.get("/v1/stream", responses=replies(401) | {200: EVENTS})
@signed_in
@limited(120)
@checked
def get_stream(query: bodies.Resume) -> Response:
    """Hear of every bark at once; resumes behind `Last-Event-ID`."""
    user_id, caps = me().user_id, context().caps
    found = Stream(stores(), context().hub, user_id, token_of_request())
    place = caps.take(str(request.remote_addr))
    try:
        found.open(request.headers.get("Last-Event-ID") or query.cursor)
    except BaseException:
        caps.release(place)
        raise
    response = Response(_frames(found), mimetype="text/event-stream")
    response.call_on_close(partial(caps.release, place))
    response.call_on_close(found.close)
    response.headers["X-Accel-Buffering"] = "no"  # a proxy that collects would hold events back
    return response


def _frames(found: Stream) -> Iterator[bytes]:
    yield sse.OPENING
    for event in found.events():
        yield sse.event(event.name, events.data_of(event), event.id) if event else sse.HEARTBEAT
