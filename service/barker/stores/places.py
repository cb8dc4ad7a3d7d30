"""Redis GEO: where people are now, if they share it.

place:<user>                 string  "<row>:<column> <since> <until> <shared> <ahead>"   where she is, or was; see Place
places:<grid>:{<tile>}:cells   geo   "<row>:<column>"            cells in which there is somebody; see below
places:<grid>:{<tile>}:people  zset  "<row>:<column> <user>"     all of score 0, so sorted by cell, then by id
places:<grid>:{<tile>}:ends    zset  "<row>:<column> <user>"     until when she is there, in Unix milliseconds
places:<grid>:region:<region>  zset  "<row>:<column>" of tiles   until when there may be somebody in them
places:<grid>:regions          zset  "<row>:<column>" of regions the same

A place is snapped to the grid (`grid.py`) before it is stored, and that is all that is stored: `cells` holds the middle
of each, with its longitude counted from the middle of the tile. <grid> is BARKER_PLACES_GRID_METRES: with another one
all begins anew. A place ends PLACE_SECONDS after it was last renewed: `place:` by itself, members of a tile at the next
call that meets them, the keys of a tile with the last of them.

Each call touches the keys of one tile, one region or one user, so one slot: they can be spread over a cluster, though
the server of places is a single one today.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from redis.exceptions import RedisError

from barker import ids
from barker.models import PLACE_SECONDS, Near
from barker.stores import functions, grid
from barker.stores.functions import Call
from barker.stores.grid import Cell, Grid, Point
from barker.stores.guard import guarded
from barker.stores.nearest import Answer, Ask, Search
from barker.stores.redis_client import connect

CHUNK = 5_000  # people whose places are put at once
A_CALL = 500  # people whom a call of a tile takes in or out
TRIES = 5  # to let somebody who is moved by several at once end where the last one put her
REMEMBERED = 20_000  # tiles and regions of which a process knows how far searches had to go
SLACK_METRES = 3.0  # so much Redis may be off: it keeps a place to 0.6 m

guard = guarded("places", RedisError)
T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """Where somebody is, to the cell; or was, if she shares it no longer."""

    cell: Cell
    since_ms: int
    until_ms: int
    shared: bool
    ahead: int = 0  # metres that she is farther than the fastest could have come

    @classmethod
    def parse(cls, kept: str) -> "Place":
        """Read what is kept of a user."""
        cell, since, until, shared, ahead = kept.split()
        return cls(_cell(cell), int(since), int(until), shared == "1", int(ahead))

    def __str__(self) -> str:
        return f"{_name(self.cell)} {self.since_ms} {self.until_ms} {self.shared:d} {self.ahead}"


class Places:
    """The places of people."""

    def __init__(self, url: str, seconds: float, grid_metres: float) -> None:
        self._redis = connect(url, seconds)
        self.grid = Grid(grid_metres)
        self._prefix = f"places:{self.grid.metres}"
        self._went: dict[tuple[str, Cell], float] = {}  # in a tile, in a region: see `_note`

    @guard
    def prepare(self) -> None:
        """Load the functions, those of this version; may be repeated."""
        functions.load(self._redis, functions.PLACES)

    @guard
    def put(self, user_id: int, lat: float, lon: float, ahead: int = 0) -> None:
        """Note where a user is now, to the cell (degrees), for PLACE_SECONDS."""
        now = ids.now_ms()
        self._settle(self._put({user_id: (lat, lon)}, PLACE_SECONDS, now, ahead), now)

    @guard
    def put_many(self, places: Mapping[int, tuple[float, float]], seconds: int = PLACE_SECONDS) -> None:
        """Note where many are, in few round trips: where nobody else moves them meanwhile."""
        for part in _parts(list(places.items()), CHUNK):
            self._put(dict(part), seconds, ids.now_ms())

    def _put(
        self, places: Mapping[int, tuple[float, float]], seconds: int, now: int, ahead: int = 0
    ) -> dict[int, Place]:
        # NOTE no call spans two slots. Who moves leaves first, so that she is never seen in two places. What a crash
        # leaves behind ends by itself.
        until = now + seconds * 1000
        new = {one: Place(self.grid.cell(*where), now, until, True, ahead) for one, where in places.items()}
        before = self._swap(new, seconds)
        leave = {one: place for one, place in before.items() if place.shared and place.cell != new[one].cell}
        self._call([*self._depart(leave, now), *self._arrive(new, now)])
        return new

    def _settle(self, done: Mapping[int, Place], now: int) -> None:
        """Where another has moved somebody meanwhile, undo what was done, and do again what it may have undone."""
        for _ in range(TRIES):
            records = self._records(list(done))
            overtaken = {one: place for one, place in done.items() if records[one] != str(place)}
            if not overtaken:
                return
            done = {one: Place.parse(kept) for one in overtaken if (kept := records[one])}
            shared = {one: place for one, place in done.items() if place.shared}
            leave = {
                one: place for one, place in overtaken.items() if one not in shared or shared[one].cell != place.cell
            }
            self._call([*self._depart(leave, now), *self._arrive(shared, now)])

    def _swap(self, new: Mapping[int, Place], seconds: int) -> dict[int, Place]:
        with self._redis.pipeline(transaction=False) as pipe:
            for user_id, place in new.items():
                pipe.set(_record(user_id), str(place), ex=seconds, get=True)
            before = pipe.execute()
        return {one: Place.parse(kept) for one, kept in zip(new, before, strict=True) if kept}

    def _records(self, user_ids: Sequence[int]) -> dict[int, str | None]:
        with self._redis.pipeline(transaction=False) as pipe:
            for user_id in user_ids:
                pipe.get(_record(user_id))
            return dict(zip(user_ids, pipe.execute(), strict=True))

    def _depart(self, places: Mapping[int, Place], now: int) -> Iterator[Call]:
        for tile, people in self._by_tile(places).items():
            for part in _parts(people, A_CALL):
                yield "barker_depart", self._keys(tile), [now, *(_member(one, places[one].cell) for one in part)]

    def _arrive(self, places: Mapping[int, Place], now: int) -> Iterator[Call]:
        tiles = self._by_tile(places)
        until = max((place.until_ms for place in places.values()), default=now)
        regions: dict[Cell, list[str]] = {}
        for tile in tiles:
            regions.setdefault(grid.region_of(tile), []).append(_name(tile))
        # NOTE the directories first: who is in none would be found by nobody
        if regions:
            yield "barker_populate", [f"{self._prefix}:regions"], [now, until, "stays", *map(_name, regions)]
        for region, names in regions.items():
            yield "barker_populate", [self._region(region)], [now, until, "ends", *names]
        for tile, people in tiles.items():
            for part in _parts(people, A_CALL):
                arrivals: list[Any] = []
                for one in part:
                    middle = grid.from_tile(self.grid.middle(places[one].cell), tile)
                    arrivals += _member(one, places[one].cell), middle.lat, middle.lon, places[one].until_ms
                yield "barker_arrive", self._keys(tile), [now, until, *arrivals]

    def _by_tile(self, places: Mapping[int, Place]) -> dict[Cell, list[int]]:
        found: dict[Cell, list[int]] = {}
        for one, place in places.items():
            found.setdefault(grid.tile_of(self.grid.middle(place.cell)), []).append(one)
        return found

    @guard
    def remove(self, user_id: int) -> None:
        """Show nobody any longer where a user is. Where she was is known until it would have ended: see `last`."""
        last = self._last(user_id)
        if last and last.shared:
            stopped = replace(last, shared=False)
            kept = self._redis.set(_record(user_id), str(stopped), xx=True, get=True, pxat=last.until_ms)
            now = ids.now_ms()
            self._call(self._depart({user_id: Place.parse(str(kept)) if kept else last}, now))

    @guard
    def last(self, user_id: int) -> Place | None:
        """Return where a user is, or was, of late, whether or not she shares it now."""
        return self._last(user_id)

    def _last(self, user_id: int) -> Place | None:
        kept = self._redis.get(_record(user_id))
        return Place.parse(str(kept)) if kept else None

    def of(self, user_id: int) -> Point | None:
        """Return the middle of the cell of a user who shares it."""
        last = self.last(user_id)
        return self.grid.middle(last.cell) if last and last.shared else None

    @guard
    def near(
        self, point: Point, want: int, after: tuple[int, int] | None = None, within: int | None = None
    ) -> list[Near]:
        """Return who is nearest to the cell of a point, by whole metres, then by id: so many, behind `after`."""
        cell = self.grid.cell(point.lat, point.lon)
        if after or within is not None:
            return Search(self.grid, cell, want, after, within).run(self._ask)
        likely = self._likely(cell) * want**0.5
        found = Search(self.grid, cell, want, None, None, likely).run(self._ask)
        self._note(cell, found[-1].metres / want**0.5 if found else 0.0)
        return found

    def _ask(self, asks: Sequence[Ask]) -> list[Answer]:
        """Ask tiles for people, and directories for tiles, in one round trip."""
        now = ids.now_ms()
        answers = self._call([self._asking(ask, now) for ask in asks])
        return [_answer(ask, answer) for ask, answer in zip(asks, answers, strict=True)]

    def _asking(self, ask: Ask, now: int) -> Call:
        if ask.of == "tile":
            at = grid.from_tile(ask.centre, ask.where)
            least, id_ = ask.after or (0, None)
            behind = "" if id_ is None else f"{id_:019d}"
            box = grid.box_of(ask.where)
            edges = [box.south, box.south + box.high]
            metres = [ask.reach + SLACK_METRES, least]
            arguments = [now, at.lat, at.lon, *edges, *metres, behind, ask.want, SLACK_METRES, ask.start]
            return "barker_near", self._keys(ask.where), arguments
        key = f"{self._prefix}:regions" if ask.of == "globe" else self._region(ask.where)
        return "barker_populated", [key], [now]

    def _tile_and_region(self, cell: Cell) -> tuple[tuple[str, Cell], tuple[str, Cell]]:
        tile = grid.tile_of(self.grid.middle(cell))
        return ("tile", tile), ("region", grid.region_of(tile))

    def _likely(self, cell: Cell) -> float:
        """Return how far a search is likely to have to go, in metres, for one who is wanted."""
        tile, region = self._tile_and_region(cell)
        return 1.4 * self._went.get(tile, self._went.get(region, 0.0))

    def _note(self, cell: Cell, metres: float) -> None:
        # By tile, and by its region for tiles where nobody asked yet. Wrong or forgotten, it costs a round trip.
        if len(self._went) > REMEMBERED:
            self._went.clear()
        for one in self._tile_and_region(cell):
            self._went[one] = metres

    def _call(self, calls: Iterable[Call]) -> list[Any]:
        calls = list(calls)
        return functions.call(self._redis, calls, functions.PLACES) if calls else []

    def _keys(self, tile: Cell) -> list[str]:
        return [f"{self._prefix}:{{{_name(tile)}}}:{kept}" for kept in ("cells", "people", "ends")]

    def _region(self, region: Cell) -> str:
        return f"{self._prefix}:region:{_name(region)}"

    def close(self) -> None:
        """Close all connections."""
        self._redis.close()


def _answer(ask: Ask, answer: list[Any]) -> Answer:
    if ask.of != "tile":
        return Answer([_cell(name) for name in answer], {}, None)
    done, rest, *found = answer
    people = {_cell(name): list(map(int, users)) for name, users in zip(found[::2], found[1::2], strict=True)}
    return Answer([], people, float(done) if done else None, int(rest) if rest else None)


def _record(user_id: int) -> str:
    return f"place:{user_id}"


def _member(user_id: int, cell: Cell) -> str:
    return f"{_name(cell)} {user_id:019d}"  # of equal width, so that texts are sorted as numbers are


def _name(cell: Cell) -> str:
    return f"{cell[0]}:{cell[1]}"


def _cell(name: str) -> Cell:
    row, _, column = name.partition(":")
    return int(row), int(column)


def _parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
