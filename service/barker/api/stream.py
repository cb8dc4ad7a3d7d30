"""The live stream, as server-sent events."""

import json
from collections.abc import Iterator

from flask import Response, request

from barker.actions import accounts
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
    user_id, here, token = me().user_id, stores(), token_of_request()
    found = Stream(here, context().hub, user_id, lambda: accounts.caller_of(here, token))
    found.open(request.headers.get("Last-Event-ID") or query.cursor)
    response = Response(_frames(found, user_id), mimetype="text/event-stream")
    response.call_on_close(found.close)
    response.headers["X-Accel-Buffering"] = "no"  # a proxy that collects would hold events back
    return response


def _frames(found: Stream, user_id: int) -> Iterator[bytes]:
    yield sse.OPENING
    for event in found.events():
        yield _frame(event, user_id) if event else sse.HEARTBEAT


def _frame(event: Event, user_id: int) -> bytes:
    if event.shown:
        return sse.event(event.name, render.bark(event.shown, user_id).model_dump_json(), event.id)
    data = {"cursor": event.id} if event.data is None else event.data
    return sse.event(event.name, json.dumps(data), event.id)
