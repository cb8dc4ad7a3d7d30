"""What the tests of actions share: no worker of the run takes the jobs that they ask for."""

from collections.abc import Iterator

import pytest

from barker import ids
from barker.settings import Settings
from barker.stores import Stores, connect
from barker.stores.jobs import Job, Jobs


@pytest.fixture(scope="session")
def stores(stores_urls: dict[str, str]) -> Iterator[Stores]:
    """The stores, with documents and queues of their own: a worker of the run sweeps what is in the others."""
    documents = stores_urls["BARKER_DOCUMENTS_URL"].replace("/barker", "/actions")
    queues = stores_urls["BARKER_QUEUES_URL"].removesuffix("/0") + "/6"
    apart = {"BARKER_DOCUMENTS_URL": documents, "BARKER_QUEUES_URL": queues}
    stores = connect(Settings.read({**stores_urls, **apart}))
    stores.prepare()
    yield stores
    stores.close()


@pytest.fixture(autouse=True)
def own_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids of the test's own: where it sets the clock on, they go on from there, and must not in the next test."""
    monkeypatch.setattr(ids, "new", ids._maker())


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """The jobs that are asked for: these tests run them themselves, when they want."""
    jobs: list[Job] = []
    monkeypatch.setattr(Jobs, "put", lambda self, *added, lane="small": jobs.extend(added))
    monkeypatch.setattr(Jobs, "put_later", lambda self, job, seconds, lane="small": jobs.append(job))
    return jobs
