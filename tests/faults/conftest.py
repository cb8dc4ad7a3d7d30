"""
One service for all faults, every store behind a proxy of its own.

Its Redis of queues is its own too, so that it can be emptied and stopped, and its documents are in a database
of their own: no other service of the run takes its jobs, and none of its jobs is taken.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pymongo import MongoClient

from barker import vapid
from barker.local import LocalStores
from barker.settings import Settings
from barker.stores import Stores, connect
from tests.barker_process import Person, wait_for
from tests.faults.proxy import Proxy
from tests.faults.world import LIMITS, SECRET, HastyService, World

DATABASE = "faults"
# Every store is asked with a password, which no log and no answer may hold.
ADDRESSES = {
    "documents": f"mongodb://barker:{SECRET}@127.0.0.1:{{port}}/{DATABASE}?directConnection=true&authSource={DATABASE}",
    "graph": f"bolt://neo4j:{SECRET}@127.0.0.1:{{port}}",
    "places": f"redis://default:{SECRET}@127.0.0.1:{{port}}/0",
    "queues": f"redis://default:{SECRET}@127.0.0.1:{{port}}/0",
}


@dataclass(frozen=True)
class Servers:
    """Where the real stores are, and the Redis of queues, which tests may empty and stop."""

    ports: Mapping[str, int]
    queues: LocalStores

    def addresses(self, ports: Mapping[str, int]) -> dict[str, str]:
        """Return the settings for stores that are found at these ports."""
        return {f"BARKER_{name.upper()}_URL": url.format(port=ports[name]) for name, url in ADDRESSES.items()}


@pytest.fixture(scope="session")
def servers(stores_urls: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """The stores of these tests."""
    queues = LocalStores(tmp_path_factory.mktemp("queues"), free_ports=True, only=["queues"])
    with queues as urls, MongoClient[dict[str, object]](stores_urls["BARKER_DOCUMENTS_URL"]) as mongo:
        found = {**stores_urls, **urls}
        mongo[DATABASE].command("createUser", "barker", pwd=SECRET, roles=["readWrite"])
        yield Servers({name: urlsplit(found[f"BARKER_{name.upper()}_URL"]).port or 0 for name in ADDRESSES}, queues)


@pytest.fixture(scope="session")
def reached(servers: Servers) -> Iterator[Stores]:
    """The stores as the tests reach them, past all proxies."""
    stores = connect(Settings.read(servers.addresses(servers.ports)))
    stores.prepare()
    _warm(stores)
    yield stores
    stores.close()


def _warm(stores: Stores) -> None:
    """Let Neo4j plan its queries, which takes longer the first time than the service is going to wait."""
    follows, walks = stores.follows, stores.walks
    for _ in range(3):
        follows.add(1, 2, 0)
        follows.degrees(1, 2)
        follows.relations(1, [2])
        follows.all_followers(2)
        follows.all_following(1, muted=False)
        walks.step("followers", [2], 1, 1)
        walks.step("following", [1], 1, 1)
        walks.between(1, 2, 3)
        walks.suggested(1)
        walks.known_among(1, [2])
        walks.ends(1, 2)
        walks.dismiss(1, 2, 0)
        follows.remove(1, 2)


@pytest.fixture(scope="session")
def world(servers: Servers, reached: Stores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The service behind proxies, with its limits on."""
    logs: Path = tmp_path_factory.mktemp("faults")
    with ExitStack() as stack:
        proxies = {name: Proxy(port) for name, port in servers.ports.items()}
        for proxy in proxies.values():
            stack.callback(proxy.close)
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BARKER_")},
            **servers.addresses({name: proxy.port for name, proxy in proxies.items()}),
            "BARKER_DOCUMENTS_SECONDS": str(LIMITS["documents"]),
            "BARKER_GRAPH_SECONDS": str(LIMITS["graph"]),
            "BARKER_REDIS_SECONDS": str(LIMITS["queues"]),
            "BARKER_PUSH_KEY": vapid.new_key(),
            "BARKER_PUSH_CONTACT": "mailto:operator@example.org",
            "BARKER_PUSH_HOSTS_ALLOWED": "push.test:443",  # a name that nobody has to look up
        }
        service = HastyService(environ, logs)
        stack.enter_context(service)
        yield World(service, proxies, reached)


@pytest.fixture(autouse=True)
def healthy_afterwards(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test every store is reached again, and the service says so."""
    yield
    if "world" in request.fixturenames:
        world: World = request.getfixturevalue("world")
        if world.clean():
            wait_for(world.is_ready, "the service to find its stores again")


@pytest.fixture
def ada(world: World) -> Person:
    """Somebody who barks."""
    return world.person("ada")
