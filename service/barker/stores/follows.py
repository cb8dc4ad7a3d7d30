"""Who follows whom: edges FOLLOWS of the graph."""

from collections.abc import Collection, Sequence
from typing import LiteralString

from barker import ids
from barker.models import Degrees, Relation
from barker.stores.delivery import BUCKETS
from barker.stores.graph import PREPARE_SECONDS, Graph
from barker.stores.guard import best_effort

NOBODY = -1  # an id that no user has
CHUNK = 5_000  # ids collected into one record: a record each costs twenty times as much

DEGREES: LiteralString = """
OPTIONAL MATCH (a:User {id: $follower}) OPTIONAL MATCH (b:User {id: $followee})
RETURN COUNT {(a)-[:FOLLOWS]->()} AS following, COUNT {(b)<-[:FOLLOWS]-()} AS followers,
       EXISTS {(a)-[:FOLLOWS]->(b)} AS follows, EXISTS {(a)-[:BLOCKS]->(b)} AS blocks,
       EXISTS {(b)-[:BLOCKS]->(a)} AS blocked_by,
       coalesce(head(COLLECT {MATCH (a)-[m:MUTES]->(b) RETURN m.until}), 0) AS muted_until"""
DEGREES_OF: LiteralString = """
UNWIND $users AS id MATCH (u:User {id: id})
RETURN id, COUNT {(u)-[:FOLLOWS]->()} AS following, COUNT {(u)<-[:FOLLOWS]-()} AS followers"""
MAKE_NODES: LiteralString = """
UNWIND $users AS id WITH id WHERE NOT EXISTS {(:User {id: id})} MERGE (:User {id: id}) RETURN count(*) AS made"""
FOLLOW: LiteralString = """
MERGE (a:User {id: $follower}) MERGE (b:User {id: $followee})
WITH a, b WHERE NOT EXISTS {(a)-[:BLOCKS]-(b)} MERGE (a)-[f:FOLLOWS]->(b) ON CREATE SET f.since = $now
RETURN f.since"""
FOLLOW_MANY: LiteralString = """
UNWIND $pairs AS pair MERGE (a:User {id: pair[0]}) MERGE (b:User {id: pair[1]})
MERGE (a)-[f:FOLLOWS]->(b) ON CREATE SET f.since = $now"""
UNFOLLOW: LiteralString = "MATCH (:User {id: $follower})-[f:FOLLOWS]->(:User {id: $followee}) DELETE f"
# No label, and the id read once: of a hub that is a quarter less.
FOLLOWERS: LiteralString = """
MATCH (:User {id: $user})<-[:FOLLOWS]-(u) WITH u.id AS id WHERE id < $before
RETURN id ORDER BY id DESC LIMIT $limit"""
FOLLOWING: LiteralString = """
MATCH (:User {id: $user})-[:FOLLOWS]->(u) WITH u.id AS id WHERE id < $before
RETURN id ORDER BY id DESC LIMIT $limit"""
ALL_FOLLOWERS: LiteralString = """
MATCH (:User {id: $user})<-[:FOLLOWS]-(u:User) WITH collect(u.id) AS ids
UNWIND range(0, size(ids) - 1, $chunk) AS start RETURN ids[start..start + $chunk] AS ids"""
SHARE_OF_FOLLOWERS: LiteralString = """
MATCH (:User {id: $user})<-[:FOLLOWS]-(u:User) WITH u.id AS id WHERE id % $buckets * $shares / $buckets = $share
WITH collect(id) AS ids UNWIND range(0, size(ids) - 1, $chunk) AS start RETURN ids[start..start + $chunk] AS ids"""
FEW_FOLLOWERS: LiteralString = """
UNWIND $users AS user OPTIONAL MATCH (a:User {id: user}) WITH a, user WHERE COUNT {(a)<-[:FOLLOWS]-()} <= $most
OPTIONAL MATCH (a)<-[:FOLLOWS]-(u:User) RETURN user, collect(u.id) AS ids"""
FOLLOWERS_NUMBER: LiteralString = "MATCH (a:User {id: $user}) RETURN COUNT {(a)<-[:FOLLOWS]-()} AS number"
FOLLOWERS_AMONG: LiteralString = """
UNWIND $others AS id MATCH (u:User {id: id}) MATCH (a:User {id: $user}) WHERE EXISTS {(u)-[:FOLLOWS]->(a)}
RETURN collect(id) AS ids"""
ALL_FOLLOWING: LiteralString = """
OPTIONAL MATCH (a:User {id: $user})
RETURN COLLECT {MATCH (a)-[:FOLLOWS]->(u:User) RETURN u.id} AS ids,
       COLLECT {MATCH (a)-[m:MUTES WHERE m.until > $now]->(u:User) RETURN u.id} AS muted"""
