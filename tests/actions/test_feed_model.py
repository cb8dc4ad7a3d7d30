"""Whatever people, workers and servers do, in any order: the feed has no hole, no early end and no double.

The actions run on the real stores, beside a model: see `feed_model.py`. `make fuzz` tries many more.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from redis import Redis

from barker import ids
from barker.actions import feed
from barker.models import User
from barker.settings import Settings
from barker.stores import Stores, connect
from barker.stores.jobs import Job
from tests.actions.feed_model import CLOCKS_MS, NODE_ENTRIES, SMALL, World, clock, pair_of
from tests.actions.trouble import SERVERS, Trouble

FUZZ = "FUZZ_EXAMPLES" in os.environ
EXAMPLES, EXAMPLES_SLOW = int(os.environ.get("FUZZ_EXAMPLES", "2")), 12
drawn = settings(
    stateful_step_count=30,
    derandomize=not FUZZ,  # the usual run tries the same each time, `make fuzz` something new
    database=None,
    deadline=None,
    phases=[Phase.generate, Phase.shrink] if FUZZ else [Phase.generate],
    suppress_health_check=list(HealthCheck),
)

person, number = st.integers(0, 2), st.integers(0, 1_000)
pair = st.sampled_from([(a, b) for a in range(3) for b in range(3) if a != b])
skew = st.integers(1 - CLOCKS_MS, CLOCKS_MS - 5)
limit = st.integers(1, 9)
ACTIONS = ("settle", "prune", "follow", "unfollow", "read", "return")
KINDS = (*SERVERS, "lost", "killed", *["overtaken"] * 5)
LOSSES = ("job", "queue", "entries", "last deliveries", "everything", "an hour")
ACTS = ("bark", "tell", "delete", "follow", "unfollow", "job", "read", "open", "expire", "trim")
SETTLED = ("join", "leave")  # which matter most when they overtake something
trouble = st.none() | st.tuples(
    st.integers(1, 8),
    st.sampled_from(KINDS),
    st.lists(st.sampled_from(SETTLED) | st.sampled_from(ACTS), min_size=1, max_size=3),
    number,
)


@dataclass
class Walk:
    """A reader on her way down the feed."""

    reader: User
    limit: int
    before: int
    must: set[int]
    shown: list[int]


class FeedMachine(RuleBasedStateMachine):
    """Three people who bark, follow and read, and the workers and servers behind them."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.walks: list[Walk] = []

    @initialize(
        history=st.lists(st.lists(number, max_size=12), min_size=3, max_size=3),
        pairs=st.lists(pair),
        open=st.booleans(),
    )
    def begin(self, history: list[list[int]], pairs: list[tuple[int, int]], open: bool) -> None:
        for user, minutes in zip(self.world.people, history, strict=True):
            self.world.barked_long_ago(user, minutes)
            if open:
                feed.open_queue(self.world.stores, user.id)
        for one in pairs:
            self._act("follow", one)

    @rule(author=person, skews=st.lists(skew, min_size=1, max_size=6), told=st.booleans())
    def bark(self, author: int, skews: list[int], told: bool) -> None:
        for skew in skews:
            bark = self.world.bark(self.world.people[author], skew)
            if told:
                self.world.run(Job("fan_out", {"bark": bark}))

    @rule(pick=number)
    def delete(self, pick: int) -> None:
        self._act("delete", (0, 0), pick)

    @rule(pair=pair, follows=st.booleans(), trouble=trouble)
    def change(self, pair: tuple[int, int], follows: bool, trouble: Any) -> None:
        who, whom = (self.world.people[one] for one in pair)
        self.world.change(who, whom, follows=follows, trouble=self._trouble(trouble, pair))
        self.world.read(who, ids.MAX_ID, 9)  # before any job has run

    @rule(picks=st.lists(number, min_size=1, max_size=4), trouble=trouble)
    def run_jobs(self, picks: list[int], trouble: Any) -> None:
        for pick in picks:
            if jobs := self.world.jobs:
                self._run([jobs[pick % len(jobs)]], trouble)

    @rule(number=st.integers(1, 9), trouble=trouble)
    def run_fan_outs_together(self, number: int, trouble: Any) -> None:
        self._run(self.world.fan_outs()[:number], trouble)

    @rule(pick=number, trouble=trouble)
    def run_a_job_again(self, pick: int, trouble: Any) -> None:
        done = [job for job in self.world.done if job.name in ("settle", "prune") or pick % 4 == 0]
        self._run(done[-1 - pick % len(done) :][:1] if done else [], trouble)

    @rule(
        pair=pair, before=st.sampled_from(SETTLED), action=st.sampled_from(ACTIONS), kind=st.sampled_from(KINDS),
        act=st.sampled_from([*SETTLED, "open"]), pick=number,
    )  # fmt: skip
    def meet_trouble_at_every_call(
        self, pair: tuple[int, int], before: str, action: str, kind: str, act: str, pick: int
    ) -> None:
        self._act("tell", pair)
        for at in range(1, 9):
            self._act(before, pair)
            self._act("expire" if action == "return" else "open", pair)
            self._meet(action, pair, self._trouble((at, kind, [act], pick), pair))
            if not self.world.troubles.struck:
                break  # it makes no more calls
            self._settle(pair)
            self._read_all(self.world.people[pair[0]], 20)

    @rule(reader=person, limit=limit, pick=number, trouble=trouble)
    def read_on(self, reader: int, limit: int, pick: int, trouble: Any) -> None:
        if pick % 3 == 0 or not self.walks:
            user = self.world.people[reader]
            self.walks = [*self.walks[-3:], Walk(user, limit, ids.MAX_ID, self.world.must(user), [])]
        walk = self.walks[-1 - pick % len(self.walks)]
        reader = self.world.people.index(walk.reader)
        trouble = self._trouble(trouble, (reader, (reader + 1 + pick % 2) % 3))
        found = self.world.read(walk.reader, walk.before, walk.limit, trouble)
        if found is None:
            return
        page, walk.before = found
        walk.shown += page
        walk.must &= self.world.must(walk.reader)
        if not walk.before:
            self.walks.remove(walk)
            assert walk.shown == sorted(set(walk.shown), reverse=True)
            assert walk.must <= set(walk.shown), "what was there when she began is shown"

    @rule(what=st.sampled_from(LOSSES), reader=person, pick=number)
    def lose(self, what: str, reader: int, pick: int) -> None:
        world, jobs = self.world, self.world.jobs
        losses: dict[str, Callable[[], None]] = {
            "job": lambda: world.lose(jobs[pick % len(jobs)]) if jobs else None,
            "queue": lambda: world.expire(world.people[reader]),
            "entries": lambda: world.trim(world.people[reader], 1 + pick % 30),
            "last deliveries": lambda: world.lose_last_deliveries(world.fan_outs()[pick % 4 :]),
            "everything": world.lose_everything,
            "an hour": world.pass_an_hour,
        }
        losses[what]()

    @rule(reader=person, limit=limit)
    def read_it_all(self, reader: int, limit: int) -> None:
        self._read_all(self.world.people[reader], limit)

    @rule(limit=limit)
    def let_all_be_done_and_read_it_all(self, limit: int) -> None:
        self.world.run_all()
        for reader in self.world.people:
            shown = sorted(self.world.must(reader), reverse=True)
            assert set(shown) == self.world.may(reader), "nothing is on its way any more"
            assert self._read_all(reader, limit) == shown

    @invariant()
    def no_bark_is_told_twice(self) -> None:
        assert self.world.holds_no_bark_twice()

    def teardown(self) -> None:
        self.let_all_be_done_and_read_it_all(9)
        self.world.clear()

    def _read_all(self, reader: User, limit: int) -> list[int]:
        pages: list[list[int]] = []
        before = ids.MAX_ID
        while before:
            found = self.world.read(reader, before, limit)
            assert found
            page, before = found
            pages.append(page)
        assert pages[-1] or len(pages) == 1, "the page before said that there was more"
        return [bark for page in pages for bark in page]

    def _run(self, jobs: list[Job], trouble: Any) -> None:
        if jobs:
            known = [user.id for user in self.world.people]
            who, whom = (known.index(user_id) if user_id else n for n, user_id in enumerate(pair_of(jobs[0])))
            self.world.run(*jobs, trouble=self._trouble(trouble, (who, whom)))

    def _trouble(self, drawn: Any, pair: tuple[int, int]) -> Trouble | None:
        """Make trouble of what was drawn; what comes in between is about the same two people."""
        if drawn is None:
            return None
        at, kind, names, pick = drawn
        acts = tuple(partial(self._act, name, pair, pick) for name in names)
        return Trouble(at, kind, acts if kind == "overtaken" else ())

    def _meet(self, action: str, pair: tuple[int, int], trouble: Trouble | None) -> None:
        one, other = (self.world.people[who] for who in pair)
        if action in ("settle", "prune"):
            self.world.run(Job(action, {"follower": one.id, "followee": other.id}), trouble=trouble)
        elif action in ("follow", "unfollow"):
            self.world.change(one, other, follows=action == "follow", trouble=trouble)
        else:
            self.world.read(one, ids.MAX_ID, 9, trouble)

    def _settle(self, pair: tuple[int, int]) -> None:
        """Run what is asked for between two people; where all is settled a repeat would only hide a fault."""
        one, other = (self.world.people[who].id for who in pair)
        if not self.world.is_settled((one, other)):
            asked = [job for job in self.world.jobs if pair_of(job) == (one, other)]
            for job in [*asked, Job("settle", {"follower": one, "followee": other})]:
                self.world.run(job)

    def _settled(self, one: User, other: User, *, follows: bool) -> None:
        self.world.change(one, other, follows=follows)
        self.world.run(Job("settle", {"follower": one.id, "followee": other.id}))

    def _act(self, name: str, pair: tuple[int, int], pick: int = 0) -> None:
        """Do what may happen at any time, also in the middle of something else."""
        world, (one, other) = self.world, (self.world.people[who] for who in pair)
        acts: dict[str, Callable[[], object]] = {
            "bark": lambda: world.bark(other),
            "tell": lambda: world.run(Job("fan_out", {"bark": world.bark(other)})),
            "delete": lambda: world.delete(sorted(world.barks)[pick % len(world.barks)]) if world.barks else None,
            "follow": lambda: world.change(one, other, follows=True),
            "unfollow": lambda: world.change(one, other, follows=False),
            "join": lambda: self._settled(one, other, follows=True),
            "leave": lambda: self._settled(one, other, follows=False),
            "job": lambda: world.run(world.jobs[pick % len(world.jobs)]) if world.jobs else None,
            "read": lambda: world.read(one, ids.MAX_ID, 1 + pick % 9),
            "open": lambda: feed.open_queue(world.stores, one.id),
            "expire": lambda: world.expire(one),
            "trim": lambda: world.trim(one, 1 + pick % 30),
        }
        with clock():
            acts[name]()


