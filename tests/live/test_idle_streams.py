"""Streams on which nothing happens: those of clients that are gone end by themselves, and a crowd starves no probe."""

import os
import re
import secrets
import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from barker import ids
from barker.actions import accounts
from barker.live.hub import TABS
from barker.live.stream import HEARTBEAT_SECONDS
from barker.models import User
from barker.stores import Stores
from tests.barker_process import PASSWORD, Person, Service, wait_for
from tests.live import sockets

pytestmark = pytest.mark.slow
PEOPLE = 50
PROBE_SECONDS = 1.0  # what a probe commonly waits
LATE_SECONDS = 5.0  # by which a slow machine may be late: it is found at the second heartbeat


class Streams(Service):
    """A group of streams, and nothing else."""

    def __enter__(self) -> "Streams":
        """Start it."""
        self.start("serve")
        wait_for(self._is_ready, "the group to be ready", 60)
        return self

    def open_streams(self) -> float:
        """Return how many are counted as open."""
        found = re.search(r"^barker_open_streams\{[^}]*\} (\S+)$", self.call("GET", "/metrics").text, re.MULTILINE)
        return float(found[1]) if found else 0.0


@pytest.fixture(scope="module")
def streams(
    stores: Stores, stores_urls: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Streams]:
    """Return one process that serves streams alone."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BARKER_", "PROMETHEUS_"))}
    logs: Path = tmp_path_factory.mktemp("streams")
    with Streams({**clean, **stores_urls, "BARKER_LIMITS": "off", "BARKER_GROUP": "stream"}, logs) as streams:
        yield streams


def person(stores: Stores, streams: Streams) -> Person:
    user = User(ids.new(), f"idle_{secrets.token_hex(5)}", "Idle")
    return Person(streams, accounts.sign_up(stores, user, PASSWORD, "a phone").token, {"handle": user.handle})


@pytest.mark.skipif(not sockets.IS_LINUX, reason="only Linux drops packets for a single socket, without rights")
def test_a_client_that_vanished_is_found_within_two_heartbeats(stores: Stores, streams: Streams) -> None:
    with sockets.opened(person(stores, streams), streams.port) as client:
        assert b"event: ready" in sockets.read_until(client, b"event: ready")
        assert streams.open_streams() == 1
        sockets.vanish(client)
        began = time.monotonic()
        wait_for(lambda: streams.open_streams() == 0, "the stream to end", 2 * HEARTBEAT_SECONDS + LATE_SECONDS)
        print(f"found after {time.monotonic() - began:.1f} s")
        assert time.monotonic() - began > HEARTBEAT_SECONDS / 2  # it had vanished, and not said goodbye


def test_a_thousand_idle_streams_let_every_probe_be_answered_in_time(stores: Stores, streams: Streams) -> None:
    with ExitStack() as open_:
        people = [person(stores, streams) for _ in range(PEOPLE)]
        began = time.monotonic()
        # All before any is read: a crowd that comes at once is served in turn, and none of it is refused.
        tabs = [open_.enter_context(sockets.opened(one, streams.port)) for one in people for _ in range(TABS)]
        answers = [sockets.read_until(tab, b"event: ready") for tab in tabs]
        assert [answer for answer in answers if b"event: ready" not in answer] == []
        opening = time.monotonic() - began
        assert streams.open_streams() == PEOPLE * TABS
        waits = []
        until = time.monotonic() + HEARTBEAT_SECONDS + 2  # across a heartbeat of each
        while time.monotonic() < until:
            asked = time.monotonic()
            assert requests.get(f"{streams.url}/healthz", timeout=10).status_code == 200
            waits.append(time.monotonic() - asked)
            time.sleep(0.05)
        middle = statistics.median(waits)
        print(f"opened in {opening:.1f} s; {len(waits)} probes: p50 {middle:.4f} s, worst {max(waits):.3f} s")
        assert max(waits) < PROBE_SECONDS
