"""One subscription a connected user and process, however many tabs; each tab has a bounded buffer.

Nobody who rings ever waits: a tab that does not keep up is told to go, and resumes from its cursor.
"""

from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field

import gevent
import structlog
from gevent.event import Event

from barker.errors import StoreDown, TooMany
from barker.live.showing import Showing
from barker.metrics import counts
from barker.models import Entry
from barker.stores import Stores
from barker.stores.bells import AnyBells

BUFFER = 1_000  # entries a tab; more than a queue keeps would be of no use
TABS = 20  # of one user in a process: more are a fault of her client, and each costs memory
TABS_SECONDS = 15  # by then a client that went away is known to be gone
TURN_SECONDS = 1.0  # how long the hub listens before it looks whether to close
AGAIN_SECONDS = 0.5  # between two tries to reach Redis
STANDS_SECONDS = 5.0  # until a subscription is confirmed
SLOW = "slow"  # a reason to say goodbye: the buffer is full
NOBODY = 0  # an id that no user has

log = structlog.get_logger()


@dataclass(frozen=True)
class Look:
    """Rings may have been missed: look in the queue."""


@dataclass(frozen=True)
class Bye:
    """This stream has to end."""

    reason: str


Word = Entry | Look | Bye


@dataclass(eq=False, slots=True)
class Listener:
    """One tab. Its buffer is a list: of gevent's queues an empty one has 2.5 kB."""

    token: bytes  # the hash of the token that it ends with
    words: list[Entry | Look] = field(default_factory=list)
    leaving: Bye | None = None
    told: Event = field(default_factory=Event)

    def tell(self, word: Word) -> None:
        """Put a word into the buffer; a full one ends the tab."""
        if isinstance(word, Bye):
            self.leaving = word
        elif len(self.words) < BUFFER:
            self.words.append(word)
        else:
            self.leaving = self.leaving or Bye(SLOW)
        self.told.set()

    def next(self, seconds: float) -> Word | None:
        """Return the next word, None if there is none for so long."""
        if not self.words and not self.leaving:
            self.told.clear()
            self.told.wait(seconds)
        if self.leaving or not self.words:
            return self.leaving
        return self.words.pop(0)


@dataclass(eq=False, slots=True)
class Channel:
    """The tabs of one user, and whether her subscription stands."""

    listeners: list[Listener] = field(default_factory=list)
    stands: Event = field(default_factory=Event)


class Hub:
    """All tabs of this process, on one subscribed connection (a master, where the queues are on a cluster)."""

    def __init__(self, stores: Stores) -> None:
        self.showing = Showing(stores)
        self._queues = stores.queues
        self._channels: dict[int, Channel] = {}
        self._unconfirmed: Counter[int] = Counter()
        self._bells: AnyBells | None = None
        self._closing: Bye | None = None

    def start(self) -> None:
        """Begin to listen, in a greenlet of its own."""
        gevent.spawn(self._run)

    def join(self, user_id: int, token: bytes) -> Listener:
        """Hear of a user's entries from here on. Raises StoreDown if that cannot be had in time, and TooMany."""
        listener = Listener(token)
        if self._closing:
            listener.tell(self._closing)
            return listener
        channel = self._channels.get(user_id)
        if channel is None:
            channel = self._channels[user_id] = Channel()
            self._subscribe(user_id)
        if len(channel.listeners) >= TABS:
            counts.STREAMS_REFUSED.labels("person").inc()
            raise TooMany(f"At most {TABS} streams of one person at once: close one.", TABS_SECONDS)
        channel.listeners.append(listener)
        counts.streams(1)
        stands = False
        try:
            stands = channel.stands.wait(STANDS_SECONDS)
        finally:
            if not stands:
                self.leave(user_id, listener)
        if not stands:
            raise StoreDown("queues")
        return listener

    def leave(self, user_id: int, listener: Listener) -> None:
        """End one tab; the last one of a user ends her subscription."""
        channel = self._channels.get(user_id)
        if channel is None or listener not in channel.listeners:
            return
        channel.listeners.remove(listener)
        counts.streams(-1)
        if not channel.listeners:
            del self._channels[user_id]
            if self._bells:
                with suppress(StoreDown):
                    self._bells.unsubscribe(self._queues.channel(user_id))

    def drain(self, reason: str) -> None:
        """Let every tab, and every one still to come, say goodbye."""
        self._closing = Bye(reason)
        for channel in self._channels.values():
            for listener in channel.listeners:
                listener.tell(self._closing)

    def revoke(self, tokens: Collection[bytes] | None) -> None:
        """End the tabs of tokens that were revoked; where some may have gone unheard (None), let all tabs look."""
        for channel in self._channels.values():
            for listener in channel.listeners:
                if tokens is None:
                    listener.tell(Look())
                elif listener.token in tokens:
                    listener.tell(Bye("signed_out"))

    def _subscribe(self, user_id: int) -> None:
        if self._bells:  # else it happens as soon as the connection is there
            self._unconfirmed[user_id] += 1
            with suppress(StoreDown):  # the listening greenlet finds the same, and begins again
                self._bells.subscribe(self._queues.channel(user_id))

    def _run(self) -> None:
        while not self._closing:
            bells = self._queues.bells()
            try:
                self._listen(bells)
            except StoreDown:
                for user_id in list(self._channels):  # they find out what is the matter, and tell it
                    self._tell(user_id, Look())
                gevent.sleep(AGAIN_SECONDS)
            except Exception:  # were this greenlet to end, every open screen would go silent without a word
                log.exception("hub_fault")
                gevent.sleep(AGAIN_SECONDS)
            finally:
                self._bells = None
                with suppress(StoreDown):
                    bells.close()

    def _listen(self, bells: AnyBells) -> None:
        bells.subscribe(self._queues.channel(NOBODY))  # so that there is a connection to listen on
        self._bells = bells
        self._unconfirmed.clear()
        for user_id in list(self._channels):
            self._subscribe(user_id)
        while not self._closing:
            ring = bells.next(TURN_SECONDS)
            if ring and ring.entry:
                self._tell(ring.user_id, ring.entry)
            elif ring:
                self._confirm(ring.user_id)

    def _tell(self, user_id: int, word: Word) -> None:
        channel = self._channels.get(user_id)
        for listener in channel.listeners if channel else ():
            listener.tell(word)

    def _confirm(self, user_id: int) -> None:
        """Note that a subscription stands, once its latest request is answered."""
        self._unconfirmed[user_id] -= 1
        channel = self._channels.get(user_id)
        if self._unconfirmed[user_id] > 0:
            return
        del self._unconfirmed[user_id]
        if channel is None:
            return
        if channel.stands.is_set():  # the connection is a new one: rings were missed in between
            self._tell(user_id, Look())
        channel.stands.set()
