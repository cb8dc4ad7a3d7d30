"""The least that the same server can do: routes that ask no store. `gunicorn -c python:barker.server` runs it."""

from collections.abc import Iterator
from types import SimpleNamespace

from flask import Flask, Response
from gevent.queue import Empty, Queue

HEARTBEAT_SECONDS = 15.0

app = Flask(__name__)
opened: "list[Queue[bytes]]" = []  # of streams; for those that end there is no run after this one
# gunicorn's settings let go of live streams at the end: what is open here is cut.
app.extensions["barker"] = SimpleNamespace(hub=SimpleNamespace(drain=lambda reason: None))


@app.get("/hello")
def get_hello() -> dict[str, str]:
    return {"hello": "world"}


@app.get("/events")
def get_events() -> Response:
    return Response(_beats(Queue()), mimetype="text/event-stream")


@app.post("/events/<bark>")
def post_event(bark: str) -> dict[str, str]:
    frame = f'event: bark\ndata: {{"id":"{bark}"}}\n\n'.encode()
    for words in opened:
        words.put(frame)
    return {"id": bark}


def _beats(words: "Queue[bytes]") -> Iterator[bytes]:
    opened.append(words)
    yield b"data: beat\n\n"
    while True:
        try:
            yield words.get(timeout=HEARTBEAT_SECONDS)
        except Empty:
            yield b": beat\n\n"
