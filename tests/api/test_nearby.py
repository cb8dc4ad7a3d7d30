"""Who is near, over HTTP: what is shown, and what is refused."""

import json
import time
from base64 import urlsafe_b64decode as b64decode
from collections.abc import Iterable
from typing import Any

import pytest
import requests

from barker import ids
from barker.actions.nearby import ASTRAY_METRES, LOOKS, SPARE
from barker.models import PLACE_SECONDS
from barker.stores import Stores
from tests.api.test_bad_input import fields, problem
from tests.barker_process import Person, Service

HIGH = 150 / 111_320  # degrees


@pytest.fixture(scope="module")
def at(stores: Stores) -> dict[str, float]:
    """Somewhere out in the ocean, where these people are alone."""
    point = stores.places.grid.middle(stores.places.grid.cell(-48.9, -123.4))
    return {"lat": point.lat, "lon": point.lon}


@pytest.fixture(scope="module")
def ann(service: Service, at: dict[str, float]) -> Person:
    """Somebody who shares her place."""
    return somebody(service, at)


def somebody(service: Service, at: dict[str, float], north: float = 0, **profile: Any) -> Person:
    person = service.sign_up("near", **profile)
    put(person, {**at, "lat": at["lat"] + north * HIGH})
    return person


def put(person: Person, at: dict[str, float]) -> None:
    answer = person.call("PUT", "/v1/me/place", json=at)
    assert answer.status_code == 204, answer.text


def near(person: Person, **query: Any) -> list[tuple[str, int, str]]:
    items = person.get("/v1/nearby", **query)["items"]
    return [(item["user"]["handle"], item["distance_m"], item["direction"]) for item in items]


def test_who_is_near_is_shown_nearest_first_without_myself(service: Service, ann: Person, at: dict[str, float]) -> None:
    far = somebody(service, at, 9.4)
    next_door = somebody(service, at, -1)
    here = somebody(service, at, 0.3)
    found = near(ann, limit=3)
    assert found == [(here.handle, 0, "here"), (next_door.handle, 160, "s"), (far.handle, 1300, "n")]
    assert near(ann, radius=200, limit=10) == found[:2]
    assert near(next_door, limit=2)[0][1:] == (160, "n")
    stranger = service.sign_up("from_afar")
    assert near(stranger, limit=4, **at) == [(ann.handle, 0, "here"), *found]
    assert ann.get("/v1/nearby", limit=1)["items"][0]["user"]["you"]["follows"] is False


def test_pages_go_outwards_to_the_last_one(service: Service, ann: Person, at: dict[str, float]) -> None:
    for north in (-3, 2, 2, 0, 0.1):
        somebody(service, at, north)
    whole = near(ann, limit=100, radius=5_000)
    found, path = [], "/v1/nearby?limit=2&radius=5000"
    while path:
        answer = ann.call("GET", path)
        found += [(item["user"]["handle"], item["distance_m"], item["direction"]) for item in answer.json()["items"]]
        path = answer.links["next"]["url"].removeprefix(service.url) if "next" in answer.links else ""
    assert found == whole
    assert len(found) >= 5


def test_who_is_gone_or_stops_sharing_is_not_shown(service: Service, at: dict[str, float]) -> None:
    there = {**at, "lat": -47.0}
    one, other = somebody(service, there), somebody(service, there)
    assert near(one, radius=1_000) == [(other.handle, 0, "here")]
    other.call("DELETE", "/v1/me/place")
    assert near(one, radius=1_000) == []
    put(other, there)
    assert near(one, radius=1_000) == [(other.handle, 0, "here")]


def test_without_a_place_one_is_told_what_to_do(service: Service, stores: Stores, at: dict[str, float]) -> None:
    eve = service.sign_up("eve")
    assert "lat and lon" in problem(eve.call("GET", "/v1/nearby"), 409, "conflict")["detail"]
    put(eve, at)
    eve.get("/v1/nearby")
    eve.call("DELETE", "/v1/me/place")
    problem(eve.call("GET", "/v1/nearby"), 409, "conflict")
    assert near(eve, **at, limit=1)
    problem(service.call("GET", "/v1/nearby"), 401, "not_signed_in")


