"""A worker process that is killed in the middle of its jobs, and one that is told to go."""

import signal
import time
from collections.abc import Iterator

import pytest
from redis import Redis

from tests.barker_process import Person, wait_for
from tests.faults.conftest import Servers
from tests.faults.proxy import Mode
from tests.faults.world import Screen, World

pytestmark = pytest.mark.slow

SLOW_SECONDS = 0.4  # each way to the graph: a fan-out is in the middle for longer than a test needs to look


@pytest.fixture
def bob(world: World, ada: Person) -> Iterator[Screen]:
    """The screen of somebody who follows her, while the graph is slow."""
    bob = world.person("bob")
    bob.follow(ada)
    wait_for(world.is_settled, "the follow to be settled")
    with Screen(bob) as screen:
        world.proxies["graph"].switch(Mode.PASS, SLOW_SECONDS)
        yield screen


def held(servers: Servers) -> int:
    """Return how many jobs are in the hands of workers."""
    with Redis.from_url(servers.addresses(servers.ports)["BARKER_QUEUES_URL"]) as redis:
        return int(redis.xpending("{jobs}:lane:small", "workers")["pending"])


def test_what_a_killed_worker_had_begun_is_done_by_the_next_one_once(
    world: World, servers: Servers, ada: Person, bob: Screen
) -> None:
    for number in range(3):
        ada.bark(str(number))
    wait_for(lambda: held(servers) > 0, "a job to begin")
    world.service.stop("worker", signal.SIGKILL)
    assert held(servers) > 0
    world.heal()
    world.service.start("worker")
    wait_for(lambda: len(bob.barks()) >= 3, "the barks")
    wait_for(lambda: held(servers) == 0, "all jobs to be done")
    assert sorted(bob.barks()) == ["0", "1", "2"]


def test_a_worker_told_to_go_finishes_its_job_and_goes(
    world: World, servers: Servers, ada: Person, bob: Screen
) -> None:
    bark = ada.bark("hello")
    wait_for(lambda: held(servers) > 0, "the job to be claimed")
    time.sleep(SLOW_SECONDS / 2)  # and begun: it takes four times as long
    process = world.service.processes["worker"]
    try:
        seconds = world.service.stop("worker")
    finally:
        world.service.start("worker")
    assert process.returncode == 0
    assert seconds < 10
    found = world.stores.barks.by_id(int(bark["id"]))
    assert found
    assert found.fanned_out
    assert held(servers) == 0
    wait_for(lambda: bob.barks() == ["hello"], "the bark")
