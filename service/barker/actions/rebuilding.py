"""Making again what is derived, from what is true: counts, nodes of the graph, queues. May be repeated at any time.

Each works page by page beside the running service, and yields after each page how far it is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from barker.actions import feed
from barker.stores import Stores
from barker.stores.guard import best_effort
from barker.stores.recount import Page

PAGE = 500
NOBODY = {"followers": 0, "following": 0}


@dataclass(frozen=True)
class Progress:
    """So many were looked at, so many of them were mended; `total` is about how many there are."""

    done: int
    total: int
    mended: int


def counts_of_people(stores: Stores) -> Iterator[Progress]:
    """Count barks in MongoDB, followers and followees in the graph."""

    def mend(page: Page) -> int:
        people = list(page.counts)
        barks, degrees = stores.recount.barks_by(people), stores.follows.degrees_of(people)
        right = {one: {"barks": barks.get(one, 0), **degrees.get(one, NOBODY)} for one in people}
        return stores.recount.correct_people(page.counts, right)

    return _paged(stores.recount.people, stores.recount.total()[0], mend)


def counts_of_barks(stores: Stores) -> Iterator[Progress]:
    """Count likes and answers."""

    def mend(page: Page) -> int:
        barks = list(page.counts)
        likes, replies = stores.recount.likes_of(barks), stores.recount.replies_to(barks)
        right = {one: {"likes": likes.get(one, 0), "replies": replies.get(one, 0)} for one in barks}
        return stores.recount.correct_barks(page.counts, right)

    return _paged(stores.recount.barks, stores.recount.total()[1], mend)


def graph(stores: Stores) -> Iterator[Progress]:
    """Give people a node who have none, as after a graph was restored that is older than MongoDB."""
    return _paged(
        stores.recount.people, stores.recount.total()[0], lambda page: stores.follows.make_nodes(list(page.counts))
    )


def queues(stores: Stores) -> Iterator[Progress]:
    """Remove all queues: each is made again from MongoDB and the graph when its reader comes, or is there."""

    def mend(page: Page) -> int:
        removed = stores.queues.remove(list(page.counts))
        for user_id in page.counts.keys() & set(stores.queues.connected()):
            with best_effort("a queue made again"):  # a server may be full until more is removed
                _make_again(stores, user_id)
        return removed

    return _paged(stores.recount.people, stores.recount.total()[0], mend)


def _make_again(stores: Stores, user_id: int) -> None:
    """Make the queue of somebody who is connected, and let her screens read the feed again."""
    feed.open_queue(stores, user_id)
    coverage = stores.queues.coverage(user_id)
    if coverage:
        stores.queues.fill(user_id, coverage.entry, coverage.floor, [], ring=True)


def _paged(read: Callable[[int, int], Page], total: int, mend: Callable[[Page], int]) -> Iterator[Progress]:
    after: int | None = 0
    done, mended = 0, 0
    while after is not None:
        page = read(after, PAGE)
        mended += mend(page)
        done += len(page.counts)
        after = page.last_id
        yield Progress(done, total, mended)
