"""How many streams a process holds: in all, and from one address."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from barker.app import create_app
from barker.errors import Full, TooMany
from barker.live.caps import Caps
from barker.settings import Settings
from barker.stores import Stores
from tests.barker_process import Service, wait_for
from tests.faults.world import HastyService


@pytest.fixture(scope="module")
def capped(stores_urls: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Return a service that takes two streams from an address."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BARKER_")}
    logs: Path = tmp_path_factory.mktemp("capped")
    with HastyService({**clean, **stores_urls, "BARKER_STREAMS_PER_ADDRESS": "2"}, logs) as service:
        yield service


def refused(cap: str) -> float:
    return REGISTRY.get_sample_value("barker_streams_refused_total", {"cap": cap}) or 0


def test_an_address_has_so_many_places_and_another_one_its_own() -> None:
    caps, before = Caps(10, 2), refused("address")
    with caps.held("192.0.2.1"), caps.held("::ffff:192.0.2.1"):
        with pytest.raises(TooMany) as told, caps.held("192.0.2.1"):
            pass
        assert told.value.retry_after > 0
        with caps.held("192.0.2.2"):
            pass
    assert refused("address") == before + 1
    with caps.held("192.0.2.1"):
        pass


def test_a_network_of_ipv6_counts_as_one_address() -> None:
    caps = Caps(10, 1)
    with caps.held("2001:db8:0:1::1"):
        with pytest.raises(TooMany), caps.held("2001:db8:0:1:ffff::2"):
            pass
        with caps.held("2001:db8:0:2::1"):
            pass


def test_a_process_has_so_many_places_for_all() -> None:
    caps, before = Caps(2, 0), refused("process")
    one, two = caps.take("192.0.2.1"), caps.take("192.0.2.1")
    with pytest.raises(Full):
        caps.take("192.0.2.9")
    assert refused("process") == before + 1
    caps.release(one)
    caps.release(one)
    three = caps.take("192.0.2.9")
    with pytest.raises(Full):
        caps.take("192.0.2.9")
    for place in (two, three):
        caps.release(place)
    assert (caps._taken, caps._by_network) == (0, {})


@pytest.mark.slow
def test_a_place_is_given_back_whatever_way_a_stream_ends(capped: Service) -> None:
    ada, bob = capped.sign_up("ada"), capped.sign_up("bob")
    for _ in range(3):  # it does not even begin
        assert ada.call("GET", "/v1/stream?cursor=nonsense").status_code == 422
        assert ada.call("HEAD", "/v1/stream").status_code == 200
    for _ in range(2):  # its client goes away
        with ada.stream(), bob.stream():
            answer = bob.call("GET", "/v1/stream")
            assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
            assert int(answer.headers["Retry-After"]) > 0
        wait_for(lambda: 'barker_open_streams{kind="events"} 0.0' in _counts(capped), "places to be free")
    assert 'barker_streams_refused_total{cap="address"}' in _counts(capped)


def _counts(service: Service) -> str:
    return service.call("GET", "/metrics").text


@pytest.mark.parametrize(("settings", "cap"), [({}, 200), ({"BARKER_LIMITS": "off"}, 0)])
def test_no_address_is_capped_where_there_are_no_limits(stores: Stores, settings: dict[str, str], cap: int) -> None:
    app = create_app(Settings.read(settings), stores)
    assert app.extensions["barker"].caps._per_address == cap
