"""How deliveries are cut into round trips: the server must not be kept by one of them for long."""

from barker import ids
from barker.stores.delivery import BUCKETS, CALL_USERS_LATE, MARK_SECONDS, TRIP_USERS, WHOLE, Delivery, trips

FIRST_USER = 10**18


def users_of(trip: list[tuple[str, list[str], list[str]]]) -> list[int]:
    """Return to whom a round trip delivers, in its order."""
    strings = (users for _function, _marks, arguments in trip for users in arguments[7::8])
    return [int(string[at : at + ids.WIDTH]) for string in strings for at in range(0, len(string), ids.WIDTH)]


def test_a_large_delivery_takes_many_trips_and_leaves_nobody_out() -> None:
    users = list(range(FIRST_USER, FIRST_USER + 3 * TRIP_USERS))
    served = [users_of(trip) for trip in trips([Delivery("bark", ids.new(), 1, users)])]
    assert max(map(len, served)) <= TRIP_USERS
    assert sorted(user for trip in served for user in trip) == users
    assert len(served) <= 4


def test_many_small_deliveries_share_a_trip() -> None:
    small = [Delivery("bark", ids.new(), 1, range(FIRST_USER + n, FIRST_USER + n + 10)) for n in range(100)]
    ((*calls,),) = trips(small)
    assert len(users_of(calls)) == 1_000
    assert len(calls) <= BUCKETS


def test_late_ones_keep_the_server_for_a_few_queues_at_a_time_and_come_last() -> None:
    long_ago = ids.now_ms() - (MARK_SECONDS[WHOLE] + 1) * 1000
    late = Delivery("bark", ids.new(), 1, range(FIRST_USER, FIRST_USER + 100), began_ms=long_ago)
    fresh = Delivery("bark", ids.new(), 1, range(FIRST_USER, FIRST_USER + 100))
    first, *others = trips([late, fresh])
    assert len(users_of(first)) == 100
    assert all(len(users_of(trip)) <= CALL_USERS_LATE for trip in others)
    assert sum(len(users_of(trip)) for trip in others) == 100


def test_late_ones_to_the_same_people_go_together() -> None:
    long_ago = ids.now_ms() - (MARK_SECONDS[WHOLE] + 1) * 1000
    fans = range(FIRST_USER, FIRST_USER + 3 * CALL_USERS_LATE)
    late = [Delivery("bark", ids.new(), 1, fans, began_ms=long_ago) for _ in range(100)]
    served = [users_of(trip) for trip in trips(late)]
    assert max(len(set(users)) for users in served) <= CALL_USERS_LATE
    assert len(served) <= 4
    assert sorted(user for users in served for user in users) == sorted(100 * list(fans))


def test_nothing_to_deliver_takes_no_trip() -> None:
    assert not list(trips([Delivery("bark", ids.new(), 1, [])]))
