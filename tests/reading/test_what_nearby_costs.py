"""How often the stores are asked for who is near."""

from collections.abc import Callable
from typing import Any

import pytest

from barker.models import User
from barker.stores import Stores
from barker.stores.grid import box_of, tile_of
from tests.barker_process import Person
from tests.faults.tap import round_trips
from tests.reading.test_what_a_page_costs import usual

NEAR, OWN = "places barker_near", "places GET"
PEOPLE = "documents find users"
RELATIONS = "graph"
MOVE = ["places SET", "places barker_populate barker_populate barker_arrive", "places GET"]

NewUser = Callable[..., User]


@pytest.fixture
def middle(stores: Stores) -> dict[str, float]:
    """The middle of a tile in which nobody else is."""
    tile = tile_of(stores.places.grid.middle(stores.places.grid.cell(-61.3, 44.4)))
    box = box_of(tile)
    return {"lat": box.south + box.high / 2, "lon": box.west + box.wide / 2}


def trips(person: Person, **query: Any) -> list[str]:
    return round_trips(person.service.taps, lambda: person.get("/v1/nearby", **query))  # type: ignore[attr-defined]


def known(person: Person) -> Person:
    """Let the process know her token."""
    person.get("/v1/me")
    return person


def test_in_a_city_one_call_finds_who_is_near_and_two_hydrate_them(
    stores: Stores, new_user: NewUser, reader: Callable[[], Person], middle: dict[str, float]
) -> None:
    stores.places.put_many({new_user("near").id: (middle["lat"], middle["lon"] + n / 1_000) for n in range(30)})
    bob = known(reader())
    found = usual(lambda: trips(bob, **middle))
    assert [trip for trip in found if trip.startswith("places")] == [NEAR]
    assert [trip for trip in found if trip.startswith("documents")] == [PEOPLE]
    assert 1 <= len([trip for trip in found if trip.startswith("graph")]) <= 2
    assert bob.call("PUT", "/v1/me/place", json=middle).status_code == 204
    assert usual(lambda: trips(bob))[-2:] == [OWN, NEAR]


def test_in_the_middle_of_an_ocean_a_handful_of_calls_lead_to_the_shore(
    stores: Stores, new_user: NewUser, reader: Callable[[], Person]
) -> None:
    stores.places.put_many({new_user("ashore").id: (-62.0, 10 + n / 1_000) for n in range(30)})
    bob = known(reader())
    found = [trip for trip in usual(lambda: trips(bob, lat=-75, lon=20)) if trip.startswith("places")]
    assert 3 <= len(found) <= 8
    assert sum(trip.count("barker_") for trip in found) < 60


def test_a_renewed_place_costs_four_calls(reader: Callable[[], Person], middle: dict[str, float]) -> None:
    bob = known(reader())

    def renew() -> list[str]:
        return round_trips(bob.service.taps, lambda: bob.call("PUT", "/v1/me/place", json=middle))  # type: ignore[attr-defined]

    assert usual(renew) == ["places GET", *MOVE]
