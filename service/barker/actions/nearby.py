"""Places: sharing where one is, and who is near."""

from collections.abc import Sequence
from dataclasses import dataclass

from barker import ids, words
from barker.actions import seeing
from barker.errors import Conflict
from barker.models import Near, Seen
from barker.stores import Stores
from barker.stores.grid import Grid, Point, metres_between
from barker.stores.places import Place

FASTEST = 350.0  # metres a second: airliners stay below 300 over the ground, but for a storm at their back
ASTRAY_METRES = 5_000.0  # so wrong may a phone have been about where it is
ASTRAY_CELLS = 2.0  # and wherever it is, it may be at the corner of a cell
LOOKED_AT = 200  # people a look: of those with one interest there may be fewer among them than asked for
SPARE = 5  # looked at beyond a page, for those who are not shown
LOOKS = 4  # a page at most, until there is somebody to show


@dataclass(frozen=True)
class Wanted:
    """Who is asked for: how many, within how many metres, with which interest, behind whom (metres and id)."""

    limit: int
    within: int | None = None
    interest: str | None = None
    after: tuple[int, int] | None = None


@dataclass(frozen=True)
class Neighbour:
    """Somebody near, as the viewer sees her."""

    seen: Seen
    near: Near


def share_place(stores: Stores, user_id: int, point: Point) -> None:
    """Share where one is. Raises Conflict where nobody can have got there since the last place."""
    last = stores.places.last(user_id)  # also of who stopped sharing: else that would be the way around this
    ahead = _ahead(stores.places.grid, last, point) if last else 0.0
    if ahead > max(ASTRAY_METRES, ASTRAY_CELLS * stores.places.grid.metres):
        raise Conflict("Nobody travels that fast. Where you were is forgotten within 15 minutes.", "lat")
    stores.places.put(user_id, point.lat, point.lon, round(ahead))


def _ahead(grid: Grid, last: Place, point: Point) -> float:
    """Return how far ahead of the fastest she is there, with what she was ahead before: so no leap is free twice."""
    metres = metres_between(grid.middle(last.cell), grid.middle(grid.cell(point.lat, point.lon)))
    seconds = max(ids.now_ms() - last.since_ms, 0) / 1000
    return max(last.ahead + metres - FASTEST * seconds, 0.0)


def people_near(
    stores: Stores, viewer: int, point: Point | None, wanted: Wanted
) -> tuple[list[Neighbour], tuple[int, int] | None]:
    """Return who is nearest to a point, else to the viewer, and behind whom the next page begins. Raises Conflict."""
    centre = point or stores.places.of(viewer)
    if centre is None:
        raise Conflict("You share no place. Do so (PUT /v1/me/place), or say from where: lat and lon.")
    look = LOOKED_AT if wanted.interest else wanted.limit + SPARE
    after = wanted.after
    for _ in range(LOOKS):
        found = stores.places.near(centre, look + 1, after, wanted.within)  # one more: is there a next page?
        read = found[:look]
        fitting = _fitting(stores, viewer, read, wanted.interest)
        shown = fitting[: wanted.limit]
        # NOTE the last who was looked at, whether or not she may be shown: no cursor can be read
        after = _end(read) if len(found) > look else None
        if len(fitting) > wanted.limit:
            return shown, _end([one.near for one in shown])
        if shown or not after:
            break
    return shown, after


def _fitting(stores: Stores, viewer: int, read: Sequence[Near], interest: str | None) -> list[Neighbour]:
    """Return those who may be shown to the viewer, and have an interest."""
    others = [near.user_id for near in read if near.user_id != viewer]
    seen = {one.user.id: one for one in seeing.people(stores, viewer, others) if has_interest(one, interest)}
    return [Neighbour(seen[near.user_id], near) for near in read if near.user_id in seen]


def has_interest(seen: Seen, interest: str | None) -> bool:
    """Tell whether somebody has an interest, without case and accents; everybody has none in particular."""
    return interest is None or words.fold(interest) in map(words.fold, seen.user.interests)


def _end(people: Sequence[Near]) -> tuple[int, int]:
    return people[-1].metres, people[-1].user_id
