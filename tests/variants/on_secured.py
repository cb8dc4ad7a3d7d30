"""The plugin behind `make secured`: the usual tests on stores with authentication and TLS, by users of little right."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from barker.stores.documents import DocumentStore
from tests.variants.secured import Secured, running
from tests.variants.swap import Fixture, Urls, swap

PREPARE_SECONDS = 20
OF_ADMIN = "ADMIN_PLACES_URL"  # for tests that look at all keys


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: Fixture, request: pytest.FixtureRequest) -> Any:
    """Start them in the place of the usual ones."""
    return swap(fixturedef, request, _stores)


@contextmanager
def _stores(folder: Path) -> Iterator[Urls]:
    with running(folder) as secured, pytest.MonkeyPatch.context() as patch:
        patch.setattr(DocumentStore, "prepare", _by_who_prepares(secured))
        yield {**secured.urls, OF_ADMIN: secured.admin_url("places")}
        lacking = {name: refused(secured, name) for name in ("places", "queues")}
        assert not any(lacking.values()), f"the ACLs lack: {lacking}"


def _by_who_prepares(secured: Secured) -> Any:
    """Stores that tests make are the service's; to prepare them is another user's, as in `barker prepare`."""
    prepare = DocumentStore.prepare

    def instead(documents: DocumentStore) -> None:
        url = secured.prepare_url.replace("/barker?", f"/{documents._database.name}?")
        with closing(DocumentStore(url, PREPARE_SECONDS)) as others:
            prepare(others)

    return instead


def refused(secured: Secured, name: str) -> list[str]:
    """Return what a Redis refused to the service, also where the code goes on without an answer."""
    with secured.admin(name) as admin:
        rows: Any = admin.acl_log()
    return [f"{row['object']} ({row['reason']}, {row['context']})" for row in rows if row["username"] == "service"]
