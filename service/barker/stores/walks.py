"""Walks over the edges FOLLOWS: whom somebody reaches, who stands between two, whom those she follows follow.

A plain walk of two hops costs what the hubs on its way have: a thousand times more for one person than for the next.
So each walk here says how many edges it reads at most. What an edge costs to skip or to count is nothing: Neo4j keeps
beside a busy node how many it has of each kind (`COUNT {}`), and a `LIMIT` in a subquery ends the reading. The edges
made last come first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from barker import ids
from barker.models import Candidate
from barker.stores.graph import PREPARE_SECONDS, Graph
from barker.stores.guard import best_effort

LOOKED_AT = 400  # people whom a page of "between" looks at, at most
FOLLOWEES = 500  # whom suggestions ask, of those somebody follows
EACH = 250  # of whom each of these follows
EDGES = 8_000  # that suggestions read in all
KNOWN = 10_000  # edges of each kind by which somebody knows people already
POOL = 200  # suggestions that are ranked
NOBODY = -1
NAMES = 3  # of those who follow a suggestion

# What is read of `there` edges; of everybody reached, by whom.
FOLLOWERS_OF: LiteralString = """
UNWIND $users AS id MATCH (a:User {id: id}) WITH collect(a) AS near, sum(COUNT {(a)<-[:FOLLOWS]-()}) AS there
UNWIND near AS a CALL (a) { MATCH (a)<-[:FOLLOWS]-(b) RETURN b LIMIT $each }
WITH there, a, b LIMIT $most WITH there, b, head(collect(a)) AS a, count(*) AS read
RETURN max(there) AS there, sum(read) AS read, collect(b.id) AS ids, collect(a.id) AS via"""
FOLLOWEES_OF: LiteralString = """
UNWIND $users AS id MATCH (a:User {id: id}) WITH collect(a) AS near, sum(COUNT {(a)-[:FOLLOWS]->()}) AS there
UNWIND near AS a CALL (a) { MATCH (a)-[:FOLLOWS]->(b) RETURN b LIMIT $each }
WITH there, a, b LIMIT $most WITH there, b, head(collect(a)) AS a, count(*) AS read
RETURN max(there) AS there, sum(read) AS read, collect(b.id) AS ids, collect(a.id) AS via"""

# From the side that has fewer edges: whom the first follows, or who follows the second.
BETWEEN: LiteralString = """
MATCH (a:User {id: $first}) MATCH (b:User {id: $second})
WITH a, b, COUNT {(a)-[:FOLLOWS]->()} <= COUNT {(b)<-[:FOLLOWS]-()} AS forth
CALL (a, b, forth) {
  WITH * WHERE forth MATCH (a)-[:FOLLOWS]->(u) WHERE u.id < $before WITH b, u ORDER BY u.id DESC LIMIT $most
  RETURN u.id AS id, EXISTS {(u)-[:FOLLOWS]->(b)} AS between
 UNION ALL
  WITH * WHERE NOT forth MATCH (u)-[:FOLLOWS]->(b) WHERE u.id < $before WITH a, u ORDER BY u.id DESC LIMIT $most
  RETURN u.id AS id, EXISTS {(a)-[:FOLLOWS]->(u)} AS between
}
RETURN id, between ORDER BY id DESC"""

# Whom I know already are rows of the same kind, so that one grouping leaves them out; to look at an edge for each
# suggestion would cost more than finding it. Who follows few is asked first: that says more, and ends sooner.
SUGGESTED: LiteralString = """
MATCH (me:User {id: $user})
CALL (me) {
  CALL (me) { MATCH (me)-[:FOLLOWS]->(a) RETURN a LIMIT $followees }
  WITH a ORDER BY COUNT {(a)-[:FOLLOWS]->()}
  CALL (a) { MATCH (a)-[:FOLLOWS]->(u) RETURN u LIMIT $each }
  RETURN u, a, 0 AS known LIMIT $edges
 UNION ALL
  MATCH (me)-[:FOLLOWS]->(u) RETURN u, null AS a, 1 AS known LIMIT $known
 UNION ALL
  MATCH (me)-[:DISMISSES]->(u) RETURN u, null AS a, 1 AS known LIMIT $known
 UNION ALL
  MATCH (me)-[:BLOCKS]->(u) RETURN u, null AS a, 1 AS known LIMIT $known
 UNION ALL
  MATCH (me)<-[:BLOCKS]-(u) RETURN u, null AS a, 1 AS known LIMIT $known
 UNION ALL
  MATCH (me)-[m:MUTES]->(u) WHERE m.until > $now RETURN u, null AS a, 1 AS known LIMIT $known
 UNION ALL
  RETURN me AS u, null AS a, 1 AS known
}
WITH u, count(a) AS count, collect(a)[..$names] AS because, max(known) AS known WHERE known = 0
WITH u, count, because ORDER BY count DESC, u LIMIT $pool
RETURN collect(u.id) AS ids, collect(count) AS counts, collect(COUNT {(u)<-[:FOLLOWS]-()}) AS followers,
       collect([a IN because | a.id]) AS because"""
KNOWN_AMONG: LiteralString = """
MATCH (me:User {id: $user}) UNWIND $others AS id MATCH (u:User {id: id})
WHERE EXISTS {(me)-[:FOLLOWS|BLOCKS|DISMISSES]->(u)} OR EXISTS {(u)-[:BLOCKS]->(me)}
   OR EXISTS {(me)-[m:MUTES]->(u) WHERE m.until > $now}
