"""One open screen: catch up from a cursor, then go on live, without a gap and without a double.

The subscription stands before the queue is read, and every ring carries its entry's id: what both bring is told
once. Whenever something may have been missed the stream is `behind`, and reads the queue again from its cursor.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from barker import spans
from barker.actions import accounts, feed, liking, notifying, positions
from barker.errors import NotSignedIn, StoreDown
from barker.live.hub import SLOW, Bye, Hub, Look
from barker.models import Entry, Shown, Told, entry_order
from barker.stores import Stores
from barker.stores.queues import Hidden

HEARTBEAT_SECONDS = 15.0
CHECK_BEATS = 4  # from one look at token and queue to the next: a sign-out is told, and a queue lives for days
AGAIN_SECONDS = 1.0  # between two tries while a store is down
CAUGHT_UP = 100  # entries read at a time
TOLD = 200  # barks remembered: more than comes to one screen in the moment by which a replica may be behind


@dataclass(frozen=True)
class Event:
    """What is told. `id` is the cursor to resume from; `shown`, `told` or `data` say what it is about.

    `liked`: the barks in it that whom it is told likes.
    """

    name: str
    id: str = ""
    shown: Shown | None = None
    told: Told | None = None
    data: dict[str, str] | None = None
    liked: frozenset[int] = frozenset()


class _Ended(Exception):
    pass


class Stream:
    """One tab's stream of events."""

    def __init__(self, stores: Stores, hub: Hub, user_id: int, token: str) -> None:
        """The stream ends with the token."""
        self._stores, self._hub, self._user_id, self._token = stores, hub, user_id, token
        self._hidden = Hidden()
        self._cursor = ""
        self._told: list[int] = []  # the newest last; a full dict would take ten times as much
        self._behind, self._delayed = True, False
        self._next_beat, self._beats = 0.0, 0

    def open(self, cursor: str | None) -> None:
        """Begin to listen. Raises StoreDown, NotSignedIn, and Invalid for a cursor that no stream handed out."""
        if cursor is not None:
            positions.check(cursor, "cursor")
        feed.open_queue(self._stores, self._user_id)
        self._listener = self._hub.join(self._user_id, accounts.hash_of(self._token))
        try:
            with suppress(StoreDown):  # the token may have ended before this could be heard of here
                accounts.caller_of(self._stores, self._token)
            self._cursor = cursor or self._bounds()[1]
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop listening; may be repeated."""
        self._hub.leave(self._user_id, self._listener)

    def end(self, reason: str) -> None:
        """Let it say goodbye; for another greenlet."""
        self._listener.tell(Bye(reason))

    def events(self) -> Iterator[Event | None]:
        """Yield events, None for a heartbeat, until goodbye."""
        self._next_beat = time.monotonic() + HEARTBEAT_SECONDS
        yield Event("ready", self._cursor)
        try:
            while True:
                try:
                    if self._behind:
                        yield from self._catch_up()
                        self._behind = self._delayed = False
                    # The beat has a time of its own: a screen on which much happens has to end with its token too.
                    if time.monotonic() >= self._next_beat:
                        yield None
                        self._beat()
                    elif entry := self._heard():  # here it mostly waits: each generator below would cost a screen 700 B
                        yield from self._tell([entry], live=True)
                except StoreDown as error:
                    yield from self._wait(error)
        except _Ended as ended:
            yield Event("bye", data={"reason": str(ended)})

    def _heard(self) -> Entry | None:
        """Wait for an entry until the next beat."""
        word = self._next(max(0.0, self._next_beat - time.monotonic()))
        if isinstance(word, Look):
            self._behind = True
            self._check()
            return None
        return word

    def _wait(self, error: StoreDown) -> Iterator[Event | None]:
        """Stay open while a store is down; what comes in meanwhile is read from the queue afterwards."""
        if not self._delayed:
            yield Event("delayed", data={"store": error.store})
        self._behind = self._delayed = True
        until = time.monotonic() + AGAIN_SECONDS
        while (rest := until - time.monotonic()) > 0:
            self._next(rest)
        yield None
        if time.monotonic() >= self._next_beat:
            self._beat()

    def _look_whether_to_go(self) -> None:
        leaving = self._listener.leaving
        if leaving and leaving.reason != SLOW:  # who is slow is told what there is, or she would never get on
            raise _Ended(leaving.reason)

    def _next(self, seconds: float) -> Entry | Look | None:
        word = self._listener.next(seconds)
        if isinstance(word, Bye):
            raise _Ended(word.reason)
        return word

    def _beat(self) -> None:
        self._next_beat = time.monotonic() + HEARTBEAT_SECONDS
        self._beats += 1
        if self._beats % CHECK_BEATS == 0:
            self._check()

    def _check(self) -> None:
        try:
            accounts.caller_of(self._stores, self._token)
            if feed.open_queue(self._stores, self._user_id):
                self._behind = True  # Redis had lost it
        except NotSignedIn:
            raise _Ended("signed_out") from None
        except StoreDown:  # not known is no reason to end, but one to look
            self._behind = True

    def _bounds(self) -> tuple[Entry, str]:
        """Return the first entry of the queue and the newest id; makes the queue if Redis lost it."""
        while (bounds := self._stores.queues.bounds(self._user_id)) is None:
            feed.open_queue(self._stores, self._user_id)
        return bounds

    def _catch_up(self) -> Iterator[Event]:
        while True:
            self._look_whether_to_go()  # whose token is revoked is told nothing more
            entries = self._stores.queues.after(self._user_id, self._cursor, CAUGHT_UP)
            # After each page: what `left` says on the channel is heard only when all of them are told.
            self._hidden = self._stores.queues.hidden(self._user_id)
            # The floor is looked at after each page: the queue is trimmed also while a slow client takes one.
            first, newest = self._bounds()
            if entry_order(self._cursor) < entry_order(first.id):
                self._cursor = newest
                yield Event("gap", newest, data={"hint": "More was missed than the queue holds: read the feed."})
            elif entries:
                yield from self._tell(entries)
            else:
                return

    def _tell(self, entries: list[Entry], *, live: bool = False) -> Iterator[Event]:
        """Tell what was not told yet, and move the cursor over all of it."""
        began_ns = time.time_ns()
        for entry in entries:
            self._note(entry)
        new = [entry for entry in entries if entry_order(entry.id) > entry_order(self._cursor)]
        barks = [entry.bark_id for entry in new if entry.kind == "bark" and not self._hidden.hides(entry.author_id)]
        shown = self._hub.showing.barks(barks) if barks else {}
        told = self._notifications([entry.bark_id for entry in new if entry.kind == "notify"])
        # A bark that is just told cannot be liked by whom it is told: that would be a call a screen.
        known = [one.shown for one in told.values()] + ([] if live else list(shown.values()))
        liked = frozenset(liking.liked_of(self._stores, self._user_id, known))
        for entry in new:
            self._cursor = entry.id
            if event := self._event(entry, shown, told, liked):
                yield event  # and comes back once it is written
                if live and event.shown and (trace := self._hub.showing.take_trace(event.shown.bark.id)):
                    with spans.span("tell", spans.PRODUCER, parent=trace, began_ns=began_ns, barker__event=event.name):
                        pass

    def _event(
        self, entry: Entry, shown: dict[int, Shown], told: dict[int, Told], liked: frozenset[int]
    ) -> Event | None:
        if entry.kind == "delete":
            return Event("delete", entry.id, data={"id": str(entry.bark_id)})
        if entry.kind == "feed-changed":
            return Event("feed-changed", entry.id, data={})
        is_there = entry.bark_id in (told if entry.kind == "notify" else shown)
        if not is_there or entry.bark_id in self._told:  # the latter: its server lost it, and it was told again
            return None
        self._told.append(entry.bark_id)
        if len(self._told) > TOLD:
            del self._told[0]
        if entry.kind == "notify":
            return Event("notification", entry.id, told=told[entry.bark_id], liked=liked)
        return Event("bark", entry.id, shown[entry.bark_id], liked=liked)

    def _notifications(self, found: list[int]) -> dict[int, Told]:
        if not found:
            return {}
        stand = self._stores.notifications.by_ids(self._user_id, found)
        return {told.notification.id: told for told in notifying.show(self._stores, stand)}

    def _note(self, entry: Entry) -> None:
        if entry.kind == "left":
            self._hidden.gone.add(entry.author_id)
        elif entry.kind == "rejoined":
            self._hidden.gone.discard(entry.author_id)
        elif entry.kind == "muted":
            self._hidden.muted[entry.author_id] = entry.bark_id