@pytest.fixture
def own_stores(stores_urls: dict[str, str], stores: Stores) -> Iterator[Stores]:
    """Stores with a database of their own: intents are swept there."""
    documents = stores_urls["BARKER_DOCUMENTS_URL"].replace("/barker", "/feed_model")
    patient = {f"BARKER_{name}_SECONDS": "30" for name in ("DOCUMENTS", "GRAPH", "REDIS")}  # slow is no trouble
    own = connect(Settings.read({**stores_urls, **patient, "BARKER_DOCUMENTS_URL": documents}))
    own.prepare()
    yield own
    own.close()


@pytest.mark.parametrize("examples", [EXAMPLES, pytest.param(EXAMPLES_SLOW, marks=pytest.mark.slow)])
def test_the_feed_is_what_the_model_says(
    own_stores: Stores, stores_urls: dict[str, str], asked: list[Job], monkeypatch: pytest.MonkeyPatch, examples: int
) -> None:
    class Machine(FeedMachine):
        def __init__(self) -> None:
            super().__init__(World(own_stores, redis, asked))

    for module, constants in SMALL.items():
        for name, value in constants.items():
            monkeypatch.setattr(module, name, value)
    with Redis.from_url(stores_urls["BARKER_QUEUES_URL"]) as redis:
        entries = redis.config_get("stream-node-max-entries")["stream-node-max-entries"]
        redis.config_set("stream-node-max-entries", NODE_ENTRIES)
        try:
            run_state_machine_as_test(Machine, settings=settings(drawn, max_examples=examples))
        finally:
            redis.config_set("stream-node-max-entries", entries)
