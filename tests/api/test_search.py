"""Searching over HTTP."""

import secrets
from typing import Any

import pytest

from barker import ids
from barker.stores import Stores
from tests.api.test_bad_input import fields, problem
from tests.barker_process import Person, Service, wait_for

BLOCK = "MERGE (a:User {id: $a}) MERGE (b:User {id: $b}) MERGE (a)-[:BLOCKS]->(b)"
MUTE = "MERGE (a:User {id: $a}) MERGE (b:User {id: $b}) MERGE (a)-[m:MUTES]->(b) SET m.until = $until"
LISTS = ("/v1/users", "/v1/barks")


@pytest.fixture
def word() -> str:
    """A word that nobody else uses."""
    return "".join(chr(ord("a") + byte % 26) for byte in secrets.token_bytes(12))


def walk(person: Person, path: str, **query: Any) -> list[dict[str, Any]]:
    """Return the items of all pages, and follow the links to them."""
    found: list[dict[str, Any]] = []
    answer = person.call("GET", path, params=query)
    while True:
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        assert ("next" in answer.links) == (answer.json()["next"] is not None)
        if "next" not in answer.links:
            return found
        path = answer.links["next"]["url"].removeprefix(person.service.url)
        answer = person.call("GET", path)


def test_people_are_found_by_what_they_say_of_themselves_now(service: Service, word: str) -> None:
    ada = service.sign_up("ada", name=f"Ada {word.title()}", about="Poems", interests=[f"Tea {word}"])
    bob = service.sign_up("bob", about=f"I like {word}s.")
    ada.follow(bob)
    for query in ({"q": word[:-1].upper()}, {"q": f"{word} a"}, {"interest": f"TEA {word}"}, {"q": f"@{ada.handle}"}):
        assert walk(bob, "/v1/users", **query)[0]["handle"] == ada.handle, query
    found = walk(ada, "/v1/users", q=word, limit=1)
    assert [one["handle"] for one in found] == [ada.handle, bob.handle]
    assert [one["you"]["follows"] for one in found] == [False, True]
    assert service.call("GET", "/v1/users", params={"q": word}).json()["items"][0]["you"] is None
    assert ada.call("PATCH", "/v1/me", json={"name": "Ada"}).status_code == 200
    assert [one["handle"] for one in walk(ada, "/v1/users", q=word)] == [bob.handle]


def test_barks_are_found_by_words_and_hashtags_until_they_are_deleted(service: Service, word: str) -> None:
    ada, bob = service.sign_up("ada"), service.sign_up("bob")
    barks = [ada.bark(f"Number {n} of the {word}s, see #{word.upper()} http://a.example/#no") for n in range(3)]
    assert barks[0]["tags"] == [word]
    assert bob.call("PUT", f"/v1/barks/{barks[1]['id']}/like").status_code == 200
    for path, query in (("/v1/barks", {"q": f"NUMBER {word}s"}), (f"/v1/tags/{word.title()}", {})):
        found = walk(bob, path, limit=2, **query)
        assert [one["id"] for one in found] == [one["id"] for one in reversed(barks)]
        assert [one["you"]["liked"] for one in found] == [False, True, False]
        assert found[0]["author"]["handle"] == ada.handle
    assert [one["you"]["liked"] for one in walk(bob, f"/v1/users/{ada.handle}/barks")] == [False, True, False]
    assert [one["id"] for one in walk(bob, "/v1/barks", q=f"1 #{word}")] == [barks[1]["id"]]
    assert ada.call("DELETE", f"/v1/barks/{barks[1]['id']}").status_code == 204
    assert walk(bob, "/v1/barks", q=f"1 #{word}") == []
    assert len(walk(bob, f"/v1/tags/{word}")) == 2


def test_who_is_parted_from_me_or_muted_is_not_heard(stores: Stores, service: Service, word: str) -> None:
    me, blocked, blocks, muted, free = (service.sign_up("eve", name=word) for _ in range(5))
    for person in (blocked, blocks, muted, free):
        person.bark(f"#{word}")
    one, two, three, four = (int(person.user["id"]) for person in (me, blocked, blocks, muted))
    stores.graph.write(BLOCK, a=one, b=two)
    stores.graph.write(BLOCK, a=three, b=one)
    stores.graph.write(MUTE, a=one, b=four, until=ids.now_ms() + 60_000)
    for limit in (1, 40):  # pages that turn out empty end nothing
        for path in (f"/v1/tags/{word}", f"/v1/barks?q=%23{word}"):
            assert [bark["author"]["handle"] for bark in walk(me, path, limit=limit)] == [free.handle]
        names = {person.handle for person in (me, muted, free)}
        assert {person["handle"] for person in walk(me, "/v1/users", q=word, limit=limit)} == names


def test_matches_name_what_is_shared(service: Service, word: str) -> None:
    ada = service.sign_up("ada", interests=[f"Tea {word}", word])
    bob = service.sign_up("bob", interests=[f"TEA {word}"])
    found = walk(ada, "/v1/me/matches", kind="similar")
    assert [(one["user"]["handle"], one["shared"]) for one in found] == [(bob.handle, [f"Tea {word}"])]
    eve = service.sign_up("eve", interests=["none of these"])
    page = ada.get("/v1/me/matches", kind="opposite", limit=100)
    assert all(one["shared"] == [] and one["user"]["interests"] for one in page["items"])
    assert not {ada.handle, bob.handle} & {one["user"]["handle"] for one in page["items"]}
    assert eve.handle in {one["user"]["handle"] for one in walk(ada, "/v1/me/matches", kind="opposite")}


