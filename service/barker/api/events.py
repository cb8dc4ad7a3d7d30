"""Events as JSON: the same for server-sent events and for WebSockets."""

import json

from barker.api import render
from barker.live.stream import Event


def data_of(event: Event) -> bytes:
    """Return what an event is about, as one line of JSON."""
    if event.shown:
        return render.bark_json(event.shown, liked=event.shown.bark.id in event.liked)
    if event.told:
        return render.notification(event.told, 0, event.liked).model_dump_json().encode()
    return json.dumps({"cursor": event.id} if event.data is None else event.data).encode()


def message_of(name: str, data: bytes, id_: str = "") -> str:
    """Return a message of a WebSocket; `data` is JSON already."""
    return f'{{"id":{json.dumps(id_)},"event":{json.dumps(name)},"data":{data.decode()}}}'
