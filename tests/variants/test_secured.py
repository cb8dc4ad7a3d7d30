"""The service with authentication and TLS on all stores, by users of no more rights than `deploy/stores/` gives."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest
from pymongo.errors import OperationFailure
from redis.exceptions import NoPermissionError

from barker.errors import StoreDown
from barker.settings import Settings
from barker.stores import connect, migrations
from tests.barker_process import Service, wait_for
from tests.conftest import _clean
from tests.variants.on_secured import refused
from tests.variants.secured import Secured, running

# On a busy machine a driver may leave a TLS socket to the collector, which no test here is about; as in make secured.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


@pytest.fixture(scope="module")
def secured(servers_can_be_had: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    with running(tmp_path_factory.mktemp("secured")) as secured:
        assert _barker("prepare", {**secured.urls, "BARKER_DOCUMENTS_URL": secured.prepare_url}).returncode == 0
        yield secured


def _barker(command: str, urls: Mapping[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "barker.cli", command, *options]
    return subprocess.run(argv, env={**_clean(), **urls}, capture_output=True, text=True, timeout=60, check=False)


def test_the_doctor_finds_all_well_with_the_rights_of_the_service(secured: Secured) -> None:
    done = _barker("doctor", secured.urls, "--json")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one for one in found if one["level"] != "good"] == []
    assert {one["about"] for one in found} == {"documents", "graph", "places", "queues", "jobs", "settings"}
    assert done.returncode == 0


def test_only_who_prepares_may_make_indexes(secured: Secured) -> None:
    done = _barker("prepare", secured.urls)
    assert done.returncode != 0
    assert "not authorized" in done.stderr + done.stdout


def test_who_prepares_may_drop_an_index_that_was_retired(secured: Secured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "RETIRED", (("barks", "old_1"),))
    urls = {**secured.urls, "BARKER_DOCUMENTS_URL": secured.prepare_url}
    with closing(connect(Settings.read(urls))) as stores:
        barks = stores.documents.collection("barks")
        barks.create_index("old")
        list(migrations.run(stores.documents))
        assert "old_1" not in barks.index_information()


def test_a_bark_goes_all_its_way(secured: Secured, tmp_path_factory: pytest.TempPathFactory) -> None:
    with Service({**_clean(), **secured.urls}, tmp_path_factory.mktemp("service")) as service:
        ada, bob = service.sign_up("ada"), service.sign_up("bob")
        follow = f"/v1/me/following/{bob.handle}"  # the first query takes a JVM that was just started seconds
        wait_for(lambda: ada.call("PUT", follow).status_code == 200, "the graph")
        with ada.stream() as events:
            assert events.next().name == "ready"
            bob.bark("by TLS, all of it")
            assert events.bark().data["text"] == "by TLS, all of it"
        wait_for(lambda: ada.feed() == ["by TLS, all of it"], "the feed")
        assert ada.call("PUT", "/v1/me/place", json={"lat": 1, "lon": 2}).status_code == 204
    for name in ("places", "queues"):
        asked_by_doctor = "config"
        assert [one for one in refused(secured, name) if not one.startswith(asked_by_doctor)] == []


PLAIN = {
    "DOCUMENTS": ("tls=true", "tls=false"),
    "GRAPH": ("bolt+s:", "bolt:"),
    "PLACES": ("rediss:", "redis:"),
    "QUEUES": ("rediss:", "redis:"),
}


@pytest.mark.parametrize("store", sorted(PLAIN))
@pytest.mark.parametrize("how", ["in the clear", "by a wrong password", "to whom it does not trust"])
def test_nobody_gets_in(secured: Secured, store: str, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url = secured.urls[f"BARKER_{store}_URL"]
    if how == "in the clear":
        url = url.replace(*PLAIN[store])
    elif how == "by a wrong password":
        url = url.replace(secured.passwords.service, "wrong")
    else:
        monkeypatch.delenv("SSL_CERT_FILE")
    urls = {**secured.urls, f"BARKER_{store}_URL": url}
    with closing(connect(Settings.read({**urls, "BARKER_DOCUMENTS_SECONDS": "1"}))) as stores:
        ping = stores.pings()[store.lower()] if store != "DOCUMENTS" else stores.documents.facts
        with pytest.raises(StoreDown):
            ping()
    assert "SSL_CERT_FILE" in os.environ or how == "to whom it does not trust"


def test_the_service_may_do_nothing_else(secured: Secured) -> None:
    with closing(connect(Settings.read(secured.urls))) as stores:
        for redis in (stores.queues._redis, stores.places._redis):
            for command in (
                ["FLUSHALL"],
                ["CONFIG", "GET", "*"],
                ["KEYS", "*"],
                ["GET", "of another"],
                ["ACL", "LIST"],
            ):
                with pytest.raises(NoPermissionError):
                    redis.execute_command(*command)  # type: ignore[no-untyped-call]
        database = stores.documents.collection("users").database
        refused: tuple[dict[str, Any], ...] = (
            {"dropDatabase": 1},
            {"drop": "users"},
            {"createUser": "eve", "pwd": "x", "roles": []},
        )
        for one in refused:
            with pytest.raises(OperationFailure, match="not authorized"):
                database.command(one)
        with pytest.raises(OperationFailure, match="not authorized"):
            database.client["another"]["things"].find_one()
