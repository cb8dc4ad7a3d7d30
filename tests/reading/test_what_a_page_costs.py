"""How often the stores are asked for a page of the feed: the promise is about round trips, so those are counted."""

import time
from collections import Counter
from collections.abc import Callable

import pytest

from barker.actions import liking
from barker.models import User
from barker.stores import SHOWN_SECONDS, Stores
from tests.actions.readers import bark, follow
from tests.barker_process import Person
from tests.faults.tap import round_trips
from tests.reading.conftest import NewApi

PAGE = "queues barker_read"
BARKS, AUTHORS = "documents find barks", "documents find users"
LIKES = "documents find likes"
TOKEN, LIMIT = "places GET", "places EVALSHA"

NewUser = Callable[..., User]
NewReader = Callable[[], Person]
pytestmark = pytest.mark.usefixtures("asked")


@pytest.fixture
def bob(stores: Stores, new_user: NewUser, reader: NewReader) -> Person:
    """Somebody who follows two people and has read what they barked, also in the last moment."""
    bob = reader()
    for author in (new_user("ada"), new_user("eve")):
        follow(stores, stores.users.by_id(int(bob.user["id"])), author)  # type: ignore[arg-type]
        for _ in range(25):
            bark(stores, author)
    assert len(bob.feed()) == 40
    return bob


def trips(person: Person) -> list[str]:
    return round_trips(person.service.taps, person.feed)  # type: ignore[attr-defined]


def usual(attempt: Callable[[], list[str]]) -> list[str]:
    """Return what most of three attempts cost: what is known ends at a moment of its own, between any two."""
    return list(Counter(tuple(attempt()) for _ in range(3)).most_common(1)[0][0])


def test_a_page_that_is_known_costs_one_call(bob: Person) -> None:
    assert usual(lambda: trips(bob)) == [PAGE]


def test_what_one_reader_was_shown_another_is_shown_for_one_call(
    stores: Stores, new_user: NewUser, reader: NewReader
) -> None:
    ada, bob, eve = new_user("ada"), reader(), reader()
    for person in (bob, eve):
        follow(stores, stores.users.by_id(int(person.user["id"])), ada)  # type: ignore[arg-type]
        person.feed()

    def both() -> list[str]:
        bark(stores, ada)
        return [*trips(bob), *trips(eve)]

    assert usual(both) == [BARKS, AUTHORS, PAGE, PAGE]


@pytest.mark.slow
def test_barks_that_are_not_known_cost_two_calls_more(bob: Person) -> None:
    def later() -> list[str]:
        time.sleep(SHOWN_SECONDS + 0.1)
        return [trip for trip in trips(bob) if trip != TOKEN]  # which may end in these seconds, too

    assert usual(later) == [BARKS, AUTHORS, PAGE]


def test_barks_that_somebody_likes_cost_one_call_more(stores: Stores, bob: Person, new_user: NewUser) -> None:
    newest = int(bob.get("/v1/feed")["items"][0]["id"])
    liking.like(stores, new_user("eve").id, newest)
    time.sleep(SHOWN_SECONDS + 0.1)
    assert usual(lambda: sorted(trips(bob))) == [LIKES, PAGE]


@pytest.mark.slow
def test_a_limit_costs_two_calls_more(new_api: NewApi, bob: Person) -> None:
    with new_api(BARKER_LIMITS="on") as api:
        here = api.of(bob)
        assert usual(lambda: trips(here)) == [LIMIT, LIMIT, PAGE]


@pytest.mark.slow
def test_a_token_that_is_not_known_costs_one_call_more(new_api: NewApi, bob: Person) -> None:
    with new_api(BARKER_LIMITS="off") as api:
        here = api.of(bob)
        assert sorted(trips(here)) == sorted([TOKEN, BARKS, AUTHORS, PAGE])


def test_a_bark_that_is_gone_is_not_asked_for_at_every_page(stores: Stores, bob: Person, new_user: NewUser) -> None:
    ada = new_user("ada")
    follow(stores, stores.users.by_id(int(bob.user["id"])), ada)  # type: ignore[arg-type]
    bark(stores, ada)
    stores.documents.collection("users").delete_one({"_id": ada.id})
    assert usual(lambda: trips(bob)) == [PAGE, PAGE]  # the second fills the page up
