"""Finding barks, by their `words` in the collection `barks`: newest first, read off the index (words, _id)."""

from collections.abc import Sequence
from typing import Any

from barker.stores.documents import Documents, guard

BUDGET = 1_000  # barks with the rarest of several words that are looked at for a page
COUNTED = 300  # barks counted to tell a rare word from a frequent one


class BarkSearch:
    """Barks by the words and hashtags in them."""

    def __init__(self, barks: Documents) -> None:
        self._barks = barks

    @guard
    def page(self, keys: Sequence[str], before: int, limit: int) -> tuple[list[int], int | None]:
        """Return the ids of the newest barks below an id that have all keys, and below which id the next page begins.

        There may be a next page also where this one is not full: as many barks were looked at as may be.
        """
        lead = self._rarest(keys) if len(keys) > 1 else keys[0]
        read: list[dict[str, Any]] = [{"$match": {"words": lead, "_id": {"$lt": before}}}, {"$sort": {"_id": -1}}]
        wanted: list[dict[str, Any]] = [{"$limit": limit + 1}, {"$project": {"_id": 1}}]
        if others := [key for key in keys if key != lead]:
            ended = [*read, {"$skip": BUDGET}, {"$limit": 1}, {"$project": {"_id": 1}}]
            wanted = [{"$limit": BUDGET}, {"$match": {"words": {"$all": others}}}, *wanted]
            wanted += [{"$unionWith": {"coll": "barks", "pipeline": [*ended, {"$set": {"over": True}}]}}]
            wanted += [{"$limit": limit + 1}]  # NOTE a full page ends the reading
        found = list(self._barks.aggregate([*read, *wanted]))
        over = bool(found) and "over" in found[-1]
        shown = [int(one["_id"]) for one in (found[:-1] if over else found)]
        if over:
            return shown, int(found[-1]["_id"]) + 1
        return shown[:limit], shown[limit - 1] if len(shown) > limit else None

    def _rarest(self, keys: Sequence[str]) -> str:
        count: list[dict[str, Any]] = [{"$limit": COUNTED}, {"$count": "number"}]
        counts = [[{"$match": {"words": key}}, *count, {"$set": {"key": {"$literal": key}}}] for key in keys]
        first, *others = counts
        union = [{"$unionWith": {"coll": "barks", "pipeline": other}} for other in others]
        found = {one["key"]: int(one["number"]) for one in self._barks.aggregate([*first, *union])}
        return min(keys, key=lambda key: found.get(key, 0))
