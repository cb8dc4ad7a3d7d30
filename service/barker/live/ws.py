"""One WebSocket (RFC 6455): frames on a socket, each sent whole, and little taken at a time.

wsproto knows the frames; what is read and written when is decided here. Two greenlets share a socket: one sends,
one hears. No extension is negotiated: compressing costs 90 kB a connection, for events of a kilobyte.
"""

import socket
import time
from collections.abc import Iterable, Iterator

import gevent
from gevent.lock import BoundedSemaphore
from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, TextMessage
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import generate_accept_token

from barker.live import stream

MESSAGE_MAX = 4096  # bytes: an ack has under a hundred
PART_LEAST = 64  # bytes that a part of a message counts for: small ones without end are too much, too
RECEIVE_BYTES = 4096
FRAME_SECONDS = 0.002  # a frame: who sends faster waits, in the kernel, and takes nothing from others
# A ping goes out with each beat. Not heard of by the next one: gone, so within two heartbeats after its last word.
SILENT_BEATS = 1.5


class Over(Exception):
    """Nothing more comes from the other side."""


class Refused(Exception):
    """The other side breaks the rules, and has to go."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def switching(key: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """Return the head of the answer that ends HTTP on a connection."""
    accept = generate_accept_token(key.encode()).decode()
    upgrade = (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept))
    lines = (f"{name}: {value}\r\n" for name, value in (*upgrade, *headers))
    return f"HTTP/1.1 101 Switching Protocols\r\n{''.join(lines)}\r\n".encode("latin-1")


class WebSocket:
    """The server's side of one connection, once it is no HTTP any more."""

    def __init__(self, connection: socket.socket, head: bytes) -> None:
        """`head` is the answer that ends HTTP on the connection."""
        self._socket, self._head = connection, head
        self._frames = Connection(ConnectionType.SERVER)
        self._sending = BoundedSemaphore(1)  # what two greenlets send at once would else be mixed
        self._parts: list[str] = []
        self._size = 0
        self._heard_at = time.monotonic()
        self._listens = False  # who is not listened to, as while acks are written, is not silent

    def begin(self) -> None:
        """Answer the request."""
        self._socket.sendall(self._head)

    def send(self, text: str) -> None:
        """Send a message, as soon as the other side takes it; nothing once either side has said goodbye."""
        self._send(TextMessage(data=text))

    def beat(self) -> None:
        """Ask for a sign of life. Raises Over if the last one is too long ago."""
        if self._listens and time.monotonic() - self._heard_at > SILENT_BEATS * stream.HEARTBEAT_SECONDS:
            raise Over
        self._send(Ping())

    def close(self, code: int, reason: str = "") -> None:
        """Say goodbye, or answer the goodbye of the other side."""
        with self._sending:
            if self._frames.state in (ConnectionState.OPEN, ConnectionState.REMOTE_CLOSING):
                self._socket.sendall(self._frames.send(CloseConnection(code, reason)))

    def messages(self, seconds: float | None) -> Iterator[str]:
        """Return what comes in next, nothing if so long nothing comes. Raises Over and Refused.

        Over leaves it to the caller to answer a goodbye, by `close`.
        """
        data = self._receive(seconds)
        if data is None:
            return
        frames = 0
        self._frames.receive_data(data)
        for event in self._frames.events():
            frames += 1
            if (text := self._take(event)) is not None:
                yield text
        gevent.sleep(frames * FRAME_SECONDS)

    def discard(self) -> None:
        """Read and forget, until the other side closes: data left unread would take our goodbye away from it."""
        while self._receive(None):
            gevent.sleep(0)

    def _receive(self, seconds: float | None) -> bytes | None:
        data = None
        self._listens = True
        with gevent.Timeout(seconds, False):
            data = self._socket.recv(RECEIVE_BYTES)
            self._heard_at = time.monotonic()
        self._listens = False
        if data == b"":
            raise Over
        return data

    def _take(self, event: Event) -> str | None:
        if isinstance(event, CloseConnection):
            if self._frames.state in (ConnectionState.REMOTE_CLOSING, ConnectionState.CLOSED):
                raise Over
            raise Refused(event.code)  # frames that are none
        if isinstance(event, Ping):
            self._send(event.response())
        elif isinstance(event, BytesMessage):
            raise Refused(CloseReason.UNSUPPORTED_DATA)
        elif isinstance(event, TextMessage):
            return self._text(event)
        return None

    def _text(self, part: TextMessage) -> str | None:
        self._parts.append(part.data)
        self._size += max(len(part.data.encode()), PART_LEAST)
        if self._size > MESSAGE_MAX:
            raise Refused(CloseReason.MESSAGE_TOO_BIG)
        if not part.message_finished:
            return None
        text = "".join(self._parts)
        self._parts, self._size = [], 0
        return text

    def _send(self, event: Event) -> None:
        with self._sending:
            if self._frames.state is ConnectionState.OPEN:
                self._socket.sendall(self._frames.send(event))