def test_nobody_travels_faster_than_an_airliner(service: Service, stores: Stores, at: dict[str, float]) -> None:
    eve = somebody(service, at)
    london = {"lat": 51.5, "lon": -0.12}
    for _ in range(2):
        refused = problem(eve.call("PUT", "/v1/me/place", json=london), 409, "conflict")
        assert refused["errors"][0]["field"] == "lat"
        eve.call("DELETE", "/v1/me/place")  # which is no way around it
    put(eve, {**at, "lat": at["lat"] + 0.03})  # three kilometres: a phone that was wrong
    user = int(eve.user["id"])
    (kept,) = [stores.places.last(user)]
    assert kept
    assert kept.until_ms - kept.since_ms == PLACE_SECONDS * 1000
    stores.places.put_many({user: (at["lat"], at["lon"])}, 1)
    time.sleep(1.1)
    put(eve, london)  # the last place has ended


def test_no_leap_is_free_twice(service: Service, at: dict[str, float]) -> None:
    eve = somebody(service, {**at, "lat": -35.0})
    leap = ASTRAY_METRES / 150 - 1  # cells, just below what is free
    answers = [
        eve.call("PUT", "/v1/me/place", json={**at, "lat": -35.0 + number * leap * HIGH}).status_code
        for number in (1, 2, 3)
    ]
    assert answers == [204, 409, 409]
    back = {**at, "lat": -35.0}
    assert eve.call("PUT", "/v1/me/place", json=back).status_code == 409
    put(eve, {**at, "lat": -35.0 + (leap + 1) * HIGH})  # who moves as people do goes on


def test_people_with_an_interest_are_found_without_case_and_accents(service: Service, at: dict[str, float]) -> None:
    there = {**at, "lat": -45.0}
    eve = somebody(service, there)
    for number in range(12):
        somebody(service, there, number / 4, interests=["chess"] if number % 4 else ["Straße", "Café"])
    found = near(eve, interest="STRASSE", limit=2, radius=10_000)
    assert [metres for _, metres, _ in found] == [0, 160]
    assert near(eve, interest="cafe", limit=2, radius=10_000) == found
    whole = eve.get("/v1/nearby", interest=" strasse ", limit=2, radius=10_000)
    rest = eve.get("/v1/nearby", interest=" strasse ", limit=2, radius=10_000, cursor=whole["next"])
    assert [item["distance_m"] for item in rest["items"]] == [310]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("lat=91&lon=0", "lat"),
        ("lat=0&lon=-180.1", "lon"),
        ("lat=nan&lon=0", "lat"),
        ("lat=0&lon=inf", "lon"),
        ("lat=-Infinity&lon=0", "lat"),
        ("lat=1e1&lon=0", "lat"),
        ("lat=&lon=0", "lat"),
        ("lat=5", "lon"),
        ("lon=5", "lat"),
        ("lat=1&lat=2&lon=3", "lat"),
        ("limit=0", "limit"),
        ("limit=1000000", "limit"),
        ("limit=101", "limit"),
        ("radius=-5", "radius"),
        ("radius=0", "radius"),
        ("radius=NaN", "radius"),
        ("radius=inf", "radius"),
        ("radius=99999999999", "radius"),
        ("interest=", "interest"),
        ("interest=%20", "interest"),
        ("interest=" + "x" * 41, "interest"),
        ("interest=" + "x" * 5_000, "interest"),
        ("interest=a%00b", "interest"),
        ("user=5", "user"),
        ("cursor=nonsense", "cursor"),
        ("cursor=" + "x" * 300, "cursor"),
    ],
)
def test_a_bad_question_names_its_field(ann: Person, query: str, field: str) -> None:
    assert fields(ann.call("GET", f"/v1/nearby?{query}")) == {field}


def test_a_cursor_works_only_for_the_same_question(service: Service, ann: Person, at: dict[str, float]) -> None:
    for _ in range(3):
        somebody(service, at)
    cursor = ann.get("/v1/nearby", limit=1)["next"]
    assert near(ann, limit=5, cursor=cursor)
    for other in ({"radius": 500}, {"interest": "chess"}, at):
        assert refused(ann, cursor=cursor, **other) == {"cursor"}
    somebody_else = somebody(service, at)
    assert refused(somebody_else, cursor=cursor) == {"cursor"}
    assert fields(ann.call("GET", "/v1/feed", params={"cursor": cursor})) == {"cursor"}


def refused(person: Person, **query: Any) -> set[str]:
    return fields(person.call("GET", "/v1/nearby", params=query))


def test_a_place_is_ones_own(service: Service, ann: Person, at: dict[str, float]) -> None:
    for field in ("user", "id", "user_id", "handle"):
        assert fields(ann.call("PUT", "/v1/me/place", json={**at, field: "5"})) == {field}
    for method in ("PUT", "DELETE", "GET"):
        answer: requests.Response = ann.call(method, f"/v1/users/{ann.handle}/place", json=at)
        assert answer.status_code == 404


