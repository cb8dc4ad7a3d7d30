"""Queues and places behind sentinels: the master dies, and the service goes on with the next one."""

import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from barker import ids
from barker.errors import StoreDown
from barker.models import Entry
from barker.stores.bells import AnyBells, open_bells
from barker.stores.delivery import Delivery
from barker.stores.jobs import SMALL, Job, Jobs
from barker.stores.queues import Queues
from barker.stores.sentinel import Sentinels as Named
from tests.barker_process import wait_for
from tests.variants.sentinels import Sentinels

pytestmark = pytest.mark.slow

SECONDS = 2.0  # the time limit of a call
SLACK_SECONDS = 3.0  # on a busy machine
OPEN = 5  # connections at once


@pytest.fixture
def sentinels(servers_can_be_had: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sentinels]:
    with Sentinels(tmp_path_factory.mktemp("sentinels")) as sentinels:
        yield sentinels


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_the_next_master_is_found_by_what_is_open_and_what_is_new(sentinels: Sentinels, how: signal.Signals) -> None:
    queues, jobs = Queues(sentinels.url, SECONDS), Jobs(sentinels.url, SECONDS)
    queues.prepare()
    jobs.prepare()
    user = ids.new()
    queues.open(user)
    jobs.put(Job("fan_out", {"bark": 1}))
    _lend_all(queues)
    wait_for(sentinels.is_copied, "the replica to have it")
    run, old = jobs.server_run()[0], sentinels.master()
    sentinels.end(sentinels.ports[2])  # one sentinel goes with it
    sentinels.end(old, how)
    took = _again(lambda: queues.deliver(Delivery("bark", ids.new(), 1, [user])))
    _lend_all(queues)  # of those that were open one has met the silence, and that was enough
    _again(jobs.server_run)
    assert jobs.server_run()[0] != run
    assert [claim.job.arguments["bark"] for claim in jobs.claim(SMALL, "w", 9)] == [1]
    assert took < 20
    sentinels.end(old, signal.SIGCONT) if how == signal.SIGSTOP else None
    queues.close()
    jobs.close()


def _listen(bells: AnyBells) -> None:
    while True:
        bells.next(SECONDS)


def _lend_all(queues: Queues) -> None:
    """Use several connections at once."""
    pool = queues._redis.connection_pool
    lent = [pool.get_connection() for _ in range(OPEN)]
    for connection in lent:
        connection.send_command("PING")  # type: ignore[no-untyped-call]
        assert connection.read_response() == "PONG"
        pool.release(connection)


def _again(call: Callable[[], object]) -> float:
    """Return after how many seconds a call succeeds; each that fails must say so within its limit."""
    began = time.monotonic()
    while time.monotonic() < began + 30:
        turn = time.monotonic()
        try:
            call()
            return time.monotonic() - began
        except StoreDown:
            assert time.monotonic() - turn < 2 * SECONDS + SLACK_SECONDS
            time.sleep(0.05)
    raise AssertionError("no master within half a minute")


def test_a_connection_to_what_became_a_replica_is_left(sentinels: Sentinels) -> None:
    jobs = Jobs(sentinels.url, SECONDS)
    jobs.prepare()
    old = sentinels.master()
    wait_for(sentinels.is_copied, "the replica to have it")
    sentinels.fail_over()
    wait_for(lambda: sentinels.is_replica(old), "the master to become a replica")
    jobs.put(Job("fan_out", {"bark": 1}))
    assert sentinels.master() != old
    assert [claim.job.arguments["bark"] for claim in jobs.claim(SMALL, "w", 9)] == [1]
    jobs.close()


def test_bells_end_with_their_master_and_ring_at_the_next(sentinels: Sentinels) -> None:
    queues = Queues(sentinels.url, SECONDS)
    queues.prepare()
    user = ids.new()
    queues.open(user)
    wait_for(sentinels.is_copied, "the replica to have it")
    bells = open_bells(sentinels.url, SECONDS)
    bells.subscribe(queues.channel(user))
    assert bells.next(SECONDS)
    sentinels.end(sentinels.master())
    with pytest.raises(StoreDown):
        _listen(bells)
    _again(queues.ping)
    again = open_bells(sentinels.url, SECONDS)
    again.subscribe(queues.channel(user))
    assert again.next(SECONDS)
    threading.Timer(0.2, lambda: queues.deliver(Delivery("bark", ids.new(), 1, [user]))).start()
    ring = again.next(5)
    assert ring
    assert isinstance(ring.entry, Entry)


def test_silent_sentinels_cost_the_limit_and_no_more(sentinels: Sentinels) -> None:
    for port in sentinels.ports[2:]:
        sentinels.end(port, signal.SIGSTOP)
    queues = Queues(sentinels.url, SECONDS)
    began = time.monotonic()
    with pytest.raises(StoreDown):
        queues.ping()
    assert time.monotonic() - began < 2 * SECONDS + SLACK_SECONDS
    for port in sentinels.ports[2:]:
        sentinels.end(port, signal.SIGCONT)


@pytest.mark.parametrize("scheme", ["redis", "rediss"])
def test_an_address_is_read(scheme: str) -> None:
    url = f"{scheme}+sentinel://ada:a%40b@one:1,two:2/main/3?ssl_check_hostname=no&sentinel_username=s&sentinel_password=x%26y"
    named = Named.read(url, 2)
    assert named.master_url == f"{scheme}://ada:a%40b@one:1/3?ssl_check_hostname=no"
    assert named.urls == tuple(
        f"{scheme}://{host}?ssl_check_hostname=no&username=s&password=x%26y" for host in ("one:1", "two:2")
    )
    assert named.service == "main"
