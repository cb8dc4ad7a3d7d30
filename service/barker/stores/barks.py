"""Collection `barks`: see the table in `documents`."""

import heapq
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import pymongo
from pymongo.errors import DuplicateKeyError

from barker import ids, words
from barker.models import Bark
from barker.stores.documents import FIRST_LOOK_MS, RECOVER_SECONDS, Document, Documents, guard, later

COUNT_AFTER_MS = 30_000  # several times what the calls of one request may take
DAY_MS = 24 * 3600 * 1000
ALL_SHARES = {"$cond": [{"$gt": ["$shares", 0]}, {"$range": [0, "$shares"]}, "$$REMOVE"]}
ONCE_MORE = {"$add": [{"$ifNull": ["$again", 0]}, 1]}
NOT_BEGUN = dict.fromkeys(("begun", "fanned_at", "tried", "retried", "shares", "shares_left", "mixed"), 1)
SHOWN = {"words": 0}
MERGED = 200  # authors: up to so many MongoDB merges index ranges for `$in` with a sort, beyond it sorts all


@dataclass(frozen=True)
class FanOut:
    """A bark whose fan-out is pending.

    `began_ms` tells when it was first delivered to anybody (0: never), `left` which of its shares are not done yet, if
    it is cut, `mixed` whether it had begun before it was cut. `again` counts how often it was to be fanned out anew:
    who began before has no say in whether it is done; `retried` tells that somebody may have begun the same part of it
    before, and delivered it without noting so.
    """

    bark: Bark
    began_ms: int = 0
    shares: int = 0
    left: tuple[int, ...] = ()
    mixed: bool = False
    again: int | None = None
    retried: bool = False


