"""The queues are derived data: whatever their Redis loses is made again, and no bark is lost with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from tests.barker_process import Person, wait_for
from tests.faults.conftest import Servers
from tests.faults.world import Screen, World

pytestmark = pytest.mark.slow

HOLES = {"gap", "feed-changed"}  # after these a screen reads the feed


@pytest.fixture
def redis(servers: Servers) -> Iterator[Redis]:
    """The Redis of queues."""
    with Redis.from_url(servers.addresses(servers.ports)["BARKER_QUEUES_URL"]) as redis:
        yield redis


@pytest.fixture
def bob(world: World, ada: Person) -> Person:
    """Who follows ada and has read her first bark."""
    bob = world.person("bob")
    bob.follow(ada)
    assert bob.feed() == []
    ada.bark("before")
    wait_for(world.is_settled, "the first bark to be fanned out")
    assert bob.feed() == ["before"]
    return bob


def test_missing_functions_are_loaded_again(world: World, ada: Person, bob: Person, redis: Redis) -> None:
    with Screen(bob) as screen:
        redis.function_flush()
        ada.bark("after")
        wait_for(lambda: screen.barks() == ["after"], "the bark")
    assert bob.feed() == ["after", "before"]


def test_an_emptied_server_is_filled_again_and_open_screens_go_on(
    world: World, ada: Person, bob: Person, redis: Redis
) -> None:
    with Screen(bob) as screen:
        ada.bark("seen")
        wait_for(lambda: screen.barks() == ["seen"], "the bark")
        redis.flushall()
        wait_for(lambda: redis.exists("{jobs}:lane:small"), "the worker to make its lanes again")
        ada.bark("lost or not")
        wait_for(world.is_settled, "the jobs to be done")
        assert bob.feed() == ["lost or not", "seen", "before"]
        ada.bark("after")
        wait_for(lambda: "after" in screen.barks(), "the bark after all")
        assert screen.barks().count("after") == 1
    assert bob.feed() == ["after", "lost or not", "seen", "before"]


def test_an_open_screen_hears_again_of_barks_though_nobody_reads_the_feed(
    world: World, ada: Person, bob: Person, redis: Redis
) -> None:
    with Screen(bob) as screen:
        redis.flushall()
        wait_for(lambda: HOLES & {event.name for event in screen.events}, "the screen to say that it lost count")
        ada.bark("after")
        wait_for(lambda: screen.barks() == ["after"], "the bark")


def test_a_server_that_restarts_costs_no_bark(world: World, ada: Person, bob: Person, servers: Servers) -> None:
    with Screen(bob) as screen:
        ada.bark("one")
        wait_for(lambda: screen.barks() == ["one"], "the bark")
        servers.queues.stop_one("queues")
        ada.bark("two")
        assert bob.feed() == ["two", "one", "before"]
        servers.queues.start_one("queues")
        wait_for(world.is_ready, "the service to find its store")
        ada.bark("three")
        world.make_due()
        wait_for(lambda: len(screen.barks()) == 3, "the barks")
        assert sorted(screen.barks()) == ["one", "three", "two"]
        assert screen.is_open
    wait_for(world.is_settled, "the jobs to be done")
    assert bob.feed() == ["three", "two", "one", "before"]


def test_a_server_that_restarts_without_its_last_second_costs_no_bark(
    world: World, ada: Person, bob: Person, servers: Servers, redis: Redis
) -> None:
    file = _append_only_file(redis)
    kept = file.stat().st_size
    ada.bark("in the last second")
    wait_for(world.is_settled, "the bark to be fanned out")
    assert bob.feed() == ["in the last second", "before"]
    servers.queues.stop_one("queues")
    with file.open("r+b") as log:
        log.truncate(kept)
    servers.queues.start_one("queues")
    wait_for(world.is_ready, "the service to find its store")
    wait_for(lambda: bob.feed() == ["in the last second", "before"], "the bark to be found again")


def test_a_server_that_restarts_without_its_last_second_costs_no_follow_and_no_unfollow(
    world: World, ada: Person, bob: Person, servers: Servers, redis: Redis
) -> None:
    eve = world.person("eve")
    eve.bark("of old")
    gil = world.person("gil")
    assert gil.feed() == []
    wait_for(world.is_settled, "the past to be over")
    file = _append_only_file(redis)
    kept = file.stat().st_size
    gil.follow(eve)
    bob.call("DELETE", f"/v1/me/following/{ada.handle}")
    wait_for(world.is_settled, "the follow and the unfollow to be settled")
    assert (gil.feed(), bob.feed()) == (["of old"], [])
    servers.queues.stop_one("queues")
    with file.open("r+b") as log:
        log.truncate(kept)
    servers.queues.start_one("queues")
    wait_for(world.is_ready, "the service to find its store")
    wait_for(lambda: (gil.feed(), bob.feed()) == (["of old"], []), "both to be settled again")


def _append_only_file(redis: Redis) -> Path:
    """Return the file that holds what was written last."""
    folder = Path(_config(redis, "dir")) / _config(redis, "appenddirname")
    return max(folder.glob("*.incr.aof"))


def _config(redis: Redis, name: str) -> str:
    return str(redis.config_get(name)[name])
