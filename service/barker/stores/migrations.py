"""Steps that bring what is stored to the form that this version wants: forward only, beside the old version.

`barker prepare` takes them in order, page by page, and notes in the collection `migrations` how far each came: what
breaks off goes on from there, and two may run at once. The run after a step was done takes it once more from the
start: meanwhile the old version may have changed what is old. How to write the next one: CONTRIBUTING.md.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pymongo import UpdateOne

from barker import __version__, ids
from barker.stores import derived
from barker.stores.documents import Document, Documents, DocumentStore, guard

NOTES = "migrations"
BATCH = 1_000  # documents a page; each page is noted
AGAIN = "/again"  # ends the name of the note on the second time
AGAIN_MS = 24 * 3600 * 1000  # looked through at each run: processes of the version before may still have written


@dataclass(frozen=True)
class Step:
    """Sets fields in the documents of a collection. `change` returns what must still be so in one, and the fields.

    Its name is what is noted, so it stays; where the rule changes, a step of another name does it all anew.
    """

    name: str
    collection: str
    change: Callable[[Document], tuple[Document, Document]]


@dataclass(frozen=True)
class Progress:
    """How far a step has come: documents looked at in this run, of about so many, and whether that is all."""

    step: str
    seen: int
    about: int
    done: bool


STEPS = (
    Step("search-keys-of-users-1", "users", derived.of_user),
    Step("search-keys-of-barks-1", "barks", derived.of_bark),
)
# Collections and names of indexes that no process asks any more: those that the version before this one still made.
RETIRED: tuple[tuple[str, str], ...] = ()


def run(documents: DocumentStore) -> Iterator[Progress]:
    """Take every step as far as there is anything to do; yields after each page. May be repeated, and broken off."""
    for step in STEPS:
        collection, noted, seen, more = documents.collection(step.collection), documents.collection(NOTES), 0, True
        about, name = _about(collection), _noted_as(step, noted)
        while more:
            found, more = _page(step, name, collection, noted)
            seen += found
            yield Progress(step.name, seen, max(seen, about), not more)
    _retire(documents)


@guard
def missing(documents: DocumentStore) -> list[str]:
    """Return the names of the steps that never came to their end."""
    done = {note["_id"] for note in documents.collection(NOTES).find({"done_ms": {"$gt": 0}}, {"_id": 1})}
    return [step.name for step in STEPS if step.name not in done]


@guard
def _about(collection: Documents) -> int:
    return collection.estimated_document_count()


@guard
def _noted_as(step: Step, noted: Documents) -> str:
    done = noted.find_one({"_id": step.name, "done_ms": {"$gt": 0}}, {"_id": 1})
    return step.name + AGAIN if done else step.name


@guard
def _page(step: Step, name: str, collection: Documents, noted: Documents) -> tuple[int, bool]:
    """Look through some more documents; returns how many, and whether there may be more."""
    note = noted.find_one({"_id": name}) or {}
    begin = int(note.get("upto", 0))
    found = list(collection.find({"_id": {"$gt": begin}}, {"password": 0}).sort("_id", 1).limit(BATCH))
    updates = []
    for document in found:
        same, fields = step.change(document)
        if any(document.get(name) != value for name, value in fields.items()):
            updates.append(UpdateOne({"_id": document["_id"], **same}, {"$set": fields}))
    if updates:
        collection.bulk_write(updates, ordered=False)
    more = len(found) == BATCH
    upto = int(found[-1]["_id"]) if more else ids.at(ids.now_ms() - AGAIN_MS)
    done = {} if more or note.get("done_ms") else {"$set": {"done_ms": ids.now_ms()}}
    begun = {"begun_ms": ids.now_ms(), "by": __version__}
    # NOTE only ever upwards: another that runs this step at once may be ahead, which is as good
    noted.update_one({"_id": name}, {"$max": {"upto": upto}, "$setOnInsert": begun, **done}, upsert=True)
    return len(found), more


@guard
def _retire(documents: DocumentStore) -> None:
    for name, index in RETIRED:
        if index in documents.collection(name).index_information():
            documents.collection(name).drop_index(index)
