"""Blocking and muting, and how they end.

A block or a mute is noted like a follow, and settled by the same job, which brings queues in line with the graph.
"""

from barker import ids
from barker.actions import following, seeing
from barker.errors import Invalid
from barker.models import FOREVER_MS, Seen, User
from barker.stores import Stores
from barker.stores.guard import best_effort
from barker.stores.unsettled import Change


def block(stores: Stores, user_id: int, handle: str) -> Seen:
    """Block somebody: neither sees the other any more, or follows her. May be repeated."""
    other = _other(stores, user_id, handle)
    changes = [Change(user_id, other.id), Change(other.id, user_id)]
    # NOTE the intents first, then a copy that holds while the graph is down, then the truth, then what derives from it
    notes = [following.note_change(stores, change) for change in changes]
    stores.parted.add(user_id, other.id)
    stores.blocks.add(user_id, other.id, ids.now_ms())
    with best_effort("block"):
        for change in changes:
            stores.queues.leave(change.follower_id, change.followee_id)
    for change, note in zip(changes, notes, strict=True):
        following.confirm(stores, change, note)
    return _seen(stores, user_id, other)


def unblock(stores: Stores, user_id: int, handle: str) -> None:
    """Block somebody no longer; follows do not come back. May be repeated."""
    other = _other(stores, user_id, handle)
    change = Change(user_id, other.id)
    note = following.note_change(stores, change)
    stores.blocks.remove(user_id, other.id)
    stores.parted.remove(user_id, other.id)
    following.confirm(stores, change, note)


def mute(stores: Stores, user_id: int, handle: str, seconds: int | None) -> Seen:
    """Mute somebody, for so long or until further notice: she is not told of it. May be repeated."""
    other = _other(stores, user_id, handle)
    until_ms = ids.now_ms() + seconds * 1000 if seconds else FOREVER_MS
    change = Change(user_id, other.id)
    note = following.note_change(stores, change)
    stores.blocks.mute(user_id, other.id, ids.now_ms(), until_ms)
    _hide(stores, change, until_ms)
    following.confirm(stores, change, note)
    return _seen(stores, user_id, other)


def unmute(stores: Stores, user_id: int, handle: str) -> None:
    """Mute somebody no longer; may be repeated."""
    other = _other(stores, user_id, handle)
    change = Change(user_id, other.id)
    note = following.note_change(stores, change)
    stores.blocks.unmute(user_id, other.id)
    _hide(stores, change, 0)
    following.confirm(stores, change, note)


def _hide(stores: Stores, change: Change, until_ms: int) -> None:
    with best_effort("mute"):
        stores.queues.mute(change.follower_id, change.followee_id, until_ms)


def _other(stores: Stores, user_id: int, handle: str) -> User:
    other = seeing.somebody(stores, user_id, handle, blocked=True).user
    if other.id == user_id:
        raise Invalid("You cannot block or mute yourself.", "handle")
    return other


def _seen(stores: Stores, user_id: int, other: User) -> Seen:
    return Seen(other, seeing.relations(stores, user_id, [other.id]).get(other.id))
