"""Fan-out: how a bark, or its deletion, reaches the queue of every follower and of the author.

A small one is told at once, many together. A large one is cut into shares, each a job of its own, of which several
workers may take some; a share is a range of buckets, since a bucket of one bark belongs to one job (see `Queues`).
Everything here may be repeated: whatever dies, the sweep asks again for what is still pending.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from barker import ids
from barker.actions import mentioning
from barker.metrics import counts
from barker.models import LARGE_FAN_OUT, SHARE_FOLLOWERS, SHARES_MAX
from barker.stores import Stores
from barker.stores.barks import FanOut
from barker.stores.delivery import FIRST, REST, WHOLE, Delivery
from barker.stores.jobs import LARGE, LIKES, SMALL, Job

SWEPT = 500  # intents looked at a sweep
LOST_MS = 60_000  # before a server was last seen: what was fanned out then may be in what it lost
FIRST_MAX = 20_000  # connected readers served before the others: where there are more, being first means little


def fan_out(stores: Stores, bark: Sequence[int]) -> None:
    """Deliver small fan-outs together; hand large ones on. What is not there, or was delivered, counts as done."""
    pending = stores.barks.pending(bark)
    if not pending:
        return
    few = stores.follows.few_followers({one.bark.author_id for one in pending}, LARGE_FAN_OUT)
    # What was ever cut is cut again, however few are left: some shares may be done.
    large = [one for one in pending if one.shares or one.bark.author_id not in few]
    stores.jobs.put(*(Job("cut", {"bark": one.bark.id}) for one in large), lane=LARGE)
    small = [one for one in pending if not one.shares and one.bark.author_id in few]
    # Noted only now: what merely waited for the graph need not look into each queue. Or cut since by another worker.
    small = [one for one in stores.barks.begin(small, ids.now_ms()) if not one.shares]
    _deliver(stores, SMALL, small, *(_delivery(one, few[one.bark.author_id], WHOLE) for one in small))
    _ask_to_mention(stores, small)
    stores.barks.fanned_out(small, ids.now_ms())
    _count_lag(SMALL, small)


def cut(stores: Stores, bark: int) -> None:
    """Serve connected readers of a large fan-out, and ask for its shares."""
    for pending in stores.barks.pending([bark]):
        author = pending.bark.author_id
        followers = stores.follows.followers_number(author)
        one = stores.barks.cut(pending.bark, min(SHARES_MAX, followers // SHARE_FOLLOWERS + 1))
        if one and not one.left:
            stores.barks.fanned_out([one], ids.now_ms())
        elif one:
            _ask_to_mention(stores, [one])
            connected = list(islice(stores.queues.connected(), FIRST_MAX))
            first = stores.follows.followers_among(author, connected)
            begun = stores.barks.begin([one], ids.now_ms(), "first")
            _deliver(stores, LARGE, begun, *(_delivery(one, first, FIRST) for one in begun))
            stores.jobs.put(*(_share(one, number) for number in one.left), lane=LARGE)


def _ask_to_mention(stores: Stores, told: Iterable[FanOut]) -> None:
    # Before they are marked as done: until then all of this is done again after a crash.
    jobs = [Job("mention", {"bark": one.bark.id}) for one in told if mentioning.concerns(one.bark)]
    if jobs:
        stores.jobs.put(*jobs, lane=LIKES)


def _share(one: FanOut, number: int) -> Job:
    bark = one.bark
    return Job("share", {"bark": bark.id, "share": number, "shares": one.shares, "deleted": int(bark.deleted)})


def share(stores: Stores, bark: int, share: int, shares: int, deleted: int) -> None:
    """Deliver one share of a large fan-out; the last one ends it."""
    for pending in stores.barks.pending([bark]):
        # Else it was deleted since, which has shares of its own, or another worker has done this one.
        if pending.bark.deleted == bool(deleted) and share in pending.left:
            followers = stores.follows.all_followers(pending.bark.author_id, share, shares)
            for one in stores.barks.begin([pending], ids.now_ms(), str(share)):
                _deliver(stores, LARGE, [one], _delivery(one, followers, REST))
                if stores.barks.share_done(one, share):
                    stores.barks.fanned_out([one], ids.now_ms())
                    _count_lag(LARGE, [one])


def _delivery(one: FanOut, followers: Collection[int], turn: str) -> Delivery:
    bark = one.bark
    # Its author reads it, too; of a large one she is served before the others.
    readers = followers if turn == REST else {*followers, bark.author_id}
    kind = "delete" if bark.deleted else "bark"
    return Delivery(kind, bark.id, bark.author_id, readers, one.began_ms, turn, one.mixed)


def _deliver(stores: Stores, lane: str, begun: Iterable[FanOut], *deliveries: Delivery) -> None:
    delivered = stores.queues.deliver_each(*deliveries)
    counts.DELIVERIES.labels(lane).inc(delivered.total())
    # Whoever began before and broke off may have delivered all of it a moment ago.
    anew = [one.bark.id for one in begun if one.again is not None and (delivered[one.bark.id] or one.retried)]
    if anew:
        stores.barks.delivered_anew(anew, ids.now_ms())


def _count_lag(lane: str, served: Iterable[FanOut]) -> None:
    """Note how long barks took to their last queues; not of deletions and of what is told anew, which may be old."""
    now_ms = ids.now_ms()
    for one in served:
        if not one.bark.deleted and one.again is None:
            counts.LAG.labels(lane).observe(max(0, now_ms - ids.ms_of(one.bark.id)) / 1000)


def recover(stores: Stores) -> int:
    """Do again what may have been lost when a server of the queues ended, which writes to disk once a second.

    The same where a replica took over, which may not have had all. Barks are fanned out again: what was not lost has
    its marks, or is looked for in the queues, so nobody is served twice. Follows are settled again, which may be
    repeated. A server that came back empty has no queues either: they are made again from the truth.
    """
    now_ms = ids.now_ms()  # before asking: what is lost from here on is lost from the run that is asked for
    run, seen = stores.jobs.server_run()
    found = 0
    if seen != 0:
        stores.barks.look_now(now_ms)
        stores.unsettled.look_now(now_ms)
    if seen:
        found += stores.barks.fan_out_again(seen - LOST_MS, now_ms, run)
        found += stores.unsettled.settle_again(seen - LOST_MS, now_ms, run)
        found += stores.notifications.tell_again(seen - LOST_MS, now_ms, run)
    stores.jobs.note_run(run, now_ms)
    return found


def sweep(stores: Stores) -> int:
    """Ask again for every fan-out that got lost on the way; returns how many."""
    found = 0
    while barks := stores.barks.overdue(ids.now_ms(), SWEPT):
        stores.jobs.put(*(Job("fan_out", {"bark": bark_id}) for bark_id in barks))
        stores.barks.look_again(barks, ids.now_ms())
        found += len(barks)
    return found
