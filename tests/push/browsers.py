"""Browsers that subscribe, and the push service that they name: a real server, which keeps what it is sent."""

import json
import secrets
import threading
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from barker import vapid
from tests.barker_process import Person

SUBSCRIPTIONS = "/v1/me/push-subscriptions"
HANG_SECONDS = 30.0  # longer than anybody waits


@dataclass
class Sent:
    """One request that reached a push service."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def claims(self) -> dict[str, Any]:
        """What the signature says; whether it is right is another matter."""
        token = self.headers["Authorization"].partition("t=")[2].partition(",")[0]
        text = token.split(".")[1]
        return dict(json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4))))


class PushService(ThreadingHTTPServer):
    """Answers 201, or what a path was told, one after the other: a status, where to go to, `hang` or `drip`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.port = int(self.server_address[1])
        self.sent: list[Sent] = []
        self.answers: dict[str, list[int | str]] = {}
        self.names: list[str] = []  # by which it was asked, over TLS
        self.ending = threading.Event()

    @contextmanager
    def running(self) -> Iterator["PushService"]:
        """Serve."""
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield self
        finally:
            self.ending.set()
            self.shutdown()
            self.server_close()
            thread.join()

    def to(self, path: str) -> list[Sent]:
        """Return what came to a path."""
        return [one for one in self.sent if one.path == path]


class _Handler(BaseHTTPRequestHandler):
    server: PushService

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        told = self.server.answers.get(self.path, [])
        answer = told.pop(0) if told else 201
        self.server.sent.append(Sent(self.path, dict(self.headers), body))
        if answer == "hang":
            self.server.ending.wait(HANG_SECONDS)
        elif answer == "drip":
            self._drip()
        else:
            self._answer(answer)

    def _answer(self, answer: int | str) -> None:
        self.send_response(answer if isinstance(answer, int) else 307)
        if isinstance(answer, str):
            self.send_header("Location", answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _drip(self) -> None:
        until = time.monotonic() + HANG_SECONDS
        self.wfile.write(b"HTTP/1.1 201 ")
        with suppress(OSError):
            while time.monotonic() < until and not self.server.ending.wait(0.1):
                self.wfile.write(b"x")

    def log_message(self, *_: Any) -> None:
        pass


@dataclass
class Browser:
    """A browser that is subscribed under a path of a push service."""

    origin: str
    path: str = field(default_factory=lambda: f"/p/{secrets.token_hex(8)}")
    id: str = ""

    def __post_init__(self) -> None:
        self._key = generate_private_key(SECP256R1())
        self._auth = secrets.token_bytes(16)

    @property
    def subscription(self) -> dict[str, Any]:
        """What PushSubscription.toJSON() returns."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": vapid.encoded(point), "auth": vapid.encoded(self._auth)}
        return {"endpoint": self.origin + self.path, "expirationTime": None, "keys": keys}

    def subscribe(self, person: Person) -> dict[str, Any]:
        """Subscribe, for a person."""
        answer = person.call("POST", SUBSCRIPTIONS, json=self.subscription)
        assert answer.status_code == 201, answer.text
        self.id = answer.json()["id"]
        return dict(answer.json())

    def opened(self, sent: Sent) -> dict[str, Any]:
        """Return what a push says."""
        text = http_ece.decrypt(sent.body, private_key=self._key, auth_secret=self._auth, version="aes128gcm")
        return dict(json.loads(text))
