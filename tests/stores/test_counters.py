"""Tokens, limits and places on a real Redis."""

import secrets
from math import cos, radians

import pytest

from barker import ids
from barker.stores import Stores
from barker.stores.places import GRID_METRES, METRES_A_DEGREE, snap


def test_a_token_is_kept_until_it_is_dropped(stores: Stores) -> None:
    token = secrets.token_bytes(32)
    assert stores.counters.token(token) is None
    stores.counters.keep_token(token, 1, 2)
    assert stores.counters.token(token) == (1, 2)
    stores.counters.drop_tokens([token])
    assert stores.counters.token(token) is None


def test_a_limit_counts_down_and_then_refuses(stores: Stores) -> None:
    caller = secrets.token_hex(8)
    usages = [stores.counters.hit("route", caller, 2, 60) for _ in range(3)]
    assert [usage.allowed for usage in usages] == [True, True, False]
    assert [usage.remaining for usage in usages] == [1, 0, 0]
    assert all(0 < usage.reset_seconds <= 120 for usage in usages)
    assert stores.counters.hit("route", "another" + caller, 2, 60).allowed


def test_a_place_is_kept_only_to_its_cell(stores: Stores) -> None:
    user = ids.new()
    stores.places.put(user, 52.520008, 13.404954)
    kept = stores.places.of(user)
    assert kept is not None
    cell = snap(52.520008, 13.404954)
    assert abs(kept[0] - cell[0]) < 1e-5
    assert abs(kept[1] - cell[1]) < 1e-5
    stores.places.remove(user)
    assert stores.places.of(user) is None


def test_everybody_in_a_cell_has_the_same_place() -> None:
    lat, lon = snap(52.52, 13.4)
    step = GRID_METRES / METRES_A_DEGREE / 3
    assert {snap(lat + north, lon + east) for north in (-step, 0, step) for east in (-step, 0, step)} == {(lat, lon)}
    assert snap(lat + 3 * step, lon) != (lat, lon)


@pytest.mark.parametrize("lat", [-90.0, -85.05, 0.0, 20.0, 61.5, 90.0])
@pytest.mark.parametrize("lon", [-180.0, -179.9999, 0.0, 179.9999, 180.0])
def test_a_place_at_the_end_of_the_map_is_kept_too(stores: Stores, lat: float, lon: float) -> None:
    user = ids.new()
    stores.places.put(user, lat, lon)
    kept = stores.places.of(user)
    assert kept is not None
    assert abs((kept[1] - lon + 180) % 360 - 180) * cos(radians(kept[0])) < 2 * GRID_METRES / METRES_A_DEGREE


def test_the_cell_goes_on_at_the_180th_meridian() -> None:
    assert snap(20, 180) == snap(20, -180)
