"""A service whose every store is behind a proxy, people in it, and what their screens show."""

import json
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

from barker import ids
from barker.actions import accounts, barking, fanning
from barker.models import BarkDraft, User
from barker.stores import Stores
from tests.barker_process import PASSWORD, PATIENCE, Event, Person, Service
from tests.faults.proxy import Mode, Proxy

SECRET = "s3cret-of-the-stores"  # the password in the address of every store
LIMITS = {"documents": 1.0, "graph": 3.0, "places": 1.0, "queues": 1.0}  # seconds for a call of a store
COMMANDS = {
    "serve": ["-m", "gunicorn", "-c", "python:barker.server", "tests.faults.hasty_wsgi:app"],
    "worker": ["-m", "tests.faults.hasty"],
}


class HastyService(Service):
    """API and worker processes that do not make a test wait."""

    def start(self, name: str) -> None:
        """Start `serve` or `worker`."""
        with (self.logs / f"{name}.log").open("ab") as log:
            command = [sys.executable, *COMMANDS[name]]
            self.processes[name] = subprocess.Popen(command, env=self.environ, stdout=log, stderr=log)


@dataclass
class World:
    """The service, a proxy before each of its stores, and the stores themselves, which are never down."""

    service: HastyService
    proxies: Mapping[str, Proxy]
    stores: Stores
    secrets: list[str] = field(default_factory=lambda: [PASSWORD])  # what people know that no log may hold

    def person(self, name: str) -> Person:
        """Sign somebody up, past the service and its limits; no cache knows her token."""
        user = User(ids.new(), f"{name}_{secrets.token_hex(5)}", name)
        signed_in = accounts.sign_up(self.stores, user, PASSWORD, "a phone")
        self.secrets.append(signed_in.token)
        return Person(self.service, signed_in.token, {"handle": user.handle, "id": str(user.id)})

    def tell(self, author: Person, text: str) -> None:
        """Bark and fan out at once, past the service, as a process would that reaches all stores."""
        user = self.stores.users.by_id(id_of(author))
        assert user
        bark = barking.post_bark(self.stores, user, BarkDraft(text), ids.new()).bark
        fanning.fan_out(self.stores, [bark.id])

    def make_due(self) -> None:
        """Let the sweep see what is pending now, instead of in a minute."""
        self.stores.documents.collection("barks").update_many({"fan_out": "pending"}, {"$set": {"fan_out_due": 0}})
        self.stores.documents.collection("unsettled").update_many({}, {"$set": {"due": 0, "made": 0}})

    def is_settled(self) -> bool:
        """Whether no bark waits for its fan-out, and no follow for its effects; what does is made due."""
        self.make_due()
        barks, unsettled = (self.stores.documents.collection(name) for name in ("barks", "unsettled"))
        return not barks.find_one({"fan_out": "pending"}) and not unsettled.find_one({})

    def heal(self) -> None:
        """Let every store be reached again; connections that were swallowed stay as they are."""
        for proxy in self.proxies.values():
            proxy.switch(Mode.PASS)

    def clean(self) -> bool:
        """Leave nothing of a fault to the next test; tells whether there was one."""
        faulty = [proxy for proxy in self.proxies.values() if proxy.is_faulty]
        for proxy in faulty:
            proxy.switch(Mode.PASS)
            proxy.reset()
        return bool(faulty)

    def is_ready(self) -> bool:
        """Whether the service finds all its stores."""
        return self.service.call("GET", "/readyz").status_code == 200


def id_of(person: Person) -> int:
    """Return the id of a person."""
    return int(person.user["id"])


def eventually(condition: Callable[[], Any], seconds: float = PATIENCE) -> bool:
    """Tell whether a condition comes to hold in time."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


class Screen:
    """An open screen: all that its stream told, heartbeats included."""

    def __init__(self, person: Person, cursor: str = "") -> None:
        self.events: list[Event] = []
        self.beats: list[float] = []
        self.is_open = True
        self._connection = HTTPConnection("127.0.0.1", person.service.port, timeout=60)
        headers = {**person.headers, **({"Last-Event-ID": cursor} if cursor else {})}
        self._connection.request("GET", "/v1/stream", headers=headers)
        self._answer = self._connection.getresponse()
        assert self._answer.status == 200, self._answer.read()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        assert eventually(lambda: self.events), "the stream does not begin"

    def __enter__(self) -> "Screen":
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection.sock:
            with suppress(OSError):
                self._connection.sock.shutdown(socket.SHUT_RDWR)  # wakes the reader
        self._reader.join(10)
        self._answer.close()
        self._connection.close()

    def _read(self) -> None:
        fields: dict[str, str] = {}
        with suppress(HTTPException, AttributeError, ValueError, OSError):
            for raw in self._answer:
                key, _, value = raw.decode().rstrip("\n").partition(": ")
                if key:
                    fields[key] = value
                elif value:
                    self.beats.append(time.monotonic())
                elif "event" in fields:
                    data = json.loads(fields["data"])
                    self.events.append(Event(fields["event"], fields.get("id", ""), data, time.monotonic()))
                    fields = {}
        self.is_open = False

    def barks(self) -> list[str]:
        """Return the texts of the barks it told, in the order it told them."""
        return [event.data["text"] for event in self.events if event.name == "bark"]

    def delays(self) -> list[str]:
        """Return the stores it told to be away."""
        return [event.data["store"] for event in self.events if event.name == "delayed"]