def test_who_blocks_and_who_is_blocked_do_not_see_each_other(service: Service, at: dict[str, float]) -> None:
    there = {**at, "lat": -43.0}
    eve, dan, fay = somebody(service, there), somebody(service, there), somebody(service, there, 1)
    assert near(eve, limit=1, radius=9_000) == [(dan.handle, 0, "here")]
    assert eve.call("PUT", f"/v1/me/blocks/{dan.handle}").status_code == 200
    assert near(eve, limit=1, radius=9_000) == [(fay.handle, 180, "nw")]
    assert near(dan, limit=1, radius=9_000) == [(fay.handle, 180, "nw")]
    page = dan.get("/v1/nearby", limit=1, radius=9_000)
    assert page["next"] is None
    assert eve.user["id"] not in json.dumps(page)


def hide(stores: Stores, hider: Person, hidden: Iterable[Person]) -> None:
    for one in hidden:
        stores.blocks.add(int(hider.user["id"]), int(one.user["id"]), ids.now_ms())


def test_who_comes_behind_many_hidden_people_is_found(service: Service, stores: Stores, at: dict[str, float]) -> None:
    there = {**at, "lat": -41.0}
    dan = somebody(service, there)
    hidden = [somebody(service, there) for _ in range(SPARE + 2)]
    behind = [somebody(service, there, north) for north in (20, 25)]
    hide(stores, dan, hidden)
    first = dan.get("/v1/nearby", limit=1, radius=9_000)
    assert [item["user"]["handle"] for item in first["items"]] == [behind[0].handle]
    assert near(dan, limit=1, radius=9_000, cursor=first["next"]) == [(behind[1].handle, 3700, "n")]


def test_a_page_that_looked_in_vain_goes_on_with_the_next_one(
    service: Service, stores: Stores, at: dict[str, float]
) -> None:
    there = {**at, "lat": -39.0}
    dan = service.sign_up("dan")
    hidden = [somebody(service, there) for _ in range(LOOKS * (SPARE + 1) + 1)]
    behind = somebody(service, there, 20)
    hide(stores, dan, hidden)
    first = dan.get("/v1/nearby", limit=1, radius=9_000, **there)
    assert first["items"] == []
    assert [handle for handle, *_ in near(dan, limit=1, radius=9_000, cursor=first["next"], **there)] == [behind.handle]


@pytest.mark.parametrize("limit", [1, 3])
def test_whom_somebody_blocks_is_answered_as_if_she_were_not_there(
    service: Service, stores: Stores, at: dict[str, float], limit: int
) -> None:
    there = {**at, "lat": -36.0 - limit}
    dan = service.sign_up("dan")
    for north in (0, 1, 2, 3):
        somebody(service, there, north)
    eve = somebody(service, there, 0.5)
    hide(stores, eve, [dan])

    def pages() -> list[str]:
        """Return all pages; of a cursor, only whether there is one."""
        found: list[str] = []
        cursor = ""
        while not found or cursor:
            query = {**there, "limit": limit, "radius": 9_000, **({"cursor": cursor} if cursor else {})}
            answer = dan.call("GET", "/v1/nearby", params=query)
            cursor = answer.json()["next"] or ""
            found.append(answer.text.replace(cursor, "…") if cursor else answer.text)
        return found

    with_her = pages()
    eve.call("DELETE", "/v1/me/place")
    assert pages() == with_her
    assert len(with_her) > 1


def test_no_answer_and_no_log_holds_where_somebody_is(service: Service, ann: Person) -> None:
    eve = service.sign_up("eve")
    secret = ("-37.123", "-97.654")
    asked = {"lat": -37.12345, "lon": -97.65432}
    answers = [
        eve.call("PUT", "/v1/me/place", json=asked),
        eve.call("GET", "/v1/me"),
        eve.call("GET", "/v1/nearby", params={"limit": 1}),
        ann.call("GET", f"/v1/users/{eve.handle}"),
        ann.call("GET", "/v1/nearby", params={**asked, "limit": 1}),
        ann.call("GET", "/v1/nearby", params={**asked, "limit": 0}),
        ann.call("PUT", "/v1/me/place", json=asked),
    ]
    assert [answer.status_code for answer in answers] == [204, 200, 200, 200, 200, 422, 409]
    for text in (*(answer.text for answer in answers), service.log("serve"), service.log("worker")):
        assert not any(part in text for part in secret)
    cursors = [b64decode(answer.json()["next"] + "==").decode(errors="replace") for answer in answers[2:5:2]]
    assert not any("37." in cursor or "97." in cursor for cursor in cursors)
