"""Finding people, by keys derived of their profiles: `words`, `folded` and `reach` of the collection `users`.

words  sorted, folded: "h" + handle, "n" + a word of name or handle, "a" + one of those or of about,
       "i" + an interest, and "i" alone for who has any
folded those of interests alone, for suggestions
reach  followers in powers of two: 0, 1, 2-3, 4-7 …, so that it seldom changes

One index, (reach, words, _id), serves all of it: the best known come first, and a search ends when its page is full.
Where it does not fill up, MongoDB leaps from reach to reach, some twenty times. Nothing sorts. What one key finds and
the others refuse is looked at up to BUDGET times for each part of a page.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from barker.errors import Invalid
from barker.models import End, Sought, User
from barker.stores.documents import Document, Documents, guard
from barker.stores.recent import Recent
from barker.words import interest_of, words_of

BUDGET = 500  # people looked at for one part of a page, beside twice the page itself
COUNTED, LEAD_COUNTED = 1_000, 300  # people counted to tell a rare interest, or word of a query, from a frequent one
COUNTED_SECONDS, COUNTED_KEYS = 600, 10_000
ABOUT_WORDS_MAX = 60  # different words of a profile that are found
LAST = "\U0010ffff"  # above every character
ANY_INTEREST = "i"

Stages = list[dict[str, Any]]


def profile_keys(profile: Mapping[str, Any]) -> list[str]:
    """Return by what somebody is found who has this handle, name, about and interests."""
    handle = profile["handle"]
    named = [handle, *words_of(f"{handle} {profile['name']}")]
    words = dict.fromkeys([*named, *words_of(profile["about"])])
    interests = interest_keys(profile["interests"])
    return sorted(
        {
            f"h{handle}",
            *(f"n{word}" for word in named),
            *(f"a{word}" for word in list(words)[:ABOUT_WORDS_MAX]),
            *interests,
            *([ANY_INTEREST] if interests else []),
        }
    )


def interest_keys(interests: Sequence[str]) -> dict[str, str]:
    """Return each key by which these interests are found, and the first one it stands for."""
    keys: dict[str, str] = {}
    for interest in interests:
        if folded := interest_of(interest):
            keys.setdefault(f"i{folded}", interest)
    return keys


def reach_of(followers: int) -> int:
    """Return the power of two that a number of followers is below."""
    return max(0, followers).bit_length()


def derived(document: Document) -> dict[str, Any]:
    """Return what is derived of somebody's document so that she is found."""
    return {**said_of(document), "reach": reach_of(document["counts"]["followers"])}


def derived_of(user: User) -> dict[str, Any]:
    """Return the same of somebody who has no document yet."""
    return {**said_of(vars(user)), "reach": reach_of(user.counts.followers)}


