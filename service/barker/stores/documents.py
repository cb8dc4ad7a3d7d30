"""MongoDB, the truth about people and barks: the connection, the collections and their indexes.

users      _id handle password name about interests counts{barks followers following} notified words folded reach
           password is an argon2 hash; counts are derived: barks by $inc, the others set from the graph;
           notified: the newest notification that was read; words, folded and reach: see `people_search`
sessions   _id user token device seen             token is the SHA-256 of the real one; gone 90 days after `seen`
subscriptions  _id user session hash endpoint p256dh auth
           where browsers are pushed to; hash is the SHA-256 of the endpoint; none outlives its session
barks      _id author text thread in_reply_to quote_of replies likes likes_due deleted fan_out fan_out_due looks begun
           fanned_at again recovered tried retried shares shares_left mixed words
           fan_out is pending or done; fan_out_due (ms) is when the sweep shall look at a pending one; begun and
           fanned_at (ms): when it was first tried, and when something of it was last delivered; again: how often
           it was to be done anew; tried and retried, by part: that it was begun anew and has not ended, and that
           whoever began it last was not the first; a large one is cut into shares, by buckets; mixed: it had begun
           before; recovered: after which restart; words: its different words, folded, and its hashtags with their
           sign; a deleted one has none;
           likes_due (ms): when its likes shall be counted anew; nobody moves the count where it is not set
likes      _id "<bark>:<user>" bark user at liked due looks
           at is the id of the like; one that was taken back stays, not `liked`; due: its author is not told of it yet
notifications  _id "<kind>:<to>:<from>:<bark>" id to kind from bark gone told told_ms recovered due looks
           gone: its reason is; due: it is not in the queue yet
unsettled  _id pair "<follower>:<followee>" sure made due looks
           a follow or unfollow that a worker still has to carry into queues and counts
settled    _id "<follower>:<followee>" at recovered
           when the two were settled last: what that did to a queue may yet be lost; gone after a day
parted     _id "<user>:<other>" user other
           a copy of who blocks whom
positions  _id {user device} or {user session} entry at
           how far somebody has read on a device, known by the name of it or by its session; entry is padded, so that
           its text sorts as entries do; gone 90 days after `at`, when it was moved last
secrets    _id bytes
           what seals cursors, the same for all processes
migrations _id "<step>" or "<step>/again" begun_ms by upto done_ms
           how far up the documents of its collection a step has come, which version began it, and when it was done
answers    _id fingerprint reserved started status body at
           what a POST with an Idempotency-Key answered; gone after a day

One module a noun.
"""

import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pymongo
from pymongo import ASCENDING, DESCENDING, IndexModel, MongoClient, ReturnDocument
from pymongo.collection import Collection
from pymongo.errors import PyMongoError

from barker.errors import StoreDown
from barker.models import SESSION_DAYS
from barker.stores import sharding
from barker.stores.facts import Facts, version
from barker.stores.guard import guarded

STORE = "documents"
Document = Mapping[str, Any]
Documents = Collection[dict[str, Any]]

guard = guarded(STORE, PyMongoError)
POOL = 100  # connections a process; a greenlet that finds none free waits within its time limit
ANSWER_SECONDS = 24 * 3600
SETTLED_SECONDS = 24 * 3600  # longer than the queues' server is away
RECOVER_SECONDS = 60  # for looking through a day
PREPARE_SECONDS = 900  # an index on a large collection takes its time
FIRST_LOOK_MS = 60_000  # an intent that is still there after a minute was lost on the way
LOOK_AGAIN_MS = 300_000  # a job put again may wait in a long lane: do not put it every minute
LOOK_AGAIN_MAX_MS = 24 * 3600 * 1000  # each time twice as long, up to this: what fails always must not fill the lanes


def later(due: str, now_ms: int) -> list[dict[str, Any]]:
    """Return the update that puts off a time until when the sweep leaves an intent alone."""
    wait = {"$min": [LOOK_AGAIN_MAX_MS, {"$multiply": [LOOK_AGAIN_MS, {"$pow": [2, "$looks"]}]}]}
    return [
        {"$set": {"looks": {"$ifNull": ["$looks", 0]}}},
        {"$set": {due: {"$toLong": {"$add": [now_ms, wait]}}, "looks": {"$min": [10, {"$add": ["$looks", 1]}]}}},
    ]


