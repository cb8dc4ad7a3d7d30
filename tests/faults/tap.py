"""A proxy that notes what is asked of a store, a round trip at a time."""

import re
from typing import Any

from tests.faults.proxy import Proxy, _End

# What a process asks by itself, at any time: whether a server, or a subscription, is still there.
OF_ITSELF = {"PING", "hello", "$cmd", "SSUBSCRIBE", "SUBSCRIBE", "CLIENT", "HELLO", "TIME"}


class Tap(Proxy):
    """Notes the round trips to a Redis or to MongoDB by the commands in them, those to Neo4j by their number."""

    def __init__(self, target: int, name: str) -> None:
        self.name = name
        self.asked: list[str] = []
        super().__init__(target)

    def connect(self, client: _End) -> None:
        """Connect a client's end to the store, and listen to what it asks."""
        pass_on = client.data_received

        def data_received(data: bytes) -> None:
            self._note(data)
            pass_on(data)

        client.data_received = data_received  # type: ignore[method-assign]
        super().connect(client)

    def _note(self, data: bytes) -> None:
        commands = self._commands(data)
        if not set(commands) & OF_ITSELF:
            self.asked.append(f"{self.name} {' '.join(commands)}".strip())

    def _commands(self, data: bytes) -> list[str]:
        if self.name == "documents":  # OP_MSG: 16 bytes of header, 4 of flags, 1 of kind, 4 of length, 1 of type
            command = data[26 : data.index(b"\0", 26)].decode()
            if command in OF_ITSELF:
                return [command]
            return [command, data[31 + len(command) :].partition(b"\0")[0].decode()]
        found = re.findall(rb"\*[0-9]+\r\n\$[0-9]+\r\n([A-Za-z]+)\r\n(?:\$[0-9]+\r\n(barker_[a-z]+)\r\n)?", data)
        return [(function or command).decode() for command, function in found]


def round_trips(taps: dict[str, Tap], action: Any) -> list[str]:
    """Return what an action asks of all stores."""
    for tap in taps.values():
        tap.asked.clear()
    action()
    return [trip for tap in taps.values() for trip in tap.asked]
