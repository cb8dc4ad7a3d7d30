"""Redis Streams: a personal queue for each user. Derived data: all of it can be made again.

{q<bucket>}:queue:<user>        stream  one field an entry, <kind> "<bark>:<author>", for barks <bark> "<author>";
                                        newest QUEUE_KEEP, QUEUE_DAYS since read
{q<bucket>}:queue:<user>        channel (sharded) "<entry> <kind> <bark>:<author>", rung as an entry is appended
{q<bucket>}:mark:<bark>:<kind>  string  the highest user id served in this bucket; 600 s, of large ones an hour
… :first                        set     users served out of turn, before the others; an hour
{q<bucket>}:gone:<user>         set     authors this user just left; GONE_SECONDS
{q<bucket>}:muted:<user>        zset    authors this user mutes, by until when (ms); lives as long as the queue

bucket = user id mod BUCKETS. Kinds of entries:
start         first entry; "<floor>:0"                   while it is there, nothing was trimmed
floor         "<floor>:0"                                the newest one counts: every bark above it is in the queue
bark, delete  told to live readers
backfill      a bark from before the follow or the queue not told
feed-changed  read the feed again                        told
notify        a notification, with who did it            told
left, rejoined                                           only on the channel: an author gone, or back
muted         "<until, ms>:<author>"                     only on the channel
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from redis import Redis
from redis.exceptions import RedisError, ResponseError

from barker import ids
from barker.models import QUEUE_DAYS, QUEUE_KEEP, Entry
from barker.stores import delivery, functions
from barker.stores.bells import AnyBells, open_bells
from barker.stores.cluster import Cluster
from barker.stores.delivery import BUCKETS, CLOCKS_MS, Delivery
from barker.stores.guard import guarded
from barker.stores.redis_client import connect

STORE = "queues"
SPARE = 10  # entries read beyond a page: enough in the usual case
QUEUE_SECONDS = QUEUE_DAYS * 24 * 3600
GONE_SECONDS = 3600  # longer than a fan-out that read the followers before the unfollow

guard = guarded(STORE, RedisError)


@dataclass(frozen=True)
class Reading:
    """What a queue says of a page: bark ids, newest first, complete above `floor`; below it ask the truth."""

    bark_ids: list[int] = field(default_factory=list)
    floor: int = ids.MAX_ID
    found: bool = False
    unbuilt: bool = False  # it holds nothing yet from before it was made


@dataclass(frozen=True)
class Coverage:
    """How far down a queue is complete, and the entry that says so ('' if it was trimmed away)."""

    floor: int
    entry: str
    unbuilt: bool


@dataclass(slots=True)
class Hidden:
    """Authors whose barks a user does not see, whatever is in her queue: those she left, and those she mutes."""

    gone: set[int] = field(default_factory=set)
    muted: dict[int, int] = field(default_factory=dict)  # until when, in Unix milliseconds

    def hides(self, author_id: int) -> bool:
        """Tell whether an author is not to be seen now."""
        return author_id in self.gone or self.muted.get(author_id, 0) > ids.now_ms()


class Queues:
    """The queues of all users."""

    def __init__(self, url: str, seconds: float) -> None:
        self._redis = connect(url, seconds)
        self._open_bells: Callable[[], AnyBells] = lambda: open_bells(url, seconds)

    @guard
    def ping(self) -> None:
        """Ask for an answer."""
        self._redis.ping()

    @guard
    def prepare(self) -> None:
        """Load the function library; may be repeated."""
        functions.load(self._redis)

    @guard
    def deliver(self, *deliveries: Delivery) -> int:
        """Append to the queue of everyone who has one and was not served yet; returns how many got it."""
        return self.deliver_each(*deliveries).total()

    @guard
    def deliver_each(self, *deliveries: Delivery) -> Counter[int]:
        """Deliver; returns how many got which bark."""
        delivered: Counter[int] = Counter()
        for trip in delivery.trips(deliveries):
            for (_, marks, _), numbers in zip(trip, functions.call(self._redis, trip), strict=True):
                for mark, number in zip(marks, numbers, strict=True):
                    delivered[delivery.bark_of(mark)] += number
        return delivered

    @guard
    def connected(self) -> set[int]:
        """Return the users to whom some process listens just now."""
        channels = cast(list[str], self._redis.pubsub_shardchannels("{q*}:queue:*"))
        return {int(channel.rpartition(":")[2]) for channel in channels}

    @guard
    def is_connected(self, user_id: int) -> bool:
        """Tell whether some process listens to a user's queue just now."""
        with_number = cast(list[tuple[str, int]], self._serving(user_id).pubsub_shardnumsub(_queue(user_id)))
        return any(number for _, number in with_number)

    @guard
    def open(self, user_id: int) -> bool:
        """Make the queue of an active reader, or renew its life; tells whether it was made."""
        # What was fanned out before now is not in it; later barks are. Their ids may come from a slow clock.
        floor = ids.at(ids.now_ms() + CLOCKS_MS)
        return bool(self._call("barker_open", [_queue(user_id)], [floor, QUEUE_SECONDS]))

    @guard
    def remove(self, user_ids: Sequence[int]) -> int:
        """Remove the queues of some users; returns how many there were. Whom they just left stays noted."""
        with self._redis.pipeline(transaction=False) as pipe:
            for user_id in user_ids:
                pipe.unlink(_queue(user_id))
                pipe.unlink(_muted(user_id))
            return sum(pipe.execute()[::2])

    @guard
    def fill(
        self, user_id: int, seen: str, floor: int, barks: Sequence[tuple[int, int]], *, ring: bool = False
    ) -> bool:
        """Put older barks (id, author) in and move the floor; False if another moved it since `seen`."""
        arguments = [QUEUE_KEEP, seen, floor, int(ring), *(f"{bark}:{author}" for bark, author in barks)]
        return bool(self._call("barker_fill", [_queue(user_id)], arguments))

    @guard
    def prune(self, user_id: int, author_id: int) -> int:
        """Take all entries of an author out of a user's queue; returns how many."""
        return cast(int, self._call("barker_prune", [_queue(user_id)], [QUEUE_KEEP, author_id]))

    @guard
    def leave(self, user_id: int, author_id: int) -> None:
        """Let the user's readers drop an author from now on, whatever is still on its way."""
        self._call("barker_leave", [_queue(user_id), _gone(user_id)], [author_id, GONE_SECONDS])

    @guard
    def rejoin(self, user_id: int, author_id: int) -> None:
        """Let the user's readers see the author again."""
        self._call("barker_rejoin", [_queue(user_id), _gone(user_id)], [author_id])

    @guard
    def mute(self, user_id: int, author_id: int, until_ms: int) -> None:
        """Let the user's readers drop an author until a time, which may be past."""
        self._call("barker_mute", [_queue(user_id), _muted(user_id)], [author_id, until_ms, QUEUE_SECONDS])

    @guard
    def hidden(self, user_id: int) -> Hidden:
        """Return the authors whom the user's readers drop."""
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.smembers(_gone(user_id))
            pipe.zrange(_muted(user_id), 0, -1, withscores=True)
            gone, muted = pipe.execute()
        return Hidden({int(author) for author in gone}, {int(author): int(until) for author, until in muted})

    @guard
    def read(self, user_id: int, before: int, limit: int) -> Reading:
        """Return the newest `limit` bark ids below `before`, as far as the queue is complete; renews its life."""
        keys = [_queue(user_id), _gone(user_id), _muted(user_id)]
        arguments = [before, limit, ids.EPOCH_MS, CLOCKS_MS, QUEUE_SECONDS, SPARE, ids.now_ms()]
        page, *ends = self._call("barker_read", keys, arguments) or [None]
        if page is None:
            return Reading()
        found = [int(bark_id) for bark_id in page.split(",") if bark_id]
        if not ends:
            return Reading(found, found[-1] - 1, found=True)
        oldest = Entry.parse(*ends[:3])
        bound = Entry.parse(*ends[3:]) if ends[3] else None
        floor = _floor(oldest, bound)
        complete = [bark_id for bark_id in found if bark_id > floor]
        return Reading(complete, floor, found=True, unbuilt=_is_unbuilt(oldest, bound))

    @guard
    def coverage(self, user_id: int) -> Coverage | None:
        """Return how far down a queue is complete; None if there is no queue."""
        entries = _entries(self._redis.xrevrange(_queue(user_id)))
        if not entries:
            return None
        bound = next(filter(_bounds, entries), None)
        return Coverage(_floor(entries[-1], bound), bound.id if bound else "", _is_unbuilt(entries[-1], bound))

    @guard
    def bounds(self, user_id: int) -> tuple[Entry, str] | None:
        """Return a queue's first entry and the id of the newest it ever had; None if there is no queue."""
        try:
            info = self._redis.xinfo_stream(_queue(user_id))
        except ResponseError as error:
            if "no such key" in str(error):
                return None
            raise
        return _entries([info["first-entry"]])[0], info["last-generated-id"]

    @guard
    def after(self, user_id: int, cursor: str, limit: int) -> list[Entry]:
        """Return the next entries after a cursor, in order of arrival."""
        return _entries(self._redis.xrange(_queue(user_id), min=f"({cursor}", count=limit))

    def channel(self, user_id: int) -> str:
        """Return the name of the shard channel on which a user's queue rings."""
        return _queue(user_id)

    def bells(self) -> AnyBells:
        """Open a subscription of its own, on which the queues of connected users ring."""
        return self._open_bells()

    def close(self) -> None:
        """Close all connections."""
        self._redis.close()

    def _serving(self, user_id: int) -> Redis:
        """Return the server that has a user's queue: on a cluster a question about channels goes to that one."""
        return self._redis.serving(_queue(user_id))[1] if isinstance(self._redis, Cluster) else self._redis

    def _call(self, function: str, keys: list[str], arguments: list[Any]) -> Any:
        return functions.call(self._redis, [(function, keys, arguments)])[0]


def _queue(user_id: int) -> str:
    return f"{{q{user_id % BUCKETS}}}:queue:{user_id}"


def _gone(user_id: int) -> str:
    return f"{{q{user_id % BUCKETS}}}:gone:{user_id}"


def _muted(user_id: int) -> str:
    return f"{{q{user_id % BUCKETS}}}:muted:{user_id}"


def _entries(rows: Any) -> list[Entry]:
    return [Entry.parse(id_, *next(iter(fields.items()))) for id_, fields in rows]


def _bounds(entry: Entry) -> bool:
    return entry.kind in ("start", "floor")


def _noted(bound: Entry | None) -> int:
    return bound.bark_id if bound else 0


def _floor(first: Entry, bound: Entry | None) -> int:
    """Return above which id nothing is missing: as noted, and, once trimmed, not below what the first entry allows."""
    if first.kind == "start":
        return _noted(bound)
    return max(_noted(bound), ids.at(first.arrived_ms + CLOCKS_MS))


def _is_unbuilt(first: Entry, bound: Entry | None) -> bool:
    """Tell whether the floor is still where the queue was made: a follow settled since moves it only up."""
    return first.kind == "start" and _noted(bound) >= first.bark_id
