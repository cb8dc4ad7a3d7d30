"""Whom to follow: who is followed by those I follow, then the well-followed who share my interests, then all others.

A suggestion is known by where it stands: its source, its rank there, its id; a page goes on behind such an end.
"""

import math

from barker import ids
from barker.actions import seeing
from barker.errors import Invalid
from barker.models import Candidate, Seen, Suggestion
from barker.stores import Stores
from barker.stores.people_search import interest_keys

CIRCLE, SHARING, LACKING = range(3)  # the sources: the people I follow, those who share interests, those who do not
FAME = 8  # followers from which on being known to all begins to count against somebody
RANK = 1_000_000  # ranks are whole numbers, as cursors are
FIRST = (ids.MAX_ID, ids.MAX_ID)  # above everybody
LOOKS = (500, 5_000, 10_000)  # people looked at who do not share my interests: more, as long as all of them do
End = tuple[int, int, int]
Row = tuple[End, Candidate | None]  # None for who is not to be shown


def suggestions(stores: Stores, user_id: int, after: End | None, limit: int) -> tuple[list[Suggestion], End | None]:
    """Return a page of people to follow, and its end where there may be more."""
    if after and after[0] not in (CIRCLE, SHARING, LACKING):
        raise Invalid("This cursor is not from this list.", "cursor")
    read, end = _read(stores, user_id, after or (CIRCLE, *FIRST), limit)
    shown = [one for _, one in read if one]
    wanted = dict.fromkeys(id_ for one in shown for id_ in (one.id, *one.because))
    people = {seen.user.id: seen for seen in seeing.people(stores, user_id, list(wanted))}
    # Once more: of who follows very many, the query does not read all whom she knows.
    found = [_suggestion(one, people) for one in shown if one.id in people and not _is_known(people[one.id])]
    return found, end


def dismiss(stores: Stores, user_id: int, handle: str) -> None:
    """Suggest somebody no more; may be repeated."""
    other = seeing.somebody(stores, user_id, handle).user
    if other.id == user_id:
        raise Invalid("You are not suggested to yourself.", "handle")
    stores.walks.dismiss(user_id, other.id, ids.now_ms())


def _is_known(seen: Seen) -> bool:
    return seen.you is not None and (seen.you.follows or seen.you.mutes)


def _suggestion(one: Candidate, people: dict[int, Seen]) -> Suggestion:
    return Suggestion(people[one.id], [people[id_] for id_ in one.because if id_ in people], one.count)


def rank(one: Candidate) -> int:
    """Return how good a suggestion is: by how many I follow, less for who is followed by everybody anyway."""
    return round(RANK * one.count / math.log2(FAME + one.followers))


def _read(stores: Stores, user_id: int, after: End, limit: int) -> tuple[list[Row], End | None]:
    """Return so many suggestions behind an end, each with its own, and the end of all where there may be more."""
    circle = stores.walks.suggested(user_id)  # of later pages too: nobody is to be suggested twice
    ends = sorted((((CIRCLE, rank(one), one.id), one) for one in circle), key=lambda pair: pair[0], reverse=True)
    rows: list[Row] = [pair for pair in ends if after[0] == CIRCLE and pair[0] < after]
    over: End | None = None
    if len(rows) <= limit:
        known = {user_id, *(one.id for one in circle)}
        more, over = _well_followed(stores, user_id, after, limit + 1 - len(rows), known)
        rows += more
    return rows[:limit], rows[limit - 1][0] if len(rows) > limit else over


def _well_followed(
    stores: Stores, user_id: int, after: End, number: int, known: set[int]
) -> tuple[list[Row], End | None]:
    """Go on with people whom many follow, those who share interests first; tells where it gave up looking."""
    user = stores.users.by_id(user_id)
    keys = list(interest_keys(user.interests if user else ()))
    found: list[End] = []
    over: End | None = None
    below = {source: after[1:] if source == after[0] else FIRST for source in (SHARING, LACKING)}
    if keys and after[0] <= SHARING:
        found += [(SHARING, *one) for one in stores.users.sharing(keys, below[SHARING], number)]
    if len(found) < number:
        lacking, over = _lacking(stores, keys, below[LACKING], number - len(found))
        found += lacking
    known |= stores.walks.known_among(user_id, [end[2] for end in found]) if found else set()
    return [(end, None if end[2] in known else Candidate(end[2], 0, end[1])) for end in found], over


def _lacking(stores: Stores, keys: list[str], below: tuple[int, int], number: int) -> tuple[list[End], End | None]:
    over: tuple[int, int] | None = below
    found: list[tuple[int, int]] = []
    for most in LOOKS:
        if found or over is None:
            break
        found, over = stores.users.lacking(keys, over, number, most)
    return [(LACKING, *one) for one in found], (LACKING, *over) if over else None
