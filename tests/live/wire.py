"""A WebSocket as a client holds it."""

import json
import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import websocket

from tests.barker_process import PATIENCE, Event, Person

Closed = websocket.WebSocketConnectionClosedException


class Wire:
    """One WebSocket of somebody; `code` is that of the service's goodbye."""

    def __init__(self, person: Person, headers: Mapping[str, str] | None = None, room: int = 0, **query: str) -> None:
        """`room` is how many bytes the kernel keeps for who does not read."""
        self.ws = websocket.WebSocket(sockopt=[(socket.SOL_SOCKET, socket.SO_RCVBUF, room)] if room else None)
        self.ws.settimeout(PATIENCE)
        self.code = 0
        given = person.headers if headers is None else headers
        url = f"ws://127.0.0.1:{person.service.port}/v1/ws?{urlencode(query)}"
        self.ws.connect(url, header=dict(given), suppress_origin=True)  # type: ignore[no-untyped-call]

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.ws.close(timeout=5)
        self.drop()  # which `close` leaves out after a goodbye of the other side

    def drop(self) -> None:
        """Vanish, without a word."""
        self.ws.shutdown()  # type: ignore[no-untyped-call]

    def raw(self, data: bytes) -> None:
        """Send what need not be a frame."""
        assert self.ws.sock
        self.ws.sock.sendall(data)

    def next(self) -> Event:
        """Return the next event. Raises Closed after the service's goodbye, whose code is noted."""
        while True:
            opcode, data = self.ws.recv_data()
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                self.code = int.from_bytes(data[:2], "big")
                raise Closed
            told: dict[str, Any] = json.loads(data)
            assert set(told) == {"id", "event", "data"}
            return Event(told["event"], told["id"], told["data"])

    def names(self, number: int) -> list[str]:
        """Return the names of the next so many events."""
        return [self.next().name for _ in range(number)]

    def until(self, name: str) -> Event:
        """Return the next event of a name."""
        while (event := self.next()).name != name:
            pass
        return event

    def say(self, **message: object) -> None:
        """Send a message."""
        self.ws.send(json.dumps(message))

    def rest(self) -> list[Event]:
        """Return what is told until the goodbye."""
        found = []
        try:
            while True:
                found.append(self.next())
        except Closed:
            return found
