"""Open screens: live streams that connect again where they are cut, and resume behind what they were told last."""

import json
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

from tests.chaos.journal import Told
from tests.chaos.phone import Person

AGAIN_SECONDS = 0.2  # before a cut stream is opened again
SILENT_SECONDS = 40.0  # a stream says something every 15 s


@dataclass
class Screen:
    """One screen, and all that it was told."""

    person: Person
    urls: Sequence[str]
    told: list[Told] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)  # when it was told to read the feed, for more was missed
    opened: int = 0
    faults: list[str] = field(default_factory=list)
    _cursor: str = ""
    _closing: bool = False
    _connection: HTTPConnection | None = None
    _thread: threading.Thread | None = None

    def open(self) -> None:
        """Begin, and go on until `close`."""
        self._thread = threading.Thread(target=self._go_on, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it."""
        self._closing = True
        with suppress(OSError, AttributeError):
            self._connection.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]
        if self._thread:
            self._thread.join()

    def _go_on(self) -> None:
        at = self.person.id
        while not self._closing:
            at += 1
            address = urlsplit(self.urls[at % len(self.urls)])
            self._connection = HTTPConnection(address.hostname or "", address.port, timeout=SILENT_SECONDS)
            with suppress(HTTPException, AttributeError, ValueError, OSError):  # the process was killed, or we close
                self._read(self._connection)
            self._connection.close()
            time.sleep(AGAIN_SECONDS)

    def _read(self, connection: HTTPConnection) -> None:
        headers = {**self.person.headers, **({"Last-Event-ID": self._cursor} if self._cursor else {})}
        connection.request("GET", "/v1/stream", headers=headers)
        answer = connection.getresponse()
        if answer.status != 200:
            if answer.status != 503:
                self.faults.append(f"GET of a stream: {answer.status} {answer.read(300)!r}")
            return
        self.opened += 1
        self._listen(answer)

    def _listen(self, answer: HTTPResponse) -> None:
        fields: dict[str, str] = {}
        for raw in answer:
            key, _, value = raw.decode().rstrip("\n").partition(": ")
            if key:
                fields[key] = value
            elif not value and "event" in fields:
                self._hear(fields["event"], fields.get("id", ""), json.loads(fields["data"]))
                fields = {}

    def _hear(self, name: str, id_: str, data: dict[str, Any]) -> None:
        if name == "bark":
            self.told.append(Told(id_, int(data["id"])))
        elif name == "gap":
            self.gaps.append(time.time())
        self._cursor = id_ or self._cursor
