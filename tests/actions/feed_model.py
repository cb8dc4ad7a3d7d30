"""What a feed has to show, in sets and dicts, beside the real actions on the real stores.

At any moment a reader must be shown some barks (told to all, by authors whose follow is settled) and may be shown
others (followed, but still on their way). When every job has run the two are the same.
"""

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Protocol

import pytest

from barker import ids
from barker.actions import barking, fanning, feed, following
from barker.models import Bark, BarkDraft, User
from barker.stores import Stores, delivery, queues
from barker.stores.delivery import BUCKETS
from barker.stores.jobs import Job
from barker.stores.unsettled import Change
from barker.worker.handlers import BATCHED, HANDLERS
from tests.actions.trouble import Trouble, Troubles

CLOCKS_MS = 30  # instead of seconds, so that a queue is soon read no further than needed
SMALL: dict[ModuleType, dict[str, int]] = {
    queues: {"QUEUE_KEEP": 50, "SPARE": 0, "CLOCKS_MS": CLOCKS_MS},
    delivery: {"QUEUE_KEEP": 50},
    feed: {"BUILT": 7},
    following: {"BACKFILL": 4},
    fanning: {"LARGE_FAN_OUT": 1, "SHARE_FOLLOWERS": 1},  # two followers are many: served in shares, connected first
}
NOW = ids.now_ms
NODE_ENTRIES = 3  # a queue is trimmed by whole nodes
HOUR_MS = 2 * 3600 * 1000
DAY_MS = 24 * 3600 * 1000
Pair = tuple[int, int]  # follower, followee
Page = tuple[list[int], int]  # bark ids, and below which id the next page is (0: there is none)


class RawRedis(Protocol):
    """The server of queues, for what no action does."""

    def keys(self, pattern: str) -> list[bytes]: ...
    def dump(self, key: bytes) -> bytes: ...
    def pttl(self, key: bytes) -> int: ...
    def restore(self, key: bytes, ttl: int, value: bytes, *, replace: bool) -> object: ...
    def delete(self, *keys: bytes | str) -> object: ...
    def xtrim(self, name: str, maxlen: int, *, approximate: bool) -> object: ...


