"""One outage of one store, from before it until after it, and all that people saw of it."""

import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psutil
import requests

from barker.stores import SHOWN_SECONDS
from tests.barker_process import PASSWORD, Event, Person, wait_for
from tests.faults.proxy import Mode
from tests.faults.world import Screen, World, eventually
from tests.push.browsers import SUBSCRIPTIONS, Browser

NEEDED = ("documents", "queues")  # the stores without which an open screen has to wait
AT_ONCE = 9  # actions: all at once would be a crowd that the short limits of these tests are not made for
OLD = ["three", "two", "one"]  # what ada barked before, newest first
HOME = {"lat": -20.5, "lon": 70.4}  # where ada is, and nobody else
NOTICE_SECONDS = 8.0  # for an open screen to be told
RECOVERY_SECONDS = 15.0  # for everything to work again: a job tried again waits a few seconds


@dataclass(frozen=True)
class Answer:
    """What a request got, and in how many seconds."""

    status: int
    headers: dict[str, str]
    text: str
    json: dict[str, Any]
    seconds: float

    @property
    def brief(self) -> str:
        """The status, and the store that a refusal names."""
        return f"{self.status} {self.json['store']}" if "store" in self.json else str(self.status)


class Cast:
    """Who takes part, each in one thing. Most are there for all outages; `renew` brings those who can only once."""

    def __init__(self, world: World) -> None:
        self.ada, self.bob, self.cat, self.dan, self.ann = map(world.person, ("ada", "bob", "cat", "dan", "ann"))
        for text in reversed(OLD):
            self.old = self.ada.bark(text)
        self.bob.follow(self.ada)  # bob reads what ada barked
        self.dan.follow(self.cat)  # dan has a screen open, cat barks while a store is away
        self.dan.follow(self.ann)  # and so does ann, by another process, which reaches all stores
        for reader in (self.bob, self.dan):
            reader.feed()

    def renew(self, world: World) -> None:
        """Bring those who have done nothing yet, and wait until all is quiet."""
        self.eve, self.gil = world.person("eve"), world.person("gil")  # nothing was ever asked with gil's token
        self.fay, self.hal = world.person("fay"), world.person("hal")
        self.fay.follow(self.ada)  # fay follows ada no longer
        assert self.ada.call("PUT", "/v1/me/place", json=HOME).status_code == 204  # it ends in a quarter of an hour
        self.hal.get("/v1/me")  # hal opens a stream: her token is cached, a queue she has not
        assert self.eve.feed() == []  # eve has a queue, into which a follow of hers has to bring ada's barks
        wait_for(world.is_settled, "the past to be over")
        wait_for(lambda: "RateLimit-Limit" in self.ada.call("GET", "/v1/me").headers, "the limits to be on")

    def actions(self, name: str) -> dict[str, Callable[[], requests.Response]]:
        """Return what they do in an outage of that name, many at the same time."""
        place = {"lat": 52.5, "lon": 13.4}
        signs_in = {"handle": self.bob.handle, "password": PASSWORD}
        signs_up = {"handle": f"jan_{secrets.token_hex(5)}", "password": PASSWORD}
        browser = Browser("https://push.test")
        stranger = self.bob.service.call
        return {
            "post a bark": lambda: self.cat.call("POST", "/v1/barks", json={"text": f"during {name}"}),
            "read the feed": lambda: self.bob.call("GET", "/v1/feed"),
            "open a stream": lambda: _opened(self.hal),
            "the read position": lambda: self.bob.call("PUT", "/v1/me/read-position", json={"id": "1-1"}),
            "follow": lambda: self.eve.call("PUT", f"/v1/me/following/{self.ada.handle}"),
            "unfollow": lambda: self.fay.call("DELETE", f"/v1/me/following/{self.ada.handle}"),
            "block": lambda: self.eve.call("PUT", f"/v1/me/blocks/{self.ann.handle}"),
            "mute": lambda: self.bob.call("PUT", f"/v1/me/mutes/{self.cat.handle}"),
            "like a bark": lambda: self.eve.call("PUT", f"/v1/barks/{self.old['id']}/like"),
            "list who likes it": lambda: self.bob.call("GET", f"/v1/barks/{self.old['id']}/likes"),
            "read notifications": lambda: self.ada.call("GET", "/v1/me/notifications"),
            "look at somebody": lambda: self.bob.call("GET", f"/v1/users/{self.ada.handle}"),
            "list her followers": lambda: self.bob.call("GET", f"/v1/users/{self.ada.handle}/followers"),
            "list within two steps": lambda: self.bob.call("GET", f"/v1/users/{self.ada.handle}/followers?depth=2"),
            "list who is between": lambda: self.bob.call("GET", f"/v1/users/{self.ada.handle}/followers-you-know"),
            "find a path": lambda: self.bob.call("GET", f"/v1/users/{self.ada.handle}/path"),
            "read suggestions": lambda: self.bob.call("GET", "/v1/me/suggestions"),
            "dismiss one": lambda: self.bob.call("DELETE", f"/v1/me/suggestions/{self.cat.handle}"),
            "search people": lambda: self.bob.call("GET", f"/v1/users?q=@{self.ada.handle}"),
            "search barks": lambda: self.bob.call("GET", f"/v1/barks?q={OLD[0]}"),
            "find matches": lambda: self.bob.call("GET", "/v1/me/matches?kind=similar"),
            "read the trends": lambda: self.bob.call("GET", "/v1/trends"),
            "sign up": lambda: stranger("POST", "/v1/users", json=signs_up),
            "sign in": lambda: stranger("POST", "/v1/sessions", json=signs_in),
            "subscribe to push": lambda: self.bob.call("POST", SUBSCRIPTIONS, json=browser.subscription),
            "share a place": lambda: self.bob.call("PUT", "/v1/me/place", json=place),
            "list who is near": lambda: self.dan.call("GET", "/v1/nearby", params={**HOME, "radius": 100}),
            "the same, token not cached": lambda: self.gil.call("PUT", "/v1/me/place", json=place),
            "look at oneself": lambda: self.ann.call("GET", "/v1/me"),
            "ask whether it lives": lambda: stranger("GET", "/healthz"),
            "ask whether it is ready": lambda: stranger("GET", "/readyz"),
        }


