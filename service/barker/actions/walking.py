"""Who is how far from whom: people in up to three steps, those between two, the path from one to another.

What is read is bounded, so that a hub on the way does not make one walk a thousand times dearer than the next. Where a
bound is met, a walk may miss somebody, or find her farther away than she is.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from heapq import nlargest

from barker import ids
from barker.actions import seeing
from barker.errors import Invalid
from barker.models import Seen
from barker.stores import Stores
from barker.stores.walks import LOOKED_AT

WIDE = 1_000  # people whom a step starts from, at most
EDGES = 8_000  # that a step reads, at most
PATH_EDGES = 4_000  # the same of a path, which takes more steps
PATH_MOST = 6  # follows that a path is long
USUAL = 20  # followees: what a step is taken to cost for each, where it is not known
TRIES = 3  # to find a path past people who cannot be shown
Distant = tuple[int, int]  # a distance, and somebody's id


def within(
    stores: Stores, of: str, user_id: int, depth: int, after: Distant | None, limit: int
) -> tuple[list[Distant], bool]:
    """Return who is within so many steps behind an end, nearest and newest account first; whether some may lack.

    `of` is `followers` or `following`.
    """
    if depth == 1:  # these are read by id, whoever has them
        read = stores.follows.followers if of == "followers" else stores.follows.following
        return [(1, one) for one in read(user_id, after[1] if after else ids.MAX_ID, limit)], False
    found, is_bounded = _reached(stores, of, user_id, depth)
    end = (-after[0], after[1]) if after else (0, 0)
    behind = (order for one, distance in found.items() if (order := (-distance, one)) < end)
    return [(-distance, one) for distance, one in nlargest(limit, behind)], is_bounded


def _reached(stores: Stores, of: str, user_id: int, depth: int) -> tuple[dict[int, int], bool]:
    found, near, is_bounded = {user_id: 0}, [user_id], False
    for distance in range(1, depth + 1):
        if not near:
            break
        step = stores.walks.step(of, near[:WIDE], EDGES // min(len(near), WIDE), EDGES)
        is_bounded = is_bounded or not step.whole or len(near) > WIDE
        near = [one for one in step.via if one not in found]
        found |= dict.fromkeys(near, distance)
    del found[user_id]
    return found, is_bounded


def between(stores: Stores, first: int, second: int, before: int, limit: int) -> tuple[list[int], int | None]:
    """Return a page of people whom the first follows and who follow the second, and below whom the next one begins."""
    looked_at = stores.walks.between(first, second, before)
    found = [one for one, is_between in looked_at.items() if is_between]
    if len(found) > limit:
        return found[:limit], found[limit - 1]
    return found, min(looked_at) if len(looked_at) == LOOKED_AT else None


def path(stores: Stores, user_id: int, handle: str) -> list[Seen]:
    """Return the people from me to somebody, each of whom follows the next, as few as can be; nobody for no path."""
    last = seeing.somebody(stores, user_id, handle).user.id
    if last == user_id:
        raise Invalid("You are there already.", "handle")
    ends = stores.walks.ends(user_id, last)
    avoided = set(ends.parted)
    for _ in range(TRIES):
        if last in avoided or user_id in avoided:
            break
        sides = (_Side("following", user_id, ends.forth), _Side("followers", last, ends.back))
        found = _path(stores, sides, avoided)
        people = seeing.people(stores, user_id, found)
        if len(people) == len(found):
            return people
        avoided |= set(found) - {seen.user.id for seen in people}
    return []


@dataclass
class _Side:
    """How far the search has come from one end: whom it has met, over whom; who is outermost; what a step costs."""

    of: str
    end: int
    cost: int
    via: dict[int, int] = field(default_factory=dict)
    near: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.via, self.near = {self.end: 0}, [self.end]

    def go(self, stores: Stores, avoided: Collection[int]) -> None:
        """Take a step outwards."""
        near = self.near[:WIDE]
        step = stores.walks.step(self.of, near, PATH_EDGES // len(near), PATH_EDGES)
        self.near = [one for one in step.via if one not in self.via and one not in avoided]
        self.via |= {one: step.via[one] for one in self.near}
        self.cost = USUAL * len(self.near)

    def way(self, one: int) -> list[int]:
        """Return the way from somebody to this end."""
        found = [one]
        while found[-1] != self.end:
            found.append(self.via[found[-1]])
        return found


def _path(stores: Stores, sides: tuple[_Side, _Side], avoided: Collection[int]) -> list[int]:
    """Search from both ends by turns, from where a step costs less: they meet in the middle of a shortest path."""
    for _ in range(PATH_MOST):
        if not all(side.cost for side in sides):
            break
        side, other = sorted(sides, key=lambda side: (min(side.cost, PATH_EDGES), len(side.near)))
        side.go(stores, avoided)
        if met := [one for one in side.near if one in other.via]:
            return min((_joined(sides, one) for one in met), key=len)  # where all was read, all are as short
    return []


def _joined(sides: tuple[_Side, _Side], met: int) -> list[int]:
    return [*reversed(sides[0].way(met)), *sides[1].way(met)[1:]]
