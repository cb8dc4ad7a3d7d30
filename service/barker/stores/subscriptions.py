"""Collection `subscriptions`: see the table in `documents`."""

import hashlib
from collections.abc import Iterable
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from barker.models import Subscription
from barker.stores.documents import Document, Documents, guard


class Subscriptions:
    """Where browsers are pushed to. Every query but `put` holds the owner."""

    def __init__(self, subscriptions: Documents) -> None:
        self._subscriptions = subscriptions

    @guard
    def put(self, given: Subscription) -> Subscription:
        """Store a subscription; one with its endpoint keeps its id, and is the given user's from now on."""
        try:
            return self._put(given)
        except DuplicateKeyError:  # another request stored this endpoint at the same time: it is there now
            return self._put(given)

    def _put(self, given: Subscription) -> Subscription:
        fields = {
            "user": given.user_id,
            "session": given.session_id,
            "endpoint": given.endpoint,
            "p256dh": given.p256dh,
            "auth": given.auth,
        }
        document: Any = self._subscriptions.find_one_and_update(
            {"hash": hashlib.sha256(given.endpoint.encode()).digest()},
            {"$set": fields, "$setOnInsert": {"_id": given.id}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return _from_document(document)

    @guard
    def by_id(self, user_id: int, subscription_id: int) -> Subscription | None:
        """Return one of a user's subscriptions."""
        document = self._subscriptions.find_one({"_id": subscription_id, "user": user_id})
        return _from_document(document) if document else None

    @guard
    def of_user(self, user_id: int, before: int, limit: int) -> list[Subscription]:
        """Return a page of a user's subscriptions, newest first."""
        found = self._subscriptions.find({"user": user_id, "_id": {"$lt": before}}).sort("_id", -1).limit(limit)
        return [_from_document(document) for document in found]

    @guard
    def remove(self, user_id: int, subscription_ids: Iterable[int]) -> None:
        """Remove some of a user's subscriptions; may be repeated."""
        self._subscriptions.delete_many({"_id": {"$in": list(subscription_ids)}, "user": user_id})


def _from_document(document: Document) -> Subscription:
    return Subscription(
        id=int(document["_id"]),
        user_id=int(document["user"]),
        session_id=int(document["session"]),
        endpoint=document["endpoint"],
        p256dh=document["p256dh"],
        auth=document["auth"],
    )
