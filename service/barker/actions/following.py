"""Following, and how a follow reaches queues and counts."""

from dataclasses import replace
from itertools import count

from barker import ids
from barker.actions import notifying, seeing
from barker.errors import Conflict, Invalid, NotAllowed
from barker.models import Degrees, Notification, Relation, Seen, User
from barker.stores import Stores
from barker.stores.guard import best_effort
from barker.stores.jobs import FOLLOWS, Job
from barker.stores.queues import GONE_SECONDS
from barker.stores.unsettled import Change

BACKFILL = 200  # newest barks of a new followee that are put into the queue; below them the truth is asked
LOOKS = 5  # at counts that go on changing: each follow of a celebrity is settled by a job of its own, too
SWEPT = 500  # intents looked at a sweep


def follow(stores: Stores, user_id: int, handle: str) -> tuple[User, Relation | None]:
    """Follow somebody, and return her as she is now; may be repeated."""
    change, followee = _change(stores, user_id, handle)
    note = note_change(stores, change)
    if not stores.follows.add(user_id, followee.id, ids.now_ms()):
        raise _parted(seeing.somebody(stores, user_id, handle, blocked=True))
    with best_effort("follow"):
        stores.queues.rejoin(user_id, followee.id)
    confirm(stores, change, note)
    with best_effort("counts"):  # the follow has taken effect: it must not be told as refused
        followers = stores.follows.degrees(user_id, followee.id).followers
        followee = replace(followee, counts=replace(followee.counts, followers=followers))
    return followee, seeing.relations(stores, user_id, [followee.id]).get(followee.id)


def unfollow(stores: Stores, user_id: int, handle: str) -> None:
    """Follow somebody no longer; may be repeated."""
    change, followee = _change(stores, user_id, handle)
    if followee.id in seeing.parted(stores, user_id, [followee.id]):
        raise seeing.nobody(handle)
    note = note_change(stores, change)
    stores.follows.remove(user_id, followee.id)
    with best_effort("unfollow"):
        stores.queues.leave(user_id, followee.id)
    confirm(stores, change, note)


def _parted(followee: Seen) -> NotAllowed:
    return NotAllowed(f"You block {followee.user.handle}: end that first.")


def _change(stores: Stores, user_id: int, handle: str) -> tuple[Change, User]:
    followee = seeing.user_of(stores, handle)
    if followee.id == user_id:
        raise Invalid("You cannot follow yourself.", "handle")
    return Change(user_id, followee.id), followee


def note_change(stores: Stores, change: Change) -> int:
    """Note that two people will have to be settled, before anything between them changes."""
    # NOTE two stores: the intent first, then the truth, then what is derived from it, which a worker repairs
    note = ids.new()
    stores.unsettled.note(change, note, ids.now_ms())
    return note


def confirm(stores: Stores, change: Change, note: int) -> None:
    """Tell that what was noted has happened, and ask a worker to settle it."""
    # NOTE after the queues were told: whoever settles another change of the two until here leaves this note alone
    stores.unsettled.confirm(note)
    with best_effort("settling"):
        _ask_settle(stores, change)


def _ask_settle(stores: Stores, change: Change) -> None:
    stores.jobs.put(Job("settle", {"follower": change.follower_id, "followee": change.followee_id}), lane=FOLLOWS)


def settle(stores: Stores, follower: int, followee: int) -> None:
    """Bring counts and the follower's queue in line with the graph as it is now. May be repeated."""
    # Also where nothing is noted any more: an earlier attempt may have done one half, and another worker the rest.
    notes = stores.unsettled.notes(Change(follower, followee))
    stores.unsettled.begin(Change(follower, followee), ids.now_ms())
    state: Degrees | None = None
    # The graph may change while this runs, and another worker may settle that: the last one to look is right.
    for looked in count(1):
        now = stores.follows.degrees(follower, followee)
        if state and now.bond == state.bond and (now == state or looked > LOOKS):
            break
        if now.follows and (now.blocks or now.blocked_by):  # which came in between: a block ends follows
            stores.follows.remove(follower, followee)
            continue
        stores.users.set_counts({follower: {"following": now.following}, followee: {"followers": now.followers}})
        if state is None or state.follows != now.follows:
            (_take_in if now.follows else _take_out)(stores, follower, followee)
            reason = Notification(ids.new(), "follow", followee, follower)
            (notifying.notify_of if now.follows else notifying.retract)(stores, reason)
        if state is None or state.bond != now.bond:
            _hide(stores, follower, followee, now)
        state = now
    stores.unsettled.settled(notes, ids.now_ms())


def _hide(stores: Stores, user: int, other: int, now: Degrees) -> None:
    """Let a user's readers see nothing of another whom she mutes or blocks, or all of it again."""
    stores.queues.mute(user, other, now.muted_until)
    (stores.parted.add if now.blocks else stores.parted.remove)(user, other)
    if now.blocks or now.blocked_by:
        stores.notifications.retract_from(other, user)


def _take_in(stores: Stores, follower: int, followee: int) -> None:
    """Show the followee, and put her newest barks into the queue; where they are too many, its floor rises."""
    stores.queues.rejoin(follower, followee)
    coverage = stores.queues.coverage(follower)
    if coverage is None:
        return
    barks = stores.barks.by_authors([followee], ids.MAX_ID, BACKFILL, after=coverage.floor)
    floor = barks[-1].id - 1 if len(barks) == BACKFILL else coverage.floor
    pairs = [(bark.id, followee) for bark in reversed(barks)]
    # Also without barks: who fills the queue from followees read before this follow must be refused.
    if not stores.queues.fill(follower, coverage.entry, floor, pairs, ring=bool(barks)):
        raise Conflict("The queue was filled by another at the same time.")  # the job is tried again


def _take_out(stores: Stores, follower: int, followee: int) -> None:
    stores.queues.leave(follower, followee)
    stores.queues.prune(follower, followee)
    # A fan-out that read the followers before may still deliver; readers drop it meanwhile.
    stores.jobs.put_later(Job("prune", {"follower": follower, "followee": followee}), GONE_SECONDS * 0.9, FOLLOWS)


def prune(stores: Stores, follower: int, followee: int) -> None:
    """Take out of a queue what came in after an unfollow. May be repeated."""
    if not stores.follows.degrees(follower, followee).follows:
        stores.queues.prune(follower, followee)
    # Followed again: this, or an attempt that died here, may have taken out what the follow had put in.
    if stores.follows.degrees(follower, followee).follows:
        settle(stores, follower, followee)


def sweep(stores: Stores) -> int:
    """Ask again to settle what got lost on the way; returns how many."""
    found = 0
    while changes := stores.unsettled.overdue(ids.now_ms(), SWEPT):
        for change in changes:
            _ask_settle(stores, change)
        stores.unsettled.look_again(changes, ids.now_ms())
        found += len(changes)
    return found
