"""The people of a run: readers with queues, and authors whom the first so many of them follow.

Readers are ids alone, in Neo4j and in the queues' Redis: a fan-out asks no more of them. Authors are whole.
"""

import secrets
from collections.abc import Sequence

from barker import ids
from barker.models import Counts, User
from barker.stores.delivery import CLOCKS_MS
from barker.stores.queues import QUEUE_SECONDS
from tests.load.bench import Bench

FOLLOWS = 5_000  # a transaction
OPENED = 2_000  # queues a round trip


class World:
    """Grows as measurements ask for more."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._readers: list[int] = []
        self._authors: dict[int, User] = {}

    def readers(self, number: int) -> list[int]:
        """Return so many readers, each with a queue."""
        if missing := number - len(self._readers):
            made = [ids.new() for _ in range(missing)]
            open_queues(self._bench, made)
            self._readers += made
        return self._readers[:number]

    def author(self, followers: int) -> User:
        """Return the author whom so many readers follow."""
        if followers not in self._authors:
            author = new_user(followers=followers)
            self._bench.stores.users.insert_many([author], "no password")
            self.follow([(reader, author.id) for reader in self.readers(followers)])
            self._authors[followers] = author
        return self._authors[followers]

    def authors(self, number: int, followers: int) -> tuple[list[User], list[int]]:
        """Return new authors with so many followers each, no two the same, and all of these."""
        readers = self.readers(number * followers)
        authors = [new_user(followers=followers) for _ in range(number)]
        self._bench.stores.users.insert_many(authors, "no password")
        self.follow([(reader, authors[at // followers].id) for at, reader in enumerate(readers)])
        return authors, readers

    def follow(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Let the first of each pair follow the second."""
        for part in self._bench.parts(pairs, FOLLOWS, "follows"):
            self._bench.stores.follows.add_many(part, ids.now_ms())


def new_user(followers: int = 0, following: int = 0) -> User:
    """Return somebody with a handle of her own, not stored yet."""
    handle = f"bench_{secrets.token_hex(8)}"
    return User(ids.new(), handle, "Somebody", "about", counts=Counts(0, followers, following))


def open_queues(bench: Bench, users: Sequence[int]) -> None:
    """Make queues as a first read does, many a round trip."""
    floor = ids.at(ids.now_ms() + CLOCKS_MS)
    for part in bench.parts(users, OPENED, "queues"):
        with bench.redis.pipeline(transaction=False) as pipe:
            for user in part:
                pipe.fcall("barker_open", 1, bench.stores.queues.channel(user), str(floor), str(QUEUE_SECONDS))
            pipe.execute()


def drop_queues(bench: Bench, users: Sequence[int]) -> None:
    """Remove queues."""
    for part in bench.parts(users, OPENED, "removing queues"):
        bench.redis.unlink(*map(bench.stores.queues.channel, part))
