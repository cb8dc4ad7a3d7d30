"""The grid that places are snapped to, the tiles by which they are kept, and distances on the globe.

A cell is about as wide and as high as the grid says; whatever is asked, no more than the cell can come out. A tile is
0.7 degrees wide and high and has keys of its own; a region is 16 by 16 tiles.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import asin, atan2, cos, degrees, floor, pi, radians, sin

METRES_A_DEGREE = 111_320
LATITUDE_MAX = 85.05  # Redis keeps places in Web Mercator, which ends there
GLOBE_METRES = 6_372_797.560856  # the radius that Redis reckons with
DEGREE_METRES = GLOBE_METRES * pi / 180
HALF_WAY_METRES = pi * GLOBE_METRES  # nothing is farther away
TILES = (256, 512)  # from south to north, from west to east
REGION_TILES = 16  # a side
WINDS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
HERE = "here"

Cell = tuple[int, int]  # row and column


@dataclass(frozen=True)
class Point:
    """Somewhere on the globe, in degrees. It is shown to nobody, so it stays out of every `repr`."""

    lat: float
    lon: float

    def __repr__(self) -> str:
        return "Point(…)"

    @property
    def antipode(self) -> "Point":
        """The point on the other side of the globe."""
        return Point(-self.lat, self.lon + 180)


@dataclass(frozen=True)
class Box:
    """A tile or a region: from `south` and `west` so many degrees up and to the right."""

    south: float
    west: float
    high: float
    wide: float

    def nearest_metres(self, point: Point) -> float:
        """Return how far its nearest point is."""
        beyond = _turned(point.lon - self.west - self.wide / 2)
        # For any latitude the nearest point is as near in longitude as can be, so on one meridian.
        angle = radians(max(abs(beyond) - self.wide / 2, 0))
        lat = radians(point.lat)
        south, north = radians(self.south), radians(self.south + self.high)
        best = atan2(sin(lat), cos(lat) * cos(angle))  # where on the whole meridian, perhaps beyond a pole
        inside = _metres(lat, max(south, min(best, north)), angle)
        if angle <= pi / 2:
            return inside
        return min(_metres(lat, south, angle), _metres(lat, north, angle), inside)

    def farthest_metres(self, point: Point) -> float:
        """Return how far its farthest point is."""
        return HALF_WAY_METRES - self.nearest_metres(point.antipode)

    def margin_metres(self, point: Point) -> float:
        """Return how far a point in it is from its edges, so from everything outside."""
        lat, north = radians(point.lat), radians(self.south + self.high)
        aside = self.wide / 2 - abs(_turned(point.lon - self.west - self.wide / 2))
        edge = asin(cos(lat) * sin(radians(min(aside, 90))))  # to the nearer meridian; over a pole, too
        return GLOBE_METRES * min(lat - radians(self.south), north - lat, edge)


class Grid:
    """Cells of so many metres."""

    def __init__(self, metres: float) -> None:
        self.metres = float(metres)  # it is in names of keys: 150 and 150.0 are one grid
        self._high = metres / METRES_A_DEGREE
        self._rows = floor(LATITUDE_MAX / self._high - 0.5)  # the last one whose middle is on the map
        self.middle = lru_cache(20_000)(self._middle)

    def cell(self, lat: float, lon: float) -> Cell:
        """Return the cell of a point. What lies nearer to a pole than the map goes is in its last row."""
        row = max(-self._rows - 1, min(floor(lat / self._high), self._rows))
        # A row is cut into whole cells, so that none reaches over the 180th meridian, where it begins again.
        cells = self._columns(row)
        return row, floor((lon + 180) / 360 * cells) % cells

    def _middle(self, cell: Cell) -> Point:
        """Return the middle of a cell, which stands for everybody in it."""
        row, column = cell
        return Point((row + 0.5) * self._high, (column + 0.5) * 360 / self._columns(row) - 180)

    def _columns(self, row: int) -> int:
        return int(360 * cos(radians((row + 0.5) * self._high)) / self._high)

    def metres_from(self, cell: Cell) -> Callable[[Cell], int]:
        """Return what tells how far the middle of another cell is, in whole metres: people are sorted by it."""
        centre = self.middle(cell)
        lat, lon = radians(centre.lat), centre.lon

        def metres(other: Cell) -> int:
            there = self.middle(other)
            return round(_metres(lat, radians(there.lat), radians(there.lon - lon)))

        return metres


def metres_between(one: Point, other: Point) -> float:
    """Return the distance of two points."""
    return _metres(radians(one.lat), radians(other.lat), radians(other.lon - one.lon))


def _metres(lat: float, other: float, angle: float) -> float:
    half = sin((other - lat) / 2) ** 2 + cos(lat) * cos(other) * sin(angle / 2) ** 2
    return 2 * GLOBE_METRES * asin(min(1.0, half**0.5))


def direction(one: Point, other: Point) -> str:
    """Return in which direction the other is seen: one of eight winds, or that it is here."""
    if one == other:
        return HERE
    lat, there, angle = radians(one.lat), radians(other.lat), radians(other.lon - one.lon)
    east, north = sin(angle) * cos(there), cos(lat) * sin(there) - sin(lat) * cos(there) * cos(angle)
    return WINDS[round(degrees(atan2(east, north)) / 45) % 8]


def _turned(degrees_: float) -> float:
    """Return an angle between -180 and 180."""
    return (degrees_ + 180) % 360 - 180


def tile_of(point: Point) -> Cell:
    """Return the row and the column of a point's tile."""
    return floor((point.lat + 90) / 180 * TILES[0]), floor((point.lon + 180) / 360 * TILES[1]) % TILES[1]


def region_of(tile: Cell) -> Cell:
    """Return the row and the column of a tile's region."""
    return tile[0] // REGION_TILES, tile[1] // REGION_TILES


@lru_cache(20_000)
def box_of(tile: Cell, tiles: int = 1) -> Box:
    """Return the box of a tile, or of a region by `tiles`."""
    high, wide = 180 / TILES[0] * tiles, 360 / TILES[1] * tiles
    return Box(tile[0] * high - 90, tile[1] * wide - 180, high, wide)


def rows_apart_metres(point: Point, tile: Cell, tiles: int = 1) -> float:
    """Return how far a tile (a region) is away at least, by its row: less than it is, but quickly reckoned."""
    high = 180 / TILES[0] * tiles
    south = tile[0] * high - 90
    return max(south - point.lat, point.lat - south - high, 0.0) * DEGREE_METRES


def box_around(tile: Cell) -> Box:
    """Return the box of a tile and the eight around it."""
    box = box_of(tile)
    return Box(box.south - box.high, box.west - box.wide, 3 * box.high, 3 * box.wide)


def from_tile(point: Point, tile: Cell) -> Point:
    """Return a point with its longitude counted from the middle of a tile: so no tile lies at the 180th meridian."""
    box = box_of(tile)
    return Point(point.lat, _turned(point.lon - box.west - box.wide / 2))


def tiles_around(tile: Cell) -> list[Cell]:
    """Return the eight tiles around a tile; fewer at a pole."""
    rows = (row for row in range(tile[0] - 1, tile[0] + 2) if 0 <= row < TILES[0])
    found = [(row, (tile[1] + aside) % TILES[1]) for row in rows for aside in (-1, 0, 1)]
    return [one for one in found if one != tile]
