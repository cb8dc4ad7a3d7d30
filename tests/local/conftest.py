from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from neo4j import GraphDatabase
from pymongo import MongoClient
from redis import Redis

from barker.local import LocalStores

from .processes import children

Found = tuple[int, int, int, int]


@dataclass(frozen=True)
class FirstRun:
    """What is left of a first run of all four stores, in each of which one thing was written."""

    data: Path
    urls: dict[str, str]
    said: list[str]
    processes: set[psutil.Process]


@pytest.fixture(scope="session")
def first_run(servers_can_be_had: None, tmp_path_factory: pytest.TempPathFactory) -> FirstRun:
    data, said, others = tmp_path_factory.mktemp("first") / "var", list[str](), children()
    with LocalStores(data, free_ports=True, say=said.append) as urls:
        write(urls)
        return FirstRun(data, urls, said, children() - others)


def mongo_client(urls: dict[str, str]) -> MongoClient[dict[str, Any]]:
    """A client that is closed by leaving it."""
    return MongoClient(urls["BARKER_DOCUMENTS_URL"])


def write(urls: dict[str, str]) -> None:
    """Write one thing into each store; into MongoDB by a transaction, which only a replica set has."""
    with mongo_client(urls) as mongo, mongo.start_session() as session:
        session.with_transaction(lambda within: mongo.barker.notes.insert_one({}, session=within))
    with GraphDatabase.driver(urls["BARKER_GRAPH_URL"]) as neo4j:
        neo4j.execute_query("CREATE (:Note)")
    for setting in ("BARKER_PLACES_URL", "BARKER_QUEUES_URL"):
        with Redis.from_url(urls[setting]) as redis:
            redis.xadd("note", {"is": "kept"})


def read(urls: dict[str, str]) -> Found:
    """How much is in documents, graph, places and queues."""
    with mongo_client(urls) as mongo:
        documents = mongo.barker.notes.count_documents({})
    with GraphDatabase.driver(urls["BARKER_GRAPH_URL"]) as neo4j:
        nodes = neo4j.execute_query("MATCH (n:Note) RETURN count(n)").records[0][0]
    with Redis.from_url(urls["BARKER_PLACES_URL"]) as places, Redis.from_url(urls["BARKER_QUEUES_URL"]) as queues:
        return documents, nodes, places.xlen("note"), queues.xlen("note")
