"""A load client: a process that keeps some connections busy with ready-made requests. JSON in, JSON out."""

import json
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any

SILENT_SECONDS = 30.0
RECEIVED = 1 << 18


@dataclass
class Line:
    """One connection, and the answer that it waits for."""

    socket: socket.socket
    sent: float = 0.0
    buffer: bytearray = field(default_factory=bytearray)

    def send(self, request: bytes) -> None:
        """Send the next request."""
        self.sent = time.monotonic()
        self.socket.sendall(request)

    def answer(self) -> bytes | None:
        """Take what has come; the whole answer once it is there."""
        received = self.socket.recv(RECEIVED)
        assert received, "the server closed a connection"
        self.buffer += received
        head = self.buffer.find(b"\r\n\r\n")
        if head < 0 or len(self.buffer) < head + 4 + _length(self.buffer[:head]):
            return None
        whole = bytes(self.buffer)
        self.buffer.clear()
        return whole


def _length(head: bytearray) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    raise AssertionError(f"an answer without a length: {bytes(head)!r}")


def run(requests: list[bytes], port: int, connections: int, seconds: float) -> dict[str, Any]:
    """Send each request once, or, given seconds, all of them round and round for so long."""
    selector = selectors.DefaultSelector()
    began = time.monotonic()
    todo = _until(requests, began + seconds) if seconds else iter(requests)
    open_ = 0
    for request in islice(todo, connections):
        line = Line(socket.create_connection(("127.0.0.1", port)))
        line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(line.socket, selectors.EVENT_READ, line)
        line.send(request)
        open_ += 1
    times: list[float] = []
    statuses: dict[str, int] = {}
    size = 0
    while open_:
        ready = selector.select(SILENT_SECONDS)
        assert ready, "the server says nothing any more"
        for key, _ in ready:
            line = key.data
            if (answer := line.answer()) is None:
                continue
            times.append(time.monotonic() - line.sent)
            size += len(answer)
            status = answer[9:12].decode()
            statuses[status] = statuses.get(status, 0) + 1
            if request := next(todo, b""):
                line.send(request)
            else:
                selector.unregister(line.socket)
                line.socket.close()
                open_ -= 1
    return _summary(times, time.monotonic() - began) | {"statuses": statuses, "bytes": size}


def _until(requests: list[bytes], end: float) -> Iterator[bytes]:
    for request in cycle(requests):
        if time.monotonic() >= end:
            return
        yield request


def _summary(times: list[float], seconds: float) -> dict[str, Any]:
    ordered = sorted(times)
    p50, p99 = (1000 * ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.5, 0.99))
    return {"answers": len(times), "seconds": seconds, "p50_ms": p50, "p99_ms": p99}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    print(json.dumps(run([text.encode() for text in asked.pop("requests")], **asked)))