RETURN collect(id) AS ids"""
ENDS: LiteralString = """
OPTIONAL MATCH (a:User {id: $first}) OPTIONAL MATCH (b:User {id: $last})
RETURN COUNT {(a)-[:FOLLOWS]->()} AS forth, COUNT {(b)<-[:FOLLOWS]-()} AS back,
       COLLECT { MATCH (a)-[:BLOCKS]-(u) RETURN u.id LIMIT $known } AS parted"""
DISMISS: LiteralString = """
MERGE (a:User {id: $user}) MERGE (b:User {id: $other})
MERGE (a)-[d:DISMISSES]->(b) ON CREATE SET d.since = $now"""


@dataclass(frozen=True)
class Step:
    """Whom a step from many people leads to, and over whom of these; whether all edges were read."""

    via: dict[int, int]
    whole: bool = True


@dataclass(frozen=True)
class Ends:
    """How many the first of two follows, how many follow the last, and whom a block parts from the first."""

    forth: int
    back: int
    parted: frozenset[int]


class Walks:
    """Walks, and the suggestions that somebody does not want to see again."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def step(self, of: str, users: Sequence[int], each: int, most: int) -> Step:
        """Return the `followers` or `following` of many people: at most so many of each, and so many in all."""
        query = FOLLOWERS_OF if of == "followers" else FOLLOWEES_OF
        row = self._graph.read(query, users=users, each=each, most=most)[0]
        return Step(dict(zip(row["ids"], row["via"], strict=True)), row["read"] == (row["there"] or 0))

    def between(self, first: int, second: int, before: int) -> dict[int, bool]:
        """Return a stretch of people who may stand between two, newest account first, and whether they do.

        That is: whom the first follows, and who follow the second.
        """
        rows = self._graph.read(BETWEEN, first=first, second=second, before=before, most=LOOKED_AT)
        return {row["id"]: row["between"] for row in rows}

    def prepare(self) -> None:
        """Have Neo4j plan its longest query before anybody waits for it, where it can be had."""
        # The first plan of a server that has just started takes seconds, on a busy machine more than a request may.
        with best_effort("plans"):
            self._suggested(NOBODY, PREPARE_SECONDS)

    def suggested(self, user: int) -> list[Candidate]:
        """Return people whom those somebody follows follow, and whom she does not know, in no order."""
        row = self._suggested(user)  # one: a row each costs five times more
        return [
            Candidate(id_, count, followers, tuple(because))
            for id_, count, followers, because in zip(
                row["ids"], row["counts"], row["followers"], row["because"], strict=True
            )
        ]

    def _suggested(self, user: int, seconds: float = 0) -> dict[str, Any]:
        limits = {"followees": FOLLOWEES, "each": EACH, "edges": EDGES, "known": KNOWN, "pool": POOL, "names": NAMES}
        return self._graph.read(SUGGESTED, seconds, user=user, now=ids.now_ms(), **limits)[0]

    def known_among(self, user: int, others: Sequence[int]) -> set[int]:
        """Return which of many others somebody follows, mutes, has dismissed, or is parted from by a block."""
        rows = self._graph.read(KNOWN_AMONG, user=user, others=others, now=ids.now_ms())
        return {id_ for row in rows for id_ in row["ids"]}

    def ends(self, first: int, last: int) -> Ends:
        """Return what a path between two begins with, in one query."""
        row = self._graph.read(ENDS, first=first, last=last, known=KNOWN)[0]
        return Ends(row["forth"], row["back"], frozenset(row["parted"]))

    def dismiss(self, user: int, other: int, now_ms: int) -> None:
        """Keep somebody from being suggested; may be repeated."""
        self._graph.write(DISMISS, user=user, other=other, now=now_ms)
