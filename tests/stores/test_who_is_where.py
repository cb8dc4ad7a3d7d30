"""How a place is kept: to the cell, once, for a while, under keys that can be spread."""

import time
from concurrent.futures import ThreadPoolExecutor
from math import cos, radians
from typing import Any

import pytest
from redis import Redis
from redis.crc import key_slot

from barker.settings import Settings
from barker.stores import functions
from barker.stores.grid import LATITUDE_MAX, METRES_A_DEGREE, Grid, Point, direction
from barker.stores.places import Places
from tests.stores.conftest import NewPlaces, made


def people_kept(places: Places, redis: Redis) -> int:
    return sum(redis.zcard(key) for key in redis.scan_iter(f"places:{places.grid.metres}:*:people", 10_000))


def test_a_place_is_kept_only_to_its_cell(new_places: NewPlaces) -> None:
    places = new_places()
    (user,) = made([(0, 0)])
    places.put(user, 52.520008, 13.404954)
    kept = places.of(user)
    assert kept
    assert kept == places.grid.middle(places.grid.cell(52.520008, 13.404954))
    assert abs(kept.lat - 52.520008) < 75 / METRES_A_DEGREE
    places.remove(user)
    assert places.of(user) is None


def test_a_grid_of_the_same_metres_is_the_same_however_it_was_said(stores_urls: dict[str, str]) -> None:
    url = stores_urls["BARKER_PLACES_URL"]
    example = Settings.read({"BARKER_PLACES_GRID_METRES": "150"}).places_grid_metres
    (user,) = made([(0, 0)])
    Places(url, 5, example).put(user, -71.3, 11.9)
    for metres in (Settings.read({}).places_grid_metres, 150):
        assert user in {near.user_id for near in Places(url, 5, metres).near(Point(-71.3, 11.9), 99)}


def test_everybody_in_a_cell_has_the_same_place() -> None:
    grid = Grid(150)
    cell = grid.cell(52.52, 13.4)
    middle, step = grid.middle(cell), 50 / METRES_A_DEGREE
    around = [(middle.lat + north, middle.lon + east) for north in (-step, 0, step) for east in (-step, 0, step)]
    assert {grid.cell(*where) for where in around} == {cell}
    assert grid.cell(middle.lat + 3 * step, middle.lon) != cell


def test_who_moves_is_in_one_place(new_places: NewPlaces, redis: Redis) -> None:
    places = new_places()
    (user,) = made([(0, 0)])
    for lat, lon in ((10.0, 10.0), (10.0, 10.01), (-40.0, 179.9), (10.0, 10.0)):  # in a tile, and across the globe
        places.put(user, lat, lon)
        assert [near.metres for near in places.near(Point(lat, lon), 5)] == [0]
        assert people_kept(places, redis) == 1
    places.remove(user)
    assert places.near(Point(10, 10), 5) == []
    assert places.of(user) is None
    assert people_kept(places, redis) == 0
    places.remove(user)


def test_two_who_move_somebody_at_once_leave_her_in_one_place(new_places: NewPlaces, redis: Redis) -> None:
    places = new_places()
    (user,) = made([(0, 0)])
    with ThreadPoolExecutor(8) as pool:
        for _ in range(20):
            list(pool.map(lambda lon: places.put(user, 10.0, float(lon)), range(8)))
            assert people_kept(places, redis) == 1
            where = places.of(user)
            assert where
            assert places.near(where, 1)[0].metres == 0


def test_where_somebody_was_is_known_until_it_would_have_ended_but_shown_to_nobody(new_places: NewPlaces) -> None:
    places = new_places()
    (user,) = made([(0, 0)])
    places.put(user, 10, 10)
    before = places.last(user)
    places.remove(user)
    after = places.last(user)
    assert before
    assert after
    assert (before.shared, after.shared) == (True, False)
    assert (after.cell, after.since_ms, after.until_ms) == (before.cell, before.since_ms, before.until_ms)


