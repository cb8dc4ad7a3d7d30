"""Silence, delay and cut connections: every answer comes in time, and nothing stays broken."""

import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from barker import ids
from tests.barker_process import Person, wait_for
from tests.faults.proxy import Mode
from tests.faults.world import LIMITS, Screen, World, eventually, id_of

pytestmark = pytest.mark.slow

CROWD = 48  # more than a bulkhead has slots
SLACK_SECONDS = 9.0  # for so many at once, on a busy machine: what hangs takes for ever
LATER_SECONDS = 2.0  # by then nothing can be on its way any more
STORES = list(LIMITS)


def crowd(ask: Callable[[], requests.Response]) -> tuple[list[requests.Response], float]:
    """Ask many times at once; returns the answers and the seconds of the slowest."""
    with ThreadPoolExecutor(CROWD) as pool:
        answers = list(pool.map(lambda _: ask(), range(CROWD)))
    return answers, max(answer.elapsed.total_seconds() for answer in answers)


@pytest.fixture
def bob(world: World, ada: Person) -> Person:
    """Who follows her, and reads."""
    bob = world.person("bob")
    bob.follow(ada)
    bob.feed()
    wait_for(world.is_settled, "the follow to be settled")
    return bob


@pytest.mark.parametrize(("store", "path"), [("graph", "/v1/users/{}/followers"), ("documents", "/v1/users/{}")])
def test_a_crowd_before_a_silent_store_is_answered_in_time_and_leaves_nothing_behind(
    world: World, ada: Person, bob: Person, store: str, path: str
) -> None:
    path = path.format(ada.handle)

    def all_are_answered() -> bool:
        return {answer.status_code for answer in crowd(lambda: bob.call("GET", path))[0]} == {200}

    assert eventually(all_are_answered, 10)
    world.proxies[store].switch(Mode.SWALLOW)
    answers, seconds = crowd(lambda: bob.call("GET", path))
    assert {answer.status_code for answer in answers} == {503}
    assert seconds < 2 * LIMITS[store] + SLACK_SECONDS
    world.heal()
    assert eventually(all_are_answered, 10)


def test_a_crowd_that_asks_for_readiness_before_a_silent_store_is_answered_in_time(world: World) -> None:
    world.proxies["graph"].switch(Mode.SWALLOW)
    answers, seconds = crowd(lambda: world.service.call("GET", "/readyz"))
    assert {(answer.status_code, answer.json().get("store")) for answer in answers} == {(503, "graph")}
    assert seconds < 2 * LIMITS["graph"] + SLACK_SECONDS
    world.heal()
    assert eventually(world.is_ready, 10)


def test_what_was_refused_does_not_happen_afterwards(world: World, ada: Person) -> None:
    people = [world.person("eve") for _ in range(8)]
    world.proxies["graph"].switch(Mode.REFUSE)
    with ThreadPoolExecutor(len(people)) as pool:
        answers = pool.map(lambda person: person.call("PUT", f"/v1/me/following/{ada.handle}"), people)
        assert {answer.status_code for answer in answers} == {503}
    world.heal()
    time.sleep(LATER_SECONDS)
    assert world.stores.follows.all_followers(id_of(ada)) == []


def test_whether_the_process_lives_is_told_without_asking_a_store(world: World) -> None:
    for proxy in world.proxies.values():
        proxy.switch(Mode.SWALLOW)
    answers = [world.service.call("GET", "/healthz") for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert min(answer.elapsed.total_seconds() for answer in answers) < min(LIMITS.values())


def test_slow_stores_make_nothing_fail(world: World, ada: Person, bob: Person) -> None:
    with Screen(bob) as screen:
        for proxy in world.proxies.values():
            proxy.switch(Mode.PASS, delay=0.03)
        ada.bark("slow")
        wait_for(lambda: screen.barks() == ["slow"], "the bark")
        assert bob.feed() == ["slow"]
        assert world.is_ready()
        assert screen.delays() == []


@pytest.mark.parametrize("store", STORES)
def test_cut_connections_are_made_again_within_the_request(world: World, ada: Person, bob: Person, store: str) -> None:
    with Screen(bob) as screen:
        world.proxies[store].reset()
        ada.bark("after the cut")
        assert bob.call("PUT", "/v1/me/place", json={"lat": 1.0, "lon": 2.0}).status_code == 204
        assert bob.call("GET", f"/v1/users/{ada.handle}/followers").status_code == 200
        wait_for(lambda: screen.barks() == ["after the cut"], "the bark")
        assert bob.feed() == ["after the cut"]


def test_a_bark_whose_answer_got_lost_is_there_once_when_it_is_sent_again(world: World, ada: Person) -> None:
    key = {"Idempotency-Key": secrets.token_hex(8)}

    def post() -> requests.Response:
        return ada.call("POST", "/v1/barks", json={"text": "once"}, headers=key)

    world.proxies["documents"].switch(Mode.PASS, delay=0.15)
    with ThreadPoolExecutor(1) as pool:
        lost = pool.submit(post)
        wait_for(lambda: world.stores.barks.by_authors([id_of(ada)], ids.MAX_ID, 1), "the bark to be stored")
        world.proxies["documents"].switch(Mode.MUTE)
    assert (lost.result().status_code, lost.result().json()["store"]) == (503, "documents")
    world.heal()
    wait_for(world.is_ready, "the service to find its store")
    world.stores.documents.collection("answers").update_many({}, {"$set": {"started": 0}})  # a minute has passed
    assert post().status_code == 201
    wait_for(world.is_settled, "the bark to be fanned out")
    assert ada.feed() == ["once"]
