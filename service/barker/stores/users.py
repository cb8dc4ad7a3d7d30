"""Collection `users`: see the table in `documents`."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from pymongo import DESCENDING, ReturnDocument, UpdateOne
from pymongo.errors import DuplicateKeyError

from barker.errors import Conflict
from barker.models import Counts, User
from barker.stores.documents import Document, Documents, guard
from barker.stores.people_search import derived_of, reach_of, said_of

SHOWN = {"password": 0, "words": 0, "folded": 0, "reach": 0}
Fame = tuple[int, int]  # how many follow somebody, and her id
FAME: dict[str, Any] = {"$project": {"counts.followers": 1}}
OVER: dict[str, Any] = {"$set": {"over": True}}
TRIES = 10  # to change a profile that others change at the same time


class Users:
    """People, by id and by handle."""

    def __init__(self, users: Documents) -> None:
        self._users = users

    @guard
    def insert(self, user: User, password: str) -> bool:
        """Store a new user; False if this id is there already. Raises Conflict if the handle is taken."""
        try:
            self._users.insert_one(_to_document(user) | {"password": password})
        except DuplicateKeyError as error:
            holder = self._users.find_one({"handle": user.handle}, {"_id": 1})
            if holder and holder["_id"] != user.id:
                raise Conflict(f"The handle {user.handle} is taken.", "handle") from error
            return False
        return True

    @guard
    def insert_many(self, users: Collection[User], password: str) -> None:
        """Store new users who share a password, with their counts as they are, in one write."""
        if users:
            self._users.insert_many([_to_document(user) | {"password": password} for user in users])

    @guard
    def by_id(self, user_id: int) -> User | None:
        """Return one user."""
        document = self._users.find_one({"_id": user_id}, SHOWN)
        return _from_document(document) if document else None

    @guard
    def by_ids(self, user_ids: Collection[int]) -> dict[int, User]:
        """Return many in one query, by id; who is gone is left out."""
        found = self._users.find({"_id": {"$in": list(user_ids)}}, SHOWN)
        return {document["_id"]: _from_document(document) for document in found}

    @guard
    def by_handle(self, handle: str) -> User | None:
        """Return the user of a handle, which may be in any case."""
        document = self._users.find_one({"handle": handle.lower()}, SHOWN)
        return _from_document(document) if document else None

    @guard
    def by_handles(self, handles: Collection[str]) -> list[User]:
        """Return the users of these handles, in lower case, in one query; those that nobody has are left out."""
        found = self._users.find({"handle": {"$in": list(handles)}}, {"password": 0}) if handles else ()
        return [_from_document(document) for document in found]

    @guard
    def sharing(self, interests: Collection[str], below: Fame, limit: int) -> list[Fame]:
        """Return who has followers, and shares interests (as `folded` has them), most followed first, behind `below`.

        Behind one so often followed come those as often followed whose id is smaller.
        """
        found = self._users.aggregate([*_below(below, {"folded": {"$in": list(interests)}}), {"$limit": limit}, FAME])
        return [_fame(document) for document in found]

    @guard
    def lacking(self, interests: Collection[str], below: Fame, limit: int, most: int) -> tuple[list[Fame], Fame | None]:
        """Return the same of who shares none, and behind whom to go on if `most` were looked at before that ended."""
        read = _below(below)
        fits = {"folded": {"$nin": list(interests)}}
        found = self._users.aggregate(
            [
                *(*read, {"$limit": most}, {"$match": fits}, {"$limit": limit}, FAME),
                {"$unionWith": {"coll": "users", "pipeline": [*read, {"$skip": most - 1}, {"$limit": 1}, FAME, OVER]}},
            ]
        )
        people, over = list[Fame](), None
        for document in found:
            if "over" in document:
                over = _fame(document)
            else:
                people.append(_fame(document))
        return people, over

    @guard
    def with_password(self, handle: str) -> tuple[User, str] | None:
        """Return the user of a handle and the hash of her password."""
        document = self._users.find_one({"handle": handle.lower()})
        return (_from_document(document), document["password"]) if document else None

    @guard
    def update(self, user_id: int, changes: Mapping[str, Any]) -> User | None:
        """Set the given fields of a profile, with what is derived of it, in one write, and return the whole."""
        for _ in range(TRIES):
            before = self._users.find_one({"_id": user_id}, SHOWN)
            if before is None:
                return None
            same = {name: before[name] for name in ("_id", "name", "about", "interests")}
            said = said_of({**before, **changes})
            found = self._users.find_one_and_update(
                same, {"$set": {**changes, **said}}, SHOWN, return_document=ReturnDocument.AFTER
            )
            if found:
                return _from_document(found)
        raise Conflict("Your profile is being changed elsewhere at the same time.")

    @guard
    def notified(self, user_id: int) -> int:
        """Return the newest notification that a user has read, 0 for none."""
        found = self._users.find_one({"_id": user_id}, {"notified": 1})
        return int(found.get("notified", 0)) if found else 0

    @guard
    def note_notified(self, user_id: int, notification_id: int) -> int:
        """Note up to which notification a user has read, which only moves on; returns up to which now."""
        found = self._users.find_one_and_update(
            {"_id": user_id},
            {"$max": {"notified": notification_id}},
            {"notified": 1},
            return_document=ReturnDocument.AFTER,
        )
        return int(found["notified"]) if found else 0

    @guard
    def add_barks(self, user_id: int, number: int) -> None:
        """Move the count of barks up or down."""
        self._users.update_one({"_id": user_id}, {"$inc": {"counts.barks": number}})

    @guard
    def set_counts(self, counts: Mapping[int, Mapping[str, int]]) -> None:
        """Set counts of the graph: user id → {followers | following: number}."""
        self._users.bulk_write(
            [UpdateOne({"_id": user_id}, {"$set": _counted(of_user)}) for user_id, of_user in counts.items()],
            ordered=False,
        )


def _below(below: Fame, which: Mapping[str, Any] = MappingProxyType({})) -> list[dict[str, Any]]:
    """Return how to read who is followed, and by fewer than that, from an index that is sorted so."""
    followers, user_id = below
    # Each branch is a stretch of the index.
    fewer = {**which, "counts.followers": {"$gt": 0, "$lt": followers}}
    as_many = {**which, "counts.followers": followers, "_id": {"$lt": user_id}}
    return [
        {"$match": {"$or": [fewer, as_many]}},
        {"$sort": {"counts.followers": DESCENDING, "_id": DESCENDING}},
    ]


def _fame(document: Document) -> Fame:
    return int(document["counts"]["followers"]), int(document["_id"])


def _counted(counts: Mapping[str, int]) -> dict[str, int]:
    reach = {"reach": reach_of(counts["followers"])} if "followers" in counts else {}
    return {f"counts.{name}": value for name, value in counts.items()} | reach


def _to_document(user: User) -> dict[str, Any]:
    return {
        "_id": user.id,
        "handle": user.handle,
        "name": user.name,
        "about": user.about,
        "interests": list(user.interests),
        "counts": vars(user.counts),
        **derived_of(user),
    }


def _from_document(document: Document) -> User:
    return User(
        id=int(document["_id"]),
        handle=document["handle"],
        name=document["name"],
        about=document["about"],
        interests=tuple(document["interests"]),
        counts=Counts(**document["counts"]),
    )
