"""The least that the same server can do: routes that ask no store. `gunicorn -c python:barker.server` runs it."""

from collections.abc import Iterator
from types import SimpleNamespace

from flask import Flask, Response
from gevent.queue import Empty, Queue

HEARTBEAT_SECONDS = 15.0

app = Flask(__name__)
# gunicorn's settings let go of live streams at the end: what is open here is cut.
app.extensions["barker"] = SimpleNamespace(hub=SimpleNamespace(drain=lambda reason: None))


@app.get("/hello")
def get_hello() -> dict[str, str]:
    return {"hello": "world"}


@app.get("/events")
def get_events() -> Response:
    return Response(_beats(Queue()), mimetype="text/event-stream")


def _beats(words: "Queue[bytes]") -> Iterator[bytes]:
    yield b"data: beat\n\n"
    while True:
        try:
            yield words.get(timeout=HEARTBEAT_SECONDS)
        except Empty:
            yield b": beat\n\n"
