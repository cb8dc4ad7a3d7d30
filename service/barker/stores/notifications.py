"""Collection `notifications`: what people are told about themselves."""

from collections.abc import Collection
from typing import Any

import pymongo
from pymongo import ReturnDocument

from barker import ids
from barker.models import Notification
from barker.stores.documents import FIRST_LOOK_MS, RECOVER_SECONDS, Document, Documents, guard, later

GONE = {"$set": {"gone": True}, "$unset": {"due": 1, "looks": 1}}
COUNTED = 1_000  # unread ones: who has more need not know how many


class Notifications:
    """One a kind, recipient, sender and bark, however often its reason comes and goes: nobody is told twice."""

    def __init__(self, notifications: Documents) -> None:
        self._notifications = notifications

    @guard
    def make(self, wanted: Notification, now_ms: int) -> Notification:
        """Store it, or let one that was retracted stand again; returns it as it is stored."""
        new = {
            "id": wanted.id,
            "to": wanted.user_id,
            "kind": wanted.kind,
            "from": wanted.from_id,
            **({"bark": wanted.bark_id} if wanted.bark_id else {}),
            "told": False,
            "due": now_ms + FIRST_LOOK_MS,
            "looks": 0,
        }
        found = self._notifications.find_one_and_update(
            {"_id": _key(wanted)},
            {"$set": {"gone": False}, "$setOnInsert": new},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return _from_document(found)

    @guard
    def retract(self, reason: Notification) -> None:
        """Show it no longer: its reason is gone."""
        self._notifications.update_one({"_id": _key(reason)}, GONE)

    @guard
    def retract_of(self, bark_id: int) -> None:
        """Show those of a bark no longer: it is gone."""
        self._notifications.update_many({"bark": bark_id, "gone": False}, GONE)

    @guard
    def retract_from(self, from_id: int, user_id: int) -> None:
        """Show a user no longer what somebody did."""
        self._notifications.update_many({"to": user_id, "from": from_id, "gone": False}, GONE)

    @guard
    def by_ids(self, user_id: int, wanted: Collection[int]) -> list[Notification]:
        """Return those of a user's notifications that still stand."""
        found = self._notifications.find({"to": user_id, "id": {"$in": list(wanted)}, "gone": False})
        return list(map(_from_document, found))

    @guard
    def page(self, user_id: int, before: int, limit: int) -> list[Notification]:
        """Return a user's newest notifications below an id."""
        found = self._notifications.find({"to": user_id, "id": {"$lt": before}, "gone": False})
        return [_from_document(document) for document in found.sort("id", -1).limit(limit)]

    @guard
    def unread(self, user_id: int, read: int) -> int:
        """Count a user's notifications above what she has read, up to COUNTED."""
        newer = {"to": user_id, "id": {"$gt": read}, "gone": False}
        return self._notifications.count_documents(newer, limit=COUNTED)

    @guard
    def told(self, notification: Notification, now_ms: int) -> None:
        """Note that it is in the user's queue."""
        done = {"$set": {"told": True, "told_ms": now_ms}, "$unset": {"due": 1, "looks": 1}}
        # Was it retracted meanwhile, her screen may have left it out: when it stands again it is told.
        self._notifications.update_one({"_id": _key(notification), "gone": False}, done)

    @guard
    def made_since(self, one: Notification, since_ms: int, most: int) -> int:
        """Count, up to `most`, a user's notifications of one kind made since a time: of likes, about one bark."""
        same: dict[str, Any] = {"to": one.user_id, "kind": one.kind, "gone": False}
        if one.kind == "like":
            same["bark"] = one.bark_id
        return self._notifications.count_documents({**same, "id": {"$gt": ids.at(since_ms)}}, limit=most)

    @guard
    def tell_again(self, since_ms: int, now_ms: int, run: str) -> int:
        """Let what was told since a time be told again, once for each run of the servers, which may have lost it."""
        with pymongo.timeout(RECOVER_SECONDS):
            lost = {"told_ms": {"$gt": since_ms}, "gone": False, "recovered": {"$ne": run}}
            again = {"$set": {"told": False, "due": now_ms - 1, "looks": 0, "recovered": run}, "$unset": {"told_ms": 1}}
            return self._notifications.update_many(lost, again).modified_count

    @guard
    def overdue(self, now_ms: int, limit: int) -> list[Notification]:
        """Return what was not told though its time has come."""
        return list(map(_from_document, self._notifications.find({"due": {"$lt": now_ms}}).limit(limit)))

    @guard
    def look_again(self, notifications: Collection[Notification], now_ms: int) -> None:
        """Leave these out of the sweep for a while: a job was put."""
        keys = list(map(_key, notifications))
        self._notifications.update_many({"_id": {"$in": keys}, "due": {"$gt": 0}}, later("due", now_ms))


def _key(of: Notification) -> str:
    return f"{of.kind}:{of.user_id}:{of.from_id}:{of.bark_id or 0}"


def _from_document(found: Document | Any) -> Notification:
    return Notification(
        id=int(found["id"]),
        kind=found["kind"],
        user_id=int(found["to"]),
        from_id=int(found["from"]),
        bark_id=found.get("bark"),
        told=found["told"],
    )
