"""A service that pushes, to two push services of this machine, which it is told to trust."""

import os
from collections.abc import Iterator

import pytest

from barker import vapid
from barker.settings import Settings
from barker.stores import Stores, connect
from tests.barker_process import Person, Service
from tests.push.browsers import PushService

KEY = vapid.new_key()
CONTACT = "mailto:operator@example.org"


@pytest.fixture(scope="session")
def pushed() -> Iterator[PushService]:
    """A push service."""
    with PushService().running() as found:
        yield found


@pytest.fixture(scope="session")
def other() -> Iterator[PushService]:
    """Another one, under another name."""
    with PushService().running() as found:
        yield found


@pytest.fixture(scope="session")
def push_settings(stores_urls: dict[str, str], pushed: PushService, other: PushService) -> dict[str, str]:
    """Settings of processes that push; with jobs of their own: the worker of the run would not push them.

    And with documents of their own: the sweep would take over what other tests left, for up to an hour.
    """
    return {
        **stores_urls,
        "BARKER_DOCUMENTS_URL": stores_urls["BARKER_DOCUMENTS_URL"].replace("/barker", "/pushing"),
        "BARKER_QUEUES_URL": stores_urls["BARKER_QUEUES_URL"].removesuffix("/0") + "/7",
        "BARKER_PUSH_KEY": KEY,
        "BARKER_PUSH_CONTACT": CONTACT,
        "BARKER_PUSH_HOSTS_ALLOWED": f"127.0.0.1:{pushed.port},localhost:{other.port},push.test:443",
        "BARKER_LIMITS": "off",
    }


@pytest.fixture(scope="session")
def pushing_stores(push_settings: dict[str, str]) -> Iterator[Stores]:
    """The stores, as such a process has them."""
    stores = connect(Settings.read(push_settings))
    stores.prepare()
    yield stores
    stores.close()


@pytest.fixture(scope="session")
def service(
    pushing_stores: Stores, push_settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """An API process and a worker that push."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BARKER_")}
    with Service({**clean, **push_settings}, tmp_path_factory.mktemp("pushing")) as service:
        yield service


@pytest.fixture
def ada(service: Service) -> Person:
    """Somebody with no subscriptions yet."""
    return service.sign_up("ada")


@pytest.fixture
def bob(service: Service) -> Person:
    """Somebody else."""
    return service.sign_up("bob")


@pytest.fixture
def here(pushed: PushService) -> str:
    """Where browsers are pushed to."""
    return f"http://127.0.0.1:{pushed.port}"
