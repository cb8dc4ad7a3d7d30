"""The four stores as containers, started as `deploy/compose.yaml` starts them: same images, commands and passwords."""

import functools
import os
import re
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from neo4j import GraphDatabase
from neo4j.exceptions import DriverError, Neo4jError
from pymongo import MongoClient
from pymongo.errors import PyMongoError
from redis import Redis
from redis.exceptions import RedisError
from testcontainers.core.container import DockerContainer

COMPOSE = Path(__file__).parent.parent / "deploy/compose.yaml"
PORTS = {
    "documents": ("mongo", 27017),
    "graph": ("neo4j", 7687),
    "places": ("places", 6379),
    "queues": ("queues", 6379),
}
START_SECONDS = 120
VARIABLE = re.compile(r"\$\{(\w+)(?::[-?]([^}]*))?\}")
NOT_YET = (PyMongoError, Neo4jError, DriverError, RedisError, OSError)
Services = dict[str, dict[str, Any]]
# In any database, since some tests have one of their own; the other role is for those that look at what a query reads.
# That Barker itself needs `readWrite` of its database alone is seen where compose.yaml is up.
ROLES = ("readWriteAnyDatabase", "dbAdminAnyDatabase")


def services(environ: Mapping[str, str]) -> Services:
    """Return the services of compose.yaml, with the variables of this environment put in."""

    def value(found: re.Match[str]) -> str:
        return environ.get(found[1]) or found[2] or ""

    text = VARIABLE.sub(value, COMPOSE.read_text()).replace("$$", "$")
    return dict(yaml.safe_load(text)["services"])


def images() -> list[str]:
    """Return the images of the stores, by the names that the environment overrides."""
    return sorted({services(os.environ)[service]["image"] for service, _ in PORTS.values()})


@functools.cache
def chosen() -> str:
    """Return on what the stores of this run are to run, in words that begin with it: TEST_STORES decides."""
    asked = os.environ.get("TEST_STORES") or "processes"
    if asked not in ("containers", "processes", "auto"):
        raise pytest.UsageError(f"TEST_STORES is containers, processes or auto, not {asked}")
    missing = _missing() if asked == "auto" else ""
    if asked == "processes" or missing:
        return f"processes ({missing})" if missing else "processes"
    return f"containers ({', '.join(images())})"


def _missing() -> str:
    command = ["docker", "image", "inspect", "-f", "{{.Id}}", *images()]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"no containers: {error}"
    return "" if done.returncode == 0 else f"no containers: {' '.join(done.stderr.split())}"


@contextmanager
def container_stores() -> Iterator[dict[str, str]]:
    """Start the four stores; yields the settings that name them."""
    password = secrets.token_hex(12)
    names = ("MONGO_PASSWORD", "NEO4J_PASSWORD", "REDIS_PASSWORD")
    found = services({**os.environ, **dict.fromkeys(names, password)})
    with ExitStack() as stack:
        at = {}
        for store, (service, port) in PORTS.items():
            container = stack.enter_context(_container(found[service], port))
            at[store] = f"{container.get_container_host_ip()}:{container.get_exposed_port(port)}"
        user = f":{password}@"
        root = f"mongodb://root{user}{at['documents']}/?directConnection=true"
        _wait(lambda: _prepare_set(root, password))
        _wait(lambda: _ask_graph(at["graph"], password))
        urls = {f"BARKER_{store.upper()}_URL": f"redis://{user}{at[store]}/0" for store in ("places", "queues")}
        for url in urls.values():
            _wait(Redis.from_url(url).ping)
        options = "authSource=admin&directConnection=true"  # the set's member bears a name of inside of the container
        urls["BARKER_DOCUMENTS_URL"] = f"mongodb://tests{user}{at['documents']}/barker?{options}"
        urls["BARKER_GRAPH_URL"] = f"bolt://neo4j{user}{at['graph']}"
        yield urls


def _container(service: Mapping[str, Any], port: int) -> DockerContainer:
    container = DockerContainer(service["image"]).with_exposed_ports(port)
    if "command" in service:
        container = container.with_command(service["command"])
    for name, value in service.get("environment", {}).items():
        container = container.with_env(name, value)
    return container.with_kwargs(mem_limit=service["mem_limit"])


def _prepare_set(root: str, password: str) -> None:
    with MongoClient[dict[str, Any]](root, serverSelectionTimeoutMS=2000) as client:
        if "setName" not in client.admin.command("hello"):
            member = {"_id": 0, "host": "127.0.0.1:27017"}
            client.admin.command("replSetInitiate", {"_id": "rs0", "members": [member]})
        if not client.admin.command("usersInfo", "tests")["users"]:
            client.admin.command("createUser", "tests", pwd=password, roles=list(ROLES))


def _ask_graph(address: str, password: str) -> None:
    with GraphDatabase.driver(f"bolt://{address}", auth=("neo4j", password)) as driver:
        driver.execute_query("RETURN 1")


def _wait(act: Callable[[], object]) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            act()
            return
        except NOT_YET:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)