@dataclass
class Outage:
    """What happened while a store was away, and afterwards."""

    store: str
    mode: Mode
    answers: dict[str, Answer] = field(default_factory=dict)
    expected: list[str] = field(default_factory=list)  # the barks that the open screen had to tell in all
    events: list[Event] = field(default_factory=list)  # what it told in all
    told_meanwhile: list[Event] = field(default_factory=list)  # and what of it before the store was back
    beats: int = 0  # its heartbeats until then
    stayed_open: bool = False
    recovered: bool = False
    follow: dict[str, Any] = field(default_factory=dict)  # what became of it
    feed_of_follower: list[str] = field(default_factory=list)
    same_processes: bool = False

    @property
    def name(self) -> str:
        """What it is called in the texts of barks."""
        return f"{self.store} {self.mode.name}"

    @property
    def refused(self) -> list[Answer]:
        """The refusals."""
        return [answer for answer in self.answers.values() if answer.status == 503]


def texts(events: list[Event]) -> list[str]:
    """Return the texts of the barks among these events."""
    return [event.data["text"] for event in events if event.name == "bark"]


def suffer(world: World, cast: Cast, store: str, mode: Mode) -> Outage:
    """Take one store away, let people go on, give it back."""
    outage = Outage(store, mode)
    cast.renew(world)
    for action in cast.actions(f"rehearsal of {store} {mode.name}").values():
        action()  # a graph that has grown so much has every question planned anew, which may take it seconds
    cast.renew(world)
    time.sleep(SHOWN_SECONDS)  # what was shown until now is known no longer
    processes = _processes(world)
    with Screen(cast.dan) as screen:
        outage.expected += [f"before {outage.name}"]
        world.tell(cast.ann, outage.expected[0])
        wait_for(screen.barks, "the screen to be live")
        world.proxies[store].switch(mode)
        _during(world, outage, cast, screen)
        world.proxies[store].switch(Mode.PASS)
        _after(world, outage, cast, screen)
        outage.events, outage.stayed_open = list(screen.events), screen.is_open
    outage.same_processes = _processes(world) == processes
    world.clean()
    return outage


def _during(world: World, outage: Outage, cast: Cast, screen: Screen) -> None:
    beats = len(screen.beats)
    actions = cast.actions(outage.name)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = {name: pool.submit(_timed, action) for name, action in actions.items()}
        world.tell(cast.ann, f"meanwhile {outage.name}")
        outage.answers = {name: answer.result() for name, answer in running.items()}
    outage.expected += [f"meanwhile {outage.name}"]
    outage.expected += [f"during {outage.name}"] * (outage.answers["post a bark"].status == 201)
    noticed = screen.delays if outage.store in NEEDED else lambda: outage.expected[1] in screen.barks()
    eventually(lambda: noticed() and len(screen.beats) > beats, NOTICE_SECONDS)
    outage.told_meanwhile, outage.beats = list(screen.events), len(screen.beats) - beats
    world.make_due()


def _after(world: World, outage: Outage, cast: Cast, screen: Screen) -> None:
    until = time.monotonic() + RECOVERY_SECONDS
    ready = eventually(world.is_ready, RECOVERY_SECONDS)
    cast.cat.bark(f"after {outage.name}")
    outage.expected += [f"after {outage.name}"]
    arrived = eventually(lambda: set(outage.expected) <= set(screen.barks()), until - time.monotonic())
    settled = eventually(world.is_settled, until - time.monotonic())
    outage.recovered = ready and arrived and settled
    time.sleep(0.2)  # for what must not come
    outage.feed_of_follower = cast.eve.feed()
    ada = cast.eve.get(f"/v1/users/{cast.ada.handle}")
    following = cast.eve.get("/v1/me")["counts"]["following"]
    outage.follow = {"follows": ada["you"]["follows"], "following": following}


def _timed(action: Callable[[], requests.Response]) -> Answer:
    began = time.monotonic()
    answer = action()
    seconds = time.monotonic() - began
    is_json = answer.headers.get("Content-Type", "").endswith("json")
    return Answer(answer.status_code, dict(answer.headers), answer.text, answer.json() if is_json else {}, seconds)


def _opened(person: Person) -> requests.Response:
    """Return the answer of a stream, without waiting for its end."""
    answer = person.call("GET", "/v1/stream", stream=True)
    if answer.status_code == 200:
        answer._content = answer.raw.read1(4096)
        answer.close()
    return answer


def _processes(world: World) -> set[int]:
    """Return the ids of the API's and the worker's processes."""
    tops = [psutil.Process(process.pid) for process in world.service.processes.values()]
    return {one.pid for top in tops for one in (top, *top.children(recursive=True))}