RELATIONS: LiteralString = """
UNWIND $others AS id MATCH (b:User {id: id}) MATCH (a:User {id: $viewer})
RETURN id, EXISTS {(a)-[:FOLLOWS]->(b)} AS follows, EXISTS {(b)-[:FOLLOWS]->(a)} AS followed_by,
       EXISTS {(a)-[:BLOCKS]->(b)} AS blocks, EXISTS {(b)-[:BLOCKS]->(a)} AS blocked_by,
       coalesce(head(COLLECT {MATCH (a)-[m:MUTES]->(b) WHERE m.until > $now RETURN m.until}), 0) AS muted_until"""


class Follows:
    """Follows."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def prepare(self) -> None:
        """Have Neo4j plan the questions of every day before anybody waits for them, where it can be had."""
        for ask in (
            lambda: self.degrees(NOBODY, NOBODY),
            lambda: self.relations(NOBODY, [NOBODY]),
            lambda: self.few_followers([NOBODY], 1),
            lambda: self.all_following(NOBODY, muted=False),
        ):
            with best_effort("plans"):
                ask()

    def add(self, follower: int, followee: int, now_ms: int) -> bool:
        """Let one follow the other; may be repeated. False where one of them blocks the other."""
        return bool(self._graph.write(FOLLOW, follower=follower, followee=followee, now=now_ms))

    def add_many(self, pairs: Sequence[tuple[int, int]], now_ms: int) -> None:
        """Let the first of each pair follow the second; may be repeated."""
        for start in range(0, len(pairs), CHUNK):
            part = [list(pair) for pair in pairs[start : start + CHUNK]]
            self._graph.write(FOLLOW_MANY, PREPARE_SECONDS, pairs=part, now=now_ms)

    def remove(self, follower: int, followee: int) -> None:
        """End a follow; may be repeated."""
        self._graph.write(UNFOLLOW, follower=follower, followee=followee)

    def degrees(self, follower: int, followee: int) -> Degrees:
        """Return the follow between two, and the counts that it is part of."""
        return Degrees(**self._graph.read_latest(DEGREES, follower=follower, followee=followee)[0])

    def degrees_of(self, users: Collection[int]) -> dict[int, dict[str, int]]:
        """Return how many follow and are followed, of many in one query; who has no node is left out."""
        rows = self._graph.read_bulk(DEGREES_OF, users=list(users))
        return {row.pop("id"): row for row in rows}

    def make_nodes(self, users: Collection[int]) -> int:
        """Give a node to those who have none; returns to how many."""
        return sum(row["made"] for row in self._graph.write(MAKE_NODES, PREPARE_SECONDS, users=list(users)))

    def followers(self, user: int, before: int, limit: int) -> list[int]:
        """Return a page of followers' ids, newest account first."""
        return [row["id"] for row in self._graph.read(FOLLOWERS, user=user, before=before, limit=limit)]

    def following(self, user: int, before: int, limit: int) -> list[int]:
        """Return a page of followees' ids, newest account first."""
        return [row["id"] for row in self._graph.read(FOLLOWING, user=user, before=before, limit=limit)]

    def all_followers(self, user: int, share: int = 0, shares: int = 1) -> list[int]:
        """Return the ids of all followers in one of so many shares of the buckets, in no order: up to millions."""
        if shares == 1:  # what picks a share takes longer than the reading itself
            rows = self._graph.read_bulk(ALL_FOLLOWERS, user=user, chunk=CHUNK)
        else:
            of = {"share": share, "shares": shares, "buckets": BUCKETS}
            rows = self._graph.read_bulk(SHARE_OF_FOLLOWERS, user=user, chunk=CHUNK, **of)
        return [id_ for row in rows for id_ in row["ids"]]

    def few_followers(self, users: Collection[int], most: int) -> dict[int, list[int]]:
        """Return the followers of those users who have at most so many, in one query."""
        return {row["user"]: row["ids"] for row in self._graph.read_bulk(FEW_FOLLOWERS, users=list(users), most=most)}

    def followers_number(self, user: int) -> int:
        """Return how many followers a user has, without reading them."""
        return sum(row["number"] for row in self._graph.read_bulk(FOLLOWERS_NUMBER, user=user))

    def followers_among(self, user: int, others: Sequence[int]) -> list[int]:
        """Return which of many others follow a user."""
        parts = (others[start : start + CHUNK] for start in range(0, len(others), CHUNK))
        rows = (self._graph.read_bulk(FOLLOWERS_AMONG, user=user, others=part)[0] for part in parts)
        return [id_ for row in rows for id_ in row["ids"]]

    def all_following(self, user: int, *, muted: bool) -> list[int]:
        """Return the ids of all followees, with or without those whom the user mutes, in no order."""
        found = self._graph.read_latest(ALL_FOLLOWING, user=user, now=ids.now_ms())[0]
        hidden = () if muted else found["muted"]
        return [user_id for user_id in found["ids"] if user_id not in hidden]

    def relations(self, viewer: int, others: Collection[int]) -> dict[int, Relation]:
        """Return what is between the viewer and many others, in one query."""
        rows = self._graph.read(RELATIONS, viewer=viewer, others=list(others), now=ids.now_ms())
        return {row.pop("id"): Relation(**row) for row in rows}
