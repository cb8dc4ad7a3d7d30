"""How deliveries to many queues are cut into calls of `barker_deliver_each` (queues.lua), each within one bucket."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from barker import ids
from barker.models import QUEUE_KEEP
from barker.stores.functions import Call

BUCKETS = 256
TRIP_USERS = 5_000  # a round trip: the server reads several calls at once, and serves nobody else between them
CALL_USERS = 1_000  # a call: it runs for about 4 ms
CALL_USERS_LATE = 20  # a call that looks into queues first, that many: up to 17 ms; others have their turn between two
TRIM_EVERY = 8  # barks, more or less: trimming at each takes a third of all the time
MARK_MARGIN_SECONDS = 60  # for a worker that stands still between looking at the clock and delivering
CLOCKS_MS = 5_000  # how far the clocks of API, workers and Redis may be apart
WHOLE, FIRST, REST = "whole", "first", "rest"
# What was begun before may have been delivered under marks that are gone. Small fan-outs leave a mark a follower.
MARK_SECONDS = {WHOLE: 600, FIRST: 3_600, REST: 3_600}


@dataclass(frozen=True)
class Delivery:
    """What is told of a bark, and to whom. `began_ms`: when that was first tried; 0 if it never was before.

    `turn`: FIRST serves some users before the others, REST then all but those; WHOLE knows of no others. `mixed`: it
    may have begun as WHOLE, whose marks end sooner.
    """

    kind: str
    bark_id: int
    author_id: int
    user_ids: Iterable[int]
    began_ms: int = 0
    turn: str = WHOLE
    mixed: bool = False


def trips(deliveries: Iterable[Delivery]) -> Iterator[list[Call]]:
    """Yield the calls that deliver, one round trip after the other; last those that look into each queue first."""
    now_ms = ids.now_ms()
    fresh: list[Delivery] = []
    late: list[Delivery] = []
    for one in deliveries:
        seconds = MARK_SECONDS[WHOLE if one.mixed else one.turn] - MARK_MARGIN_SECONDS
        marks_end = one.began_ms + seconds * 1000
        (late if one.began_ms > 0 and marks_end < now_ms else fresh).append(one)
    yield from _trips(_calls(fresh, CALL_USERS), TRIP_USERS)
    yield from _trips(_calls(late, CALL_USERS_LATE, look=True), CALL_USERS_LATE)


def _trips(calls: Iterable[tuple[Call, int]], most: int) -> Iterator[list[Call]]:
    """Put calls together as far as they cost at most so much."""
    trip: list[Call] = []
    room = most
    for call, cost in calls:
        if trip and cost > room:
            yield trip
            trip, room = [], most
        trip.append(call)
        room -= cost
    if trip:
        yield trip


def _calls(deliveries: Iterable[Delivery], most: int, *, look: bool = False) -> Iterator[tuple[Call, int]]:
    """Cut deliveries into calls, each within one bucket, and of at most so many users: that is what a call costs.

    One that looks into queues costs how many those are, however much is delivered to each: it reads each once.
    """
    shares: dict[int, list[tuple[Delivery, list[int]]]] = {}
    for delivery in deliveries:
        for bucket, users in _by_bucket(delivery.user_ids).items():
            shares.setdefault(bucket, []).append((delivery, users))
    for bucket, of_bucket in shares.items():
        yield from _bucket_calls(bucket, of_bucket, most, look)


def _bucket_calls(
    bucket: int, shares: list[tuple[Delivery, list[int]]], most: int, look: bool
) -> Iterator[tuple[Call, int]]:
    marks: list[str] = []
    arguments: list[Any] = []
    looked_into: set[int] = set()
    cost = 0
    for one, users in shares:
        for at in range(0, len(users), most):
            part = users[at : at + most]
            more = len(looked_into.union(part)) - cost if look else len(part)
            if cost + more > most:
                yield ("barker_deliver_each", marks, arguments), cost
                marks, arguments, looked_into, cost, more = [], [], set(), 0, len(part)
            since = ids.ms_of(one.bark_id) - CLOCKS_MS if look else ""
            before = users[at - 1] if at else ""
            marks.append(f"{{q{bucket}}}:mark:{one.bark_id}:{one.kind}")
            keep = "" if one.bark_id % TRIM_EVERY else QUEUE_KEEP
            body = f"{one.bark_id}:{one.author_id}"
            arguments += [keep, MARK_SECONDS[one.turn], one.kind, body, since, one.turn, before]
            arguments.append("".join(map(str, part)))
            cost += more
            if look:
                looked_into.update(part)
    yield ("barker_deliver_each", marks, arguments), cost


def bark_of(mark: str) -> int:
    """Return which bark a mark is of."""
    return int(mark.split(":")[2])


def _by_bucket(user_ids: Iterable[int]) -> dict[int, list[int]]:
    """Cut users into buckets, rising within each: the mark of a bucket depends on it."""
    buckets: dict[int, list[int]] = defaultdict(list)
    for user in user_ids:
        buckets[user % BUCKETS].append(user)
    for users in buckets.values():
        users.sort()
    return buckets
