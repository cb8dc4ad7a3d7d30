"""Counts as they really are, in MongoDB: what `barker rebuild` compares with those beside users and barks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pymongo
from pymongo import UpdateOne

from barker.stores.documents import Documents, guard

PAGE_SECONDS = 60  # for a page of people or barks, some of whom have millions


@dataclass(frozen=True)
class Page:
    """The counts that some have, by id, and behind which id the next page begins; None on the last one."""

    counts: dict[int, dict[str, int]]
    last_id: int | None


class Recount:
    """People and barks, page by page, and how much there is of each."""

    def __init__(self, users: Documents, barks: Documents, likes: Documents) -> None:
        self._users, self._barks, self._likes = users, barks, likes

    @guard
    def total(self) -> tuple[int, int]:
        """Return about how many people and how many barks there are."""
        return self._users.estimated_document_count(), self._barks.estimated_document_count()

    @guard
    def people(self, after: int, limit: int) -> Page:
        """Return the next people with the counts they have."""
        found = list(self._users.find({"_id": {"$gt": after}}, {"counts": 1}).sort("_id", 1).limit(limit))
        return Page({int(one["_id"]): dict(one["counts"]) for one in found}, _last(found, limit))

    @guard
    def barks(self, after: int, limit: int) -> Page:
        """Return the next barks with the counts they have; those of which a count is about to change are left out."""
        shown = {"likes": 1, "replies": 1, "likes_due": 1}
        found = list(self._barks.find({"_id": {"$gt": after}}, shown).sort("_id", 1).limit(limit))
        settled = [one for one in found if "likes_due" not in one]
        counts = {int(one["_id"]): {"likes": one.get("likes", 0), "replies": one["replies"]} for one in settled}
        return Page(counts, _last(found, limit))

    @guard
    def barks_by(self, authors: list[int]) -> dict[int, int]:
        """Count the barks of some authors."""
        return _numbers(self._barks, {"author": {"$in": authors}, "deleted": False}, "author")

    @guard
    def replies_to(self, barks: list[int]) -> dict[int, int]:
        """Count the answers to some barks."""
        return _numbers(self._barks, {"in_reply_to": {"$in": barks, "$gt": 0}, "deleted": False}, "in_reply_to")

    @guard
    def likes_of(self, barks: list[int]) -> dict[int, int]:
        """Count the likes of some barks."""
        return _numbers(self._likes, {"bark": {"$in": barks}, "liked": True}, "bark")

    @guard
    def correct_people(self, before: Mapping[int, Mapping[str, int]], right: Mapping[int, Mapping[str, int]]) -> int:
        """Set counts of people where they are still what they were; returns of how many."""
        return _correct(self._users, "counts.", before, right)

    @guard
    def correct_barks(self, before: Mapping[int, Mapping[str, int]], right: Mapping[int, Mapping[str, int]]) -> int:
        """Set counts of barks where they are still what they were; returns of how many."""
        return _correct(self._barks, "", before, right)


def _last(found: list[dict[str, Any]], limit: int) -> int | None:
    return int(found[-1]["_id"]) if len(found) == limit else None


def _numbers(collection: Documents, of: dict[str, Any], by: str) -> dict[int, int]:
    with pymongo.timeout(PAGE_SECONDS):
        found = collection.aggregate([{"$match": of}, {"$group": {"_id": f"${by}", "number": {"$sum": 1}}}])
        return {int(one["_id"]): int(one["number"]) for one in found}


def _correct(
    collection: Documents, prefix: str, before: Mapping[int, Mapping[str, int]], right: Mapping[int, Mapping[str, int]]
) -> int:
    # Only where nothing has moved since: a count that moves is left to whoever moves it, and to the next run.
    changes = [
        UpdateOne(
            {"_id": one} | {f"{prefix}{name}": value or {"$in": [0, None]} for name, value in before[one].items()},
            {"$set": {f"{prefix}{name}": value for name, value in counts.items()}},
        )
        for one, counts in right.items()
        if any(before[one].get(name) != value for name, value in counts.items())
    ]
    if not changes:
        return 0
    with pymongo.timeout(PAGE_SECONDS):
        return collection.bulk_write(changes, ordered=False).modified_count
