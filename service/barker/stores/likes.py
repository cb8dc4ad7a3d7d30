"""Collection `likes`: who likes which bark; each carries the intent to tell its author."""

from collections.abc import Collection
from typing import Any

from pymongo.errors import DuplicateKeyError

from barker.models import Like
from barker.stores.documents import FIRST_LOOK_MS, Document, Documents, guard, later


class Likes:
    """Likes by bark and by user. One that was taken back stays, so that taking it back is told too."""

    def __init__(self, likes: Documents) -> None:
        self._likes = likes

    @guard
    def add(self, like: Like, now_ms: int) -> bool:
        """Store a like; False if it is there already."""
        same = {"bark": like.bark_id, "user": like.user_id}
        now = {"liked": True, "at": like.id, **_untold(now_ms)}
        try:
            self._likes.update_one(
                {"_id": _key(like.bark_id, like.user_id), "liked": False}, {"$set": {**same, **now}}, upsert=True
            )
        except DuplicateKeyError:
            return False
        return True

    @guard
    def remove(self, bark_id: int, user_id: int, now_ms: int) -> bool:
        """Take a like back; False if there is none."""
        liked = {"_id": _key(bark_id, user_id), "liked": True}
        return self._likes.update_one(liked, {"$set": {"liked": False, **_untold(now_ms)}}).modified_count > 0

    @guard
    def of(self, bark_id: int, user_id: int) -> tuple[Like, bool] | None:
        """Return a like and whether it stands; None if there never was one."""
        found = self._likes.find_one({"_id": _key(bark_id, user_id)})
        return (_from_document(found), bool(found["liked"])) if found else None

    @guard
    def number(self, bark_id: int) -> int:
        """Count who likes a bark."""
        return self._likes.count_documents({"bark": bark_id, "liked": True})

    @guard
    def of_bark(self, bark_id: int, before: int, limit: int) -> list[Like]:
        """Return the newest likes of a bark below an id."""
        found = self._likes.find({"bark": bark_id, "liked": True, "at": {"$lt": before}})
        return [_from_document(document) for document in found.sort("at", -1).limit(limit)]

    @guard
    def liked(self, user_id: int, bark_ids: Collection[int]) -> set[int]:
        """Return which of these barks a user likes."""
        keys = [_key(bark_id, user_id) for bark_id in bark_ids]
        return {int(found["bark"]) for found in self._likes.find({"_id": {"$in": keys}, "liked": True}, {"bark": 1})}

    @guard
    def told(self, like: Like, liked: bool) -> None:
        """Note that the author knows, if it is still so."""
        same = {"_id": _key(like.bark_id, like.user_id), "at": like.id, "liked": liked}
        self._likes.update_one(same, {"$unset": {"due": 1, "looks": 1}})

    @guard
    def overdue(self, now_ms: int, limit: int) -> list[Like]:
        """Return what the author was not told of though its time has come."""
        return [_from_document(found) for found in self._likes.find({"due": {"$lt": now_ms}}).limit(limit)]

    @guard
    def look_again(self, likes: Collection[Like], now_ms: int) -> None:
        """Leave these out of the sweep for a while: a job was put."""
        keys = [_key(like.bark_id, like.user_id) for like in likes]
        self._likes.update_many({"_id": {"$in": keys}, "due": {"$gt": 0}}, later("due", now_ms))


def _untold(now_ms: int) -> dict[str, Any]:
    return {"due": now_ms + FIRST_LOOK_MS, "looks": 0}


def _key(bark_id: int, user_id: int) -> str:
    return f"{bark_id}:{user_id}"


def _from_document(found: Document) -> Like:
    return Like(id=int(found["at"]), bark_id=int(found["bark"]), user_id=int(found["user"]))
