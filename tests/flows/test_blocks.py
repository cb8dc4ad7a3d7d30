"""Blocks and mutes, by all processes: whom a block parts see nothing of each other, whom one mutes she does not see."""

from typing import Any

import pytest

from tests.barker_process import Person, Service, wait_for


def put(person: Person, path: str, **body: object) -> dict[str, Any]:
    answer = person.call("PUT", path, **({"json": body} if body else {}))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.fixture
def ada(service: Service) -> Person:
    return service.sign_up("ada")


@pytest.fixture
def bob(service: Service) -> Person:
    return service.sign_up("bob")


def status(person: Person, method: str, path: str, **more: Any) -> int:
    return person.call(method, path, **more).status_code


def handles(person: Person, path: str) -> list[str]:
    return [one["handle"] for one in person.get(path)["items"]]


def test_a_block_parts_two_people(ada: Person, bob: Person, service: Service) -> None:
    cat = service.sign_up("cat")
    bob.follow(ada)
    ada.follow(bob)
    cat.follow(ada)
    cat.follow(bob)
    assert bob.feed() == []
    old = ada.bark("before")
    wait_for(lambda: bob.feed() == ["before"], "the bark")
    you = put(ada, f"/v1/me/blocks/{bob.handle}")["you"]
    assert you == {"follows": False, "followed_by": False, "blocks": True, "mutes": False, "muted_until": None}
    assert bob.feed() == []  # at once
    senders = [one["user"]["handle"] for one in ada.get("/v1/me/notifications")["items"]]
    assert bob.handle not in senders
    for path in (
        f"/v1/users/{ada.handle}",
        f"/v1/users/{ada.handle}/barks",
        f"/v1/users/{ada.handle}/followers",
        f"/v1/barks/{old['id']}",
        f"/v1/barks/{old['id']}/likes",
    ):
        assert status(bob, "GET", path) == 404, path
        assert status(cat, "GET", path) == 200, path
    assert status(bob, "PUT", f"/v1/me/following/{ada.handle}") == 404
    assert status(ada, "PUT", f"/v1/me/following/{bob.handle}") == 403
    for method, path in (("PUT", "mutes"), ("PUT", "blocks"), ("DELETE", "mutes"), ("DELETE", "following")):
        assert status(bob, method, f"/v1/me/{path}/{ada.handle}") == 404  # as of somebody who is not there
    assert status(ada, "GET", f"/v1/users/{bob.handle}") == 200
    assert status(ada, "GET", f"/v1/users/{bob.handle}/barks") == 404
    assert status(bob, "PUT", f"/v1/barks/{old['id']}/like") == 404
    answer = bob.call("POST", "/v1/barks", json={"text": "but", "in_reply_to": old["id"]})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "in_reply_to")
    assert handles(cat, f"/v1/users/{cat.handle}/following") == [bob.handle, ada.handle]
    assert handles(bob, f"/v1/users/{cat.handle}/following") == [bob.handle]
    assert handles(ada, f"/v1/users/{cat.handle}/following") == [ada.handle]
    assert handles(ada, "/v1/me/blocks") == [bob.handle]
    assert ada.get(f"/v1/users/{bob.handle}")["you"]["blocks"] is True
    wait_for(lambda: ada.get("/v1/me")["counts"]["followers"] == 1, "the counts")
    wait_for(lambda: ada.get("/v1/me/notifications")["items"][-1]["user"]["handle"] == cat.handle, "bob's to go")
    assert [one["user"]["handle"] for one in ada.get("/v1/me/notifications")["items"]] == [cat.handle]


def test_a_block_ends_without_bringing_follows_back(ada: Person, bob: Person) -> None:
    bob.follow(ada)
    for _ in range(2):
        put(ada, f"/v1/me/blocks/{bob.handle}")
    for _ in range(2):
        assert status(ada, "DELETE", f"/v1/me/blocks/{bob.handle}") == 204
    assert bob.get(f"/v1/users/{ada.handle}")["you"]["follows"] is False
    assert handles(ada, "/v1/me/blocks") == []
    assert status(bob, "PUT", f"/v1/me/following/{ada.handle}") == 200
    ada.bark("again")
    wait_for(lambda: bob.feed() == ["again"], "the bark")


def test_a_mute_hides_from_feed_screen_and_notifications(ada: Person, bob: Person, service: Service) -> None:
    eve = service.sign_up("eve")
    for author in (ada, eve):
        bob.follow(author)
    assert bob.feed() == []
    with bob.stream() as events:
        events.next()  # ready
        ada.bark("one")
        assert events.bark().data["text"] == "one"
        assert put(bob, f"/v1/me/mutes/{ada.handle}")["you"]["mutes"] is True
        ada.bark("two")
        eve.bark("three")
        assert events.bark().data["text"] == "three"
        assert bob.feed() == ["three"]
        mine = bob.bark("mine")
        assert events.bark().data["text"] == "mine"
        put(ada, f"/v1/barks/{mine['id']}/like")
        put(eve, f"/v1/barks/{mine['id']}/like")
        notification = events.next()
        assert notification.data["user"]["handle"] == eve.handle
        assert bob.call("DELETE", f"/v1/me/mutes/{ada.handle}").status_code == 204
        ada.bark("four")
        assert events.bark().data["text"] == "four"
    assert bob.feed() == ["four", "mine", "three", "two", "one"]  # nothing is missing once it ends
    assert ada.get(f"/v1/users/{bob.handle}")["you"]["mutes"] is False  # she is not told


def test_a_mute_may_have_an_end(ada: Person, bob: Person) -> None:
    you = put(bob, f"/v1/me/mutes/{ada.handle}", seconds=3600)["you"]
    assert you["mutes"] is True
    assert you["muted_until"] is not None
    assert handles(bob, "/v1/me/mutes") == [ada.handle]
    assert bob.get(f"/v1/users/{ada.handle}/barks")["items"] == []


def test_who_blocks_is_gone_from_the_list_of_the_muted(ada: Person, bob: Person) -> None:
    put(bob, f"/v1/me/mutes/{ada.handle}")
    put(ada, f"/v1/me/blocks/{bob.handle}")
    assert handles(bob, "/v1/me/mutes") == []


@pytest.mark.parametrize("seconds", [0, 59, 10**9, -1, 1.5, "60", True], ids=str)
def test_a_mute_of_no_such_length_is_refused(ada: Person, bob: Person, seconds: object) -> None:
    answer = bob.call("PUT", f"/v1/me/mutes/{ada.handle}", json={"seconds": seconds})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "seconds")


@pytest.mark.parametrize("what", ["blocks", "mutes"])
def test_nobody_hides_herself_or_somebody_who_is_not_there(bob: Person, what: str) -> None:
    assert status(bob, "PUT", f"/v1/me/{what}/{bob.handle}") == 422
    assert status(bob, "PUT", f"/v1/me/{what}/nobody_at_all") == 404
    assert status(bob, "GET", f"/v1/me/{what}?cursor=abc") == 422