def said_of(profile: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is derived of what somebody says of herself."""
    return {"words": profile_keys(profile), "folded": list(interest_keys(profile["interests"]))}


@dataclass(frozen=True)
class Span:
    """All keys from `low` up to `high`, which is left out."""

    low: str
    high: str

    @classmethod
    def from_(cls, beginning: str) -> "Span":
        """Return all that begin like this."""
        return cls(beginning, beginning + LAST)

    @classmethod
    def only(cls, key: str) -> "Span":
        """Return one key alone."""
        return cls(key, key + "\0")

    def among(self) -> dict[str, Any]:
        """Return the condition that one of a person's keys is of these."""
        return {"$elemMatch": {"$gte": self.low, "$lt": self.high}}

    def alone(self) -> dict[str, Any]:
        """Return the same where the index alone can tell: who is skipped is not fetched."""
        return {"$regex": f"^{re.escape(self.low)}"} if self.high == self.low + LAST else self.among()

    def above(self, key: str) -> "Span":
        """Return those of these that are greater than one of them."""
        return Span(key + "\0", self.high)


@dataclass(frozen=True)
class Tier:
    """People who have a key of each of the spans, and are not in the tier before: all of `but`."""

    spans: Sequence[Span]
    but: Sequence[Span] = ()
    not_handle: str = ""

    def refuse(self, lead: int) -> dict[str, Any]:
        """Return what people have to fulfil beside the span that leads to them."""
        must: Stages = [{"words": span.among()} for at, span in enumerate(self.spans) if at != lead]
        if self.not_handle:
            must.append({"handle": {"$ne": self.not_handle}})
        if self.but:
            must.append({"$nor": [{"$and": [{"words": span.among()} for span in self.but]}]})
        return {"$and": must} if must else {}


@dataclass(frozen=True)
class Part:
    """A stretch of the index: people of some reach, with a key of the span, who fulfil the rest."""

    tier: int
    where: Mapping[str, Any]
    span: Span
    rest: Mapping[str, Any]

    def stages(self, wanted: int, budget: int) -> Stages:
        """Return how to read it: who fits, up to so many, then the first one beyond the budget, if it ended."""
        read: Stages = [{"$match": {**self.where}}, {"$sort": {"reach": -1}}]
        if not self.rest:
            return [*read, {"$limit": wanted}, self._shown(over=False)]
        few = 2 * wanted  # MongoDB reads all that a limit allows before it looks at the rest; few are enough for most
        fits: Stages = [{"$match": self.rest}, {"$limit": wanted}, self._shown(over=False)]
        more: Stages = [*read, {"$skip": few}, {"$limit": budget}, *fits]
        alone = self.where if "_id" in self.where else {**self.where, "words": self.span.alone()}
        ended: Stages = [{"$match": alone}, read[1], {"$skip": few + budget}, {"$limit": 1}, self._shown(over=True)]
        return _union([[*read, {"$limit": few}, *fits], more, ended])

    def _shown(self, *, over: bool) -> dict[str, Any]:
        within = {"$and": [{"$gte": ["$$this", self.span.low]}, {"$lt": ["$$this", self.span.high]}]}
        key = {"$first": {"$filter": {"input": "$words", "as": "this", "cond": within}}}
        return {"$project": {"reach": 1, "tier": {"$literal": self.tier}, "over": {"$literal": over}, "key": key}}


class PeopleSearch:
    """People by what they say of themselves, the best known first."""

    def __init__(self, users: Documents) -> None:
        self._users = users
        self._counted: Recent[str, int] = Recent(COUNTED_SECONDS, COUNTED_KEYS)

    @guard
    def page(self, sought: Sought, after: End | None, limit: int) -> tuple[list[int], End | None]:
        """Return a page of people's ids and where the next one begins, which may be also where a page is not full.

        First who has the very handle, then whose handle begins so, then in whose name or handle there are all of the
        words or their beginnings, then in whose profile; each by reach, then by the key that was found, then newest.
        """
        tiers = _tiers(sought)
        if after:
            _check(after, tiers, sought)
        lead = after.lead if after else self._lead(tiers[-1])
        stages = [part.stages(limit + 1, BUDGET) for part in _left(tiers, lead, after)]
        if sought.handle and after is None:
            exact: Stages = [{"$match": _exactly(sought)}, {"$project": {"reach": 1, "tier": {"$literal": 0}}}]
            stages.insert(0, exact)
        return self._cut(stages, lead, limit)

    def _cut(self, stages: Sequence[Stages], lead: int, limit: int) -> tuple[list[int], End | None]:
        """Read parts of a page until it is full, or until the budget of one of them ends."""
        # NOTE MongoDB reads one after the other, and none before it is needed: a full page ends the reading.
        found = list(self._users.aggregate([*_union(stages), {"$limit": limit + 1}]))
        over = next((at for at, one in enumerate(found) if one.get("over")), len(found))
        people = [int(one["_id"]) for one in found[:over]]
        if over < len(found):
            return people, _end(found[over], lead, over=1)
        return people[:limit], _end(found[limit - 1], lead) if len(people) > limit else None

    def _lead(self, tier: Tier) -> int:
        """Return which of a tier's spans the fewest people are in, as far as it is worth counting."""
        if len(tier.spans) == 1:
            return 0
        numbers = self._numbers(tier.spans, LEAD_COUNTED)
        return min(range(len(numbers)), key=lambda at: (numbers[at], -len(tier.spans[at].low)))

    @guard
    def numbers(self, keys: Sequence[str]) -> list[int]:
        """Count who has each of these keys, up to COUNTED, in one call; for COUNTED_SECONDS it stays known."""
        known = self._counted.known()
        if missing := [key for key in keys if key not in known]:
            found = dict(zip(missing, self._numbers([Span.only(key) for key in missing], COUNTED), strict=True))
            return [known.setdefault(key, found.get(key, 0)) for key in keys]
        return [known[key] for key in keys]

    def _numbers(self, spans: Sequence[Span], most: int) -> list[int]:
        counts: list[Stages] = [
            [
                {"$match": {"reach": {"$gte": 0}, "words": span.among()}},
                {"$limit": most},
                {"$count": "number"},
                {"$set": {"at": {"$literal": at}}},
            ]
            for at, span in enumerate(spans)
        ]
        found = {one["at"]: int(one["number"]) for one in self._users.aggregate(_union(counts))}
        return [found.get(at, 0) for at in range(len(spans))]

    @guard
    def sharing(self, keys: Sequence[str], each: int) -> dict[int, list[str]]:
        """Return the best known people with each of these keys, up to so many, with all of the keys that they have."""
        shared = {"$project": {"shared": {"$setIntersection": ["$words", list(keys)]}}}
        parts: list[Stages] = [
            [{"$match": {"reach": {"$gte": 0}, "words": key}}, {"$sort": {"reach": -1}}, {"$limit": each}, shared]
            for key in keys
        ]
        return {int(one["_id"]): sorted(one["shared"]) for one in self._users.aggregate(_union(parts))} if parts else {}

    @guard
    def without(
        self, keys: Collection[str], after: End | None, limit: int, looks: int = 1
    ) -> tuple[list[int], End | None]:
        """Return a page of people who have interests, and none of these keys; looks at so many times BUDGET."""
        rest = {"words": {"$nin": list(keys)}}
        parts = _parts(0, Span.only(ANY_INTEREST), rest, after)
        return self._cut([part.stages(limit + 1, looks * BUDGET) for part in parts], 0, limit)


def _tiers(sought: Sought) -> list[Tier]:
    interest = [Span.only(f"i{sought.interest}")] if sought.interest else []
    handles = Span.from_(f"h{sought.handle}")
    tiers = [Tier([handles, *interest], not_handle=sought.handle)] if sought.handle else []
    if sought.words and not sought.by_handle:
        named = [Span.from_(f"n{word}") for word in sought.words]
        about = [Span.from_(f"a{word}") for word in sought.words]
        tiers.append(Tier([*named, *interest], but=[handles] if sought.handle else []))
        tiers.append(Tier([*about, *interest], but=named))
    return tiers or [Tier(interest)]


def _check(after: End, tiers: Sequence[Tier], sought: Sought) -> None:
    """Raise Invalid for an end that a page of this search cannot have; what is read looks at its key."""
    if not (0 if sought.handle else 1) <= after.tier <= len(tiers) or not 0 <= after.lead < len(tiers[-1].spans):
        raise Invalid("This cursor is not from this list.", "cursor")


def _exactly(sought: Sought) -> dict[str, Any]:
    return {"handle": sought.handle, **({"words": f"i{sought.interest}"} if sought.interest else {})}


def _left(tiers: Sequence[Tier], lead: int, after: End | None) -> Iterator[Part]:
    """Return the stretches of the index that are left behind an end, in order."""
    for at, tier in enumerate(tiers, 1):
        if after is None or at >= after.tier:
            leads = min(lead, len(tier.spans) - 1)
            here = after if after and at == after.tier else None
            yield from _parts(at, tier.spans[leads], tier.refuse(leads), here)


def _parts(tier: int, span: Span, rest: Mapping[str, Any], after: End | None) -> Iterator[Part]:
    """Cut what is left of a tier behind an end: the rest of its key, of its reach, and all below that."""
    if after is None:
        yield Part(tier, {"reach": {"$gte": 0}, "words": span.among()}, span, rest)
        return
    if not span.low <= after.key < span.high:
        raise Invalid("This cursor is not from this list.", "cursor")
    # Who has a smaller key of the span, too, came there.
    same, above = Span.only(after.key), span.above(after.key)
    for where, left, shown in (
        ({"words": after.key, "_id": {"$lt": after.id}}, same, Span(span.low, after.key)),
        ({"words": above.among()}, above, Span(span.low, above.low)),
    ):
        if left.low < span.high:
            earlier = {"words": {"$not": shown.among()}} if shown.low < shown.high else {}
            yield Part(tier, {"reach": after.reach, **where}, left, _both(earlier, rest))
    yield Part(tier, {"reach": {"$gte": 0, "$lt": after.reach}, "words": span.among()}, span, rest)


def _both(one: Mapping[str, Any], other: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"$and": [one, other]} if one and other else one or other


def _union(parts: Sequence[Stages]) -> Stages:
    first, *others = parts
    return [*first, *({"$unionWith": {"coll": "users", "pipeline": part}} for part in others)]


def _end(found: Document, lead: int, over: int = 0) -> End:
    """Return the end behind somebody; before her, who is over the budget, with 1."""
    key, tier, reach = str(found.get("key", "")), int(found["tier"]), int(found.get("reach", 0))
    return End(key, tier, lead, reach, int(found["_id"]) + over)
