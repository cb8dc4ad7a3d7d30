"""What ever was in the queues: they keep the newest alone, so they are looked at all the time."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from barker import ids
from barker.errors import StoreDown
from barker.models import Entry
from barker.stores import Stores

LOOK_SECONDS = 2.0  # a queue of 800 holds what comes in a minute and more
LOST_SECONDS = 900.0  # after so long a bark has reached all queues: where all is killed all the time, lanes get long
ALL = 60_000  # entries; more than a queue keeps here


@dataclass
class Kept:
    """One queue: the entries that nothing took away again, and all barks that ever were in it."""

    cursor: str = "0-0"
    losses: int = 0  # how often its server had been started again when it was read last
    entries: dict[str, Entry] = field(default_factory=dict)  # of barks, also those trimmed away
    seen: set[int] = field(default_factory=set)
    made: dict[str, int] = field(default_factory=dict)  # entry that began it → above which bark it was complete then
    holes: int = 0  # times it was trimmed faster than it was looked at
    looked: float = 0.0

    def take(self, first: Entry, entries: list[Entry], *, whole: bool) -> None:
        """Add what was read; of what was kept, let go of what its server lost, if this is the whole queue."""
        if whole:
            there = {entry.id for entry in entries}
            trimmed = () if first.kind == "start" else (id_ for id_ in self.entries if _order(id_) < _order(first.id))
            stays = there.union(trimmed)
            self.entries = {id_: entry for id_, entry in self.entries.items() if id_ in stays}
        elif first.kind != "start" and self.cursor != "0-0" and _order(self.cursor) < _order(first.id):
            self.holes += 1
        self._note_making(entries)
        self.entries |= {entry.id: entry for entry in entries if entry.kind == "bark"}
        self.seen |= {entry.bark_id for entry in entries if entry.kind in ("bark", "backfill")}
        self.cursor = entries[-1].id if entries else self.cursor

    def _note_making(self, entries: list[Entry]) -> None:
        for entry in entries:
            if entry.kind == "start":
                self.made.setdefault(entry.id, entry.bark_id)
            elif entry.kind == "floor" and self.made:
                begun = list(self.made)[-1]
                self.made[begun] = min(self.made[begun], entry.bark_id)  # the first one is of its filling

    def was_lost(self, bark_id: int) -> bool:
        """Tell whether all was lost soon after a bark was made, and more was made since than a queue is filled with."""
        at = ids.ms_of(bark_id)
        made = ((int(entry.partition("-")[0]), floor) for entry, floor in list(self.made.items())[1:])
        return any(bark_id <= floor and at < begun < at + LOST_SECONDS * 1000 for begun, floor in made)


class Keeper:
    """Looks into all queues every few seconds, past the service."""

    def __init__(self, stores: Stores, users: Iterable[int], losses: Callable[[], int]) -> None:
        """`losses` tells how often the server was started again: what was read before may be gone from it."""
        self._stores, self._losses = stores, losses
        self.kept = {user: Kept() for user in users}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look a last time, and end."""
        self._stopping.set()
        self._thread.join()
        self._look()

    def _go_on(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            try:
                self._look()
            except StoreDown:
                continue  # it was killed just now

    def _look(self) -> None:
        # Those come first that were not looked at for longest: what is killed all the time breaks off most rounds.
        for user, kept in sorted(self.kept.items(), key=lambda pair: pair[1].looked):
            losses = self._losses()  # before reading: a loss in between lets it be read whole once more
            whole = losses != kept.losses
            entries = self._stores.queues.after(user, "0-0" if whole else kept.cursor, ALL)
            bounds = self._stores.queues.bounds(user)
            if bounds is None:
                continue
            kept.take(bounds[0], entries, whole=whole)
            kept.losses, kept.looked = losses, time.monotonic()


def _order(entry: str) -> tuple[int, int]:
    ms, _, number = entry.partition("-")
    return int(ms), int(number)
