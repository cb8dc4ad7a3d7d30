"""Collection `sessions`: see the table in `documents`."""

from collections.abc import Iterable
from datetime import UTC, datetime

from barker.models import Session
from barker.stores.documents import Document, Documents, guard


class Sessions:
    """Signed-in devices. Every query holds the owner, so that nobody can name another's session."""

    def __init__(self, sessions: Documents) -> None:
        self._sessions = sessions

    @guard
    def insert(self, session: Session, token: bytes) -> None:
        """Store a session under the hash of its token."""
        self._sessions.insert_one(
            {
                "_id": session.id,
                "user": session.user_id,
                "device": session.device,
                "seen": _time(session.seen_ms),
                "token": token,
            }
        )

    @guard
    def by_token(self, token: bytes) -> Session | None:
        """Return the live session of a token's hash."""
        document = self._sessions.find_one({"token": token})
        return _from_document(document) if document else None

    @guard
    def by_id(self, user_id: int, session_id: int) -> Session | None:
        """Return one of a user's sessions."""
        document = self._sessions.find_one({"_id": session_id, "user": user_id})
        return _from_document(document) if document else None

    @guard
    def of_user(self, user_id: int, before: int, limit: int) -> list[Session]:
        """Return a page of a user's sessions, newest first."""
        found = self._sessions.find({"user": user_id, "_id": {"$lt": before}}).sort("_id", -1).limit(limit)
        return [_from_document(document) for document in found]

    @guard
    def alive(self, user_id: int, session_ids: Iterable[int]) -> set[int]:
        """Return those of a user's sessions that are there."""
        found = self._sessions.find({"_id": {"$in": list(session_ids)}, "user": user_id}, {"_id": 1})
        return {int(document["_id"]) for document in found}

    @guard
    def touch(self, session_id: int, seen_ms: int) -> None:
        """Note that a session is in use, which keeps it alive."""
        self._sessions.update_one({"_id": session_id}, {"$set": {"seen": _time(seen_ms)}})

    @guard
    def remove(self, user_id: int, session_id: int) -> bytes | None:
        """End one session; returns the hash of its token, None if there is no such session."""
        document = self._sessions.find_one_and_delete({"_id": session_id, "user": user_id})
        return bytes(document["token"]) if document else None

    @guard
    def remove_all(self, user_id: int) -> list[bytes]:
        """End all sessions of a user; returns the hashes of their tokens."""
        tokens = [bytes(document["token"]) for document in self._sessions.find({"user": user_id}, {"token": 1})]
        self._sessions.delete_many({"user": user_id, "token": {"$in": tokens}})
        return tokens


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _from_document(document: Document) -> Session:
    return Session(
        id=int(document["_id"]),
        user_id=int(document["user"]),
        device=document["device"],
        seen_ms=round(document["seen"].replace(tzinfo=UTC).timestamp() * 1000),
    )
