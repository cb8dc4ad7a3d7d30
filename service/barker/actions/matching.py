"""Matches: people whose interests are mine, or are not.

*Similar*: who shares the most with me, where what few people have counts more than what many have. *Opposite*, "for the
evangelists": people who have interests, and none of mine. They have yet to hear of what I love, so whoever preaches
finds ears here and no choir; the best known come first, since won over they are heard by most.
"""

from dataclasses import dataclass

from barker.actions import seeing
from barker.models import INTERESTS_MAX, End, Seen, User
from barker.stores import Stores
from barker.stores.people_search import ANY_INTEREST, interest_keys

SHARING = 3_000  # people looked at, over all interests
WEIGHT = 1_000_000  # of an interest that one person has
DIGITS = INTERESTS_MAX // 2  # of a number of the cursor: how many have these interests, each a digit
LOOKS = (1, 10, 20)  # times the budget of a page that are looked at, as long as nobody was found
SimilarEnd = tuple[int, int, int, int]  # how much is shared, somebody's id, and how many have each of my interests


@dataclass(frozen=True)
class Match:
    """Somebody, and which interests of the one who asks she shares."""

    seen: Seen
    shared: list[str]


def similar(stores: Stores, me: User, after: SimilarEnd | None, limit: int) -> tuple[list[Match], SimilarEnd | None]:
    """Return a page of people who share interests with me, those first who share most, without whom I follow."""
    mine = interest_keys(me.interests)
    if not mine:
        return [], None
    # Later pages weigh as the first one did: else who is counted anew meanwhile would skip people, or show them twice.
    digits = after[2:] if after else _digits(stores, list(mine))
    weights = dict(zip(mine, _weights(*digits), strict=False))
    sharing = stores.people_search.sharing(list(mine), SHARING // len(mine))
    ranked = sorted(((sum(map(weights.__getitem__, keys)), one) for one, keys in sharing.items()), reverse=True)
    left = [place for place in ranked if place[1] != me.id and (after is None or place < after[:2])]
    people = seeing.people(stores, me.id, [one for _, one in left[:limit]])
    matches = [
        Match(seen, [name for key, name in mine.items() if key in sharing[seen.user.id]])
        for seen in people
        if _is_new(seen)
    ]
    return matches, (*left[limit - 1], *digits) if len(left) > limit else None


def _digits(stores: Stores, keys: list[str]) -> tuple[int, int]:
    """Return how many people have each interest, in powers of two, each a digit: 0 for one, 9 from 512 on."""
    numbers = stores.people_search.numbers(keys)
    digits = "".join(str(min(9, max(1, number).bit_length() - 1)) for number in numbers).ljust(2 * DIGITS, "0")
    return int(digits[:DIGITS]), int(digits[DIGITS:])


def _weights(first: int, second: int) -> list[int]:
    """Return how much each interest counts: half as much with two people, a third with four, a fourth with eight."""
    digits = f"{first % 10**DIGITS:0{DIGITS}}{second % 10**DIGITS:0{DIGITS}}"
    return [WEIGHT // (int(digit) + 1) for digit in digits]


def _is_new(seen: Seen) -> bool:
    return seen.you is None or not (seen.you.follows or seen.you.mutes)


def opposite(
    stores: Stores, me: User, after: tuple[int, int] | None, limit: int
) -> tuple[list[Match], tuple[int, int] | None]:
    """Return a page of people who have interests, and none of mine, the best known first, without whom I follow."""
    mine = interest_keys(me.interests)
    if not mine:
        return [], None
    end = End(ANY_INTEREST, 0, 0, *after) if after else None
    found: list[int] = []
    for looks in LOOKS:
        found, end = stores.people_search.without(list(mine), end, limit, looks)
        if found or end is None:
            break
    people = seeing.people(stores, me.id, found)
    return [Match(seen, []) for seen in people if _is_new(seen)], (end.reach, end.id) if end else None