def test_a_trend_takes_several_people(service: Service, word: str) -> None:
    people = [service.sign_up("eve") for _ in range(3)]
    for person in people:
        person.bark(f"#{word}")
    for _ in range(5):
        people[0].bark(f"#{word}_spam")

    def trends() -> dict[str, tuple[int, int]]:
        return {one["tag"]: (one["people"], one["barks"]) for one in people[0].get("/v1/trends", limit=50)["items"]}

    wait_for(lambda: word in trends(), "what is known to end", 15)
    assert trends()[word] == (3, 3)
    assert f"{word}_spam" not in trends()


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/v1/users", "q"),
        ("/v1/users?q=", "q"),
        ("/v1/users?q=%20%20", "q"),
        ("/v1/users?q=!%3F.%2A", "q"),
        ("/v1/users?q=%40", "q"),
        ("/v1/users?q=%40a.b", "q"),
        ("/v1/users?q=a%00b", "q"),
        ("/v1/users?q=a&q=b", "q"),
        ("/v1/users?q=" + "x" * 101, "q"),
        ("/v1/users?q=" + "x" * 5_000, "q"),
        ("/v1/users?q=" + "+".join("abcdefghijk"), "q"),
        ("/v1/users?interest=", "interest"),
        ("/v1/users?interest=" + "x" * 41, "interest"),
        ("/v1/users?interest=%CC%81", "interest"),
        ("/v1/users?interest=%C2%B4&q=a", "interest"),
        ("/v1/users?q=%CC%81", "q"),
        ("/v1/nearby?interest=%CC%81", "interest"),
        ("/v1/users?q=a&limit=0", "limit"),
        ("/v1/users?q=a&limit=1000000", "limit"),
        ("/v1/users?q=a&cursor=nonsense", "cursor"),
        ("/v1/users?q=a&cursor=" + "x" * 1_001, "cursor"),
        ("/v1/users?q=a&sort=name", "sort"),
        ("/v1/barks", "q"),
        ("/v1/barks?q=", "q"),
        ("/v1/barks?q=%23", "q"),
        ("/v1/barks?q=...", "q"),
        ("/v1/barks?q=" + "x" * 5_000, "q"),
        ("/v1/barks?q=a&limit=1000000", "limit"),
        ("/v1/barks?q=a&cursor=bnVsbA", "cursor"),
        ("/v1/tags/dogs?limit=0", "limit"),
        ("/v1/tags/dogs?cursor=x", "cursor"),
        ("/v1/trends?limit=51", "limit"),
        ("/v1/trends?cursor=x", "cursor"),
        ("/v1/me/matches", "kind"),
        ("/v1/me/matches?kind=best", "kind"),
        ("/v1/me/matches?kind=similar&cursor=x", "cursor"),
        ("/v1/me/matches?kind=opposite&limit=0", "limit"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_bad_search_names_its_field(ada: Person, path: str, field: str) -> None:
    assert fields(ada.call("GET", path)) == {field}


def test_a_query_of_ten_thousand_characters_is_refused(ada: Person) -> None:
    for path in LISTS:
        assert 400 <= ada.call("GET", path, params={"q": "x" * 10_000}).status_code < 500


@pytest.mark.parametrize("tag", ["12", "a%20b", "%00", "x" * 51, "...", "%23a", "{$ne:1}"])
def test_what_can_be_no_hashtag_is_not_found(ada: Person, tag: str) -> None:
    problem(ada.call("GET", f"/v1/tags/{tag}"), 404, "not_found")


@pytest.mark.parametrize("interest", ["👩\u200d💻", "\ufdfa" * 4, "\ufdfa" * 40, "\u00b4tea"], ids=ascii)
def test_an_interest_of_any_characters_is_paged_through(service: Service, word: str, interest: str) -> None:
    people = [service.sign_up("eve", name=word, interests=[interest]) for _ in range(3)]
    for query in ({}, {"q": word}):
        found = walk(people[0], "/v1/users", interest=interest, limit=1, **query)
        assert {one["handle"] for one in found} >= {one.handle for one in people}
    names = [one["user"]["handle"] for one in walk(people[0], "/v1/me/matches", kind="similar", limit=1)]
    assert {one.handle for one in people[1:]} <= set(names)


def test_a_cursor_works_for_its_own_query_only(service: Service, word: str) -> None:
    people = [service.sign_up("eve", name=f"{word} {word}x", interests=[word]) for _ in range(3)]
    for person in people:
        person.bark(f"{word} {word}x #{word}")
    paths = [
        *(
            f"/v1/users?{query}"
            for query in (f"q={word}", f"q={word}x", f"interest={word}", f"q={word}&interest={word}")
        ),
        *(f"/v1/barks?q={query}" for query in (word, f"{word}x", f"%23{word}")),
        "/v1/me/matches?kind=similar",
        "/v1/me/matches?kind=opposite",
    ]
    cursors = {path: people[0].get(f"{path}&limit=1")["next"] for path in paths}
    for path in paths:
        for of, cursor in cursors.items():
            answer = people[0].call("GET", path, params={"cursor": cursor})
            if of == path:
                assert answer.status_code == 200
            else:
                assert fields(answer) == {"cursor"}, (of, path)
    assert fields(people[1].call("GET", paths[-1], params={"cursor": cursors[paths[-1]]})) == {"cursor"}
