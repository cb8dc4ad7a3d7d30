"""Readers with feeds as hours of use leave them: 800 entries, each arrived just after its bark was made.

A reader follows every tenth of a pool of authors, so that readers share some barks, and none has all of another's.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from barker import ids
from barker.models import QUEUE_KEEP, Bark, User
from tests.load.bench import Bench
from tests.load.small import token_of
from tests.load.world import World, new_user

POOL = 10  # times as many authors as one reader follows
SPREAD_SECONDS = 4  # between two barks of the pool: a queue goes back nine hours
ARRIVED_MS = 20  # after a bark was made
STORED = 2_000  # documents a write
PAGE = 40
TEXT = "It rained all morning, then the sun came out and every dog in the street wanted to go to the river at once. {}"


@dataclass(frozen=True)
class Reader:
    """Somebody with a full queue: her token, and the ids of her first page."""

    user: User
    token: str
    page: list[str]


def readers(bench: Bench, world: World, number: int, followees: int) -> list[Reader]:
    """Make so many readers who follow so many authors each."""
    authors = [new_user(followers=number // POOL) for _ in range(followees * POOL)]
    people = [new_user(following=followees) for _ in range(number)]
    for part in bench.parts([*authors, *people], STORED, "people"):
        bench.stores.users.insert_many(part, "no password")
    barks = _barks(authors)
    for some in bench.parts(barks, STORED, "barks"):
        bench.stores.barks.insert_many(some)
    made: list[Reader] = []
    pairs: list[tuple[int, int]] = []
    for person in people:
        followed = {author.id for author in random.sample(authors, followees)}
        pairs += [(person.id, author) for author in followed]
        made.append(_reader(bench, person, [bark for bark in barks if bark.author_id in followed]))
    world.follow(pairs)
    return made


def _barks(authors: Sequence[User]) -> list[Bark]:
    number = QUEUE_KEEP * POOL
    now_ms = ids.now_ms()
    made = [ids.at(now_ms - SPREAD_SECONDS * 1000 * (number - n)) + random.randrange(1 << 20) for n in range(number)]
    return [Bark(id_, random.choice(authors).id, TEXT.format(n), id_) for n, id_ in enumerate(made)]


def _reader(bench: Bench, user: User, barks: Sequence[Bark]) -> Reader:
    """Put into a queue what a fan-out would have: the same entries, at the times at which it would have."""
    kept = barks[-QUEUE_KEEP:]
    with bench.redis.pipeline(transaction=False) as pipe:
        for bark in kept:
            arrived = f"{ids.ms_of(bark.id) + ARRIVED_MS}-0"
            pipe.xadd(bench.stores.queues.channel(user.id), {str(bark.id): str(bark.author_id)}, id=arrived)
        pipe.execute()
    return Reader(user, token_of(bench, user), [str(bark.id) for bark in reversed(kept[-PAGE:])])
