"""Fields that searches need, for documents that were stored before there were such fields, or by an older rule."""

from collections.abc import Callable
from typing import Any

from pymongo import UpdateOne

from barker import ids
from barker.stores import people_search
from barker.stores.documents import Document, Documents, DocumentStore, guard
from barker.words import bark_keys

VERSION = 1  # raise it where the rule changes: all is derived anew
BATCH = 1_000  # documents a step; each is noted, so that what breaks off goes on from there
AGAIN_MS = 24 * 3600 * 1000  # looked through at each run: processes of the version before may still have run

Derive = Callable[[Document], tuple[Document, Document]]


def catch_up(documents: DocumentStore) -> None:
    """Derive what is missing, oldest first; may be repeated, and broken off."""
    noted = documents.collection("derived")
    for name, derive in (("users", _of_user), ("barks", _of_bark)):
        while _step(noted, documents.collection(name), derive):
            pass


@guard
def _step(noted: Documents, collection: Documents, derive: Derive) -> bool:
    """Look through some more documents; False where there are no more."""
    note = noted.find_one({"_id": collection.name, "version": VERSION})
    begin = int(note["upto"]) if note else 0
    found = list(collection.find({"_id": {"$gt": begin}}, {"password": 0}).sort("_id", 1).limit(BATCH))
    updates = []
    for document in found:
        same, fields = derive(document)
        if any(document.get(name) != value for name, value in fields.items()):
            updates.append(UpdateOne({"_id": document["_id"], **same}, {"$set": fields}))
    if updates:
        collection.bulk_write(updates, ordered=False)
    upto = int(found[-1]["_id"]) if len(found) == BATCH else max(begin, ids.at(ids.now_ms() - AGAIN_MS))
    noted.update_one({"_id": collection.name}, {"$set": {"version": VERSION, "upto": upto}}, upsert=True)
    return len(found) == BATCH


def _of_user(user: Document) -> tuple[Document, dict[str, Any]]:
    same = {name: user[name] for name in ("name", "about", "interests", "counts.followers") if name in user}
    return {**same, "counts.followers": user["counts"]["followers"]}, people_search.derived(user)


def _of_bark(bark: Document) -> tuple[Document, dict[str, Any]]:
    return {"deleted": False}, {} if bark["deleted"] else {"words": bark_keys(bark["text"])}
