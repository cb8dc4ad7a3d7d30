"""What a page of the feed shows: as the contract says, and no older than promised."""

import time
from collections.abc import Callable

import pytest

from barker.actions import barking, fanning
from barker.api import shapes
from barker.models import User
from barker.stores import SHOWN_SECONDS, Stores
from tests.actions.readers import bark, follow
from tests.barker_process import Person

SLACK_SECONDS = 2.0

NewUser = Callable[..., User]
pytestmark = pytest.mark.usefixtures("asked")


@pytest.fixture
def ada(stores: Stores, new_user: NewUser) -> User:
    """Somebody who barks."""
    ada = new_user("ada")
    stores.users.update(ada.id, {"name": 'Ada "the\\first"', "interests": ["ünïcode", "<b>"]})
    return ada


@pytest.fixture
def bob(stores: Stores, ada: User, reader: Callable[[], Person]) -> Person:
    """Somebody who follows her."""
    bob = reader()
    follow(stores, stores.users.by_id(int(bob.user["id"])), ada)  # type: ignore[arg-type]
    bob.feed()
    return bob


def test_the_bytes_of_a_page_are_those_of_its_shape(stores: Stores, ada: User, bob: Person) -> None:
    for text in ("plain", 'quotes " and \\ and </script>', "two\nlines", "ümläut 🐕 \u2028"):
        bark(stores, ada, text)
    for query in ({}, {"limit": 2}, {"limit": 4}):
        answer = bob.call("GET", "/v1/feed", params=query)
        page = shapes.Barks.model_validate_json(answer.content)
        assert answer.content == page.model_dump_json().encode()
        assert (page.next is None) == (query != {"limit": 2})
        nothing = shapes.BarkYou(liked=False, rebarked=False, bookmarked=False)
        assert all((item.you, item.author.you) == (nothing, None) for item in page.items)


def test_a_page_shows_a_bark_as_the_bark_itself_is_shown(stores: Stores, ada: User, bob: Person) -> None:
    first = bark(stores, ada, "first")
    (shown,) = bob.get("/v1/feed")["items"]
    assert shown == bob.get(f"/v1/barks/{first}")


def test_what_is_shown_is_at_most_two_seconds_old(stores: Stores, ada: User, bob: Person) -> None:
    made = bark(stores, ada)
    before = bob.get("/v1/feed")["items"][0]
    stores.users.update(ada.id, {"name": "Ada the second"})
    stores.barks.add_replies(made, 3)
    changed = asked = time.monotonic()
    while (item := bob.get("/v1/feed")["items"][0]) == before:
        assert asked < changed + SHOWN_SECONDS + SLACK_SECONDS
        asked = time.monotonic()
    assert (item["author"]["name"], item["counts"]["replies"]) == ("Ada the second", 3)


@pytest.mark.slow
def test_a_page_that_is_read_all_the_time_is_no_older_either(stores: Stores, ada: User, bob: Person) -> None:
    bark(stores, ada)
    told = {}
    for number in range(40):
        stores.users.update(ada.id, {"name": str(number)})
        told[str(number)] = time.monotonic()
        asked = time.monotonic()
        name = bob.get("/v1/feed")["items"][0]["author"]["name"]
        older = [at for other, at in told.items() if name.isdigit() and int(other) > int(name)]
        assert asked - min(older, default=asked) < SHOWN_SECONDS + SLACK_SECONDS
        time.sleep(0.1)


def test_a_deletion_that_was_delivered_shows_at_once(stores: Stores, ada: User, bob: Person) -> None:
    kept, gone = bark(stores, ada, "kept"), bark(stores, ada, "gone")
    assert bob.feed() == ["gone", "kept"]
    barking.delete_bark(stores, ada.id, gone)
    fanning.fan_out(stores, [gone])
    assert bob.feed() == ["kept"]
    assert kept


def test_a_deletion_that_waits_for_its_fan_out_shows_in_two_seconds(stores: Stores, ada: User, bob: Person) -> None:
    gone = bark(stores, ada, "gone")
    assert bob.feed() == ["gone"]
    barking.delete_bark(stores, ada.id, gone)
    time.sleep(SHOWN_SECONDS)
    assert bob.feed() == []


def test_whose_author_is_gone_is_shown_no_longer_than_two_seconds(stores: Stores, ada: User, bob: Person) -> None:
    bark(stores, ada)
    assert len(bob.feed()) == 1
    stores.documents.collection("users").delete_one({"_id": ada.id})
    time.sleep(SHOWN_SECONDS)
    assert bob.feed() == []
