"""The WebSocket against a real process: events and acks, who may open one."""

import json
import threading

import pytest
import websocket

from barker import ids
from barker.models import QUEUE_KEEP
from barker.stores import Stores
from barker.stores.delivery import Delivery
from tests.barker_process import PASSWORD, Person, Service, wait_for
from tests.live.wire import Wire

AUTHOR = 5
PATH = "/v1/me/read-position"


@pytest.fixture
def eve(service: Service) -> Person:
    return service.sign_up("eve")


def ring(stores: Stores, person: Person, number: int = 1) -> list[str]:
    """Let something be told that needs no bark; returns what of."""
    made = [ids.new() for _ in range(number)]
    for bark_id in made:
        stores.queues.deliver(Delivery("delete", bark_id, AUTHOR, [int(person.user["id"])]))
    return [str(bark_id) for bark_id in made]


def on_device(person: Person, device: str) -> Person:
    body = {"handle": person.handle, "password": PASSWORD, "device": device}
    return Person(person.service, person.service.call("POST", "/v1/sessions", json=body).json()["token"], person.user)


def test_a_bark_is_told_as_the_stream_tells_it(service: Service, eve: Person) -> None:
    ada = service.sign_up("ada")
    eve.follow(ada)
    with Wire(eve) as wire, eve.stream() as stream:
        ready = wire.next()
        assert (ready.name, ready.data) == ("ready", {"cursor": ready.id})
        assert stream.next().name == "ready"
        ada.bark("woof")
        told, expected = wire.until("bark"), stream.bark()
        assert (told.name, told.id, told.data) == (expected.name, expected.id, expected.data)


def test_without_a_cursor_it_goes_on_behind_what_was_acknowledged(eve: Person, stores: Stores) -> None:
    with Wire(eve) as wire:
        assert wire.next().name == "ready"
        made = ring(stores, eve, 5)
        told = [wire.next() for _ in made]
        wire.say(ack=told[2].id)
        wire.say(ack=told[1].id)  # lower: no matter
    assert eve.get(PATH)["id"] == told[2].id
    with Wire(eve) as wire:
        ready = wire.next()
        assert (ready.name, ready.id) == ("ready", told[2].id)
        assert [wire.next().data["id"] for _ in range(2)] == made[3:]
    with Wire(eve, cursor=told[0].id) as wire:  # a cursor that is brought counts more
        assert wire.next().id == told[0].id
        assert [wire.next().data["id"] for _ in range(4)] == made[1:]


def test_an_ack_is_written_while_the_connection_lasts(eve: Person) -> None:
    with Wire(eve) as wire:
        ready = wire.next()
        wire.say(ack=ready.id)
        wait_for(lambda: eve.get(PATH)["id"] == ready.id, "the ack to be written", 5)


def test_two_devices_go_on_where_each_was(eve: Person, stores: Stores) -> None:
    phone, tablet = on_device(eve, "phone"), on_device(eve, "tablet")
    with Wire(phone) as on_phone, Wire(tablet) as on_tablet:
        assert on_phone.names(1) == on_tablet.names(1) == ["ready"]
        made = ring(stores, eve, 4)
        told = [on_phone.next() for _ in made]
        assert [on_tablet.next().data["id"] for _ in made] == made
        on_phone.say(ack=told[3].id)
        on_tablet.say(ack=told[0].id)
    with Wire(on_device(eve, "phone")) as on_phone, Wire(tablet) as on_tablet:
        assert [on_phone.next().id, on_tablet.next().id] == [told[3].id, told[0].id]
        assert [on_tablet.next().data["id"] for _ in range(3)] == made[1:]


def test_what_comes_during_the_catching_up_is_told_once_and_in_order(eve: Person, stores: Stores) -> None:
    made: list[str] = []
    with Wire(eve) as wire:
        wire.say(ack=wire.next().id)

    def keep_ringing() -> None:
        for _ in range(600):
            made.extend(ring(stores, eve))

    ringing = threading.Thread(target=keep_ringing)
    ringing.start()
    heard: list[str] = []
    while len(heard) < 600:
        with Wire(eve) as wire:  # a screen that goes away and comes back, with no cursor, after every 23rd event
            assert wire.next().name == "ready"
            for _ in range(min(23, 600 - len(heard))):
                event = wire.next()
                assert event.name == "delete"
                heard.append(event.data["id"])
            wire.say(ack=event.id)
    ringing.join()
    assert heard == made


