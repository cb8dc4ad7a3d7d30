"""The live stream, as server-sent events."""

import json
from collections.abc import Iterator

from flask import Response, request

from barker.api import bodies, render
from barker.api.auth import signed_in, token_of_request
from barker.api.blueprint import noun, replies
from barker.api.checks import checked
from barker.api.context import context, me, stores
from barker.api.limits import limited
from barker.live import sse
from barker.live.stream import Event, Stream

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
    user_id = me().user_id
    found = Stream(stores(), context().hub, user_id, token_of_request())
    found.open(request.headers.get("Last-Event-ID") or query.cursor)
    response = Response(_frames(found), mimetype="text/event-stream")
    response.call_on_close(found.close)
    response.headers["X-Accel-Buffering"] = "no"  # a proxy that collects would hold events back
    return response


def _frames(found: Stream) -> Iterator[bytes]:
    yield sse.OPENING
    for event in found.events():
        yield _frame(event) if event else sse.HEARTBEAT


def _frame(event: Event) -> bytes:
    return sse.event(event.name, _data(event), event.id)


def _data(event: Event) -> bytes:
    if event.shown:
        return render.bark_json(event.shown, liked=event.shown.bark.id in event.liked)
    if event.told:
        return render.notification(event.told, 0, event.liked).model_dump_json().encode()
    return json.dumps({"cursor": event.id} if event.data is None else event.data).encode()