def test_a_place_ends_when_it_is_not_renewed(new_places: NewPlaces, redis: Redis) -> None:
    places = new_places()
    stays, goes, renews = made([(10, 10)] * 3)
    places.put_many({stays: (10, 10)}, 60)
    places.put_many({goes: (10, 10), renews: (10.0, 10.01)}, 3)
    places.put_many({renews: (10, 10.01)}, 60)
    assert len(places.near(Point(10, 10), 5)) == 3
    time.sleep(3.1)
    assert [near.user_id for near in places.near(Point(10, 10), 5)] == [stays, renews]
    assert places.of(goes) is None
    assert people_kept(places, redis) == 2  # swept, too


@pytest.mark.slow
def test_whose_place_has_ended_is_swept_by_and_by_before_anybody_is_shown(
    new_places: NewPlaces, redis: Redis, calls: list[functions.Call]
) -> None:
    places = new_places()
    *gone, stays = made([(10, 10)] * 2_501)  # more than one call sweeps
    places.put_many(dict.fromkeys(gone, (10.0, 10.0)), 3)
    places.put_many({stays: (10, 10)}, 60)
    time.sleep(3.1)
    calls.clear()
    assert [near.user_id for near in places.near(Point(10, 10), 5, within=100)] == [stays]
    assert len(calls) >= 4
    assert people_kept(places, redis) == 1


def test_a_tile_that_everybody_has_left_is_gone(new_places: NewPlaces, redis: Redis) -> None:
    places = new_places()
    places.put_many(made([(10, 10)] * 3), 3)
    keys = f"places:{places.grid.metres}:*"
    assert len(list(redis.scan_iter(keys, 10_000))) == 5
    time.sleep(3.1)
    assert list(redis.scan_iter(keys, 10_000)) == [f"places:{places.grid.metres}:regions"]
    assert places.near(Point(10, 10), 5) == []


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[functions.Call]:
    """All calls of functions."""
    calls: list[functions.Call] = []
    through = functions.call

    def noted(redis: Redis, asked: list[functions.Call], library: str) -> list[Any]:
        calls.extend(asked)
        return through(redis, asked, library)

    monkeypatch.setattr(functions, "call", noted)
    return calls


def test_all_keys_of_a_call_are_in_one_slot(new_places: NewPlaces, calls: list[functions.Call]) -> None:
    places = new_places()
    people = made([(10, 10), (10, 11), (-10, 70)])
    places.put_many(people)
    places.remove(next(iter(people)))
    places.near(Point(0, 0), 5)
    names = {"populate", "arrive", "depart", "near", "populated"}
    assert {function for function, *_ in calls} == {f"barker_{name}" for name in names}
    assert all(len({key_slot(key.encode()) for key in keys}) == 1 for _, keys, _ in calls)
    assert len({key_slot(keys[0].encode()) for _, keys, _ in calls}) > 5


@pytest.mark.parametrize("lat", [-90.0, -85.05, 0.0, 20.0, 61.5, 90.0])
@pytest.mark.parametrize("lon", [-180.0, -179.9999, 0.0, 179.9999, 180.0])
def test_a_cell_is_about_as_wide_as_high_and_ends_at_the_180th_meridian(lat: float, lon: float) -> None:
    grid = Grid(150)
    middle = grid.middle(grid.cell(lat, lon))
    assert abs(middle.lat) <= LATITUDE_MAX
    assert abs((middle.lon - lon + 180) % 360 - 180) * cos(radians(middle.lat)) < 80 / METRES_A_DEGREE
    assert grid.cell(middle.lat, middle.lon) == grid.cell(lat, lon)
    assert grid.cell(lat, 180) == grid.cell(lat, -180)


@pytest.mark.parametrize(
    ("lat", "lon", "wind"), [(1, 0, "n"), (1, 1, "ne"), (0, 1, "e"), (-1, -1, "sw"), (1, -1, "nw"), (0, 0, "here")]
)
def test_directions_are_coarse(lat: int, lon: int, wind: str) -> None:
    assert direction(Point(0, 179.5), Point(lat, 179.5 + lon)) == wind


def test_no_repr_holds_where_somebody_is() -> None:
    assert "52" not in repr(Point(52.52, 13.4))
