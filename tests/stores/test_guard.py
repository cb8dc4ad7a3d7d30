"""The door of the stores: time limits, and no driver's error beyond it."""

import threading
import time

import pytest

from barker.bulkhead import Bulkhead
from barker.errors import StoreDown
from barker.local.ports import free_port
from barker.settings import Settings
from barker.stores import connect


def test_a_call_that_hangs_costs_its_limit_and_no_more() -> None:
    bulkhead, never = Bulkhead(2), threading.Event()
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        bulkhead.run(never.wait, 0.2)
    assert time.monotonic() - began < 10
    assert bulkhead.run(lambda: "still here", 1) == "still here"
    never.set()


def test_a_full_bulkhead_refuses_and_recovers() -> None:
    bulkhead, never = Bulkhead(1), threading.Event()
    hanging = bulkhead.start(never.wait, 1)
    with pytest.raises(TimeoutError):
        bulkhead.run(lambda: None, 0.1)
    never.set()
    assert hanging.result(1)
    assert bulkhead.run(lambda: "free", 1) == "free"


def test_an_error_inside_reaches_the_caller() -> None:
    def fail() -> None:
        raise ValueError("inside")

    with pytest.raises(ValueError, match="inside"):
        Bulkhead(1).run(fail, 1)


def test_a_server_that_is_not_there_is_a_store_down() -> None:
    address = f"127.0.0.1:{free_port()}"
    settings = Settings.read(
        {
            "BARKER_DOCUMENTS_URL": f"mongodb://{address}/barker",
            "BARKER_GRAPH_URL": f"bolt://{address}",
            "BARKER_PLACES_URL": f"redis://{address}/0",
            "BARKER_QUEUES_URL": f"redis://{address}/0",
            "BARKER_DOCUMENTS_SECONDS": "0.3",
            "BARKER_GRAPH_SECONDS": "0.3",
        }
    )
    stores = connect(settings)
    for name, ping in stores.pings().items():
        with pytest.raises(StoreDown) as down:
            ping()
        assert down.value.store == name
    stores.close()
