"""Matches: people whose interests are mine, or are not.

*Similar*: who shares the most with me, where what few people have counts more than what many have. *Opposite*, "for the
evangelists": people who have interests, and none of mine. They have yet to hear of what I love, so whoever preaches
finds ears here and no choir; the best known come first, since won over they are heard by most.
"""

from dataclasses import dataclass

from barker.actions import seeing
from barker.models import End, Seen, User
from barker.stores import Stores
from barker.stores.people_search import ANY_INTEREST
from barker.words import fold

SHARING = 3_000  # people looked at, over all interests
WEIGHT = 1_000_000  # of an interest that one person has


@dataclass(frozen=True)
class Match:
    """Somebody, and which interests of the one who asks she shares."""

    seen: Seen
    shared: list[str]


def similar(
    stores: Stores, me: User, after: tuple[int, int] | None, limit: int
) -> tuple[list[Match], tuple[int, int] | None]:
    """Return a page of people who share interests with me, those first who share most, without whom I follow."""
    mine = _keys(me)
    if not mine:
        return [], None
    weights = _weights(stores, list(mine))
    sharing = stores.people_search.sharing(list(mine), SHARING // len(mine))
    ranked = sorted(((sum(map(weights.__getitem__, keys)), one) for one, keys in sharing.items()), reverse=True)
    left = [place for place in ranked if place[1] != me.id and (after is None or place < after)]
    people = seeing.people(stores, me.id, [one for _, one in left[:limit]])
    matches = [
        Match(seen, [name for key, name in mine.items() if key in sharing[seen.user.id]])
        for seen in people
        if _is_new(seen)
    ]
    return matches, left[limit - 1] if len(left) > limit else None


def _keys(me: User) -> dict[str, str]:
    """Return my interests by what they are found by."""
    mine: dict[str, str] = {}
    for interest in me.interests:
        mine.setdefault(f"i{fold(interest)}", interest)
    return mine


def _weights(stores: Stores, keys: list[str]) -> dict[str, int]:
    """Return how much each interest counts: half as much with two people, a third with four, a fourth with eight."""
    numbers = stores.people_search.numbers(keys)
    return {key: WEIGHT // max(1, number.bit_length()) for key, number in zip(keys, numbers, strict=True)}


def _is_new(seen: Seen) -> bool:
    return seen.you is None or not (seen.you.follows or seen.you.mutes)


def opposite(
    stores: Stores, me: User, after: tuple[int, int] | None, limit: int
) -> tuple[list[Match], tuple[int, int] | None]:
    """Return a page of people who have interests, and none of mine, the best known first, without whom I follow."""
    mine = _keys(me)
    if not mine:
        return [], None
    behind = End(ANY_INTEREST, 0, 0, *after) if after else None
    found, end = stores.people_search.without(list(mine), behind, limit)
    people = seeing.people(stores, me.id, found)
    return [Match(seen, []) for seen in people if _is_new(seen)], (end.reach, end.id) if end else None
