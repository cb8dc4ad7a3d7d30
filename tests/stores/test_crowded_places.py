"""A crowded tile: pages go on to its ends, and no call is so long that it keeps others waiting."""

from collections.abc import Iterator
from random import Random

import pytest
from redis import Redis

from barker.stores import functions
from barker.stores.grid import Point, box_of, tile_of
from barker.stores.nearest import Search
from barker.stores.places import Places
from tests.stores.conftest import NewPlaces, Where, made
from tests.stores.test_places import brute

PEOPLE = 12_000
CALL_MS = 20.0
SEARCH_MS = 2.5
BOX = box_of(tile_of(Point(10.2, 10.2)))
MIDDLE = Point(BOX.south + BOX.high / 2, BOX.west + BOX.wide / 2)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def crowd() -> dict[int, Where]:
    """People all over one tile, nearly each in a cell of her own."""
    rng = Random(1)
    return made([(BOX.south + rng.random() * BOX.high, BOX.west + rng.random() * BOX.wide) for _ in range(PEOPLE)])


@pytest.fixture(scope="module")
def places(new_places: NewPlaces, crowd: dict[int, Where]) -> Places:
    """Their places."""
    places: Places = new_places()
    places.put_many(crowd, 600)
    return places


def cpu_ms(redis: Redis) -> float:
    cpu = redis.info("cpu")
    return float(cpu["used_cpu_user_main_thread"] + cpu["used_cpu_sys_main_thread"]) * 1000


def milliseconds(redis: Redis) -> Iterator[float]:
    """Yield what one call has cost the server since the one before, not what others kept it waiting."""
    before = None
    while True:
        now = cpu_ms(redis), redis.info("commandstats").get("cmdstat_fcall", {"calls": 0})["calls"]
        yield (now[0] - before[0]) / max(now[1] - before[1], 1) if before else 0.0
        before = now


@pytest.mark.parametrize("metres", [0, 1_000, 30_000, 38_000, 50_000, 54_700])
def test_no_page_keeps_others_waiting(places: Places, redis: Redis, metres: int) -> None:
    spent = milliseconds(redis)
    next(spent)
    costs = []
    for _ in range(3):
        places.near(MIDDLE, 7, (metres, 1))
        costs.append(next(spent))
    assert min(costs) < CALL_MS


@pytest.fixture(scope="module")
def half_full(new_places: NewPlaces) -> Places:
    """Many people in the southern half of a tile, and a few all around it."""
    rng = Random(3)
    many = [(BOX.south + rng.random() * BOX.high / 2, BOX.west + rng.random() * BOX.wide) for _ in range(60_000)]
    few = [(BOX.south + rng.random() * 2 * BOX.high, BOX.west - rng.random() * BOX.wide) for _ in range(60)]
    places: Places = new_places()
    places.put_many(made([*many, *few]), 600)
    return places


@pytest.mark.parametrize(
    ("up", "aside", "likely"), [(0.75, 0.5, 0.0), (1.3, 0.5, 60_000.0), (0.3, -0.2, 0.0)], ids=["in", "above", "beside"]
)
def test_a_crowd_that_is_not_near_is_not_read(
    half_full: Places, redis: Redis, up: float, aside: float, likely: float
) -> None:
    cell = half_full.grid.cell(BOX.south + up * BOX.high, BOX.west + aside * BOX.wide)
    costs = []
    for _ in range(3):
        before = cpu_ms(redis)
        Search(half_full.grid, cell, 7, None, None, likely).run(half_full._ask)
        costs.append(cpu_ms(redis) - before)
    assert min(costs) < SEARCH_MS


@pytest.fixture
def short_calls(places: Places, redis: Redis) -> Iterator[None]:
    """Let calls be cut that are not long yet, so that there are many to a search."""
    cut = functions.PLACES.replace("local LOOKED = 3000", "local LOOKED = 40")
    assert cut != functions.PLACES
    functions.load(redis, cut)
    yield
    places.prepare()


@pytest.mark.usefixtures("short_calls")
@pytest.mark.parametrize(("metres", "calls"), [(0, 1), (12_345, 2), (38_000, 5), (54_000, 2)])
def test_what_takes_several_calls_is_complete(
    places: Places, redis: Redis, crowd: dict[int, Where], metres: int, calls: int
) -> None:
    everybody = brute(places, crowd, (MIDDLE.lat, MIDDLE.lon))
    expected = [near for near in everybody if (near.metres, near.user_id) > (metres, 0) and near.metres <= 54_900]
    before = redis.info("commandstats")["cmdstat_fcall"]["calls"]
    assert places.near(MIDDLE, 150, (metres, 0), 54_900) == expected[:150]
    assert redis.info("commandstats")["cmdstat_fcall"]["calls"] - before >= calls


@pytest.fixture(scope="module")
def knot(new_places: NewPlaces) -> tuple[Places, dict[int, Where]]:
    """A small, dense town in the middle of a tile, and a few all around it."""
    rng = Random(2)
    town = [(rng.gauss(MIDDLE.lat, 0.012), rng.gauss(MIDDLE.lon, 0.012)) for _ in range(4_000)]
    around = [(BOX.south + rng.random() * BOX.high, BOX.west + rng.random() * BOX.wide) for _ in range(60)]
    people = made([*town, *around])
    places: Places = new_places()
    places.put_many(people, 600)
    return places, people


@pytest.mark.parametrize("want", [1, 7, 60, 201])
@pytest.mark.parametrize("away", [0.0, 0.012, 0.03, 0.06, 0.12, 0.34])
def test_wherever_one_stands_by_a_town_the_nearest_are_found(
    knot: tuple[Places, dict[int, Where]], away: float, want: int
) -> None:
    places, people = knot
    where = MIDDLE.lat + away, MIDDLE.lon - away
    assert places.near(Point(*where), want) == brute(places, people, where)[:want]
