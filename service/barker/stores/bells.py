"""The shard channels of the queues: how a connected reader's process hears of an entry without asking."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from redis.client import PubSub
from redis.exceptions import RedisError

from barker.errors import StoreDown
from barker.models import Entry
from barker.stores.guard import guarded
from barker.stores.redis_client import connect

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

    def __init__(self, url: str, seconds: float) -> None:
        # No second try: after a silent reconnection nobody would know that rings were missed.
        self._redis = connect(url, seconds, retries=0)
        self._pubsub: PubSub = self._redis.pubsub()  # type: ignore[no-untyped-call]
        self._limit = QUIET_SECONDS + seconds
        self._heard = time.monotonic()
        self._asked = False
        self._broken = False

    @guard
    def subscribe(self, channel: str) -> None:
        """Ask for the rings of a queue; a Ring without an entry tells when it stands."""
        with self._breaking():
            self._pubsub.ssubscribe(channel)

    @guard
    def unsubscribe(self, channel: str) -> None:
        """End the rings of a queue."""
        with self._breaking():
            self._pubsub.sunsubscribe(channel)  # type: ignore[no-untyped-call]

    def next(self, seconds: float) -> Ring | None:
        """Return the next ring, None if there is none for so long."""
        message = self._message(seconds)
        if message is None:
            return None
        if message["type"] == "smessage":
            return Ring(_user(message["channel"]), Entry.parse(*message["data"].split(" ")))
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


def _user(channel: str) -> int:
    return int(channel.rpartition(":")[2])
