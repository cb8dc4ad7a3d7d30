"""Collection `parted`: a copy of who blocks whom, for while the graph is down: a block must hold also then."""

from collections.abc import Collection

from barker.stores.documents import Documents, guard


class Parted:
    """Pairs of whom one blocks the other; written before the graph, and brought in line with it by a worker."""

    def __init__(self, parted: Documents) -> None:
        self._parted = parted

    @guard
    def add(self, user_id: int, other_id: int) -> None:
        """Note that a user blocks another; may be repeated."""
        pair = {"user": user_id, "other": other_id}
        self._parted.update_one({"_id": f"{user_id}:{other_id}"}, {"$set": pair}, upsert=True)

    @guard
    def remove(self, user_id: int, other_id: int) -> None:
        """Note that a user does not block another; may be repeated."""
        self._parted.delete_one({"_id": f"{user_id}:{other_id}"})

    @guard
    def among(self, user_id: int, others: Collection[int]) -> set[int]:
        """Return which of these others block a user, or are blocked by her."""
        keys = [key for other in others for key in (f"{user_id}:{other}", f"{other}:{user_id}")]
        found = self._parted.find({"_id": {"$in": keys}}, {"user": 1, "other": 1})
        return {int(pair["user"]) + int(pair["other"]) - user_id for pair in found}
