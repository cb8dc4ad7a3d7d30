"""Who blocks and who mutes whom: edges BLOCKS and MUTES of the graph."""

from typing import LiteralString

from barker.models import FOREVER_MS
from barker.stores.graph import Graph

BLOCK: LiteralString = """
MERGE (a:User {id: $user}) MERGE (b:User {id: $other}) MERGE (a)-[block:BLOCKS]->(b) ON CREATE SET block.since = $now
WITH a, b OPTIONAL MATCH (a)-[f:FOLLOWS]-(b) DELETE f"""
UNBLOCK: LiteralString = "MATCH (:User {id: $user})-[block:BLOCKS]->(:User {id: $other}) DELETE block"
BLOCKED: LiteralString = """
MATCH (:User {id: $user})-[:BLOCKS]->(u:User) WHERE u.id < $before RETURN u.id AS id ORDER BY id DESC LIMIT $limit"""
MUTE: LiteralString = """
MERGE (a:User {id: $user}) MERGE (b:User {id: $other})
MERGE (a)-[m:MUTES]->(b) ON CREATE SET m.since = $now SET m.until = $until"""
UNMUTE: LiteralString = "MATCH (:User {id: $user})-[m:MUTES]->(:User {id: $other}) DELETE m"
MUTED: LiteralString = """
MATCH (:User {id: $user})-[m:MUTES]->(u:User) WHERE u.id < $before AND m.until > $now
RETURN u.id AS id ORDER BY id DESC LIMIT $limit"""
ALL_MUTED: LiteralString = """
MATCH (:User {id: $user})-[m:MUTES WHERE m.until > $now]->(u:User) RETURN u.id AS id, m.until AS until"""


class Blocks:
    """Blocks, and mutes, which may end by themselves."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def add(self, user: int, other: int, now_ms: int) -> None:
        """Let a user block another, and end the follows between the two, in one step; may be repeated."""
        self._graph.write(BLOCK, user=user, other=other, now=now_ms)

    def remove(self, user: int, other: int) -> None:
        """End a block; may be repeated."""
        self._graph.write(UNBLOCK, user=user, other=other)

    def blocked(self, user: int, before: int, limit: int) -> list[int]:
        """Return a page of those whom a user blocks, newest account first."""
        return [row["id"] for row in self._graph.read(BLOCKED, user=user, before=before, limit=limit)]

    def mute(self, user: int, other: int, now_ms: int, until_ms: int = FOREVER_MS) -> None:
        """Let a user mute another until a time; may be repeated."""
        self._graph.write(MUTE, user=user, other=other, now=now_ms, until=until_ms)

    def unmute(self, user: int, other: int) -> None:
        """End a mute; may be repeated."""
        self._graph.write(UNMUTE, user=user, other=other)

    def muted(self, user: int, before: int, limit: int, now_ms: int) -> list[int]:
        """Return a page of those whom a user mutes, newest account first."""
        return [row["id"] for row in self._graph.read(MUTED, user=user, before=before, limit=limit, now=now_ms)]

    def all_muted(self, user: int, now_ms: int) -> dict[int, int]:
        """Return until when (Unix milliseconds) a user mutes whom."""
        return {row["id"]: row["until"] for row in self._graph.read_latest(ALL_MUTED, user=user, now=now_ms)}
