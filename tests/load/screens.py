"""Many open screens in a process of its own: server-sent events over bare sockets, JSON lines in and out.

`{"open": [token, …]}` opens one a token; `{"heard": bark, "seconds": s}` waits until all have heard a bark and tells
when (Unix milliseconds); `{"reopen": bark, "seconds": s}` drops all, opens them again with their cursors, and waits
for a bark. Events heard twice are counted all along.
"""

import json
import selectors
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

RECEIVED = 1 << 16
AT_ONCE = 200  # connections that wait for their first event: a backlog that is full drops what comes


@dataclass
class Screen:
    """One stream: its connection, its cursor, and what it has heard."""

    token: str
    line: socket.socket | None = None
    cursor: str = ""
    buffer: bytes = b""
    ready: bool = False
    heard: set[bytes] = field(default_factory=set)
    doubled: int = 0


class Screens:
    """All streams of the process."""

    def __init__(self, port: int, path: str) -> None:
        self._port, self._path = port, path
        self._selector = selectors.DefaultSelector()
        self._screens: list[Screen] = []
        self._times: dict[bytes, list[float]] = {}

    def open(self, tokens: Sequence[str]) -> dict[str, Any]:
        """Open a stream a token; returns the seconds until all are ready."""
        self._screens = [Screen(token) for token in tokens]
        return {"seconds": self._connect()}

    def reopen(self, bark: str, seconds: float) -> dict[str, Any]:
        """Drop all streams and open them again; returns how long it took, and until all had heard a bark."""
        for screen in self._screens:
            self._drop(screen)
        began = time.time()
        ready = self._connect()
        return {"ready": ready, "since": began * 1000} | self.heard(bark, seconds)

    def heard(self, bark: str, seconds: float) -> dict[str, Any]:
        """Wait until every stream has heard a bark."""
        wanted, until = bark.encode(), time.monotonic() + seconds
        self._listen(lambda: len(self._times.get(wanted, ())) >= len(self._screens), until)
        times = sorted(self._times.get(wanted, ()))
        missing = sum(wanted not in screen.heard for screen in self._screens)
        return {"times": times, "missing": missing, "doubled": sum(screen.doubled for screen in self._screens)}

    def _connect(self) -> float:
        began = time.monotonic()
        for at in range(0, len(self._screens), AT_ONCE):
            some = self._screens[at : at + AT_ONCE]
            for screen in some:
                self._begin(screen)
            self._listen(lambda some=some: all(screen.ready for screen in some), began + 300)  # type: ignore[misc]
        return time.monotonic() - began

    def _begin(self, screen: Screen) -> None:
        head = f"GET {self._path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {screen.token}\r\n"
        head += f"Last-Event-ID: {screen.cursor}\r\n" if screen.cursor else ""
        screen.line = socket.create_connection(("127.0.0.1", self._port))
        screen.line.sendall(f"{head}\r\n".encode())
        screen.ready, screen.buffer = False, b""
        self._selector.register(screen.line, selectors.EVENT_READ, screen)

    def _drop(self, screen: Screen) -> None:
        if screen.line:
            self._selector.unregister(screen.line)
            screen.line.close()
            screen.line = None

    def _listen(self, done: Callable[[], bool], until: float) -> None:
        while not done():
            left = until - time.monotonic()
            if left <= 0:
                return
            for key, _ in self._selector.select(min(left, 1.0)):
                self._take(key.data)

    def _take(self, screen: Screen) -> None:
        received = screen.line.recv(RECEIVED) if screen.line else b""
        if not received:
            self._drop(screen)
            return
        now_ms = time.time() * 1000
        *frames, screen.buffer = (screen.buffer + received).split(b"\n\n")
        for frame in frames:
            self._note(screen, frame, now_ms)

    def _note(self, screen: Screen, frame: bytes, now_ms: float) -> None:
        if b"event: ready" in frame or b"data: beat" in frame:
            screen.ready = True
        if (at := frame.find(b"id: ")) >= 0:
            screen.cursor = frame[at + 4 : frame.index(b"\n", at)].decode()
        if b"event: bark" in frame:
            at = frame.index(b'data: {"id":"') + 13
            bark = frame[at : frame.index(b'"', at)]
            screen.doubled += bark in screen.heard
            screen.heard.add(bark)
            self._times.setdefault(bark, []).append(now_ms)


def answers(screens: Screens, lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """Do what each line asks for."""
    for line in lines:
        asked = json.loads(line)
        if "open" in asked:
            yield screens.open(asked["open"])
        elif "reopen" in asked:
            yield screens.reopen(asked["reopen"], asked["seconds"])
        else:
            yield screens.heard(asked["heard"], asked["seconds"])


if __name__ == "__main__":
    for answer in answers(Screens(int(sys.argv[1]), sys.argv[2]), iter(sys.stdin)):
        print(json.dumps(answer), flush=True)
