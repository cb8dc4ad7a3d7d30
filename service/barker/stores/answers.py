"""Collection `answers`: what POSTs with an Idempotency-Key answered."""

from dataclasses import dataclass
from datetime import UTC, datetime

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from barker.stores.documents import Document, Documents, guard

TAKE_OVER_MS = 60_000  # no request runs so long: its process died, and a repeat may go on in its place


@dataclass(frozen=True)
class Answer:
    """One POST. `reserved` is the id of what it creates, so that a repeat after a crash finds it made."""

    reserved: int
    fingerprint: bytes
    status: int | None = None
    body: bytes = b""
    mine: bool = False


class Answers:
    """Answers by key, a day long. A key is a hash that holds its owner."""

    def __init__(self, answers: Documents) -> None:
        self._answers = answers

    @guard
    def begin(self, key: bytes, fingerprint: bytes, reserved: int, now_ms: int) -> Answer:
        """Take the key (`mine`), or return what stands under it: an answer, or one in flight (no status)."""
        started = {"fingerprint": fingerprint, "reserved": reserved, "started": now_ms}
        try:
            self._answers.insert_one({"_id": key, **started, "at": datetime.now(UTC)})
        except DuplicateKeyError:
            return self._take_over(key, fingerprint, now_ms) or _from_document(
                self._answers.find_one({"_id": key}) or started
            )
        return Answer(reserved, fingerprint, mine=True)

    def _take_over(self, key: bytes, fingerprint: bytes, now_ms: int) -> Answer | None:
        taken = self._answers.find_one_and_update(
            {
                "_id": key,
                "fingerprint": fingerprint,
                "status": {"$exists": False},
                "started": {"$lt": now_ms - TAKE_OVER_MS},
            },
            {"$set": {"started": now_ms}},
            return_document=ReturnDocument.AFTER,
        )
        return Answer(int(taken["reserved"]), bytes(taken["fingerprint"]), mine=True) if taken else None

    @guard
    def finish(self, key: bytes, status: int, body: bytes) -> None:
        """Keep the answer for repeats."""
        self._answers.update_one({"_id": key}, {"$set": {"status": status, "body": body}})

    @guard
    def release(self, key: bytes) -> None:
        """Let a repeat run at once under the same reserved id: this attempt may or may not have had effect."""
        self._answers.update_one({"_id": key}, {"$set": {"started": 0}})

    @guard
    def forget(self, key: bytes) -> None:
        """Free the key: the request was refused and had no effect."""
        self._answers.delete_one({"_id": key})


def _from_document(document: Document) -> Answer:
    return Answer(
        reserved=int(document["reserved"]),
        fingerprint=bytes(document["fingerprint"]),
        status=document.get("status"),
        body=bytes(document.get("body", b"")),
    )
