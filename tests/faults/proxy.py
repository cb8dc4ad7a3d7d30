"""A TCP proxy before a store that fails on demand in the ways servers and networks do."""

import asyncio
import socket
import struct
import threading
from enum import Enum

LOOPBACK = "127.0.0.1"


class Mode(Enum):
    """What happens to connections."""

    PASS = "as if it were not there"
    REFUSE = "nobody listens, and connections are cut: the server is down"
    SWALLOW = "connections are made and nothing is ever answered: the server hangs, or the network drops packets"
    MUTE = "what is asked arrives, the answers do not"


class _End(asyncio.Protocol):
    """One end of a connection; what comes in here goes out at the other end."""

    def __init__(self, proxy: "Proxy", peer: "_End | None" = None) -> None:
        self.proxy, self.peer = proxy, peer
        self.is_client = peer is None
        self.lost = False  # swallowed once: it stays silent for ever, as after a firewall has forgotten it
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.proxy.ends.add(self)
        if self.peer is None:
            self.lost = self.proxy.mode is Mode.SWALLOW
            if not self.lost:
                transport.pause_reading()
                self.proxy.connect(self)
        else:
            self.peer.peer = self
            self.peer.transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        if not self.lost:
            asyncio.get_running_loop().call_later(self.proxy.delay, self._pass_on, data)

    def _pass_on(self, data: bytes) -> None:
        if self.peer and self.proxy.mode is Mode.MUTE and not self.is_client:
            self.lost = self.peer.lost = True
        if self.peer and not self.lost and not self.peer.transport.is_closing():
            self.peer.transport.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.proxy.ends.discard(self)
        if self.peer and (self.is_client or not self.lost):
            self.peer.transport.close()

    def cut(self) -> None:
        """End it with a reset."""
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


class Proxy:
    """Listens on a port of its own; an event loop in a thread of its own."""

    def __init__(self, target: int) -> None:
        self.mode, self.delay = Mode.PASS, 0.0
        self.ends: set[_End] = set()
        self._target = target
        self._hold = _bound(0)  # keeps the port while nobody listens
        self.port = int(self._hold.getsockname()[1])
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.switch(Mode.PASS)

    def switch(self, mode: Mode, delay: float = 0.0) -> None:
        """Behave like this from now on, existing connections included; `delay` (seconds) is for each way."""
        asyncio.run_coroutine_threadsafe(self._switch(mode, delay), self._loop).result(10)

    @property
    def is_faulty(self) -> bool:
        """Whether anything is not as if it were not there."""
        return self.mode is not Mode.PASS or self.delay > 0 or any(end.lost for end in list(self.ends))

    def reset(self) -> None:
        """Cut all connections; new ones go through."""
        asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result(10)

    def close(self) -> None:
        """End it all."""
        self.switch(Mode.REFUSE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        self._hold.close()

    def connect(self, client: _End) -> None:
        """Connect a client's end to the store."""
        task = self._loop.create_task(self._connect(client))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, client: _End) -> None:
        try:
            await self._loop.create_connection(lambda: _End(self, client), LOOPBACK, self._target)
        except OSError:
            client.cut()

    async def _switch(self, mode: Mode, delay: float) -> None:
        self.mode, self.delay = mode, delay
        if mode is Mode.REFUSE:
            if self._server:
                self._server.close()
                self._server = None
            await self._cut()
            return
        for end in self.ends if mode is Mode.SWALLOW else ():
            end.lost = True
        if self._server is None:
            self._server = await self._loop.create_server(lambda: _End(self), sock=_bound(self.port))

    async def _cut(self) -> None:
        for end in list(self.ends):
            end.cut()


def _bound(port: int) -> socket.socket:
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.bind((LOOPBACK, port))
    return found