class Barks:
    """Barks by id and by author, and the intents to fan them out, which live in the same document."""

    def __init__(self, barks: Documents) -> None:
        self._barks = barks

    @guard
    def insert(self, bark: Bark, now_ms: int) -> bool:
        """Store a bark and the intent to fan it out, in one write; False if this id is there already."""
        try:
            self._barks.insert_one(_to_document(bark) | _pending(now_ms))
        except DuplicateKeyError:
            return False
        return True

    @guard
    def insert_many(self, barks: Collection[Bark]) -> None:
        """Store old barks as fanned out, in one write: a queue made later takes them from here."""
        if barks:
            self._barks.insert_many([_to_document(bark) | {"fan_out": "done"} for bark in barks])

    @guard
    def by_id(self, bark_id: int) -> Bark | None:
        """Return one bark, also a deleted one."""
        document = self._barks.find_one({"_id": bark_id}, SHOWN)
        return _from_document(document) if document else None

    @guard
    def by_ids(self, bark_ids: Collection[int]) -> dict[int, Bark]:
        """Return many in one query, by id; deleted ones are left out."""
        found = self._barks.find({"_id": {"$in": list(bark_ids)}, "deleted": False}, SHOWN)
        return {document["_id"]: _from_document(document) for document in found}

    @guard
    def by_authors(self, author_ids: Sequence[int], before: int, limit: int, after: int = 0) -> list[Bark]:
        """Return the newest `limit` barks of these authors with after < id < before, newest first."""
        pages = [
            self._barks.find(
                {
                    "author": {"$in": author_ids[start : start + MERGED]},
                    "deleted": False,
                    "_id": {"$lt": before, "$gt": after},
                },
                SHOWN,
            )
            .sort("_id", -1)
            .limit(limit)
            for start in range(0, len(author_ids), MERGED)
        ]
        merged = heapq.merge(*pages, key=lambda document: -int(document["_id"]))
        return [_from_document(document) for document in islice(merged, limit)]

    @guard
    def add_replies(self, bark_id: int, number: int) -> None:
        """Move the count of replies up or down."""
        self._barks.update_one({"_id": bark_id}, {"$inc": {"replies": number}})

    @guard
    def expect_likes(self, bark_id: int, now_ms: int) -> Bark | None:
        """Note that the likes of a bark are about to change, before they do; None if there is no such bark.

        The time is longer than a request can take: what is noted here is counted after all it stands for.
        """
        same = {"_id": bark_id, "deleted": False}
        found = self._barks.find_one_and_update(same, {"$set": {"likes_due": now_ms + COUNT_AFTER_MS}}, SHOWN)
        return _from_document(found) if found else None

    @guard
    def add_likes(self, bark_id: int, number: int) -> None:
        """Move the count of likes; were they counted meanwhile, let them be counted once more instead."""
        moved = self._barks.update_one({"_id": bark_id, "likes_due": {"$gt": 0}}, {"$inc": {"likes": number}})
        if not moved.matched_count:
            self.count_likes_later(bark_id, ids.now_ms())

    @guard
    def count_likes_later(self, bark_id: int, now_ms: int) -> None:
        """Put off the counting of likes."""
        self._barks.update_one({"_id": bark_id}, {"$set": {"likes_due": now_ms + COUNT_AFTER_MS}})

    @guard
    def likes_overdue(self, now_ms: int, limit: int) -> dict[int, tuple[int, int]]:
        """Return barks whose likes have to be counted, with the time that was noted and the count they have."""
        found = self._barks.find({"likes_due": {"$lt": now_ms}}, {"likes": 1, "likes_due": 1}).limit(limit)
        return {int(of["_id"]): (int(of["likes_due"]), int(of.get("likes", 0))) for of in found}

    @guard
    def set_likes(self, bark_id: int, number: int, due: int, before: int) -> None:
        """Set the count of likes, unless it was moved, or is about to be, since `likes_overdue`."""
        same = {"_id": bark_id, "likes_due": due, "likes": before or {"$in": [0, None]}}
        self._barks.update_one(same, {"$set": {"likes": number}, "$unset": {"likes_due": 1}})

    @guard
    def remove(self, bark_id: int, author_id: int, now_ms: int) -> Bark | None:
        """Leave a tombstone, with the intent to tell it, in one write; None if the author has no such bark."""
        document = self._barks.find_one_and_update(
            {"_id": bark_id, "author": author_id, "deleted": False},
            {"$set": {"deleted": True, "text": "", **_pending(now_ms)}, "$unset": {**NOT_BEGUN, "words": 1}},
            SHOWN,
        )
        return _from_document(document) if document else None

    @guard
    def pending(self, bark_ids: Collection[int]) -> list[FanOut]:
        """Return those whose fan-out is pending."""
        return list(map(_fan_out, self._barks.find({"_id": {"$in": list(bark_ids)}, "fan_out": "pending"}, SHOWN)))

    @guard
    def begin(self, pending: Collection[FanOut], now_ms: int, part: str = "whole") -> list[FanOut]:
        """Note that these, or a part of each, are about to be delivered; returns them with when that was first so."""
        given = {(one.bark.id, one.bark.deleted) for one in pending}
        still = {"_id": {"$in": [bark_id for bark_id, _ in given]}, "fan_out": "pending"}
        self._barks.update_many({**still, "begun": None}, {"$set": {"begun": now_ms}})
        if any(one.again is not None for one in pending):
            # Another began this part, or all of it while it was small, and has not ended; or no telling ever ended:
            # then nobody noted what was delivered.
            retried = {"$or": [f"$tried.{part}", "$tried.whole", {"$not": ["$fanned_at"]}]}
            tried = {f"retried.{part}": retried, f"tried.{part}": True}
            self._barks.update_many({**still, "again": {"$gt": 0}}, [{"$set": tried}])
        found = self._barks.find({**still, "begun": {"$gt": 0}}, SHOWN)
        begun = [replace(_fan_out(one), retried=one.get("retried", {}).get(part, False)) for one in found]
        return [one for one in begun if (one.bark.id, one.bark.deleted) in given]  # or deleted since, and to be told so

    @guard
    def cut(self, bark: Bark, shares: int) -> FanOut | None:
        """Note that a fan-out is cut into so many shares, if it is not yet; None if it is pending no longer."""
        same = {"_id": bark.id, "deleted": bark.deleted, "fan_out": "pending"}
        cut = {"shares": shares, "shares_left": list(range(shares)), "mixed": {"$gt": ["$begun", 0]}}
        self._barks.update_one({**same, "shares": None}, [{"$set": cut}])
        found = self._barks.find_one(same, SHOWN)
        return _fan_out(found) if found else None

    @guard
    def share_done(self, one: FanOut, share: int) -> bool:
        """Note that a share of a fan-out is done; tells whether it was the last one."""
        found = self._barks.find_one_and_update(
            {"_id": one.bark.id, "deleted": one.bark.deleted, "again": one.again},
            {"$pull": {"shares_left": share}, "$unset": {f"tried.{share}": 1}},
            SHOWN,
            return_document=pymongo.ReturnDocument.AFTER,
        )
        return found is not None and found.get("shares_left") == []

    @guard
    def delivered_anew(self, bark_ids: Collection[int], now_ms: int) -> None:
        """Note that something was missing of these, and was delivered: what a server loses next may be just that."""
        self._barks.update_many({"_id": {"$in": list(bark_ids)}}, {"$set": {"fanned_at": now_ms}})

    @guard
    def fanned_out(self, told: Collection[FanOut], now_ms: int) -> None:
        """Mark what was read as told; a deletion that came meanwhile stays pending, and what is to be told anew.

        What was told anew is not noted as fanned out just now, unless something of it was missing: a server that
        restarts every minute would have to look for more and more barks.
        """
        for deleted, again in {(one.bark.deleted, one.again) for one in told}:
            same = [one.bark.id for one in told if (one.bark.deleted, one.again) == (deleted, again)]
            done = {"fan_out": "done"} | ({"fanned_at": now_ms} if again is None else {})
            self._barks.update_many(
                {"_id": {"$in": same}, "deleted": deleted, "again": again},
                {"$set": done, "$unset": {"fan_out_due": 1, "tried": 1, "retried": 1}},
            )

    @guard
    def overdue(self, now_ms: int, limit: int) -> dict[int, int]:
        """Return barks whose fan-out is still pending though its time has come, with their authors."""
        due = {"fan_out": "pending", "fan_out_due": {"$lt": now_ms}}
        found = self._barks.find(due, {"author": 1}).sort("fan_out_due").limit(limit)
        return {int(document["_id"]): int(document["author"]) for document in found}

    @guard
    def fan_out_again(self, since_ms: int, now_ms: int, run: str) -> int:
        """Let every bark that was made or fanned out since a time be fanned out again, now; returns how many.

        Also those that are pending: shares of them may have been delivered since, and their jobs may be lost. Of those
        made more than a day before nobody asks: their fan-outs do not wait so long. Once for each run of the servers.
        """
        since = [{"_id": {"$gt": ids.at(since_ms)}}, {"fanned_at": {"$gt": since_ms}}, {"fan_out": "pending"}]
        lost = {"_id": {"$gt": ids.at(since_ms - DAY_MS)}, "recovered": {"$ne": run}, "$or": since}
        pending = {"fan_out": "pending", "fan_out_due": now_ms - 1, "looks": 0, "shares_left": ALL_SHARES}
        with pymongo.timeout(RECOVER_SECONDS):
            return self._barks.update_many(
                lost, [{"$set": {**pending, "again": ONCE_MORE, "recovered": run}}]
            ).modified_count

    @guard
    def look_now(self, now_ms: int) -> None:
        """Let the sweep see at once what is pending: its jobs are lost."""
        with pymongo.timeout(RECOVER_SECONDS):
            self._barks.update_many({"fan_out": "pending"}, {"$set": {"fan_out_due": now_ms - 1, "looks": 0}})

    @guard
    def look_again(self, bark_ids: Collection[int], now_ms: int) -> None:
        """Leave these out of the sweep for a while: a job was put."""
        pending = {"_id": {"$in": list(bark_ids)}, "fan_out": "pending"}
        self._barks.update_many(pending, later("fan_out_due", now_ms))