class World:
    """A few people, everything they did, and the jobs that are still to be run."""

    def __init__(self, stores: Stores, redis: RawRedis, asked: list[Job]) -> None:
        self.real, self._redis, self.jobs = stores, redis, asked
        self.troubles = Troubles(stores)
        self.stores = self.troubles.stores
        self.people = [User(ids.new(), f"model_{secrets.token_hex(8)}") for _ in range(3)]
        for user in self.people:
            assert stores.users.insert(user, "no password")
        self.done: list[Job] = []
        self.barks: dict[int, int] = {}  # those not deleted, with their authors
        self._made: list[int] = []
        self._told: set[int] = set()
        self._follows: set[Pair] = set()
        self._changes: Counter[Pair] = Counter()
        self._settled: dict[Pair, int] = {}  # after which change
        self._running: list[Job] = []
        self._broken: list[Job] = []  # those that began and did not end
        self._leaky: set[Pair] = set()  # unfollowed while the queues could not be told
        self._hours, self._days = 0, 0
        self._connected = stores.queues.bells()
        self._connected.subscribe(stores.queues.channel(self.people[0].id))

    # What people do

    def bark(self, author: User, skew_ms: int = 0) -> int:
        """Bark, on a machine whose clock is wrong by so much."""
        bark_id = ids.at(ids.now_ms() + skew_ms) + secrets.randbelow(1 << ids.LOW_BITS)
        assert barking.post_bark(self.stores, author, BarkDraft("woof"), bark_id).bark.id == bark_id
        self.barks[bark_id] = author.id
        self._made.append(bark_id)
        return bark_id

    def barked_long_ago(self, author: User, minutes: Iterable[int]) -> None:
        """Let somebody have barked so many minutes before all this."""
        made = [ids.at(ids.now_ms() - 60_000 * minute) + secrets.randbelow(1 << ids.LOW_BITS) for minute in minutes]
        self.real.barks.insert_many([Bark(bark_id, author.id, "woof", bark_id) for bark_id in made])
        self.barks |= dict.fromkeys(made, author.id)
        self._told.update(made)

    def delete(self, bark_id: int) -> None:
        """Delete a bark."""
        barking.delete_bark(self.stores, self.barks[bark_id], bark_id)
        del self.barks[bark_id]

    def change(self, follower: User, followee: User, *, follows: bool, trouble: Trouble | None = None) -> None:
        """Follow or unfollow; where that met with trouble the graph says what came of it."""
        pair = follower.id, followee.id
        self._changes[pair] += 1  # twice: a settling that began in between has settled nothing
        with self.troubles.meet(trouble):
            act = following.follow if follows else following.unfollow
            act(self.stores, follower.id, followee.handle)
        self._changes[pair] += 1
        self._leaky.discard(pair)
        if self.troubles.struck:
            follows = self.real.follows.degrees(*pair).follows
            self._leaky |= set() if follows else {pair}
        self._follows = self._follows | {pair} if follows else self._follows - {pair}

    # What workers do

    def run(self, *jobs: Job, trouble: Trouble | None = None) -> None:
        """Run jobs of one kind together; those that do not end stay to be run."""
        changes, follower = self._changes.copy(), pair_of(jobs[0])[0]
        newest = self._newest(follower)
        for job in jobs:
            self.jobs[:] = [one for one in self.jobs if one != job]
        self._running += jobs
        ended = False
        with self.troubles.meet(trouble), clock(self._hours * HOUR_MS):
            HANDLERS[jobs[0].name](self.stores, **_arguments(jobs))
            ended = True
        for job in jobs:
            self._running.remove(job)
            self._broken = [one for one in self._broken if one != job]
        if not (trouble and trouble.acts):
            assert len(self._entries(follower, "feed-changed", newest)) <= 1, "one event, however many barks"
        if ended:
            self.done += jobs
            self._note(jobs, changes)
        else:
            self._broken += jobs
            self.jobs += jobs

    def _note(self, jobs: Sequence[Job], changes: Counter[Pair]) -> None:
        for job in jobs:
            pair, bark = pair_of(job), self.real.barks.by_id(job.arguments.get("bark", 0))
            if bark and bark.fanned_out:
                self._told.add(bark.id)
            if job.name == "settle" and self._changes[pair] == changes[pair]:
                self._settled[pair] = changes[pair]
                self._leaky.discard(pair)

    def fan_outs(self) -> list[Job]:
        """Return jobs that a worker may run together."""
        return [job for job in self.jobs if job.name == "fan_out"]

    def lose(self, job: Job) -> None:
        """Let a job get lost that the sweep puts again."""
        if job.name != "prune" and job not in self._broken:
            self.jobs.remove(job)

    def run_all(self) -> None:
        """Run every job, those included that were lost and are swept."""
        self._days += 1  # what was swept before is left alone for a while
        with clock(self._days * DAY_MS):
            fanning.sweep(self.real)
            following.sweep(self.real)
        while self.jobs:
            self.run(self.jobs[0])
        for pair in self._changes:  # a request that failed early may have changed nothing, and noted nothing
            if not self.real.unsettled.notes(Change(*pair)):
                self._settled[pair] = self._changes[pair]
                self._leaky.discard(pair)

    # What goes wrong with queues

    def expire(self, user: User) -> None:
        """Let a queue end, as after two weeks."""
        self._redis.delete(self.real.queues.channel(user.id))

    def trim(self, user: User, entries: int) -> None:
        """Let a queue lose all but its newest entries."""
        self._redis.xtrim(self.real.queues.channel(user.id), entries, approximate=False)

    def lose_last_deliveries(self, jobs: list[Job]) -> None:
        """Run fan-outs, and let the server restart without what they wrote."""
        kept = [(key, max(self._redis.pttl(key), 0), self._redis.dump(key)) for key in self.keys()]
        if jobs:
            self.run(*jobs)
        self._redis.delete(*self.keys(), b"none")
        for key, ttl, value in kept:
            self._redis.restore(key, ttl, value, replace=True)
        self._told -= {job.arguments["bark"] for job in jobs}
        self._recover()

    def lose_everything(self) -> None:
        """Let the server restart empty."""
        self._redis.delete(*self.keys(), b"none")
        self._leaky.clear()
        self._recover()

    def _recover(self) -> None:
        since_ms = min(map(ids.ms_of, self._made), default=ids.now_ms()) - 1
        self.real.barks.fan_out_again(since_ms, ids.now_ms(), f"run {ids.new()}")
        fanning.sweep(self.real)

    def pass_an_hour(self) -> None:
        """Let marks and `gone` end for workers, whose clock moves on; what was to be pruned until then is pruned."""
        for job in [job for job in self.jobs if job.name == "prune"]:
            self.run(job)
        self._redis.delete(*(key for key in self.keys() if b":queue:" not in key), b"none")
        self._hours += 1
        self._leaky |= {pair for pair in self._changes if pair not in self._follows and not self.is_settled(pair)}

    def keys(self) -> list[bytes]:
        """Return all that the server keeps of these people and barks."""
        ours = {str(id_).encode() for id_ in (*self._made, *(user.id for user in self.people))}
        found = [key for user in self.people for key in self._redis.keys(f"{{q{user.id % BUCKETS}}}:*")]
        return [key for key in set(found) if set(key.split(b":")) & ours]

    def clear(self) -> None:
        """Leave nothing behind, so that a thousand worlds are as fast as one."""
        self._connected.close()
        self._redis.delete(*self.keys(), b"none")
        self.jobs.clear()
        for name in ("barks", "unsettled", "users"):
            self.real.documents.collection(name).delete_many({})

    # What the reader is shown

    def read(
        self, reader: User, before: int, limit: int, trouble: Trouble | None = None
    ) -> tuple[list[int], int] | None:
        """Read a page, and hold it against the model; None if it cannot be had."""
        must, may = self.must(reader), self.may(reader)
        answers: list[Page] = []
        with self.troubles.meet(trouble):
            shown, next_before = feed.read_feed(self.stores, reader.id, before, limit)
            answers.append(([one.bark.id for one in shown], next_before or 0))
        if not answers:
            return None
        ((page, below),) = answers
        must, may = must & self.must(reader), may | self.may(reader)
        assert page == sorted(set(page), reverse=True)
        assert all(bark_id < before for bark_id in page)
        assert not set(page) - may, "nothing deleted, nobody unfollowed"
        assert not {bark_id for bark_id in must if below <= bark_id < before} - set(page), "no hole and no early end"
        assert len(page) <= limit
        assert not below or (below == page[-1] and (len(page) == limit or self.troubles.struck))
        return page, below

    def must(self, reader: User) -> set[int]:
        """Return what she has to be shown."""
        settled = {followee for follower, followee in self._follows if follower == reader.id}
        settled = {one for one in settled if self.is_settled((reader.id, one))} | {reader.id}
        return {bark_id for bark_id, author in self.barks.items() if author in settled and bark_id in self._told}

    def may(self, reader: User) -> set[int]:
        """Return what she may be shown."""
        leaky = self._leaky | {pair for pair in self._changes if self._is_moving(pair)}
        known = {followee for follower, followee in self._follows | leaky if follower == reader.id} | {reader.id}
        return {bark_id for bark_id, author in self.barks.items() if author in known}

    def is_settled(self, pair: Pair) -> bool:
        """Tell whether all that happened between the two has reached the queue."""
        return self._settled.get(pair, 0) == self._changes[pair] and not self._is_moving(pair)

    def _is_moving(self, pair: Pair) -> bool:
        return any(pair_of(job) == pair for job in (*self._running, *self._broken))

    def _entries(self, user_id: int, kind: str, since: str = "0-0") -> list[int]:
        return [entry.bark_id for entry in self.real.queues.after(user_id, since, 10_000) if entry.kind == kind]

    def _newest(self, user_id: int) -> str:
        return (self.real.queues.bounds(user_id) or ("", "0-0"))[1] if user_id else "0-0"

    def holds_no_bark_twice(self) -> bool:
        """Tell whether every bark was told at most once."""
        queues = [self._entries(user.id, "bark") for user in self.people]
        return all(len(set(barks)) == len(barks) for barks in queues)


def pair_of(job: Job) -> Pair:
    return job.arguments.get("follower", 0), job.arguments.get("followee", 0)


def _arguments(jobs: Sequence[Job]) -> dict[str, Any]:
    """Return what a handler is given, as a worker does."""
    if jobs[0].name not in BATCHED:
        return dict(jobs[0].arguments)
    return {key: [job.arguments[key] for job in jobs] for key in jobs[0].arguments}


@contextmanager
def clock(ahead_ms: int = 0) -> Iterator[None]:
    """Let the clock of a process be ahead."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids, "now_ms", lambda: NOW() + ahead_ms)
        yield
