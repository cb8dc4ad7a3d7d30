"""Who is nearest, beside brute force over the snapped places, on a real Redis."""

import os
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from barker.models import Near
from barker.stores.grid import METRES_A_DEGREE, Point, direction
from barker.stores.nearest import Answer, Ask, Search
from barker.stores.places import Places
from tests.stores.conftest import NewPlaces, Where, made

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))  # `make fuzz` tries many more


def brute(places: Places, people: dict[int, Where], at: Where) -> list[Near]:
    """Return everybody, in order, by looking at everybody."""
    grid = places.grid
    centre = grid.cell(*at)
    cells = {user: grid.cell(*where) for user, where in people.items()}
    found = sorted((grid.metres_from(centre)(cell), user) for user, cell in cells.items())
    here = grid.middle(centre)
    return [Near(user, metres, direction(here, grid.middle(cells[user]))) for metres, user in found]


def around(lat: float, lon: float, span: float) -> st.SearchStrategy[Where]:
    return st.tuples(st.floats(-span, span), st.floats(-span, span)).map(
        lambda off: (max(-90.0, min(90.0, lat + off[0])), (lon + off[1] + 180) % 360 - 180)
    )


ANYWHERE = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
CENTRES = st.one_of(
    ANYWHERE,
    st.tuples(st.floats(-85, 85), st.sampled_from([180.0, -180.0, 179.99, -179.99])),  # the meridian
    st.tuples(st.sampled_from([-90.0, -85.05, -84.6, 83.0, 84.9, 85.06]), st.floats(-180, 180)),  # far up
    st.just((0.0, 0.0)),
)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Where], Where]:
    centre = draw(CENTRES)
    spans = draw(st.lists(st.sampled_from([0.0, 0.001, 0.01, 0.2, 1.0, 15.0, 80.0]), min_size=1, max_size=4))
    crowds = [draw(st.lists(around(*centre, span), min_size=1, max_size=25)) for span in spans]
    people = [where for crowd in crowds for where in crowd] + draw(st.lists(ANYWHERE, max_size=5))
    asked = draw(st.one_of(st.just(centre), st.sampled_from(people), around(*centre, 1.0), ANYWHERE))
    return people, asked


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
@given(world=worlds(), want=st.integers(1, 12), within=st.one_of(st.none(), st.integers(0, 2_000_000)))
def test_the_nearest_are_those_that_looking_at_everybody_finds(
    new_places: NewPlaces, world: tuple[list[Where], Where], want: int, within: int | None
) -> None:
    places = new_places(150)
    people, at = made(world[0]), world[1]
    places.put_many(people)
    expected = brute(places, people, at)
    if within is not None:
        expected = [near for near in expected if near.metres <= within]
    found: list[Near] = []
    while True:
        after = (found[-1].metres, found[-1].user_id) if found else None
        page = places.near(Point(*at), want, after, within)
        assert page == expected[len(found) : len(found) + want]
        found += page
        if len(page) < want or len(found) > 5 * want:
            break


def test_the_nearest_are_found_on_any_grid_up_to_the_ends_of_the_map(new_places: NewPlaces) -> None:
    ends = (-90.0, -85.05, -84.9, 0.0, 84.9, 85.05, 90.0)
    wheres = [(lat, lon) for lat in ends for lon in (-180.0, -179.9, 0.0, 180.0)]
    for metres in (50, 1_000, 9_999):
        places = new_places(metres)
        people = made(wheres)
        places.put_many(people)
        for at in wheres:
            assert places.near(Point(*at), len(people)) == brute(places, people, at)


def test_who_is_alone_in_her_tile_finds_her_neighbours_within_a_radius(new_places: NewPlaces) -> None:
    places = new_places()
    people = made([(0.01, 0.01), (0.01, -0.01)])  # the equator and the meridian part four tiles
    places.put_many(people)
    at = (-0.01, 0.01)
    assert places.near(Point(*at), 7, within=5_000) == brute(places, people, at)


def test_however_far_a_search_was_likely_to_go_it_finds_the_same(new_places: NewPlaces) -> None:
    places = new_places()
    people = made([(50.1 + 0.2 * row, -100.1 + 0.3 * column) for row in range(8) for column in range(8)])
    places.put_many(people)
    for at in ((50.7, -99.0), (50.63, -99.13), (51.0, -98.5)):
        for likely in range(0, 100_000, 2_500):
            search = Search(places.grid, places.grid.cell(*at), 7, None, None, likely)
            assert search.run(places._ask) == brute(places, people, at)[:7], likely


def test_where_a_search_had_to_go_far_the_next_one_asks_all_around_at_once(
    new_places: NewPlaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = new_places()
    people = made([(50.1 + 0.2 * row, -100.1 + 0.3 * column) for row in range(8) for column in range(8)])
    places.put_many(people)
    trips: list[int] = []
    ask = places._ask

    def count(asks: Sequence[Ask]) -> list[Answer]:
        trips[-1] += 1
        return ask(asks)

    monkeypatch.setattr(places, "_ask", count)
    for at in ((50.7, -99.0), (50.8, -98.9), (50.7, -99.0)):  # another tile of the region; the first one again
        trips.append(0)
        assert places.near(Point(*at), 7) == brute(places, people, at)[:7]
    assert trips == [2, 1, 1]


def test_who_is_found_in_the_same_cell_is_remembered_as_near(
    new_places: NewPlaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = new_places()
    places.put_many(made([(50.7, -99.0)] * 7 + [(50.1, -98.5)] * 7))
    asked: list[int] = []
    ask = places._ask

    def count(asks: Sequence[Ask]) -> list[Answer]:
        asked.append(len(asks))
        return ask(asks)

    places.near(Point(50.7, -99.0), 7)
    places.near(Point(50.4, -98.5), 7)  # another tile of the region, where a search goes far
    monkeypatch.setattr(places, "_ask", count)
    places.near(Point(50.7, -99.0), 7)
    assert asked == [1]


def test_a_crowd_in_one_cell_is_paged_by_id(new_places: NewPlaces) -> None:
    places = new_places()
    people = made([(48.2, 16.37)] * 1_200)
    places.put_many(people)
    first = places.near(Point(48.2, 16.37), 500)
    second = places.near(Point(48.2, 16.37), 1_000, (0, first[-1].user_id))
    assert [near.user_id for near in first + second] == list(people)
    assert {(near.metres, near.direction) for near in first} == {(0, "here")}


def test_many_cells_at_the_same_distance_are_all_met(new_places: NewPlaces) -> None:
    places = new_places()
    size = 150 / METRES_A_DEGREE
    people = made([((row + 0.5) * size, (column + 0.5) * size) for row in range(-40, 40) for column in range(-40, 40)])
    places.put_many(people)
    at = (size / 2, size / 2)
    expected = brute(places, people, at)
    found: list[Near] = []
    while page := places.near(Point(*at), 301, (found[-1].metres, found[-1].user_id) if found else None):
        found += page
    assert found == expected
