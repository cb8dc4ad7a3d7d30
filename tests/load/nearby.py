"""Seven of a million people: in a dense city, a sparse land and an empty ocean, beside one GEOSEARCH.

The GEOSEARCH is of the very radius in which the seventh is, of one key with everybody in it: what a search would cost
that knew the answer. Both are asked from the same process, in turns. Then a page far out in a crowded tile, where most
of it is passed already: there it matters that no call keeps others waiting.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any

from redis import Redis

from barker import ids
from barker.stores.grid import METRES_A_DEGREE, Point, box_of, tile_of
from barker.stores.places import Place, Places
from tests.load.bench import Bench
from tests.load.report import Figure
from tests.load.world import World

PEOPLE, PEOPLE_QUICK = 1_000_000, 50_000
SEVEN = 7
ASKED, ASKED_QUICK = 100, 20  # points a round
PUT = 50_000  # of them as the service puts them; the others only where they are looked for, which is faster
PART = 20_000  # people a step
ALL = "bench:everybody"
GOAL_RATIO = 3.0
CITY, CITY_METRES = Point(52.52, 13.405), 9_000.0
TOWNS, TOWN_METRES = 300, 4_000.0
CROWD, CROWD_QUICK = 100_000, 10_000  # in one tile
OUT_METRES = (1_000, 30_000, 38_000)  # how far the page before ended
SHARES = {"city": 0.6, "towns": 0.38, "land": 0.02}


def measure(bench: Bench, world: World) -> None:
    """Put everybody somewhere, then take turns."""
    number = PEOPLE_QUICK if bench.quick else PEOPLE
    with _redis(bench) as redis:
        try:
            _fill(bench, redis, number)
            for zone, spot in ZONES.items():
                _compare(bench, redis, zone, spot)
            _go_out(bench, redis)
        finally:
            redis.flushdb()  # nothing is in it that may not be lost


@contextmanager
def _redis(bench: Bench) -> Iterator[Redis]:
    with Redis.from_url(bench.urls["BARKER_PLACES_URL"], decode_responses=True, socket_timeout=60) as redis:
        before: dict[str, str] = redis.config_get("maxmemory")
        redis.config_set("maxmemory", 0)  # a laptop's server would drop most of a million places
        yield redis
        redis.config_set("maxmemory", before["maxmemory"])


def _used(redis: Redis) -> int:
    return int(redis.info("memory")["used_memory"])


def _city(rng: Random) -> Point:
    return _around(rng, CITY, CITY_METRES)


def _around(rng: Random, centre: Point, metres: float) -> Point:
    spread = metres / METRES_A_DEGREE
    return Point(centre.lat + rng.gauss(0, spread), centre.lon + rng.gauss(0, spread * 1.6))


def _land(rng: Random) -> Point:
    return Point(rng.uniform(50, 65), rng.uniform(-120, -75))


def _ocean(rng: Random) -> Point:
    return Point(rng.uniform(-55, -35), rng.uniform(-140, -115))


ZONES: dict[str, Callable[[Random], Point]] = {
    "a dense city": _city,
    "a sparse land": _land,
    "an empty ocean": _ocean,
}


def _people(number: int) -> dict[int, tuple[float, float]]:
    rng = Random(1)
    towns = [Point(rng.uniform(-35, 60), rng.uniform(-15, 150)) for _ in range(TOWNS)]

    def town(rng: Random) -> Point:
        return _around(rng, rng.choice(towns), TOWN_METRES)

    spots: list[Callable[[Random], Point]] = [_city, town, _land]
    first = ids.new()
    points = [spot(rng) for spot in rng.choices(spots, list(SHARES.values()), k=number)]
    return {first + n: (point.lat, point.lon) for n, point in enumerate(points)}


def _fill(bench: Bench, redis: Redis, number: int) -> None:
    people = list(_people(number).items())
    bench.say(f"nearby: {number:,} places")
    before, seconds = _used(redis), 0.0
    put = people[:PUT]
    for part in bench.parts(put, PART, "places"):
        began = time.monotonic()
        bench.stores.places.put_many(dict(part), 3600)
        seconds += time.monotonic() - began
    used = _used(redis) - before
    bench.report.add(Figure("nearby", f"places put, {PART:,} a call", "/s", [len(put) / seconds]))
    bench.report.add(Figure("nearby", "memory a place", "bytes", [used / len(put)]))
    grid = bench.stores.places.grid
    _arrive(bench, people[PUT:])
    for part in bench.parts(people, PART, "the same in one key"):
        middles = [(grid.middle(grid.cell(*where)), user) for user, where in part]
        redis.geoadd(ALL, [value for middle, user in middles for value in (middle.lon, middle.lat, str(user))])


def _arrive(bench: Bench, people: Sequence[tuple[int, tuple[float, float]]]) -> None:
    """Put people into tiles, without noting where each is: nobody moves here."""
    places, now = bench.stores.places, ids.now_ms()
    for part in bench.parts(people, 5 * PART, "places, only in tiles"):
        there = {user: Place(places.grid.cell(*where), now, now + 3_600_000, True) for user, where in part}
        places._call(places._arrive(there, now))


def _go_out(bench: Bench, redis: Redis) -> None:
    number = CROWD_QUICK if bench.quick else CROWD
    box, rng = box_of(tile_of(Point(-20.0, -25.0))), Random(3)
    wheres = [(box.south + rng.random() * box.high, box.west + rng.random() * box.wide) for _ in range(number)]
    first = ids.new()
    _arrive(bench, [(first + n, where) for n, where in enumerate(wheres)])
    middle = Point(box.south + box.high / 2, box.west + box.wide / 2)
    for metres in OUT_METRES:
        whole: list[float] = []
        call: list[float] = []
        for _ in bench.rounds(f"nearby, a page {metres:,} m out"):
            redis.config_resetstat()
            began = time.perf_counter()
            bench.stores.places.near(middle, SEVEN, (metres, 1))
            whole.append((time.perf_counter() - began) * 1000)
            calls: Any = redis.info("commandstats")
            call.append(calls["cmdstat_fcall"]["usec_per_call"] / 1000)
        name = f"{SEVEN} behind {metres:,} m, {number:,} in the tile"
        bench.report.add(Figure("nearby", name, "ms", whole))
        bench.report.add(Figure("nearby", "  one call of the server", "ms", call))


def _compare(bench: Bench, redis: Redis, zone: str, spot: Callable[[Random], Point]) -> None:
    rng = Random(2)
    places = bench.stores.places
    ours: list[float] = []
    bare: list[float] = []
    slow: list[float] = []
    for _ in bench.rounds(f"nearby, {zone}"):
        times = [_once(places, redis, spot(rng)) for _ in range(ASKED_QUICK if bench.quick else ASKED)]
        ours.append(statistics.median(one for one, _ in times))
        bare.append(statistics.median(other for _, other in times))
        slow.append(statistics.quantiles((one for one, _ in times), n=100)[-1])
    ratio = statistics.median(ours) / statistics.median(bare)
    met = None if bench.quick else ratio <= GOAL_RATIO
    of, goal = "GEOSEARCH", f"<= {GOAL_RATIO:g} x GEOSEARCH"
    bench.report.add(Figure("nearby", f"{SEVEN} in {zone}: p50", "ms", ours, ratio=ratio, of=of, goal=goal, met=met))
    bench.report.add(Figure("nearby", "  p99", "ms", slow))
    bench.report.add(Figure("nearby", "  one GEOSEARCH of the right radius: p50", "ms", bare))


def _once(places: Places, redis: Redis, point: Point) -> tuple[float, float]:
    """Return the milliseconds of our search and of the bare one, after checking that they find as many as near."""
    began = time.perf_counter()
    found = places.near(point, SEVEN)
    ours = time.perf_counter() - began
    centre = places.grid.middle(places.grid.cell(point.lat, point.lon))
    began = time.perf_counter()
    bare = _geosearch(redis, centre, found[-1].metres + 1)
    seconds = time.perf_counter() - began
    assert len(found) == SEVEN
    assert len(bare) >= SEVEN
    nearest = [float(metres) for _, metres in bare[:SEVEN]]
    assert all(abs(one.metres - metres) < 3 for one, metres in zip(found, nearest, strict=True)), (found, nearest)
    return ours * 1000, seconds * 1000


def _geosearch(redis: Redis, centre: Point, metres: int) -> Sequence[tuple[str, float]]:
    found: Any = redis.geosearch(
        ALL, longitude=centre.lon, latitude=centre.lat, radius=metres, unit="m", sort="ASC", withdist=True
    )
    return [(str(user), float(away)) for user, away in found]
