"""A master dies in mid-run, over HTTP: its replica takes over, and every follower has every bark, once.

What was seen is printed: `make cluster` shows it.
"""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
import requests

from barker.settings import Settings
from barker.stores import Stores, connect
from tests.barker_process import Person, Service, wait_for
from tests.cluster.conftest import RUNS, SECONDS
from tests.cluster.servers import ClusterServers, Node
from tests.faults.world import HastyService, Screen

READERS = 12  # of each kind; by chance all three masters keep some of them
PAUSE_SECONDS = 0.03  # between two barks
BEFORE_SECONDS, AFTER_SECONDS = 1.5, 1.5  # of barking before the master dies, and after its replica took over
FAILOVER_SECONDS = 20.0


@dataclass
class Author:
    """Somebody who barks all the time, and what of it was acknowledged."""

    person: Person
    acknowledged: list[str] = field(default_factory=list)
    refused: int = 0
    slowest: float = 0.0
    _end: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Author":
        self._thread = threading.Thread(target=self._bark, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join(30)

    def _bark(self) -> None:
        number = 0
        while not self._end.wait(PAUSE_SECONDS):
            text, began = f"{self.person.handle} {id(self)} {(number := number + 1)}", time.monotonic()
            try:
                answer = self.person.call("POST", "/v1/barks", json={"text": text})
            except requests.RequestException:
                self.refused += 1
                continue
            self.slowest = max(self.slowest, time.monotonic() - began)
            if answer.status_code == 201:
                self.acknowledged.append(text)
            else:
                self.refused += 1


@dataclass
class World:
    """A service on the cluster, and its stores."""

    servers: ClusterServers
    service: Service
    stores: Stores

    def is_settled(self) -> bool:
        """Whether nothing waits for its fan-out or its effects, the takeover's included; what waits is made due."""
        barks, unsettled = (self.stores.documents.collection(name) for name in ("barks", "unsettled"))
        barks.update_many({"fan_out": "pending"}, {"$set": {"fan_out_due": 0}})
        unsettled.update_many({}, {"$set": {"due": 0, "made": 0}})
        noticed = not self.stores.jobs.server_run()[1]
        return noticed and not barks.find_one({"fan_out": "pending"}) and not unsettled.find_one({})

    def take_over(self, master: Node) -> float:
        """Kill a master; returns the seconds until its replica has taken over."""
        replica, began = self.servers.replica_of(master), time.monotonic()
        self.servers.kill(master)
        wait_for(replica.is_master, "the replica to take over", FAILOVER_SECONDS)
        return time.monotonic() - began


@pytest.fixture(scope="module")
def world(
    servers: ClusterServers, stores_urls: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """An API process and a worker on the cluster, with documents of their own."""
    urls = {
        **stores_urls,
        "BARKER_DOCUMENTS_URL": stores_urls["BARKER_DOCUMENTS_URL"].replace("/barker", "/cluster"),
        "BARKER_QUEUES_URL": servers.url,
        "BARKER_REDIS_SECONDS": str(SECONDS),
    }
    stores = connect(Settings.read(urls))
    stores.prepare()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("BARKER_")}
    with HastyService({**environ, **urls, "BARKER_LIMITS": "off"}, tmp_path_factory.mktemp("service")) as service:
        yield World(servers, service, stores)
    stores.close()


@pytest.fixture(scope="module")
def barkers(world: World) -> list[Person]:
    """Two who bark."""
    return [world.service.sign_up(name) for name in ("ada", "eve")]


@pytest.fixture(scope="module")
def readers(world: World, barkers: list[Person]) -> list[Person]:
    """Who follows both, and has read her feed once; settled."""
    people = [world.service.sign_up("bob") for _ in range(2 * READERS)]
    for reader in people:
        for barker in barkers:
            reader.follow(barker)
        assert reader.feed() == []
    wait_for(world.is_settled, "the follows to be settled")
    return people


@pytest.fixture
def authors(barkers: list[Person]) -> list[Author]:
    """The two, with what each barks in this test."""
    return [Author(barker) for barker in barkers]


@pytest.fixture
def screens(readers: list[Person]) -> Iterator[list[Screen]]:
    """The open screens of half of them."""
    with ExitStack() as stack:
        yield [stack.enter_context(Screen(reader)) for reader in readers[:READERS]]


def whole_feed(reader: Person) -> list[str]:
    """Return all texts of a feed, page by page."""
    texts: list[str] = []
    page = reader.get("/v1/feed", limit=100)
    while page["next"]:
        texts += [bark["text"] for bark in page["items"]]
        page = reader.get("/v1/feed", limit=100, cursor=page["next"])
    return texts + [bark["text"] for bark in page["items"]]


@pytest.mark.parametrize("run", range(RUNS))
@pytest.mark.parametrize("key", ["{jobs}:lane:small", "{q0}:queue:0"])
def test_a_master_that_dies_costs_no_bark_and_doubles_none(
    world: World, authors: list[Author], readers: list[Person], screens: list[Screen], key: str, run: int
) -> None:
    master = world.servers.serving(key)
    with authors[0], authors[1]:
        time.sleep(BEFORE_SECONDS)
        seconds = world.take_over(master)
        time.sleep(AFTER_SECONDS)
    everybody_has_everything(world, authors, readers, screens)
    print(f"\nfailover {seconds:.1f} s,", told(authors))
    world.servers.start([master])
    world.servers.wait_until_well()


def test_what_a_replica_has_not_got_is_told_again_but_not_twice(
    world: World, authors: list[Author], readers: list[Person], screens: list[Screen]
) -> None:
    queue = world.stores.queues.channel(int(readers[0].user["id"]))
    master = world.servers.serving(queue)
    replica = world.servers.replica_of(master)
    earlier = kept_by(master, queue)
    with authors[0], authors[1]:
        time.sleep(BEFORE_SECONDS)
        world.servers.kill(replica, signal.SIGSTOP)
        master.redis.client_kill_filter(_type="replica")
        behind = kept_by(master, queue) - earlier  # whatever comes after that the replica has not got
        wait_for(lambda: len(screens[0].barks()) > behind + 1, "barks that only the master has")
        world.servers.kill(master)
        world.servers.kill(replica, signal.SIGCONT)
        lost = len(screens[0].barks()) - (kept_by(replica, queue) - earlier)
        wait_for(replica.is_master, "the replica to take over", FAILOVER_SECONDS)
        time.sleep(AFTER_SECONDS)
    assert lost > 0
    everybody_has_everything(world, authors, readers, screens)
    print(f"\nreplica behind by {lost} entries a queue,", told(authors))
    world.servers.start([master])
    world.servers.wait_until_well()


def kept_by(node: Node, queue: str) -> int:
    """Return how many barks a server has in a queue, be it a replica."""
    node.redis.readonly()
    return sum(next(iter(fields)).isdigit() for _, fields in node.redis.xrange(queue) or () if fields)


def told(authors: list[Author]) -> str:
    """Return what became of the barks."""
    acknowledged, refused = sum(len(one.acknowledged) for one in authors), sum(one.refused for one in authors)
    slowest = max(one.slowest for one in authors)
    return f"{acknowledged} barks acknowledged, {refused} refused, the slowest after {slowest:.2f} s"


def everybody_has_everything(world: World, authors: list[Author], readers: list[Person], screens: list[Screen]) -> None:
    expected = {text for author in authors for text in author.acknowledged}
    assert len(expected) > 20
    wait_for(world.is_settled, "the barks to be fanned out", 30)
    wait_for(lambda: all(expected <= set(screen.barks()) for screen in screens), "the screens to show all")
    for number, reader in enumerate(readers):
        feed = Counter(whole_feed(reader))
        assert not expected - set(feed), f"reader {number} misses barks in the feed"
        assert max(feed.values()) == 1, f"reader {number} has barks twice"
    for number, screen in enumerate(screens):
        assert max(Counter(screen.barks()).values()) == 1, f"reader {number} was told of barks twice"
        assert "gap" not in {event.name for event in screen.events}
