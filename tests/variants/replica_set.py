"""A MongoDB replica set of three members, as child processes on this machine."""

import os
import signal
from functools import partial
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from barker.local import documents
from barker.local.child import Child, Command, stop
from barker.local.display import Lines
from barker.local.ports import LOOPBACK, free_port, is_open
from barker.local.starting import Awaited, wait_until_ready
from tests.barker_process import wait_for

MEMBERS = 3
ELECTION_MS = 2_000  # a primary that is silent for so long is replaced; MongoDB's own default is 10 s


class ReplicaSet:
    """Three members: entering starts them, leaving stops them."""

    def __init__(self, folder: Path) -> None:
        self.ports: list[int] = []
        self.children: dict[int, Child] = {}
        for number in range(MEMBERS):
            port = free_port(other_than=self.ports)
            self.ports.append(port)
            kept = folder / str(number)
            kept.mkdir()
            argv = documents.command(kept, port)
            self.children[port] = Child(Command(title=f"MongoDB {port}", argv=argv, log=folder / f"{number}.log"))

    def __enter__(self) -> "ReplicaSet":
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        stop(self.children.values())

    @property
    def url(self) -> str:
        """The setting that names it."""
        hosts = ",".join(f"{LOOPBACK}:{port}" for port in self.ports)
        return f"mongodb://{hosts}/barker?replicaSet={documents.SET}"

    def primary(self) -> int:
        """Return the port of the primary."""
        return next(filter(self.is_primary, self.ports))

    def is_primary(self, port: int) -> bool:
        """Tell whether a member is the primary, by its own word."""
        return bool(self._hello(port).get("isWritablePrimary"))

    def kill(self, port: int) -> None:
        """End a member as a crash does."""
        os.kill(self.children[port].pid, signal.SIGKILL)

    def start(self, port: int) -> None:
        """Start a member again."""
        self.children[port].start()

    def is_whole(self) -> bool:
        """Tell whether there is a primary, and all others follow it."""
        found = [self._hello(port) for port in self.ports]
        primaries = sum(bool(one.get("isWritablePrimary")) for one in found)
        return primaries == 1 and sum(bool(one.get("secondary")) for one in found) == MEMBERS - 1

    def _start(self) -> None:
        for child in self.children.values():
            child.start()
        awaited = [Awaited(self.children[port], partial(is_open, port), str(port)) for port in self.ports]
        wait_until_ready(awaited, Lines(lambda _: None))
        members = [{"_id": number, "host": f"{LOOPBACK}:{port}"} for number, port in enumerate(self.ports)]
        config = {"_id": documents.SET, "members": members, "settings": {"electionTimeoutMillis": ELECTION_MS}}
        with _client(self.ports[0]) as client:
            client.admin.command("replSetInitiate", config)
        wait_for(self.is_whole, "the set to have a primary", 60)

    def _hello(self, port: int) -> dict[str, Any]:
        if not is_open(port):
            return {}
        with _client(port) as client:
            try:
                return dict(client.admin.command("hello"))
            except PyMongoError:
                return {}


def _client(port: int) -> MongoClient[dict[str, Any]]:
    return MongoClient(LOOPBACK, port, directConnection=True, serverSelectionTimeoutMS=1000)
