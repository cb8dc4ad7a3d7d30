"""Who reads slowly gets all of it whole, and who does not read at all holds up nobody."""

import time

import pytest
import websocket

from barker import ids
from barker.live.hub import BUFFER
from barker.live.ws import FRAME_SECONDS
from barker.models import Bark, User
from barker.stores import Stores
from barker.stores.delivery import Delivery
from tests.barker_process import Person, Service, wait_for
from tests.live.wire import Wire

WIDE = "\N{DOG FACE}"  # four bytes
BARKS = 700  # fewer than a queue keeps
ROOM = 32_768


@pytest.fixture(scope="module")
def author(stores: Stores) -> User:
    """Somebody whose barks are as large as they can be: 8 KB each."""
    interests = tuple(f"{number:02d}" + 38 * WIDE for number in range(20))
    user = User(ids.new(), f"wide_{ids.new()}"[:30], 50 * WIDE, 500 * WIDE, interests)
    assert stores.users.insert(user, "no password")
    return user


def pour(stores: Stores, author: User, reader: Person) -> list[str]:
    """Deliver several megabytes; returns the texts."""
    barks = [Bark(id_, author.id, f"{id_} " + 479 * WIDE, id_) for id_ in (ids.new() for _ in range(BARKS))]
    stores.barks.insert_many(barks)
    for bark in barks:
        stores.queues.deliver(Delivery("bark", bark.id, author.id, [int(reader.user["id"])]))
    return [bark.text for bark in barks]


@pytest.mark.slow
def test_a_slow_reader_gets_every_frame_whole(service: Service, stores: Stores, author: User) -> None:
    eve = service.sign_up("eve")
    with Wire(eve, room=ROOM) as wire:
        assert wire.names(1) == ["ready"]
        texts = pour(stores, author, eve)
        for number in range(300):  # their answers must not come in the middle of a bark
            wire.ws.ping(f"{number}")
        time.sleep(2)
        sizes, told = 0, []
        for _ in texts:
            event = wire.next()
            sizes += len(str(event.data).encode())
            told.append(event.data["text"])
        assert told == texts
        assert sizes > 4_000_000
        wire.say(ack="nothing")
        assert wire.next().name == "error"


@pytest.mark.slow
def test_who_does_not_read_is_closed_and_holds_up_nobody(service: Service, stores: Stores, author: User) -> None:
    eve, bob = service.sign_up("eve"), service.sign_up("bob")
    with Wire(eve, room=ROOM) as stuck, Wire(bob) as wire:
        assert stuck.names(1) == wire.names(1) == ["ready"]
        cursor = ""
        pour(stores, author, eve)
        began, slowest = time.monotonic(), 0.0
        while time.monotonic() - began < 14:
            rung = time.monotonic()
            stores.queues.deliver(Delivery("delete", ids.new(), author.id, [int(bob.user["id"])]))
            cursor = wire.next().id
            slowest = max(slowest, time.monotonic() - rung)
            time.sleep(0.05)
        assert slowest < 1
        wait_for(lambda: listeners(stores, eve) == 0, "the stuck one to be let go", 10)
        assert listeners(stores, bob) == 1
        wire.say(ack=cursor)


@pytest.mark.slow
def test_who_falls_behind_is_told_so_and_of_the_gap(service: Service, stores: Stores, author: User) -> None:
    eve = service.sign_up("eve")

    def ring(number: int) -> list[str]:
        made = [ids.new() for _ in range(number)]
        for bark_id in made:
            stores.queues.deliver(Delivery("delete", bark_id, author.id, [int(eve.user["id"])]))
        return [str(bark_id) for bark_id in made]

    with Wire(eve, room=ROOM) as wire:
        assert wire.names(1) == ["ready"]
        pour(stores, author, eve)
        ring(BUFFER + 100)
        told = wire.rest()
        assert (told[-1].name, told[-1].data, wire.code) == ("bye", {"reason": "slow"}, 1013)
    last = ring(5)
    with Wire(eve, cursor=told[-2].id) as wire:
        assert wire.names(2) == ["ready", "gap"]
        last += ring(1)
        assert wire.next().data["id"] == last[-1]


@pytest.mark.slow
def test_of_who_sends_without_end_little_is_taken_at_a_time(service: Service) -> None:
    with Wire(service.sign_up("eve")) as wire:
        assert wire.names(1) == ["ready"]
        ping = websocket.ABNF.create_frame("", websocket.ABNF.OPCODE_PING).format()
        began = time.monotonic()
        wire.raw(ping * 2_000)
        for _ in range(2_000):
            wire.ws.recv_data_frame(control_frame=True)
        assert time.monotonic() - began > 1_900 * FRAME_SECONDS / 2


def listeners(stores: Stores, person: Person) -> int:
    """Return how many processes listen for somebody."""
    return int(int(person.user["id"]) in stores.queues.connected())
