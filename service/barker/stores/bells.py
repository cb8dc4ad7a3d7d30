"""The shard channels of the queues: how a connected reader's process hears of an entry without asking."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from redis import Redis
from redis.client import PubSub
from redis.exceptions import RedisError

from barker.errors import StoreDown
from barker.models import Entry
from barker.stores.cluster import Cluster
from barker.stores.guard import guarded
from barker.stores.redis_client import connect
from barker.stores.topology import Address

TURN_SECONDS = 1.0  # how long a thread listens before it looks whether to end
RINGS = 50  # then those who were told have a turn, and requests: ten thousand rings at once are a second of work
QUIET_SECONDS = 5  # after so long without a word the server is asked whether it is there

# A connection that one greenlet tears down while another reads fails in ways of its own.
guard = guarded("queues", RedisError, OSError, ValueError, AttributeError, RuntimeError, AssertionError)


@dataclass(frozen=True)
class Ring:
    """A new entry in a user's queue; without one: the subscription stands from here on."""

    user_id: int
    entry: Entry | None = None


class Bells:
    """One subscribed connection. It ends with StoreDown: then open another, subscribe again, catch up.

    One greenlet calls `next`; any may subscribe and unsubscribe.
    """

    def __init__(self, redis: Redis, seconds: float) -> None:
        """The client must not try again by itself: nobody would know that rings were missed meanwhile."""
        self._redis = redis
        self._pubsub: PubSub = redis.pubsub()  # type: ignore[no-untyped-call]
        self._ending: Counter[str] = Counter()
        self._limit = QUIET_SECONDS + seconds
        self._heard = time.monotonic()
        self._asked = False
        self._broken = False
        self._turns = 0

    @guard
    def subscribe(self, channel: str) -> None:
        """Ask for the rings of a queue; a Ring without an entry tells when it stands."""
        with self._breaking():
            self._pubsub.ssubscribe(channel)

    @guard
    def unsubscribe(self, channel: str) -> None:
        """End the rings of a queue."""
        self._ending[channel] += 1
        with self._breaking():
            self._pubsub.sunsubscribe(channel)  # type: ignore[no-untyped-call]

    def next(self, seconds: float) -> Ring | None:
        """Return the next ring, None if there is none for so long."""
        self._turns += 1
        if self._turns % RINGS == 0:
            time.sleep(0)  # here, as on a cluster these threads would leave the hub no time to do it
        message = self._message(seconds)
        if message is None:
            return None
        if message["type"] == "smessage":
            return Ring(_user(message["channel"]), Entry.parse(*message["data"].split(" ")))
        if message["type"] == "sunsubscribe":
            self._note_end(message["channel"])
        return Ring(_user(message["channel"])) if message["type"] == "ssubscribe" else None

    @guard
    def _message(self, seconds: float) -> dict[str, Any] | None:
        if self._broken:
            raise StoreDown("queues")
        message: dict[str, Any] | None = self._pubsub.get_message(timeout=seconds)
        if message is None:
            self._check()
        else:
            self._heard, self._asked = time.monotonic(), False
        return message

    def _note_end(self, channel: str) -> None:
        """A subscription that nobody ended was ended by the server: it serves this slot of the cluster no more."""
        self._ending[channel] -= 1
        if self._ending[channel] < 0:
            raise StoreDown("queues")
        if not self._ending[channel]:
            del self._ending[channel]

    @contextmanager
    def _breaking(self) -> Iterator[None]:
        """Let the listening greenlet know of a break that another one met: the driver would mend it silently."""
        try:
            yield
        except Exception:
            self._broken = True
            raise

    def _check(self) -> None:
        quiet = time.monotonic() - self._heard
        if quiet > self._limit and self._asked:
            raise StoreDown("queues")
        if quiet > QUIET_SECONDS and not self._asked:
            self._asked = True
            self._pubsub.ping()

    @guard
    def close(self) -> None:
        """Close the connection, which ends all its subscriptions."""
        self._pubsub.close()
        self._redis.close()


class ClusterBells:
    """One subscribed connection a master, each listened to by a thread; where one ends, all end with StoreDown."""

    def __init__(self, cluster: Cluster, seconds: float) -> None:
        self._cluster = cluster
        self._seconds = seconds
        self._turn = threading.Lock()
        self._of: dict[Address, Bells] = {}
        self._heard: SimpleQueue[Ring | Exception] = SimpleQueue()
        self._closed = False

    @guard
    def subscribe(self, channel: str) -> None:
        """Ask for the rings of a queue; a Ring without an entry tells when it stands."""
        with self._breaking(), self._turn:
            if self._closed:  # by whoever waited for a silent master before
                raise StoreDown("queues")
            if not self._of:
                # Were one of them missing, all would subscribe again and again: so nobody does until all are there.
                for master in self._cluster.masters():
                    master.ping()
            address, client = self._cluster.serving(channel)
            bells = self._of.get(address) or Bells(client, self._seconds)
            bells.subscribe(channel)
            if address not in self._of:
                self._of[address] = bells
                threading.Thread(target=self._listen, args=(bells,), daemon=True).start()

    @guard
    def unsubscribe(self, channel: str) -> None:
        """End the rings of a queue."""
        with self._breaking(), self._turn:
            if bells := self._of.get(self._cluster.serving(channel)[0]):
                bells.unsubscribe(channel)

    def next(self, seconds: float) -> Ring | None:
        """Return the next ring, None if there is none for so long."""
        try:
            heard = self._heard.get(timeout=seconds)
        except Empty:
            return None
        if isinstance(heard, Exception):
            raise heard
        return heard

    def close(self) -> None:
        """Close all connections, which ends all subscriptions."""
        self._closed = True
        for bells in list(self._of.values()):
            with suppress(StoreDown):
                bells.close()
        self._cluster.close()

    def _listen(self, bells: Bells) -> None:
        try:
            while not self._closed:
                if ring := bells.next(TURN_SECONDS):
                    self._heard.put(ring)
        except Exception as error:  # whatever it is: who waits for rings must not wait for ever
            self._heard.put(error)

    @contextmanager
    def _breaking(self) -> Iterator[None]:
        try:
            yield
        except Exception:
            self._heard.put(StoreDown("queues"))
            raise


AnyBells = Bells | ClusterBells


def open_bells(url: str, seconds: float) -> AnyBells:
    """Return new bells, which connect at the first subscription."""
    redis = connect(url, seconds, retries=0)
    return ClusterBells(redis, seconds) if isinstance(redis, Cluster) else Bells(redis, seconds)


def _user(channel: str) -> int:
    return int(channel.rpartition(":")[2])
