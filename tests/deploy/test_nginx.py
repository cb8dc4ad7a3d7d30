"""nginx before the two groups: what it sends where, what it holds back, and whom it believes."""

import os
import secrets
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

import pytest
import websocket

from tests.barker_process import Event, Events, Person, wait_for
from tests.deploy.edge import Groups, is_ready, nginx, opened_from
from tests.live.sockets import opened, read_until
from tests.live.wire import Wire

pytestmark = pytest.mark.slow
PER_ADDRESS = 6  # one that says goodbye may count for a while
RETRY_SECONDS = 2  # what the stream asks of clients
APP = "https://app.example"


@pytest.fixture(scope="module")
def groups(stores_urls: dict[str, str], stores: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Groups]:
    """Return both groups behind nginx, with limits on."""
    if nginx() is None:
        pytest.skip("no nginx here: apt-get install nginx-light")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BARKER_", "PROMETHEUS_"))}
    settings = {"BARKER_STREAMS_PER_ADDRESS": str(PER_ADDRESS), "BARKER_ORIGINS": APP}
    logs: Path = tmp_path_factory.mktemp("edge")
    with Groups({**clean, **stores_urls, **settings}, logs) as groups:
        yield groups


@pytest.fixture(scope="module")
def ada(groups: Groups) -> Person:
    return groups.sign_up("ada")


@pytest.fixture(scope="module")
def bob(groups: Groups, ada: Person) -> Person:
    bob = groups.sign_up("bob")
    bob.follow(ada)
    bob.feed()
    return bob


def test_paths_go_to_their_group(groups: Groups, ada: Person) -> None:
    assert ada.get("/v1/me")["handle"] == ada.handle
    assert groups.call("GET", "/healthz").json() == {"status": "alive"}
    assert groups.call("GET", "/v1/stream").status_code == 401  # not 421
    assert ada.call("PUT", f"/v1/me/following/{ada.handle}").status_code in (409, 422)
    assert ada.call("DELETE", "/v1/me/place").status_code == 204
    for name, path in (("serve", "/v1/stream"), ("stream", "/v1/feed")):
        connection = HTTPConnection("127.0.0.1", groups.ports[name], timeout=5)
        connection.request("GET", path)
        assert connection.getresponse().status == 421
        connection.close()


def test_refusals_come_with_what_a_page_needs_to_read_them(groups: Groups) -> None:
    for path in ("/v1/feed", "/v1/stream"):
        answer = groups.call("GET", path, headers={"Origin": APP})
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (401, APP)


def test_events_and_heartbeats_are_not_collected(groups: Groups, ada: Person, bob: Person) -> None:
    with opened(bob, groups.port) as connection:
        assert b"event: ready" in read_until(connection, b"event: ready")
        text = secrets.token_hex(8)
        ada.bark(text)
        began = time.monotonic()
        assert text.encode() in read_until(connection, text.encode())
        assert time.monotonic() - began < 10  # heartbeats, which would push it out of a buffer, come every 15 s
        beats = read_until(connection, b": beat")
        assert b": beat" in beats


def test_a_websocket_is_let_through_both_ways(groups: Groups, ada: Person, bob: Person) -> None:
    with Wire(bob) as wire:
        assert wire.next().name == "ready"
        text = secrets.token_hex(8)
        ada.bark(text)
        told = wire.until("bark")
        assert told.data["text"] == text
        wire.say(ack=told.id)
        wait_for(lambda: bob.get("/v1/me/read-position")["id"] == told.id, "the ack")
    with pytest.raises(websocket.WebSocketBadStatusException, match="401"):
        Wire(bob, headers={})


def test_a_client_is_known_by_its_address_whatever_it_says(groups: Groups, bob: Person) -> None:
    """The cap tells what the app sees: forged headers would give each stream an address of its own."""

    def forged() -> dict[str, str]:
        address = f"198.51.100.{secrets.randbelow(250)}"
        names = ("X-Forwarded-For", "X-Real-IP", "Forwarded")
        return {**bob.headers, **dict.fromkeys(names, address), "X-Forwarded-Host": "evil.example"}

    with ExitStack() as open_:
        for _ in range(PER_ADDRESS):
            assert open_.enter_context(opened_from("127.0.0.2", groups.port, forged())) == 200
        assert open_.enter_context(opened_from("127.0.0.2", groups.port, forged())) == 429
        assert open_.enter_context(opened_from("127.0.0.3", groups.port, forged())) == 200


def test_a_link_names_the_host_that_was_asked(groups: Groups) -> None:
    eve = groups.sign_up("eve")
    eve.bark("one")
    eve.bark("two")
    answer = eve.call("GET", f"/v1/users/{eve.handle}/barks?limit=1", headers={"X-Forwarded-Host": "evil.example"})
    assert answer.links["next"]["url"].startswith(f"{groups.url}/"), answer.links


@pytest.mark.parametrize("path", ["/metrics", "//metrics", "/%6detrics", "/metrics?x=1", "/v1/../metrics"])
def test_what_is_counted_is_closed_to_the_world(groups: Groups, path: str) -> None:
    connection = HTTPConnection("127.0.0.1", groups.port, timeout=5)
    connection.request("GET", path)
    assert connection.getresponse().status in (403, 404)
    connection.close()


def test_a_new_version_of_the_api_cuts_no_stream(groups: Groups, ada: Person, bob: Person) -> None:
    with bob.stream() as events:
        assert events.next().name == "ready"
        groups.stop("serve")
        refused = ada.call("GET", "/v1/me")
        assert (refused.status_code, refused.json()["code"]) == (503, "down")
        assert refused.headers["Retry-After"] == "5"
        groups.start("serve")
        wait_for(lambda: is_ready(groups.port), "the API")
        ada.bark("still there?")
        assert events.bark().data["text"] == "still there?"


def test_a_stream_process_that_is_replaced_says_goodbye_and_nothing_is_missed(
    groups: Groups, ada: Person, bob: Person
) -> None:
    with bob.stream() as events:
        assert events.next().name == "ready"
        ada.bark("before")
        assert events.bark().data["text"] == "before"
        groups.processes["stream"].send_signal(signal.SIGHUP)  # gunicorn: new processes first, then the old ones go
        bye = events.next(30)
        assert (bye.name, bye.data) == ("bye", {"reason": "restart"})
    ada.bark("meanwhile")
    with ExitStack() as open_:
        events, told = _reopened(open_, bob, events.cursor)
        assert (told.name, told.data["text"]) == ("bark", "meanwhile")
        seconds = groups.stop("stream")
        assert events.next().name == "bye"
    assert seconds < 20
    refused = bob.call("GET", "/v1/stream")
    assert (refused.status_code, refused.json()["code"]) == (503, "down")
    ada.bark("while it is away")
    groups.start("stream")
    wait_for(lambda: is_ready(groups.ports["stream"]), "the group of streams")
    with bob.stream(events.cursor) as events:
        assert events.next().name == "ready"
        assert events.barks(1) == ["while it is away"]


def _reopened(open_: ExitStack, person: Person, cursor: str) -> tuple[Events, Event]:
    """Come back as a client does: a process that goes accepts for a second more, and says goodbye at once."""
    for _ in range(5):
        time.sleep(RETRY_SECONDS)
        events = open_.enter_context(person.stream(cursor))
        assert events.next().name == "ready"
        if (told := events.next()).name != "bye":
            return events, told
    raise AssertionError("all of them say goodbye")
