"""Which master of a Redis Cluster serves which slot, asked again whenever there is a doubt."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import ClusterDownError, RedisError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from barker.settings import bracketed

Address = tuple[str, int]
ASKED = 4  # nodes that are asked in turn within the time limit, should none of them answer


class Topology:
    """The map of one cluster, and a client for each node."""

    def __init__(self, url: str, connect: Callable[[str, float], Redis], seconds: float) -> None:
        self._seeds, self._url_of = _read(url)
        self._connect = connect
        self._seconds = seconds
        self._clients: dict[Address, Redis] = {}
        self._slots: dict[int, Address] = {}
        self._nodes: set[Address] = set()
        self._doubt = True
        self._asking = threading.Lock()
        self._rounds = 0
        self._failure: RedisError | None = None

    def address(self, slot: int) -> Address:
        """Return the master of a slot. Raises ClusterDownError where there is none."""
        if self._doubt or slot not in self._slots:
            self.refresh()
        if slot not in self._slots:
            raise ClusterDownError(f"CLUSTERDOWN no master serves slot {slot}")
        return self._slots[slot]

    def masters(self) -> list[Redis]:
        """Return a client for each master that serves a slot."""
        if self._doubt or not self._slots:
            self.refresh()
        return [self.client(address) for address in sorted(set(self._slots.values()))]

    def client(self, address: Address) -> Redis:
        """Return the client of one node, which connects at its first use."""
        found = self._clients.get(address)
        return found or self._clients.setdefault(address, self._connect(self._url_of(address), self._seconds))

    def any_client(self) -> Redis:
        """Return the client of some node."""
        return self.client(self._seeds[0])

    def moved(self, slot: int, address: Address) -> None:
        """Note what a node said of a slot; the others may not know of it yet, so none is asked."""
        self._slots[slot] = address

    def doubt(self) -> None:
        """Let the map be asked for again before it is used."""
        self._doubt = True

    @contextmanager
    def doubted(self) -> Iterator[None]:
        """Doubt the map if what is done with it fails."""
        try:
            yield
        except RedisError:
            self.doubt()
            raise

    def refresh(self) -> None:
        """Ask for the map. One asks, and who comes meanwhile takes what came of it, a failure too."""
        rounds = self._rounds
        if not self._asking.acquire(timeout=self._seconds):
            raise RedisTimeoutError("no node of the cluster answers")
        try:
            if self._rounds == rounds:
                self._ask_all()
                self._rounds += 1
            if self._failure:
                raise self._failure
        finally:
            self._asking.release()

    def close(self) -> None:
        """Close all connections to all nodes."""
        for client in list(self._clients.values()):
            client.close()

    def _ask_all(self) -> None:
        """Ask one node after the other, in any order, until one answers or the time is over."""
        self._doubt = False  # before asking: a doubt that comes up meanwhile is a new one
        self._failure = RedisConnectionError("no node of the cluster answers")
        until = time.monotonic() + self._seconds
        known = list({*self._nodes, *self._seeds})
        random.shuffle(known)
        for address in known:
            try:
                self._slots, self._nodes = self._ask(address)
            except RedisError as error:
                self._failure = error
            else:
                self._failure = None
                return
            if time.monotonic() > until:
                break
        self._doubt = True

    def _ask(self, asked: Address) -> tuple[dict[int, Address], set[Address]]:
        """Return the masters by slot, and all nodes, as one of them knows them."""
        slots: dict[int, Address] = {}
        nodes: set[Address] = set()
        with self._connect(self._url_of(asked), self._seconds / ASKED) as client:
            rows: Any = client.execute_command("CLUSTER SLOTS")
        if not rows:  # it has left the cluster, or the cluster is still forming
            raise ClusterDownError("CLUSTERDOWN no slot is served")
        for first, last, *servers in rows:
            addresses = [(host or asked[0], int(port)) for host, port, *_ in servers]
            nodes.update(addresses)
            slots.update(dict.fromkeys(range(first, last + 1), addresses[0]))
        return slots, nodes


def _read(url: str) -> tuple[list[Address], Callable[[Address], str]]:
    """Return the nodes that an address names, and how to write the address of one node."""
    parts = urlsplit(url)
    person, at, hosts = parts.netloc.rpartition("@")
    seeds = [(host.strip("[]"), int(port)) for host, _, port in (one.rpartition(":") for one in hosts.split(","))]

    def url_of(address: Address) -> str:
        host, port = address
        netloc = f"{person}{at}{bracketed(host)}:{port}"
        return parts._replace(scheme=parts.scheme.removesuffix("+cluster"), netloc=netloc).geturl()

    return seeds, url_of
