"""Fan-out: how a bark, or its deletion, reaches the queue of every follower and of the author.

A small one is told at once, many together. A large one is cut into shares, each a job of its own, of which several
workers may take some; a share is a range of buckets, since a bucket of one bark belongs to one job (see `Queues`).
Everything here may be repeated: whatever dies, the sweep asks again for what is still pending.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from barker import ids
from barker.metrics import counts
from barker.models import LARGE_FAN_OUT, SHARE_FOLLOWERS, SHARES_MAX
from barker.stores import Stores
from barker.stores.barks import FanOut
from barker.stores.delivery import FIRST, REST, WHOLE, Delivery
from barker.stores.jobs import LARGE, SMALL, Job

SWEPT = 500  # intents looked at a sweep
LOST_MS = 60_000  # before a server was last seen: what was fanned out then may be in what it lost
FIRST_MAX = 20_000  # connected readers served before the others: where there are more, being first means little


def fan_out(stores: Stores, bark: Sequence[int]) -> None:
    """Deliver small fan-outs together; hand large ones on. What is not there, or was delivered, counts as done."""
    begun = stores.barks.begin(bark, ids.now_ms())
    if not begun:
        return
    few = stores.follows.few_followers({one.bark.author_id for one in begun}, LARGE_FAN_OUT)
    # What was ever cut is cut again, however few are left: there may be some who were served out of turn.
    small = [one for one in begun if not one.shares and one.bark.author_id in few]
    large = [one for one in begun if one.shares or one.bark.author_id not in few]
    stores.jobs.put(*(Job("cut", {"bark": one.bark.id}) for one in large), lane=LARGE)
    _deliver(stores, SMALL, *(_delivery(one, few[one.bark.author_id], WHOLE) for one in small))
    _count_lag(SMALL, small)
    stores.barks.fanned_out(small, ids.now_ms())


def cut(stores: Stores, bark: int) -> None:
    """Serve connected readers of a large fan-out, and ask for its shares."""
    for one in stores.barks.begin([bark], ids.now_ms()):
        author = one.bark.author_id
        followers = stores.follows.followers_number(author)
        shares, left = stores.barks.cut(one.bark, min(SHARES_MAX, followers // SHARE_FOLLOWERS + 1))
        if not left:
            stores.barks.fanned_out([one], ids.now_ms())
            continue
        connected = list(islice(stores.queues.connected(), FIRST_MAX))
        _deliver(stores, LARGE, _delivery(one, stores.follows.followers_among(author, connected), FIRST))
        deleted = int(one.bark.deleted)
        jobs = (Job("share", {"bark": bark, "share": n, "shares": shares, "deleted": deleted}) for n in left)
        stores.jobs.put(*jobs, lane=LARGE)


def share(stores: Stores, bark: int, share: int, shares: int, deleted: int) -> None:
    """Deliver one share of a large fan-out; the last one ends it."""
    for one in stores.barks.begin([bark], ids.now_ms()):
        if one.bark.deleted != bool(deleted):
            return  # deleted since: that has shares of its own
        followers = stores.follows.all_followers(one.bark.author_id, share, shares)
        _deliver(stores, LARGE, _delivery(one, followers, REST))
        if stores.barks.share_done(one, share):
            _count_lag(LARGE, [one])
            stores.barks.fanned_out([one], ids.now_ms())


def _delivery(one: FanOut, followers: Collection[int], turn: str) -> Delivery:
    bark = one.bark
    # Its author reads it, too; of a large one she is served before the others.
    readers = followers if turn == REST else {*followers, bark.author_id}
    return Delivery("delete" if bark.deleted else "bark", bark.id, bark.author_id, readers, one.began_ms, turn)


def _deliver(stores: Stores, lane: str, *deliveries: Delivery) -> None:
    counts.DELIVERIES.labels(lane).inc(stores.queues.deliver(*deliveries))


def _count_lag(lane: str, served: Iterable[FanOut]) -> None:
    """Note how long barks took to their last queues. A deletion has the id of its bark, which may be old."""
    now_ms = ids.now_ms()
    for one in served:
        if not one.bark.deleted:
            counts.LAG.labels(lane).observe(max(0, now_ms - ids.ms_of(one.bark.id)) / 1000)


def recover(stores: Stores) -> int:
    """Do again what may have been lost when a server of the queues ended, which writes to disk once a second.

    The same where a replica took over, which may not have had all. Barks are fanned out again: what was not lost has
    its marks, or is looked for in the queues, so nobody is served twice. Follows are settled again, which may be
    repeated. A server that came back empty has no queues either: they are made again from the truth.
    """
    run, seen = stores.jobs.server_run()
    found = 0
    if seen:
        found += stores.barks.fan_out_again(seen - LOST_MS, ids.now_ms())
        found += stores.unsettled.settle_again(seen - LOST_MS, ids.now_ms())
    stores.jobs.note_run(run, ids.now_ms())
    return found


def sweep(stores: Stores) -> int:
    """Ask again for every fan-out that got lost on the way; returns how many."""
    barks = stores.barks.overdue(ids.now_ms(), SWEPT)
    stores.jobs.put(*(Job("fan_out", {"bark": bark_id}) for bark_id in barks))
    stores.barks.look_again(barks, ids.now_ms())
    return len(barks)
