"""Neo4j, the truth about who follows, blocks and mutes whom: the connection, and how it is asked.

(:User {id})                                nothing but the id; made at the first follow
(:User)-[:FOLLOWS {since}]->(:User)         since: Unix milliseconds
(:User)-[:BLOCKS {since}]->(:User)
(:User)-[:MUTES {since, until}]->(:User)    until: Unix milliseconds, or FOREVER
(:User)-[:DISMISSES {since}]->(:User)       who shall not be suggested again

One module a noun.
"""

from typing import Any, LiteralString

from neo4j import RoutingControl
from neo4j.exceptions import DriverError, Neo4jError

from barker.stores.bolt import Bolt
from barker.stores.facts import Facts, version
from barker.stores.guard import guarded

STORE = "graph"
BULK = 4  # times as long as other calls may a worker read followers, which can be a million
PREPARE_SECONDS = 60.0

CONSTRAINT: LiteralString = "CREATE CONSTRAINT user_id IF NOT EXISTS FOR (u:User) REQUIRE u.id IS UNIQUE"
ABOUT: LiteralString = """
CALL dbms.components() YIELD versions, edition RETURN versions[0] AS version, edition, timestamp() AS clock"""
CONSTRAINTS: LiteralString = "SHOW CONSTRAINTS YIELD name WHERE name = 'user_id' RETURN name"
AWAIT: LiteralString = "CALL db.awaitIndexes(60)"

guard = guarded(STORE, DriverError, Neo4jError, TimeoutError, OSError)


class Graph:
    """One driver a process; it must be made after a fork."""

    def __init__(self, url: str, seconds: float) -> None:
        self._seconds = seconds
        self._bolt = Bolt(url, seconds)

    def ping(self) -> None:
        """Ask for an answer of the database."""
        self.read("RETURN 1 AS one")

    def prepare(self) -> None:
        """Create the constraint that is also the index of ids; may be repeated."""
        self.ping()  # within the usual limit
        self.write(CONSTRAINT, PREPARE_SECONDS)
        self.write(AWAIT, PREPARE_SECONDS)

    def facts(self) -> Facts:
        """Tell what there is to know of the server, and whether the constraint is missing."""
        about = self.read(ABOUT)[0]
        missing = () if self.read(CONSTRAINTS) else ("the constraint user_id",)
        return Facts(version(about["version"]), about["clock"], missing, {"edition": about["edition"]})

    @guard
    def read(self, query: LiteralString, seconds: float = 0, **parameters: Any) -> list[dict[str, Any]]:
        """Return the rows of a query, of a cluster from any copy, which may lag. Raises StoreDown."""
        return self._bolt.run(query, RoutingControl.READ, seconds or self._seconds, parameters)

    @guard
    def read_latest(self, query: LiteralString, seconds: float = 0, **parameters: Any) -> list[dict[str, Any]]:
        """Return the rows of a query as they are now, for what is derived from them and kept. Raises StoreDown."""
        # NOTE of a cluster, the leader: a copy may lag, and what is made of an old answer stays wrong
        return self._bolt.run(query, RoutingControl.WRITE, seconds or self._seconds, parameters)

    def read_bulk(self, query: LiteralString, **parameters: Any) -> list[dict[str, Any]]:
        """Return the rows of a query that may take longer, as they are now. Raises StoreDown."""
        return self.read_latest(query, BULK * self._seconds, **parameters)

    @guard
    def write(self, query: LiteralString, seconds: float = 0, **parameters: Any) -> list[dict[str, Any]]:
        """Change the graph, and return the rows of that. Raises StoreDown."""
        return self._bolt.run(query, RoutingControl.WRITE, seconds or self._seconds, parameters)

    def close(self) -> None:
        """Close all connections."""
        self._bolt.close()