def _fan_out(found: Document) -> FanOut:
    return FanOut(
        _from_document(found),
        began_ms=found.get("begun", 0),
        shares=found.get("shares", 0),
        left=tuple(found.get("shares_left", ())),
        mixed=found.get("mixed", False),
        again=found.get("again"),
    )


def _pending(now_ms: int) -> dict[str, Any]:
    return {"fan_out": "pending", "fan_out_due": now_ms + FIRST_LOOK_MS, "looks": 0}


def _to_document(bark: Bark) -> dict[str, Any]:
    return {
        "_id": bark.id,
        "author": bark.author_id,
        "text": bark.text,
        "thread": bark.thread,
        "in_reply_to": bark.in_reply_to,
        "quote_of": bark.quote_of,
        "replies": bark.replies,
        "deleted": False,
        "words": words.bark_keys(bark.text),
        **({"trace": bark.trace} if bark.trace else {}),
    }


def _from_document(document: Document) -> Bark:
    return Bark(
        id=int(document["_id"]),
        author_id=int(document["author"]),
        text=document["text"],
        thread=int(document["thread"]),
        in_reply_to=document["in_reply_to"],
        quote_of=document["quote_of"],
        replies=document["replies"],
        likes=max(0, document.get("likes", 0)),
        likes_move="likes_due" in document,
        deleted=document["deleted"],
        fanned_out=document["fan_out"] == "done",
        trace=document.get("trace", ""),
    )
