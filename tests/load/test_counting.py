"""What every figure rests on: a delivery that is missing, or there twice, is noticed."""

import pytest

from barker import ids
from barker.stores.delivery import Delivery
from tests.load.bench import Bench, OutOfTime
from tests.load.deliveries import all_arrived
from tests.load.world import open_queues


@pytest.fixture
def readers(bench: Bench) -> list[int]:
    """Return readers with queues, of many buckets."""
    made = [ids.new() for _ in range(300)]
    open_queues(bench, made)
    return made


def test_deliveries_are_counted_with_the_time_of_the_last(bench: Bench, readers: list[int]) -> None:
    barks = [ids.new(), ids.new()]
    began_ms = ids.now_ms()
    for bark in barks:
        bench.stores.queues.deliver(Delivery("bark", bark, ids.new(), readers))
    seen = all_arrived(bench, readers, barks, 600)
    assert began_ms <= seen.first_ms <= seen.last_ms <= ids.now_ms()


def test_a_missing_delivery_is_noticed(bench: Bench, readers: list[int]) -> None:
    bark = ids.new()
    bench.stores.queues.deliver(Delivery("bark", bark, ids.new(), readers[1:]))
    with pytest.raises(AssertionError, match="1 of 300 deliveries are missing"):
        all_arrived(bench, readers, [bark], 300)


def test_a_doubled_delivery_is_noticed(bench: Bench, readers: list[int]) -> None:
    bark, author = ids.new(), ids.new()
    bench.stores.queues.deliver(Delivery("bark", bark, author, readers))
    bench.redis.xadd(bench.stores.queues.channel(readers[7]), {str(bark): str(author)})
    with pytest.raises(AssertionError, match="1 deliveries are doubled"):
        all_arrived(bench, readers, [bark], 300)


def test_a_run_ends_in_time(bench: Bench) -> None:
    rounds = bench.rounds("something", 5)
    assert next(rounds) == 0
    bench.began -= 61
    assert list(rounds) == []  # what was measured until then counts
    with pytest.raises(OutOfTime):
        bench.begin("another")
    bench.say("still here")
    bench.began -= 120
    with pytest.raises(OutOfTime):
        bench.say("a sample that does not end")
