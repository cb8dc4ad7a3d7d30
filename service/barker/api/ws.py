"""The live stream over a WebSocket: the same events, and acks the other way."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from flask import Response, g, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException

from barker.api import bodies, events, problems
from barker.api.auth import signed_in, token_of_request, upgrades
from barker.api.blueprint import noun, replies
from barker.api.checks import BadFields, checked, parse
from barker.api.context import context, me, stores
from barker.api.limits import limited
from barker.api.stream import in_turn, opened
from barker.errors import BarkerError, Malformed
from barker.live.acks import Acks
from barker.live.conversation import Conversation
from barker.live.stream import Stream
from barker.live.ws import WebSocket, switching

VERSION = "13"
PATH = "/v1/ws"
SWITCHES = {
    "description": "Messages {id, event, data} for as long as both sides stay; {ack} tells how far they were taken"
}
_KEY = re.compile(r"[A-Za-z0-9+/]{22}==")

ws = noun("websocket", "What is told to an open screen at once, and acknowledged by it.")


class UpgradeRequired(HTTPException):
    """Only a WebSocket is served here."""

    code = 426
    description = f"This is a WebSocket: ask with Upgrade: websocket and Sec-WebSocket-Version: {VERSION}."

    def get_headers(self, *_: Any, **__: Any) -> list[tuple[str, str]]:
        """Tell what to ask for."""
        return [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", VERSION)]


class Switched(Response):
    """Takes the connection over from gunicorn, once the request is answered and logged."""

    def __init__(self, key: str, hold: Callable[[WebSocket], None]) -> None:
        super().__init__(status=101)
        del self.headers["Content-Type"]
        self._key, self._hold = key, hold

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Hold the conversation; gunicorn then closes the connection, and writes nothing."""
        self.headers.pop("Content-Length", None)
        try:
            self._hold(WebSocket(environ["gunicorn.socket"], switching(self._key, self.headers)))
        finally:
            self.close()
        raise StopIteration


@ws.get(PATH, responses=replies(401, 403, 426) | {101: SWITCHES})
@in_turn
@signed_in
@limited(120)
@checked
def get_ws(query: bodies.Resume) -> Response:
    """Hear of every bark at once, and say how far you have read; without a cursor it goes on from there."""
    key, acks = _key(), Acks(stores(), me())
    stream = Stream(stores(), context().hub, me().user_id, token_of_request())
    close = opened(stream, acks.resume() if query.cursor is None else query.cursor)
    heard = _heard(acks, g.request_id)

    def hold(socket: WebSocket) -> None:
        told = lambda event: events.message_of(event.name, events.data_of(event), event.id)  # noqa: E731
        Conversation(socket, stream, acks).hold(told, heard)

    switched = Switched(key, hold)
    switched.call_on_close(close)
    return switched


def _key() -> str:
    """Return the key of an opening handshake (RFC 6455, section 4.2.1)."""
    if request.method != "GET" or not upgrades() or request.headers.get("Sec-WebSocket-Version") != VERSION:
        raise UpgradeRequired
    key = request.headers.get("Sec-WebSocket-Key", "")
    if not _KEY.fullmatch(key):
        raise Malformed("Sec-WebSocket-Key must be 16 bytes in base64.")
    return key


def _heard(acks: Acks, request_id: str) -> Callable[[str], str | None]:
    def heard(text: str) -> str | None:
        try:
            acks.take(parse(bodies.Ack, text).ack)
        except (BarkerError, BadFields) as error:
            return events.message_of("error", problems.message(error, request_id).encode())
        return None

    return heard


def _also_for_upgrades(state: BlueprintSetupState) -> None:
    # A rule is for HTTP or for WebSockets; the first alone would answer an upgrade by 400, the second all else.
    state.app.add_url_rule(PATH, endpoint=f"{ws.name}.get_ws", methods=["GET"], websocket=True)


ws.record(_also_for_upgrades)
