"""Who is how far from whom, who stands between, and whom to follow: over HTTP, page by page."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.barker_process import Person, Service

NAMES = ("ada", "bob", "cat", "dan", "eve", "fay")


@pytest.fixture(scope="module")
def people(service: Service) -> dict[str, Person]:
    """People of whom each follows the next, and some each other: ada → bob → cat → dan → eve, bob ⇄ dan; fay nobody."""
    people = {name: service.sign_up(name) for name in NAMES}
    for pair in ("ada bob", "bob cat", "cat dan", "dan eve", "bob dan", "dan bob", "ada cat"):
        one, other = pair.split()
        people[one].follow(people[other])
    return people


def pages(person: Person, path: str, **query: Any) -> Iterator[dict[str, Any]]:
    """Read a list one item a page."""
    while True:
        page = person.get(path, limit=1, **query)
        yield page
        if page["next"] is None:
            return
        query["cursor"] = page["next"]


def names(users: list[dict[str, Any]]) -> list[str]:
    return [user["handle"].partition("_")[0] for user in users]


def items(person: Person, path: str, **query: Any) -> list[dict[str, Any]]:
    return [item for page in pages(person, path, **query) for item in page["items"]]


@pytest.mark.parametrize(
    ("of", "who", "depth", "expected"),
    [
        ("following", "ada", 1, {"cat": 1, "bob": 1}),
        ("following", "ada", 2, {"cat": 1, "bob": 1, "dan": 2}),
        ("following", "ada", 3, {"cat": 1, "bob": 1, "dan": 2, "eve": 3}),
        ("followers", "eve", 2, {"dan": 1, "cat": 2, "bob": 2}),
        ("followers", "eve", 3, {"dan": 1, "cat": 2, "bob": 2, "ada": 3}),
        ("followers", "ada", 3, {}),
    ],
)
def test_people_within_some_steps_come_with_their_distance(
    people: dict[str, Person], of: str, who: str, depth: int, expected: dict[str, int]
) -> None:
    path = f"/v1/users/{people[who].handle}/{of}"
    found = items(people["ada"], path, depth=depth)
    assert [(*names([item["user"]]), item["distance"]) for item in found] == list(expected.items())
    assert not people["ada"].get(path, depth=depth)["bounded"]


def test_without_depth_a_list_is_of_people(people: dict[str, Person]) -> None:
    page = people["ada"].get(f"/v1/users/{people['ada'].handle}/following")
    assert names(page["items"]) == ["cat", "bob"]
    assert set(page) == {"items", "next"}


def test_who_follow_each_other_and_whose_followers_i_follow(people: dict[str, Person]) -> None:
    ada, bob, dan = people["ada"], people["bob"], people["dan"]
    assert names(items(ada, f"/v1/users/{bob.handle}/mutuals")) == ["dan"]
    assert names(items(ada, f"/v1/users/{people['cat'].handle}/mutuals")) == []
    known = items(ada, f"/v1/users/{dan.handle}/followers-you-know")
    assert names(known) == ["cat", "bob"]
    assert all(user["you"]["follows"] for user in known)


def test_a_path_leads_from_me_to_somebody(people: dict[str, Person]) -> None:
    ada, eve, fay = people["ada"], people["eve"], people["fay"]
    found = names(ada.get(f"/v1/users/{eve.handle}/path")["people"])
    assert found in (["ada", "bob", "dan", "eve"], ["ada", "cat", "dan", "eve"])
    assert ada.get(f"/v1/users/{fay.handle}/path") == {"people": []}
    assert eve.get(f"/v1/users/{ada.handle}/path") == {"people": []}


def test_suggestions_say_who_follows_them_and_go_when_dismissed(people: dict[str, Person]) -> None:
    ada, dan = people["ada"], people["dan"]
    first = ada.get("/v1/me/suggestions", limit=5)["items"][0]
    assert (names([first["user"]]), first["count"]) == (["dan"], 2)
    assert sorted(names(first["because"])) == ["bob", "cat"]
    for _ in range(2):
        assert ada.call("DELETE", f"/v1/me/suggestions/{dan.handle}").status_code == 204
    assert "dan" not in names([item["user"] for item in items(ada, "/v1/me/suggestions")])


@pytest.mark.parametrize("depth", ["0", "4", "x", "-1", "", "1.0", "1000000"])
def test_a_depth_that_is_none_is_refused(people: dict[str, Person], depth: str) -> None:
    for of in ("followers", "following"):
        refused(people["ada"], f"/v1/users/{people['bob'].handle}/{of}", "depth", depth=depth)


@pytest.mark.parametrize("limit", ["0", "1000000", "x"])
def test_a_limit_that_is_none_is_refused(people: dict[str, Person], limit: str) -> None:
    for path in lists(people["bob"]):
        refused(people["ada"], path, "limit", limit=limit)


def test_a_cursor_of_another_list_is_refused(people: dict[str, Person]) -> None:
    ada, bob, dan = people["ada"], people["bob"], people["dan"]
    own = [path for path in lists(dan) if ada.get(path, limit=1)["next"]]
    assert f"/v1/users/{dan.handle}/followers-you-know" in own
    for path in own:
        cursor = ada.get(path, limit=1)["next"]
        for other in {*lists(bob), *lists(dan)} - {path}:
            refused(ada, other, "cursor", cursor=cursor)
    depth_2 = ada.get(f"/v1/users/{dan.handle}/followers", depth=2, limit=1)["next"]
    refused(ada, f"/v1/users/{dan.handle}/followers", "cursor", depth=3, cursor=depth_2)
    refused(bob, f"/v1/users/{dan.handle}/followers-you-know", "cursor", cursor=cursor)


def test_what_has_no_depth_or_page_refuses_one(people: dict[str, Person]) -> None:
    refused(people["ada"], f"/v1/users/{people['bob'].handle}/path", "limit", limit=5)
    refused(people["ada"], f"/v1/users/{people['bob'].handle}/mutuals", "depth", depth=2)


def test_nobody_finds_a_path_to_herself_or_to_nobody(people: dict[str, Person]) -> None:
    ada = people["ada"]
    refused(ada, f"/v1/users/{ada.handle}/path", "handle")
    assert ada.call("DELETE", f"/v1/me/suggestions/{ada.handle}").status_code == 422
    assert ada.call("DELETE", "/v1/me/suggestions/nobody_at_all").status_code == 404
    for what in ("followers?depth=2", "mutuals", "followers-you-know", "path"):
        assert ada.call("GET", f"/v1/users/nobody_at_all/{what}").status_code == 404


def lists(person: Person) -> list[str]:
    of_her = ("followers", "followers?depth=2", "following?depth=3", "mutuals", "followers-you-know")
    return ["/v1/me/suggestions", *(f"/v1/users/{person.handle}/{name}" for name in of_her)]


def refused(person: Person, path: str, field: str, **query: Any) -> None:
    answer = person.call("GET", path, params=query)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
