"""Processes of the API alone, each of whose stores is behind a tap, and readers made past them."""

import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from barker import ids
from barker.actions import accounts
from barker.models import User
from barker.stores import Stores
from barker.stores.jobs import Job, Jobs
from tests.barker_process import PASSWORD, Person, Service, wait_for
from tests.faults.tap import Tap

STORES = ("documents", "graph", "places", "queues")


class Api(Service):
    """One process that answers HTTP, without a worker."""

    def __init__(self, environ: Mapping[str, str], logs: Path, taps: dict[str, Tap]) -> None:
        super().__init__(environ, logs)
        self.taps = taps

    def __enter__(self) -> "Api":
        self.start("serve")
        wait_for(self._is_ready, "the process to be ready", 60)
        return self

    def of(self, person: Person) -> Person:
        """Return the same person, who calls this process."""
        return Person(self, person.token, person.user)


NewApi = Callable[..., Any]


@pytest.fixture(scope="session")
def new_api(stores: Stores, stores_urls: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> NewApi:
    """Start a process of the API with these settings."""

    @contextmanager
    def start(**settings: str) -> Iterator[Api]:
        with ExitStack() as stack:
            environ = {name: value for name, value in os.environ.items() if not name.startswith("BARKER_")}
            taps: dict[str, Tap] = {}
            for name in STORES:
                setting = f"BARKER_{name.upper()}_URL"
                url = urlsplit(stores_urls[setting])
                taps[name] = Tap(url.port or 0, name)
                stack.callback(taps[name].close)
                netloc = url.netloc.replace(f":{url.port}", f":{taps[name].port}")
                environ[setting] = urlunsplit(url._replace(netloc=netloc))
            yield stack.enter_context(Api({**environ, **settings}, tmp_path_factory.mktemp("api"), taps))

    return start


@pytest.fixture(scope="session")
def api(new_api: NewApi) -> Iterator[Api]:
    """A process without limits."""
    with new_api(BARKER_LIMITS="off") as api:
        yield api


@pytest.fixture
def reader(stores: Stores, api: Api) -> Callable[[], Person]:
    """Make somebody who is signed in, and whom no process knows yet."""

    def new() -> Person:
        user = User(ids.new(), f"reader_{secrets.token_hex(5)}", "Reader")
        found = accounts.sign_up(stores, user, PASSWORD, "a phone")
        return Person(api, found.token, {"handle": user.handle, "id": str(user.id)})

    return new


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """The jobs that are asked for: these tests run them themselves, when they want."""
    jobs: list[Job] = []
    monkeypatch.setattr(Jobs, "put", lambda self, *added, lane="small": jobs.extend(added))
    monkeypatch.setattr(Jobs, "put_later", lambda self, job, seconds, lane="small": jobs.append(job))
    return jobs
