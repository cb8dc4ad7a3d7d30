"""A campaign: people, kills, rest, judgement."""

import random
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from redis import Redis

from barker import ids
from barker.actions import accounts
from barker.models import LARGE_FAN_OUT, User
from barker.stores import Stores
from tests.chaos import checking
from tests.chaos.checking import Left, Truth, Verdict
from tests.chaos.crew import LOOK_SECONDS, Crew
from tests.chaos.journal import Journal, Pair
from tests.chaos.keeping import ALL, Keeper
from tests.chaos.killing import Killer
from tests.chaos.people import People
from tests.chaos.phone import Person, Phone
from tests.chaos.screens import Screen
from tests.chaos.settling import left_to_do, settle

AUTHORS, READERS, SCREENS, GROUPS = 12, 60, 6, 5
RESTLESS = 36  # readers who follow and unfollow; the others stay with whom they follow, those with a screen too
STARS = 3  # of the authors: their fan-outs are large ones, by
CROWD = LARGE_FAN_OUT + 500  # followers who never read, so they have no queue
FOLLOWED = 4  # authors a reader follows at the beginning
OWED_SECONDS = 90.0  # for every bark to be acknowledged: a repeat of what a killed process began has to wait a minute
WARM_SECONDS = 60.0  # for the first follow to succeed
READ_SECONDS = 60.0  # for everybody to read a page
AGAIN_SECONDS = 0.2
FEED_SECONDS = 60.0  # for one feed to be read
PASSWORD = "correct horse"

Say = Callable[[str, int], None]  # what is going on, and how many kills there were


@dataclass(frozen=True)
class Plan:
    """How much of everything."""

    kills: int = 1000
    seconds: float = 900.0
    # A dead worker's claims are taken over after a minute, and intents looked at again after five and more.
    settle: float = 900.0
    seed: int = 0
    workers: int = 2
    apis: int = 2
    only: Sequence[str] = ()


