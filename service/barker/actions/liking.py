"""Liking barks: who likes what, how many, and how the author hears of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from barker import ids
from barker.actions import notifying, seeing
from barker.errors import NotFound, StoreDown
from barker.models import Bark, Like, Notification, Shown
from barker.stores import Stores
from barker.stores.guard import best_effort
from barker.stores.jobs import LIKES, Job

SWEPT, COUNTED = 500, 20  # looked at a time; so many times a sweep, barks to be counted


def like(stores: Stores, user_id: int, bark_id: int) -> Shown:
    """Like a bark, and return it as it is now; may be repeated. Raises NotFound."""
    # NOTE the intent to count first, then the truth with the intent to tell it, then what is derived of both
    bark = _expected(stores, bark_id)
    if bark.author_id != user_id and seeing.parted(stores, user_id, [bark.author_id]):
        raise _no_bark()
    if stores.likes.add(Like(ids.new(), bark_id, user_id), ids.now_ms()):
        _changed(stores, user_id, bark_id, 1)
    return seeing.bark_of(stores, None, bark_id)


def unlike(stores: Stores, user_id: int, bark_id: int) -> None:
    """Like a bark no longer; may be repeated. Raises NotFound."""
    _expected(stores, bark_id)
    if stores.likes.remove(bark_id, user_id, ids.now_ms()):
        _changed(stores, user_id, bark_id, -1)


def _expected(stores: Stores, bark_id: int) -> Bark:
    bark = stores.barks.expect_likes(bark_id, ids.now_ms())
    if bark is None:
        raise _no_bark()
    return bark


def _no_bark() -> NotFound:
    return NotFound("There is no such bark.")


def _changed(stores: Stores, user_id: int, bark_id: int, number: int) -> None:
    with best_effort("counts"):
        stores.barks.add_likes(bark_id, number)
    stores.shown.forget(bark_id)  # here it shows at once, in other processes within the promised seconds
    with best_effort("notification"):
        stores.jobs.put(_job(bark_id, user_id), lane=LIKES)


def _job(bark_id: int, user_id: int) -> Job:
    return Job("settle_like", {"bark": bark_id, "user": user_id})


def settle_like(stores: Stores, bark: int, user: int) -> None:
    """Tell the author of a like, or let her be told of it no longer. May be repeated."""
    settled: _State | None = None
    # It may change while this runs, and another worker may settle that: the last one to look is right.
    while (now := _state(stores, bark, user)) and now != settled:
        if now.author_id != user:
            reason = Notification(ids.new(), "like", now.author_id, user, bark)
            (notifying.notify_of if now.stands and now.is_there else notifying.retract)(stores, reason)
        settled = now
    if settled:
        stores.likes.told(settled.like, settled.stands)


@dataclass(frozen=True)
class _State:
    like: Like
    stands: bool
    author_id: int
    is_there: bool  # the bark


def _state(stores: Stores, bark_id: int, user_id: int) -> _State | None:
    found, bark = stores.likes.of(bark_id, user_id), stores.barks.by_id(bark_id)
    return _State(*found, bark.author_id, not bark.deleted) if found and bark else None


def liked_of(stores: Stores, viewer: int | None, shown: Iterable[Shown | None]) -> set[int]:
    """Return which of these barks the viewer likes; a bark that nobody likes, or may like by now, is not asked for."""
    some = [one.bark.id for one in shown if one and (one.bark.likes > 0 or one.bark.likes_move)]
    return stores.likes.liked(viewer, some) if viewer and some else set()


def sweep(stores: Stores) -> int:
    """Ask again to tell what got lost on the way; returns how many."""
    found = 0
    while likes := stores.likes.overdue(ids.now_ms(), SWEPT):
        stores.jobs.put(*(_job(like_.bark_id, like_.user_id) for like_ in likes), lane=LIKES)
        stores.likes.look_again(likes, ids.now_ms())
        found += len(likes)
    return found


def count(stores: Stores) -> int:
    """Count the likes of barks whose likes changed half a minute ago: what a crash left wrong is right again.

    Nobody moves a count that is not due to be counted, so none is wrong for good. Returns none: nothing was lost.
    """
    for _ in range(COUNTED):
        overdue = stores.barks.likes_overdue(ids.now_ms(), SWEPT)
        for bark_id, (due, before) in overdue.items():
            _count(stores, bark_id, due, before)
        if len(overdue) < SWEPT:
            break
    return 0


def _count(stores: Stores, bark_id: int, due: int, before: int) -> None:
    try:
        number = stores.likes.number(bark_id)
    except StoreDown:  # so many that it took too long, or the store is away, which the next line tells
        stores.barks.count_likes_later(bark_id, ids.now_ms())
    else:
        stores.barks.set_likes(bark_id, number, due, before)