def test_a_burst_of_acks_is_no_burst_of_writes(eve: Person, stores: Stores) -> None:
    def writes() -> int:
        stats = stores.documents.collection("positions").aggregate([{"$collStats": {"latencyStats": {}}}])
        found = next(stats)["latencyStats"]
        return int(found["writes"]["ops"]) + int(found["commands"]["ops"])

    with Wire(eve) as wire:
        ready = wire.next()
        wire.say(ack=ready.id)
        wait_for(lambda: eve.get(PATH)["id"] == ready.id, "the ack to be written", 5)
        before = writes()
        for number in range(300):
            wire.say(ack=f"{ready.id.partition('-')[0]}-{number + 1}")
        wire.ws.ping("are you there")
        wire.ws.recv_data_frame(control_frame=True)  # it has taken all of them
    assert eve.get(PATH)["id"].endswith("-300")
    assert 1 <= writes() - before <= 4


def test_a_position_that_a_queue_no_longer_holds_is_told_of_the_gap(eve: Person, stores: Stores) -> None:
    user = int(eve.user["id"])
    with Wire(eve) as wire:
        wire.say(ack=wire.next().id)
    ring(stores, eve, QUEUE_KEEP + 200)
    with Wire(eve) as wire:
        assert wire.names(2) == ["ready", "gap"]
    stores.queues._redis.delete(stores.queues.channel(user))  # Redis lost it
    with Wire(eve) as wire:
        assert wire.names(2) == ["ready", "gap"]
        made = ring(stores, eve)
        assert [wire.next().data["id"]] == made


def test_only_a_page_of_the_same_origin_may_use_the_cookie(eve: Person) -> None:
    cookie = f"barker_token={eve.token}"
    with Wire(eve, {"Cookie": cookie, "Origin": eve.service.url}) as wire:
        assert wire.names(1) == ["ready"]
    strangers: tuple[dict[str, str], ...] = (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": f"{eve.service.url}.evil.example"},
        {},
    )
    for origin in strangers:
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            Wire(eve, {"Cookie": cookie, **origin})
        assert refused.value.status_code == 403, origin
    with Wire(eve, {**eve.headers, "Origin": "https://evil.example"}) as wire:  # no browser sends a bearer by itself
        assert wire.names(1) == ["ready"]


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"Authorization": "Bearer dead"}, 401, "not_signed_in"),
        ({"Authorization": ""}, 401, "not_signed_in"),
        ({"Upgrade": ""}, 426, "upgrade_required"),
        ({"Upgrade": "h2c"}, 426, "upgrade_required"),
        ({"Sec-WebSocket-Version": "8"}, 426, "upgrade_required"),
        ({"Sec-WebSocket-Key": "short"}, 400, "malformed"),
    ],
)
def test_who_may_not_or_cannot_is_told_so_before_the_upgrade(
    eve: Person, given: dict[str, str], status: int, code: str
) -> None:
    asks = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    headers = {**eve.headers, **asks, "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", **given}
    answer = eve.service.call("GET", "/v1/ws", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    if status == 426:
        assert (answer.headers["Upgrade"], answer.headers["Sec-WebSocket-Version"]) == ("websocket", "13")


@pytest.mark.parametrize("cursor", ["", "x", "5-5-5", "9999999999999-0"])
def test_a_cursor_from_no_stream_is_refused_before_the_upgrade(eve: Person, cursor: str) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        Wire(eve, cursor=cursor)
    assert refused.value.status_code == 422
    assert json.loads(refused.value.resp_body or "")["errors"][0]["field"] == "cursor"


def test_no_extension_is_negotiated(eve: Person) -> None:
    offer = {**eve.headers, "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
    with Wire(eve, offer) as wire:
        headers = wire.ws.headers or {}
        assert "sec-websocket-extensions" not in headers
        assert "x-request-id" in headers
        assert wire.names(1) == ["ready"]


@pytest.mark.parametrize(
    ("message", "code", "field"),
    [
        ("", "malformed", None),
        ("{", "malformed", None),
        ('"5-0"', "invalid", "body"),
        ("{}", "invalid", "ack"),
        ('{"ack": 5}', "invalid", "ack"),
        ('{"ack": "five"}', "invalid", "ack"),
        ('{"ack": "5-0", "bark": "woof"}', "invalid", "bark"),
        ('{"ack": "9999999999999-0"}', "invalid", "ack"),
    ],
)
def test_a_bad_message_is_answered_and_ends_nothing(
    eve: Person, stores: Stores, message: str, code: str, field: str | None
) -> None:
    with Wire(eve) as wire:
        assert wire.names(1) == ["ready"]
        wire.ws.send(message)
        error = wire.next()
        assert (error.id, error.name, error.data["code"]) == ("", "error", code)
        assert error.data["detail"]
        assert [found["field"] for found in error.data["errors"]] == ([field] if field else [])
        assert [wire.next().data["id"] for _ in ring(stores, eve)]
    assert eve.get(PATH)["id"] is None
