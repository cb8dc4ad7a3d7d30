"""The widening search for who is nearest: pure, it is told how to ask.

First the tile of the point; in a city that is all, or with the few tiles that the circle around what was found touches.
How far searches had to go there before tells which of those are asked at once, in the same round trip. Where it holds
too few, the directories lead on: all that is populated, nearest first, until nothing nearer can come.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import Literal

from barker.models import Near
from barker.stores import grid
from barker.stores.grid import HALF_WAY_METRES, REGION_TILES, Cell, Grid, Point

AT_ONCE = {"tile": 9, "region": 4, "globe": 1}  # questions a round trip

Kind = Literal["tile", "region", "globe"]
Opened = tuple[Kind, Cell, "Behind | None", int]
Behind = tuple[float, int | None]  # metres and id; without one, all from so many metres on


@dataclass(frozen=True)
class Ask:
    """Who is in a tile, around a point; or what is populated of a region, or of the globe."""

    of: Kind
    where: Cell
    centre: Point
    want: int
    reach: float = HALF_WAY_METRES  # nobody farther away is wanted
    after: Behind | None = None  # whom the page before ended with
    start: int = 0  # what of a tile was looked at already: see `rest`


@dataclass(frozen=True)
class Answer:
    """What is populated; or people by cell, of which all are told up to so many metres, None for all within reach.

    Below zero where none is told yet: the tile is to be asked again.
    """

    populated: Sequence[Cell]
    people: dict[Cell, list[int]]
    done: float | None
    rest: int | None = None  # of a tile that is too much for one call, where the next one starts


@dataclass
class Search:
    """One search."""

    grid: Grid
    centre: Cell
    want: int
    after: tuple[int, int] | None
    within: int | None
    likely: float = 0.0  # metres that the search will have to go: tiles so near are asked at once
    _found: dict[int, tuple[int, Cell]] = field(default_factory=dict)  # by user: metres and cell
    _open: list[tuple[float, int, Opened]] = field(default_factory=list)  # a heap, the nearest first
    _seen: set[tuple[Kind, Cell]] = field(default_factory=set)
    _numbers: Iterator[int] = field(default_factory=count)  # of what was opened: it breaks ties

    def run(self, ask: Callable[[Sequence[Ask]], list[Answer]]) -> list[Near]:
        """Ask until nobody who is nearer can be missing."""
        self._point = self.grid.middle(self.centre)
        self._metres_to = self.grid.metres_from(self.centre)
        self._bound = 1.0 + (HALF_WAY_METRES if self.within is None else self.within)
        tile = grid.tile_of(self._point)
        margin, around = (box(tile).margin_metres(self._point) for box in (grid.box_of, grid.box_around))
        self._add("tile", tile)
        if margin < self.likely < around:
            self._add_around(tile)
            self._round(ask, self.likely)
        else:
            self._round(ask)
        # Where nobody is, directories say more; where only so near is looked, there is no need of them.
        if self._bound >= margin and (self._found or self._bound < around):
            self._add_around(tile)
        self._rounds(ask)
        if self._bound >= around:
            self._add("globe", (0, 0))
            self._add("region", grid.region_of(tile))
        self._rounds(ask)
        return self._nearest()

    def _rounds(self, ask: Callable[[Sequence[Ask]], list[Answer]]) -> None:
        while self._open and self._open[0][0] <= self._bound:
            self._round(ask)

    def _add_around(self, tile: Cell) -> None:
        for one in grid.tiles_around(tile):
            self._add("tile", one)

    def _add(self, kind: Kind, where: Cell) -> None:
        if (kind, where) in self._seen:
            return
        self._seen.add((kind, where))
        nearest = 0.0
        if kind != "globe":
            box = grid.box_of(where) if kind == "tile" else grid.box_of(where, REGION_TILES)
            nearest = box.nearest_metres(self._point)
            if self.after and box.farthest_metres(self._point) < self.after[0] - 1:
                return
        self._open_at(nearest, (kind, where, self.after, 0))

    def _open_at(self, nearest: float, opened: Opened) -> None:
        heappush(self._open, (nearest, next(self._numbers), opened))

    def _round(self, ask: Callable[[Sequence[Ask]], list[Answer]], likely: float = inf) -> None:
        asks: list[Ask] = []
        bound = self._bound
        left = dict(AT_ONCE)
        while self._open and self._open[0][0] <= min(bound, likely) and left[self._open[0][2][0]]:
            nearest, _, (kind, where, after, start) = heappop(self._open)
            left[kind] -= 1
            reach = min(bound, likely) if nearest else bound  # most are in the tile of the point: it is asked in full
            asks.append(Ask(kind, where, self._point, self.want, reach, after, start))
        answers = list(zip(asks, ask(asks), strict=True))
        for one, answer in sorted(answers, key=lambda pair: pair[0].of != "tile"):  # people narrow what is looked at
            self._take(one, answer)

    def _take(self, ask: Ask, answer: Answer) -> None:
        kind: Kind = "region" if ask.of == "globe" else "tile"
        bound = self._bound if answer.populated else 0.0
        for where in answer.populated:
            if grid.rows_apart_metres(self._point, where, REGION_TILES if kind == "region" else 1) <= bound:
                self._add(kind, where)
        for cell, users in answer.people.items():
            metres = self._metres_to(cell)
            if self.within is not None and metres > self.within:
                continue
            for user in users:
                if not self.after or (metres, user) > self.after:
                    # Somebody who moves meanwhile may be met twice.
                    self._found[user] = min(self._found.get(user, (metres, cell)), (metres, cell))
        self._narrow()
        self._go_on(ask, answer)

    def _go_on(self, ask: Ask, answer: Answer) -> None:
        """Open what a tile has not told yet, where somebody may be in it who is wanted."""
        least = float(ask.after[0]) if ask.after else 0.0
        done = ask.reach if answer.done is None else answer.done
        # What was told up to the bound is enough, unless it was cut just there.
        if done < self._bound or answer.done == self._bound:
            after: Behind | None = (done, None) if done > least else ask.after
            self._open_at(max(done, 0.0), (ask.of, ask.where, after, ask.start))
        if answer.rest is not None:
            self._open_at(least, (ask.of, ask.where, ask.after, answer.rest))

    def _narrow(self) -> None:
        """Note how far away somebody may be who is wanted still."""
        if len(self._found) >= self.want:
            metres = sorted(metres for metres, _ in self._found.values())
            self._bound = min(self._bound, metres[self.want - 1] + 1.0)  # distances are in whole metres

    def _nearest(self) -> list[Near]:
        found = sorted((metres, user, cell) for user, (metres, cell) in self._found.items())
        return [
            Near(user, metres, grid.direction(self._point, self.grid.middle(cell)))
            for metres, user, cell in found[: self.want]
        ]
