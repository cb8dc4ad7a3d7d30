"""A WebSocket while MongoDB is away: it stays, and its acks are written afterwards."""

import time

import pytest
import websocket

from tests.barker_process import Person, wait_for
from tests.faults.proxy import Mode
from tests.faults.world import World
from tests.live.wire import Wire

pytestmark = pytest.mark.slow

PATH = "/v1/me/read-position"


@pytest.mark.parametrize("mode", [Mode.REFUSE, Mode.SWALLOW])
def test_an_ack_waits_for_the_store_and_ends_nothing(world: World, ada: Person, mode: Mode) -> None:
    with Wire(ada) as wire:
        ready = wire.next()
        world.proxies["documents"].switch(mode)
        wire.say(ack=ready.id)
        until = time.monotonic() + 3
        while time.monotonic() < until:
            wire.say(ack=ready.id)
            wire.say(ack="x")  # it is still heard, and answers
            assert wire.until("error").data["code"] == "invalid"
        world.clean()
        wait_for(lambda: ada.call("GET", PATH).json().get("id") == ready.id, "the ack to be written")
    with Wire(ada) as wire:
        assert wire.next().id == ready.id


def test_without_a_cursor_it_is_not_opened_where_nobody_left_off(world: World, ada: Person) -> None:
    cursor = ""
    with Wire(ada) as wire:
        cursor = wire.next().id
    world.proxies["documents"].switch(Mode.REFUSE)
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        Wire(ada)
    assert refused.value.status_code == 503
    with Wire(ada, cursor=cursor) as wire:  # who brings one does not need the store
        assert wire.next().id == cursor
