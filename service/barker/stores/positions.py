"""Collection `positions`: see the table in `documents`."""

from datetime import UTC, datetime
from typing import Any

from pymongo import ReturnDocument

from barker.models import Position, entry_order
from barker.stores.documents import Document, Documents, guard

Device = str | int  # the name of a device, or the id of its session where it has none


class Positions:
    """How far people have read, a device at a time. A position only moves forward."""

    def __init__(self, positions: Documents) -> None:
        self._positions = positions

    @guard
    def of(self, user_id: int, device: Device) -> Position:
        """Return where somebody is on a device; an empty position if she was never there."""
        document = self._positions.find_one({"_id": _key(user_id, device)})
        return _from_document(document) if document else Position()

    @guard
    def move(self, user_id: int, device: Device, entry_id: str, now_ms: int) -> Position:
        """Move forward to an entry, never back; returns where she is then."""
        entry = "{:015d}-{:019d}".format(*entry_order(entry_id))
        now = datetime.fromtimestamp(now_ms / 1000, UTC)
        moves = {"$gt": [entry, "$entry"]}  # also from nothing, which sorts below any text
        document = self._positions.find_one_and_update(
            {"_id": _key(user_id, device)},
            [{"$set": {"at": {"$cond": [moves, now, "$at"]}, "entry": {"$max": [entry, "$entry"]}}}],
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return _from_document(document) if document else Position()


def _key(user_id: int, device: Device) -> dict[str, Any]:
    return {"user": user_id, "device" if isinstance(device, str) else "session": device}


def _from_document(document: Document) -> Position:
    entry_id = "{}-{}".format(*entry_order(document["entry"]))
    return Position(entry_id, round(document["at"].replace(tzinfo=UTC).timestamp() * 1000))
