"""Notifications: what people are told about themselves, at once on an open screen, and in a list."""

from collections.abc import Sequence
from dataclasses import dataclass

from barker import ids
from barker.actions import feed, pushing, seeing
from barker.errors import Invalid
from barker.models import Notification, Relation, Told
from barker.stores import Stores
from barker.stores.delivery import CLOCKS_MS, Delivery
from barker.stores.jobs import LIKES, Job

SWEPT = 500  # looked at a sweep
LATELY_MS = 600_000  # in so long, of one kind, of likes about one bark:
LOUD = 100  # are told on an open screen; all that come then would push the barks out of her queue
PUSHES = 3  # are pushed: what everybody likes is no news
WHAT = {"like": "likes your bark", "follow": "follows you", "mention": "mentions you", "reply": "answers you"}
STEPS = 10  # looks for a page: where more of it is gone, it ends early and has a next one


@dataclass(frozen=True)
class Notified:
    """A page of notifications, below which id the next one is, up to which all are read, and how many are not."""

    items: list[Told]
    last_id: int | None
    read: int
    unread: int


def notify_of(stores: Stores, reason: Notification) -> None:
    """Make a notification, and tell it if that was not done; not of whom she blocks or mutes. May be repeated."""
    you = stores.follows.relations(reason.user_id, [reason.from_id]).get(reason.from_id, Relation())
    if you.parted or you.mutes:
        return
    _tell(stores, stores.notifications.make(reason, ids.now_ms()))


def retract(stores: Stores, reason: Notification) -> None:
    """Let a notification be seen no longer. May be repeated."""
    stores.notifications.retract(reason)


def notify(stores: Stores, user: int, notification: int) -> None:
    """Tell a notification whose telling got lost. May be repeated."""
    for found in stores.notifications.by_ids(user, [notification]):
        _tell(stores, found)


def _tell(stores: Stores, made: Notification) -> None:
    if made.told:
        return
    lately = stores.notifications.made_since(made, ids.now_ms() - LATELY_MS, LOUD + 1)
    if lately <= LOUD:
        # It may have been begun before, when it was made: then marks that are gone make it look into the queue.
        began_ms = ids.ms_of(made.id)
        stores.queues.deliver(Delivery("notify", made.id, made.from_id, [made.user_id], began_ms))
    if lately <= PUSHES and stores.pushes.is_on and not stores.queues.is_connected(made.user_id):
        _push(stores, made)
    stores.notifications.told(made, ids.now_ms())


def _push(stores: Stores, made: Notification) -> None:
    for told in show(stores, [made]):
        name = told.user.name or told.user.handle
        what = WHAT[made.kind]
        body = told.shown.bark.text if told.shown else f"@{told.user.handle}"
        pushing.ask(
            stores, made.user_id, f"{name} {what}", body, "/notifications", f"{made.kind}:{made.bark_id or made.id}"
        )


def show(stores: Stores, found: Sequence[Notification]) -> list[Told]:
    """Return notifications of one person with who did it and the bark; what is gone is left out."""
    if not found:
        return []
    senders = {one.from_id for one in found}
    users = stores.users.by_ids(senders)
    for hidden in seeing.parted(stores, found[0].user_id, list(senders)):  # what a block takes away is gone at once
        users.pop(hidden, None)
    barks = {shown.bark.id: shown for shown in feed.look_up(stores, [one.bark_id for one in found if one.bark_id])}
    return [
        Told(one, users[one.from_id], barks.get(one.bark_id or 0))
        for one in found
        if one.from_id in users and (one.bark_id is None or one.bark_id in barks)
    ]


def read(stores: Stores, user_id: int, before: int, limit: int) -> Notified:
    """Return somebody's newest notifications below an id."""
    page: list[Told] = []
    last_id: int | None = before
    for _ in range(STEPS):
        found = stores.notifications.page(user_id, last_id or 0, limit + 1)
        page += show(stores, found)
        last_id = found[-1].id if len(found) > limit else None
        if len(page) > limit or last_id is None:
            break
    if len(page) > limit:
        last_id = page[limit - 1].notification.id
    read_ = stores.users.notified(user_id)
    return Notified(page[:limit], last_id, read_, stores.notifications.unread(user_id, read_))


def check(notification_id: int) -> None:
    """Raise Invalid for an id that nothing can have yet: all that is still to come would count as read."""
    if notification_id > ids.at(ids.now_ms() + CLOCKS_MS):
        raise Invalid("This is the id of nothing yet.", "id")


def note_read(stores: Stores, user_id: int, notification_id: int) -> tuple[int, int]:
    """Note up to which notification all are read; returns up to which now, and how many are not."""
    read_ = stores.users.note_notified(user_id, notification_id)
    return read_, stores.notifications.unread(user_id, read_)


def sweep(stores: Stores) -> int:
    """Ask again to tell what got lost on the way; returns how many."""
    found = 0
    while lost := stores.notifications.overdue(ids.now_ms(), SWEPT):
        jobs = (Job("notify", {"user": one.user_id, "notification": one.id}) for one in lost)
        stores.jobs.put(*jobs, lane=LIKES)
        stores.notifications.look_again(lost, ids.now_ms())
        found += len(lost)
    return found
