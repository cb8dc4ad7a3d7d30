"""Collections `unsettled`: what a worker still has to carry into queues and counts; `settled`: what was, of late."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import pymongo

from barker import ids
from barker.stores.documents import FIRST_LOOK_MS, RECOVER_SECONDS, Documents, guard, later

PAGE = 1_000  # pairs a write


@dataclass(frozen=True)
class Change:
    """Something changed between a follower and a followee."""

    follower_id: int
    followee_id: int


class Unsettled:
    """Intents, noted before the graph is changed; what a crash leaves behind, the sweep finds here.

    Each request has a note of its own, which is sure once it has changed the graph. One that is not sure yet is
    never dropped while its request may still run: who settles an older state at that moment must leave it.
    """

    def __init__(self, unsettled: Documents, settled: Documents) -> None:
        self._unsettled, self._settled = unsettled, settled

    @guard
    def note(self, change: Change, note: int, now_ms: int) -> None:
        """Note, under an id of its own, that the two will have to be settled."""
        found = {"_id": note, "pair": _pair(change), "sure": False, "made": now_ms, "due": now_ms + FIRST_LOOK_MS}
        self._unsettled.insert_one(found)

    @guard
    def confirm(self, note: int) -> None:
        """Tell that the graph is changed."""
        self._unsettled.update_one({"_id": note}, {"$set": {"sure": True}})

    @guard
    def notes(self, change: Change) -> list[int]:
        """Return what is noted of the two; nothing if there is nothing to settle."""
        return [int(document["_id"]) for document in self._unsettled.find({"pair": _pair(change)}, {"_id": 1})]

    @guard
    def settled(self, notes: list[int], now_ms: int) -> None:
        """Drop notes, but for those whose request may still run."""
        sure = [{"sure": True}, {"made": {"$lt": now_ms - FIRST_LOOK_MS}}]
        self._unsettled.delete_many({"_id": {"$in": notes}, "$or": sure})

    @guard
    def begin(self, change: Change, now_ms: int) -> None:
        """Note when the two are settled: what that does to a queue may be lost with the last second of its server."""
        self._settled.update_one({"_id": _pair(change)}, {"$set": {"at": _time(now_ms)}}, upsert=True)

    @guard
    def settle_again(self, since_ms: int, now_ms: int, run: str) -> int:
        """Let all that was settled since a time be settled again, once a run of the servers; returns how many."""
        with pymongo.timeout(RECOVER_SECONDS):
            lost = {"at": {"$gt": _time(since_ms)}, "recovered": {"$ne": run}}
            number = 0
            while pairs := [found["_id"] for found in self._settled.find(lost).limit(PAGE)]:
                again = {"sure": True, "made": now_ms, "due": now_ms - 1}
                self._unsettled.insert_many([{"_id": ids.new(), "pair": pair, **again} for pair in pairs])
                self._settled.update_many({"_id": {"$in": pairs}}, {"$set": {"recovered": run}})
                number += len(pairs)
            return number

    @guard
    def look_now(self, now_ms: int) -> None:
        """Let the sweep see at once what is not settled: its jobs are lost."""
        with pymongo.timeout(RECOVER_SECONDS):
            self._unsettled.update_many({}, {"$set": {"due": now_ms - 1, "looks": 0}})

    @guard
    def overdue(self, now_ms: int, limit: int) -> list[Change]:
        """Return what is still noted though its time has come."""
        found = self._unsettled.find({"due": {"$lt": now_ms}}).limit(limit)
        return [Change(*map(int, document["pair"].split(":"))) for document in found]

    @guard
    def look_again(self, changes: Collection[Change], now_ms: int) -> None:
        """Leave these out of the sweep for a while: a job was put."""
        pairs = [_pair(change) for change in changes]
        self._unsettled.update_many({"pair": {"$in": pairs}}, later("due", now_ms))


def _pair(change: Change) -> str:
    return f"{change.follower_id}:{change.followee_id}"


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
