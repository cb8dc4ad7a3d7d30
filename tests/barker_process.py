"""The service as its users meet it: an API process, a worker, and people who talk to it over HTTP."""

import json
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import requests

from barker.local.ports import free_port

PASSWORD = "correct horse"
PATIENCE = 20.0  # seconds that a test waits for something that takes milliseconds on an idle machine


class Service:
    """API and worker processes on given stores."""

    def __init__(self, environ: Mapping[str, str], logs: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environ = {**environ, "BARKER_PORT": str(self.port)}
        self.logs = logs
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Service":
        self.start("serve")
        self.start("worker")
        wait_for(self._is_ready, "the service to be ready", 60)
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self.processes):
            self.stop(name)

    def start(self, name: str) -> None:
        """Start `serve` or `worker`."""
        with (self.logs / f"{name}.log").open("ab") as log:
            command = [sys.executable, "-m", "barker.cli", name]
            self.processes[name] = subprocess.Popen(command, env=self.environ, stdout=log, stderr=log)

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> float:
        """Stop a process and return the seconds it took."""
        began = time.monotonic()
        process = self.processes.pop(name)
        process.send_signal(how)
        process.wait(30)
        return time.monotonic() - began

    def log(self, name: str) -> str:
        """Return what a process has logged."""
        return (self.logs / f"{name}.log").read_text()

    def _is_ready(self) -> bool:
        assert all(process.poll() is None for process in self.processes.values()), self.log("serve")
        try:
            return requests.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def sign_up(self, stem: str = "somebody", **profile: Any) -> "Person":
        """Sign somebody up under a handle nobody else has."""
        handle = f"{stem}_{secrets.token_hex(5)}"
        answer = self.call("POST", "/v1/users", json={"handle": handle, "password": PASSWORD, **profile})
        assert answer.status_code == 201, answer.text
        return Person(self, answer.json()["token"], answer.json()["user"])

    def call(self, method: str, path: str, **arguments: Any) -> requests.Response:
        """Send a request as a stranger."""
        return requests.request(method, self.url + path, **{"timeout": 30, **arguments})


@dataclass
class Person:
    """Somebody signed in."""

    service: Service
    token: str
    user: dict[str, Any]

    @property
    def handle(self) -> str:
        """Her handle."""
        return str(self.user["handle"])

    @property
    def headers(self) -> dict[str, str]:
        """What proves who she is."""
        return {"Authorization": f"Bearer {self.token}"}

    def call(self, method: str, path: str, **arguments: Any) -> requests.Response:
        """Send a request as this person."""
        headers = {**self.headers, **arguments.pop("headers", {})}
        return self.service.call(method, path, headers=headers, **arguments)

    def get(self, path: str, **query: Any) -> Any:
        """Return the JSON of a GET that must succeed."""
        answer = self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def follow(self, other: "Person") -> None:
        """Follow somebody."""
        assert self.call("PUT", f"/v1/me/following/{other.handle}").status_code == 200

    def bark(self, text: str, **more: Any) -> dict[str, Any]:
        """Bark, and return the bark."""
        answer = self.call("POST", "/v1/barks", json={"text": text, **more})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def feed(self, **query: Any) -> list[str]:
        """Return the texts of the first page of the feed."""
        return [bark["text"] for bark in self.get("/v1/feed", **query)["items"]]

    @contextmanager
    def stream(self, cursor: str | None = None) -> Iterator["Events"]:
        """Open the live stream."""
        headers = {**self.headers, **({"Last-Event-ID": cursor} if cursor else {})}
        connection = HTTPConnection("127.0.0.1", self.service.port, timeout=60)
        connection.request("GET", "/v1/stream", headers=headers)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        try:
            yield Events(answer)
        finally:
            if connection.sock:  # wakes the reader, which a mere close would wait for
                connection.sock.shutdown(socket.SHUT_RDWR)
            connection.close()


@dataclass
class Event:
    """One server-sent event, and when it came."""

    name: str = ""
    id: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    at: float = 0.0


class Events:
    """A reader of server-sent events, in a thread of its own."""

    def __init__(self, answer: HTTPResponse) -> None:
        self._answer = answer
        self._events: Queue[Event | None] = Queue()
        self.cursor = ""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        event = Event()
        try:
            for raw in self._answer:
                line = raw.decode().rstrip("\n")
                key, _, value = line.partition(": ")
                if key == "data":
                    event.data = json.loads(value)
                elif key in ("id", "event"):
                    setattr(event, {"event": "name"}.get(key, key), value)
                elif not line and event.name:
                    event.at = time.monotonic()
                    self._events.put(event)
                    event = Event()
        except (HTTPException, AttributeError, ValueError, OSError):
            pass  # closed, by us or by the service
        self._events.put(None)

    def next(self, seconds: float = PATIENCE) -> Event:
        """Return the next event; fails if none comes."""
        try:
            event = self._events.get(timeout=seconds)
        except Empty:
            raise AssertionError(f"no event within {seconds} s") from None
        assert event is not None, "the stream was closed"
        self.cursor = event.id or self.cursor
        return event

    def bark(self) -> Event:
        """Return the next bark; a follow may have been settled meanwhile, any other event fails."""
        while (event := self.next()).name == "feed-changed":
            pass
        assert event.name == "bark", event
        return event

    def barks(self, number: int) -> list[str]:
        """Return the texts of the next so many barks."""
        return [self.bark().data["text"] for _ in range(number)]

    def rest(self, seconds: float = 0.5) -> list[Event]:
        """Return what still comes, until it is quiet for a while or the stream ends."""
        found = []
        with suppress(Empty):
            while event := self._events.get(timeout=seconds):
                found.append(event)
        return found


def wait_for(condition: Any, what: str, seconds: float = PATIENCE) -> None:
    """Wait until a condition holds; fails if it does not in time."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"waited {seconds} s for {what}"
        time.sleep(0.05)
