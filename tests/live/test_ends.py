"""How WebSockets end, by whichever side, and that nothing is left open."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import requests
import websocket

from barker import ids
from barker.stores import Stores
from barker.stores.delivery import Delivery
from tests.barker_process import Person, Service, wait_for
from tests.faults.world import HastyService
from tests.live.wire import Wire


@pytest.fixture(scope="module")
def calm(stores: Stores, stores_urls: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service on which no other test has left a stream."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BARKER_")}
    with Service({**clean, **stores_urls, "BARKER_LIMITS": "off"}, tmp_path_factory.mktemp("calm")) as service:
        yield service


@pytest.fixture(scope="module")
def hasty(stores: Stores, stores_urls: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with a heartbeat every half second."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BARKER_")}
    with HastyService({**clean, **stores_urls, "BARKER_LIMITS": "off"}, tmp_path_factory.mktemp("hasty")) as service:
        yield service


@pytest.fixture
def eve(calm: Service) -> Person:
    return calm.sign_up("eve")


@pytest.fixture
def bob(hasty: Service) -> Person:
    return hasty.sign_up("bob")


def many_parts(wire: Wire) -> None:
    for number in range(5000):
        wire.ws.send_frame(websocket.ABNF(0, 0, 0, 0, int(number == 0), 1, ""))


def too_many(wire: Wire) -> None:
    for _ in range(12):
        wire.ws.send("woof")


ENDS: dict[str, tuple[Callable[[Wire], object], int]] = {
    "a goodbye": (lambda wire: wire.ws.send_close(1000), 1000),
    "a binary message": (lambda wire: wire.ws.send_binary(b"\0"), 1003),
    "a large message": (lambda wire: wire.ws.send("x" * 4097), 1009),
    "a huge message": (lambda wire: wire.ws.send("x" * 3_000_000), 1009),
    "a frame without end": (lambda wire: wire.raw(b"\x81\xff" + b"\x7f" * 8 + b"mask" + b"x" * 9000), 1009),
    "many parts": (many_parts, 1009),
    "no UTF-8": (lambda wire: wire.ws.send(b"\xff\xfe", websocket.ABNF.OPCODE_TEXT), 1007),
    "no mask": (lambda wire: wire.raw(b"\x81\x01x"), 1002),
    "no frame": (lambda wire: wire.raw(b"GET / HTTP/1.1\r\n\r\n"), 1002),
    "too many bad messages": (too_many, 1008),
}


@pytest.mark.parametrize("how", ENDS)
def test_who_breaks_the_rules_is_told_why_and_leaves_nothing_open(eve: Person, how: str) -> None:
    act, code = ENDS[how]
    with Wire(eve) as wire:
        assert wire.names(1) == ["ready"]
        assert open_streams(eve.service) == 1
        act(wire)
        assert {event.name for event in wire.rest()} <= {"error"}
        assert wire.code == code
    wait_for(lambda: open_streams(eve.service) == 0, "the stream to be closed", 5)


def test_who_vanishes_leaves_nothing_open(eve: Person) -> None:
    wires = [Wire(eve) for _ in range(3)]
    assert open_streams(eve.service) == 3
    for wire in wires:
        wire.drop()
    wait_for(lambda: open_streams(eve.service) == 0, "the streams to be closed", 5)


@pytest.mark.slow
def test_a_dead_token_ends_it(bob: Person) -> None:
    with Wire(bob) as wire:
        assert wire.names(1) == ["ready"]
        assert bob.call("DELETE", "/v1/me/sessions").status_code == 204
        assert [event.data for event in wire.rest()] == [{"reason": "signed_out"}]
        assert wire.code == 1008


@pytest.mark.slow
def test_who_gives_no_sign_of_life_is_let_go_and_who_does_is_not(bob: Person) -> None:
    with Wire(bob) as alive, Wire(bob) as silent:
        assert alive.names(1) == silent.names(1) == ["ready"]
        answering = threading.Thread(target=alive.rest)
        answering.start()
        assert open_streams(bob.service) == 2
        wait_for(lambda: open_streams(bob.service) == 1, "the silent one to be let go", 10)
        time.sleep(2)
        assert open_streams(bob.service) == 1
        assert alive.code == 0
        alive.ws.send_close(1000)
        answering.join()
        assert alive.code == 1000


@pytest.mark.slow
def test_a_restart_says_goodbye_in_time_and_nothing_is_missed(bob: Person, hasty: Service, stores: Stores) -> None:
    def ring() -> str:
        bark_id = ids.new()
        stores.queues.deliver(Delivery("delete", bark_id, 5, [int(bob.user["id"])]))
        return str(bark_id)

    with Wire(bob) as wire, Wire(bob) as deaf:
        made = [ring()]
        assert wire.names(1) == deaf.names(1) == ["ready"]
        told = wire.next()
        wire.say(ack=told.id)
        hasty.processes["serve"].send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert wire.rest()[-1].data == {"reason": "restart"}
        assert wire.code == 1012
        hasty.processes.pop("serve").wait(10)
        assert time.monotonic() - began < 9  # the deaf one, too, does not hold it up
    made.append(ring())
    hasty.start("serve")
    wait_for(lambda: _is_up(hasty), "the next process", 30)
    with Wire(bob) as wire:
        assert wire.next().id == told.id
        assert wire.next().data["id"] == made[1]


def _is_up(service: Service) -> bool:
    try:
        return requests.get(f"{service.url}/readyz", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def open_streams(service: Service) -> int:
    page = requests.get(f"{service.url}/metrics", timeout=5).text
    return sum(int(float(line.split()[-1])) for line in page.splitlines() if line.startswith("barker_open_streams{"))