@dataclass
class Result:
    """What there was, and what was found."""

    plan: Plan
    kills: dict[str, int] = field(default_factory=dict)
    deaths: list[str] = field(default_factory=list)  # of processes that nobody killed
    seconds: dict[str, float] = field(default_factory=dict)
    barks: dict[str, int] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)
    screens: dict[str, int] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)  # how often each request got each
    pages: int = 0
    parked: list[str] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost, doubled or wrong, all came to rest, and no job was given up."""
        # Whose workers were all killed, by us, is parked for that: its intent brings it back.
        given_up = [one for one in self.parked if not one.endswith("workers died with it")]
        return self.verdict.is_good and not (self.left or self.faults or given_up)

    def as_json(self) -> dict[str, object]:
        """Return all of it."""
        return {"good": self.is_good, **asdict(self)}


class Campaign:
    """One run on processes of its own."""

    def __init__(self, crew: Crew, data: Path, plan: Plan, say: Say) -> None:
        self._crew, self._data, self._plan, self._say = crew, data, plan, say
        self._journal = Journal()
        self._result = Result(plan)
        self._random = random.Random(plan.seed)

    def run(self) -> Result:
        """Let people live, kill, wait for rest, and judge."""
        self._gather()
        keeper = Keeper(self._crew.stores, [one.id for one in self._everybody], lambda: self._killer.losses)
        self._killer = Killer(
            self._crew,
            self._data / "queues",
            self._plan.seed,
            self._plan.only,
            self._plan.seconds / max(1, self._plan.kills),
        )
        people = People(self._crew.urls, self._journal, self._plan.seed)
        with self._timed("killing"):
            keeper.start()
            for screen in self._screens:
                screen.open()
            people.start(self._authors, _groups(self._readers[:RESTLESS], GROUPS), self._everybody)
            self._kill()
            people.stop(lambda: self._look("stopping"))
        with self._timed("settling"):
            self._rest(people)
        for screen in self._screens:
            screen.close()
        keeper.stop()
        self._result.answers = people.answers()
        with self._timed("checking"):
            self._judge(keeper)
        return self._told()

    def _gather(self) -> None:
        self._say("people sign up", 0)
        stores = self._crew.stores
        self._authors = [_person(stores, f"author{number}") for number in range(AUTHORS)]
        self._readers = [_person(stores, f"reader{number}") for number in range(READERS)]
        self._everybody = self._authors + self._readers
        self._initial: set[Pair] = {
            (reader.id, author.id)
            for reader in self._readers
            for author in self._random.sample(self._authors, FOLLOWED)
        }
        crowd = [(ids.new(), star.id) for star in self._authors[:STARS] for _ in range(CROWD)]
        stores.follows.add_many([*sorted(self._initial), *crowd], ids.now_ms())
        self._screens = [Screen(reader, self._crew.urls) for reader in self._readers[-SCREENS:]]
        self._all_read()
        phone = Phone(self._crew.urls, 0)
        until = time.monotonic() + WARM_SECONDS  # Neo4j plans a query longer than the service waits, the first time
        path = f"/v1/me/following/{self._authors[1].handle}"
        while not (phone.send(self._authors[0], "PUT", path).ok and phone.send(self._authors[0], "DELETE", path).ok):
            assert time.monotonic() < until, "nobody can follow"

    def _all_read(self) -> None:
        """Let everybody read her feed: who has read has a queue, also where all were lost just now."""
        phone, until = Phone(self._crew.urls, 0), time.monotonic() + READ_SECONDS
        for one in self._everybody:
            while not phone.send(one, "GET", "/v1/feed").ok:
                assert time.monotonic() < until, "nobody can read"
                time.sleep(AGAIN_SECONDS)

    def _timed(self, what: str) -> "_Timed":
        return _Timed(self._result.seconds, what)

    def _kill(self) -> None:
        until = time.monotonic() + self._plan.seconds
        while len(self._killer.kills) < self._plan.kills and time.monotonic() < until:
            self._killer.look()
            self._look("killing")

    def _look(self, doing: str) -> None:
        self._crew.look()
        acknowledged = sum(post.acknowledged for post in self._journal.posts)
        self._say(f"{doing}; {acknowledged} barks", len(self._killer.kills))
        time.sleep(LOOK_SECONDS)

    def _rest(self, people: People) -> None:
        self._crew.revive()
        self._all_read()
        people.settle(OWED_SECONDS, lambda: self._look("the last barks are acknowledged"))
        with Redis.from_url(self._crew.settings["BARKER_QUEUES_URL"]) as redis:
            left = lambda: left_to_do(self._crew.stores, redis)  # noqa: E731
            self._result.left = settle(left, self._plan.settle, lambda what: self._look(f"settling: {what}"))

    def _judge(self, keeper: Keeper) -> None:
        verdict, stores, journal = self._result.verdict, self._crew.stores, self._journal
        truth = Truth.read(stores, [one.id for one in self._everybody])
        checking.check_barks(verdict, journal, truth, stores)
        checking.check_order(verdict, journal)
        since, left_at = journal.followed_since(self._initial), journal.left_at()
        due = {one.id: checking.due_for(one.id, journal, truth, since) for one in self._everybody}
        for reader, kept in keeper.kept.items():
            checking.check_queue(verdict, reader, kept, due[reader])
            left = Left(stores.queues.hidden(reader).gone, left_at)
            checking.check_left(verdict, reader, stores.queues.after(reader, "0-0", ALL), truth, left)
        for screen in self._screens:
            id_ = screen.person.id
            strange = set().union(*(truth.barks[author.id] for author in self._authors)) - truth.feed(id_)
            checking.check_screen(verdict, screen, keeper.kept[id_], due[id_], strange)
        phone = Phone(self._crew.urls, 0)
        for number, one in enumerate(self._everybody):
            self._look(f"feed {number + 1} of {len(self._everybody)}")
            checking.check_feed(verdict, one.id, self._feed(phone, one), truth)
        holes = sum(kept.holes for kept in keeper.kept.values())
        if holes:
            self._journal.faults.append(f"{holes} times a queue was trimmed faster than it was looked at")

    def _feed(self, phone: Phone, reader: Person) -> list[int]:
        found: list[int] = []
        cursor: str | None = None
        until = time.monotonic() + FEED_SECONDS
        while time.monotonic() < until:
            page = phone.send(reader, "GET", "/v1/feed", params={"limit": 100} | ({"cursor": cursor} if cursor else {}))
            if page.ok:
                found += [int(bark["id"]) for bark in page.json["items"]]
                cursor = page.json["next"]
                if cursor is None:
                    return found
        self._journal.faults.append(f"the feed of {reader.handle} could not be read in {FEED_SECONDS:.0f} s")
        return found

    def _told(self) -> Result:
        result, journal = self._result, self._journal
        result.kills, result.deaths = self._killer.by_kind(), self._crew.deaths
        acknowledged = sum(post.acknowledged for post in journal.posts)
        result.barks = {"acknowledged": acknowledged, "unsure": len(journal.posts) - acknowledged}
        result.barks["deleted"] = sum(done for _, done in journal.deletions)
        done = sum(change.acknowledged for change in journal.changes)
        result.changes = {"acknowledged": done, "unsure": len(journal.changes) - done}
        result.screens = {
            "screens": len(self._screens),
            "opened": sum(screen.opened for screen in self._screens),
            "told": sum(len(screen.told) for screen in self._screens),
            "gaps": sum(len(screen.gaps) for screen in self._screens),
        }
        result.pages = journal.pages
        result.parked = [f"{job.name} {job.arguments}: {why}" for job, why in self._crew.stores.jobs.parked(100)]
        result.faults = journal.faults + [fault for screen in self._screens for fault in screen.faults]
        return result


class _Timed:
    def __init__(self, seconds: dict[str, float], what: str) -> None:
        self._seconds, self._what = seconds, what

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._seconds[self._what] = round(time.monotonic() - self._began, 1)


def _person(stores: Stores, name: str) -> Person:
    user = User(ids.new(), f"{name}_{secrets.token_hex(4)}", name)
    return Person(user.id, user.handle, accounts.sign_up(stores, user, PASSWORD, "a phone").token)


def _groups(people: Sequence[Person], number: int) -> list[list[Person]]:
    return [list(people[at::number]) for at in range(number)]
