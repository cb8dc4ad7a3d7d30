"""The page that is picked inside of Redis, where the usual tests of queues do not look."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from barker import ids
from barker.stores import Stores
from barker.stores.delivery import CLOCKS_MS
from barker.stores.queues import QUEUE_SECONDS

AUTHOR, OTHER = ids.new(), ids.new()
HOUR = 3_600_000


@pytest.fixture
def user(stores: Stores) -> int:
    """Somebody with an empty queue, complete down to the first bark."""
    user = ids.new()
    _add(stores, user, ids.now_ms() - HOUR, "start", 0, 0)
    return user


def _add(stores: Stores, user: int, arrived_ms: int, kind: str, bark: int, author: int) -> None:
    stores.queues._redis.xadd(stores.queues.channel(user), {kind: f"{bark}:{author}"}, id=f"{arrived_ms}-*")


def _steady(stores: Stores, user: int, number: int, apart_ms: int) -> list[int]:
    """Let barks arrive as they are made, the last one a minute ago; returns them newest first."""
    first = ids.now_ms() - 60_000 - number * apart_ms
    made = [ids.at(first + n * apart_ms) + random.randrange(1 << 20) for n in range(number)]
    for bark in made:
        _add(stores, user, ids.ms_of(bark) + 1, "bark", bark, AUTHOR)
    return made[::-1]


@pytest.mark.parametrize("apart_ms", [1, 100, 4_000])
def test_every_page_is_the_next_one_whatever_the_pace(stores: Stores, user: int, apart_ms: int) -> None:
    made, before, found = _steady(stores, user, 300, apart_ms), ids.MAX_ID, []
    while page := stores.queues.read(user, before, 41).bark_ids:
        found += page
        before = page[-1]
    assert found == made


@pytest.mark.parametrize("late_ms", [CLOCKS_MS - 2_000, 20_000, 600_000])
def test_a_bark_that_arrives_late_is_on_the_page_it_belongs_to(stores: Stores, user: int, late_ms: int) -> None:
    made = _steady(stores, user, 200, 1_000)
    late = made[30] + 1
    _add(stores, user, ids.now_ms() - 60_000 + late_ms, "bark", late, AUTHOR)
    assert stores.queues.read(user, ids.MAX_ID, 40).bark_ids == [*made[:30], late, *made[30:39]]


@pytest.mark.parametrize("early_ms", [1_000, CLOCKS_MS - 1])
def test_a_clock_that_is_ahead_hides_nothing(stores: Stores, user: int, early_ms: int) -> None:
    made = _steady(stores, user, 200, 100)
    ahead = ids.at(ids.ms_of(made[100]) + early_ms)  # it arrived with the hundredth, made "later" than that
    redis, key = stores.queues._redis, stores.queues.channel(user)
    rows: Any = redis.xrange(key)
    redis.unlink(key)
    for number, (id_, fields) in enumerate(rows):
        redis.xadd(key, fields, id=id_)
        if number == 100:
            _add(stores, user, int(id_.partition("-")[0]), "bark", ahead, AUTHOR)
    everything = sorted([*made, ahead], reverse=True)
    place = everything.index(ahead)
    for limit in (place + 1, place + 2, place + 20):
        assert stores.queues.read(user, ids.MAX_ID, limit).bark_ids == everything[:limit]


def test_a_deleted_bark_is_left_out_and_the_page_is_full(stores: Stores, user: int) -> None:
    made = _steady(stores, user, 100, 1_000)
    for bark in made[:3]:
        _add(stores, user, ids.now_ms(), "delete", bark, AUTHOR)
    assert stores.queues.read(user, ids.MAX_ID, 40).bark_ids == made[3:43]


def test_ids_differ_in_their_last_digits_too(stores: Stores, user: int) -> None:
    base = ids.at(ids.now_ms() - 60_000)
    made = [base + n for n in range(200)]  # numbers of 53 bits could not tell them apart
    for bark in random.sample(made, len(made)):
        _add(stores, user, ids.now_ms() - 50_000, "bark", bark, AUTHOR)
    assert stores.queues.read(user, ids.MAX_ID, 100).bark_ids == made[:99:-1]
    assert stores.queues.read(user, made[50], 100).bark_ids == made[49::-1]


def test_a_floor_ends_the_page_even_where_it_is_full(stores: Stores, user: int) -> None:
    made = _steady(stores, user, 100, 1_000)
    _add(stores, user, ids.now_ms(), "floor", made[20], 0)
    reading = stores.queues.read(user, ids.MAX_ID, 40)
    assert (reading.bark_ids, reading.floor) == (made[:20], made[20])
    assert stores.queues.read(user, ids.MAX_ID, 20).bark_ids == made[:20]


@pytest.mark.administers
def test_reading_renews_the_life_of_a_queue_and_makes_none(stores: Stores, user: int) -> None:
    redis, key = stores.queues._redis, stores.queues.channel(user)
    redis.expire(key, 60)
    assert stores.queues.read(user, ids.MAX_ID, 40).found
    assert redis.ttl(key) == QUEUE_SECONDS
    stranger = ids.new()
    assert not stores.queues.read(stranger, ids.MAX_ID, 40).found
    assert not redis.exists(stores.queues.channel(stranger))


@pytest.mark.administers
def test_a_full_server_still_lets_read(stores: Stores, user: int) -> None:
    made = _steady(stores, user, 100, 1_000)
    with _full(stores):
        assert stores.queues.read(user, ids.MAX_ID, 40).bark_ids == made[:40]


@contextmanager
def _full(stores: Stores) -> Iterator[None]:
    redis = stores.queues._redis
    redis.config_set("maxmemory", 1)
    try:
        yield
    finally:
        redis.config_set("maxmemory", 0)
