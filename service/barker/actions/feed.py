"""Reading: from the queue as far down as it is complete, below it from the truth; hydrate, drop, show.

Skeleton (ids from one store) → hydrate (one bulk read of barks, one of authors) → drop who is gone. The feed
and live push hydrate by the same code.
"""

from collections.abc import Iterable, Sequence

from barker import ids
from barker.errors import StoreDown
from barker.models import Bark, Shown
from barker.stores import Stores
from barker.stores.guard import best_effort
from barker.stores.queues import Reading

BUILT = 200  # barks put into a new queue: five pages
FILLS = 3  # tries: each is lost only to a follow that is settled in the same milliseconds


def read_feed(stores: Stores, user_id: int, before: int, limit: int) -> tuple[list[Shown], int | None]:
    """Return what those she follows barked, and her own, newest first, and below which id the next page is."""
    wanted = limit + 1  # one more than asked tells whether there is a next page
    page, below = _from_queue(stores, user_id, before, wanted)
    if len(page) < wanted and below > 0:
        try:
            page += _from_truth(stores, user_id, below, wanted - len(page))
        except StoreDown:
            if not page:
                raise
            return page, page[-1].bark.id  # what the queue had; the rest when the store is back
    return page[:limit], page[limit - 1].bark.id if len(page) > limit else None


def _from_queue(stores: Stores, user_id: int, before: int, wanted: int) -> tuple[list[Shown], int]:
    """Return what the queue has, and below which id it is not complete (0: there is nothing below)."""
    page: list[Shown] = []
    while True:
        limit = wanted - len(page)
        reading = _reading(stores, user_id, before, limit)
        page += look_up(stores, reading.bark_ids)
        if len(reading.bark_ids) < limit:
            return page, min(before, reading.floor + 1) if reading.floor else 0
        before = reading.bark_ids[-1]
        if len(page) == wanted:
            return page, before


def _reading(stores: Stores, user_id: int, before: int, limit: int) -> Reading:
    try:
        reading = stores.queues.read(user_id, before, limit)
        if not reading.found or reading.unbuilt:
            open_queue(stores, user_id, unbuilt=reading.unbuilt)
            reading = stores.queues.read(user_id, before, limit)
        return reading
    except StoreDown as error:
        if error.store != "queues":
            raise
        return Reading()  # without queues every page is pulled from the truth


def _from_truth(stores: Stores, user_id: int, below: int, wanted: int) -> list[Shown]:
    page: list[Shown] = []
    while len(page) < wanted:
        limit = wanted - len(page)
        found = pull(stores, user_id, below, limit)
        page += show(stores, found)
        if len(found) < limit:
            break
        below = found[-1].id
    return page


def pull(stores: Stores, user_id: int, below: int, limit: int, *, muted: bool = False) -> list[Bark]:
    """Return the newest barks below an id, of all she follows and of herself: the graph, then MongoDB."""
    return stores.barks.by_authors([*stores.follows.all_following(user_id, muted=muted), user_id], below, limit)


def open_queue(stores: Stores, user_id: int, *, unbuilt: bool = False) -> bool:
    """Make the queue of an active reader, or fill one that is still empty below its start; renews its life.

    The queue is made first and filled after: a bark that comes in between is in the one or in the other. Where a
    follow was settled meanwhile the filling is refused, and done again unless another reader has done it. With the
    graph down the queue stays unbuilt, and the next reading tries again. Returns whether the queue was made.
    """
    made = stores.queues.open(user_id)
    if made or unbuilt:
        with best_effort("filling a new queue"):
            _mute(stores, user_id)
            for _ in range(FILLS):
                coverage = stores.queues.coverage(user_id)
                if coverage is None or not coverage.unbuilt or _fill(stores, user_id, coverage.entry):
                    break
    return made


def _mute(stores: Stores, user_id: int) -> None:
    """Note beside a new queue whom its reader mutes."""
    noted: dict[int, int] = {}
    # What changed meanwhile is noted by whoever changed it, perhaps before what was read here: so look again.
    for _ in range(FILLS):
        muted = stores.blocks.all_muted(user_id, ids.now_ms())
        if muted == noted:
            break
        for author in muted.keys() | noted.keys():
            stores.queues.mute(user_id, author, muted.get(author, 0))
        noted = muted


def _fill(stores: Stores, user_id: int, seen: str) -> bool:
    # With those she mutes, who are dropped in reading: a mute may end, and the queue must have no hole then.
    barks = pull(stores, user_id, ids.MAX_ID, BUILT, muted=True)
    floor = barks[-1].id - 1 if len(barks) == BUILT else 0
    return stores.queues.fill(user_id, seen, floor, [(bark.id, bark.author_id) for bark in reversed(barks)])


def look_up(stores: Stores, bark_ids: Sequence[int]) -> list[Shown]:
    """Return what `hydrate` returns, as it is now or was up to SHOWN_SECONDS ago."""
    known = stores.shown.known()
    # Noted before anything is read: what is forgotten meanwhile must not be missing here.
    page = {bark_id: known[bark_id] for bark_id in bark_ids if bark_id in known}
    if missing := [bark_id for bark_id in bark_ids if bark_id not in page]:
        found = {shown.bark.id: shown for shown in hydrate(stores, missing)}
        before = stores.shown.before
        for bark_id in missing:
            now, was = found.get(bark_id), before.get(bark_id)
            page[bark_id] = known[bark_id] = was if was == now else now  # unchanged: it need not be rendered again
    return [shown for bark_id in bark_ids if (shown := page[bark_id])]


def hydrate(stores: Stores, bark_ids: Sequence[int]) -> list[Shown]:
    """Return the barks of these ids in their order, with their authors; what is gone is left out."""
    if not bark_ids:
        return []
    barks = stores.barks.by_ids(bark_ids)
    return show(stores, (barks[bark_id] for bark_id in bark_ids if bark_id in barks))


def show(stores: Stores, barks: Iterable[Bark]) -> list[Shown]:
    """Return barks with their authors, read in one query; those whose author is gone are left out."""
    barks = list(barks)
    authors = stores.users.by_ids({bark.author_id for bark in barks}) if barks else {}
    return [Shown(bark, authors[bark.author_id]) for bark in barks if bark.author_id in authors]