class DocumentStore:
    """One client a process; it must be made after a fork."""

    def __init__(self, url: str, seconds: float) -> None:
        limit = round(seconds * 1000)
        # timeoutMS is the limit of a whole operation, retries and waiting for a connection included.
        self._client: MongoClient[dict[str, Any]] = MongoClient(
            url,
            timeoutMS=limit,
            serverSelectionTimeoutMS=limit,
            connectTimeoutMS=limit,
            maxPoolSize=POOL,
            w="majority",
            appname="barker",
            connect=False,
        )
        self._secrets: dict[str, bytes] = {}
        self._database = self._client[urlsplit(url).path.strip("/") or "barker"]

    @guard
    def secret(self, name: str) -> bytes:
        """Return 32 bytes that all processes of this service share and nobody else knows; made when first asked for."""
        if name not in self._secrets:
            new = {"$setOnInsert": {"bytes": secrets.token_bytes(32)}}
            found: Any = self.collection("secrets").find_one_and_update(
                {"_id": name}, new, upsert=True, return_document=ReturnDocument.AFTER
            )
            self._secrets[name] = bytes(found["bytes"])
        return self._secrets[name]

    def collection(self, name: str) -> Documents:
        """Return one collection of Barker's database."""
        return self._database[name]

    @guard
    def ping(self) -> None:
        """Ask for an answer of a server that takes writes."""
        if not self._client.admin.command("hello").get("isWritablePrimary"):
            raise StoreDown(STORE)

    @guard
    def prepare(self) -> None:
        """Create what indexes are missing; may be repeated."""
        self.ping()  # within the usual limit: who is not there is not waited for as long as for an index
        with pymongo.timeout(PREPARE_SECONDS):
            _create_indexes(self.collection)
            for name in sharding.spread(self._client.admin.command("hello")):
                self.collection(name).create_index(list(sharding.KEY.items()))
                self._client.admin.command("shardCollection", f"{self._database.name}.{name}", key=sharding.KEY)

    @guard
    def facts(self) -> Facts:
        """Tell what there is to know of the server, and which indexes are missing."""
        hello = self._client.admin.command("hello")
        built = self._client.admin.command("buildInfo")
        missing = [
            f"{name}.{index}"
            for name, indexes in _declared().items()
            for index in sorted(indexes - set(self.collection(name).index_information()))
        ]
        clock_ms = round(hello["localTime"].replace(tzinfo=UTC).timestamp() * 1000)
        copied = bool(hello.get("setName")) or sharding.is_router(hello)  # each shard is a set
        return Facts(version(built["version"]), clock_ms, tuple(missing), {"set": copied})

    def close(self) -> None:
        """Close all connections."""
        self._client.close()


def _declared() -> dict[str, set[str]]:
    """Return the names of all indexes that are to be there, by collection."""
    found: defaultdict[str, set[str]] = defaultdict(set)

    def noting(name: str) -> Any:
        return SimpleNamespace(create_index=lambda keys, **_: found[name].add(IndexModel(keys).document["name"]))

    _create_indexes(noting)
    return found


def _create_indexes(c: Callable[[str], Documents]) -> None:
    c("users").create_index("handle", unique=True)
    c("users").create_index([("reach", DESCENDING), ("words", ASCENDING), ("_id", DESCENDING)])
    followed = [("counts.followers", DESCENDING), ("_id", DESCENDING)]
    for keys in (followed, [("folded", ASCENDING), *followed]):
        c("users").create_index(keys, partialFilterExpression={"counts.followers": {"$gt": 0}})
    c("sessions").create_index("token", unique=True)
    c("sessions").create_index([("user", ASCENDING), ("_id", DESCENDING)])
    c("sessions").create_index("seen", expireAfterSeconds=SESSION_DAYS * 24 * 3600)
    c("subscriptions").create_index("hash", unique=True)
    c("subscriptions").create_index([("user", ASCENDING), ("_id", DESCENDING)])
    c("barks").create_index([("author", ASCENDING), ("_id", DESCENDING)], partialFilterExpression={"deleted": False})
    c("barks").create_index(
        [("words", ASCENDING), ("_id", DESCENDING)], partialFilterExpression={"words": {"$exists": True}}
    )
    c("barks").create_index("fan_out_due", partialFilterExpression={"fan_out": "pending"})
    c("barks").create_index("likes_due", sparse=True)
    c("barks").create_index("in_reply_to", partialFilterExpression={"in_reply_to": {"$gt": 0}})
    c("likes").create_index([("bark", ASCENDING), ("liked", ASCENDING), ("at", DESCENDING)])
    c("likes").create_index("due", sparse=True)
    c("notifications").create_index([("to", ASCENDING), ("id", DESCENDING)], partialFilterExpression={"gone": False})
    same = [("to", ASCENDING), ("kind", ASCENDING), ("bark", ASCENDING), ("gone", ASCENDING), ("id", DESCENDING)]
    c("notifications").create_index(same)
    c("notifications").create_index([("to", ASCENDING), ("from", ASCENDING)])
    c("notifications").create_index("bark", sparse=True)
    c("notifications").create_index("due", sparse=True)
    c("notifications").create_index("told_ms", sparse=True)
    c("unsettled").create_index("pair")
    c("unsettled").create_index("due")
    c("settled").create_index("at", expireAfterSeconds=SETTLED_SECONDS)
    c("positions").create_index("at", expireAfterSeconds=SESSION_DAYS * 24 * 3600)
    c("answers").create_index("at", expireAfterSeconds=ANSWER_SECONDS)
