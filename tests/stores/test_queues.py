"""The queue protocol on a real Redis."""

import random
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis
from redis.crc import key_slot
from redis.exceptions import ResponseError

from barker import ids
from barker.models import QUEUE_KEEP
from barker.stores import Stores, functions
from barker.stores.delivery import (
    BUCKETS,
    CALL_USERS,
    CALL_USERS_LATE,
    FIRST,
    MARK_SECONDS,
    REST,
    WHOLE,
    Delivery,
    trips,
)

AUTHOR = ids.new()


def readers(stores: Stores, number: int, bucket: int = 7) -> list[int]:
    """Return users of one bucket, all with a queue."""
    users = [ids.new() // BUCKETS * BUCKETS + bucket + BUCKETS * n for n in range(number)]
    for user in users:
        stores.queues.open(user)
    return users


def barks_of(stores: Stores, user: int) -> list[int]:
    """Return the bark ids in a user's queue, in order of arrival, doubles included."""
    return [entry.bark_id for entry in stores.queues.after(user, "0-0", 10_000) if entry.kind == "bark"]


def bound(stores: Stores, user: int) -> str:
    """Return the entry that says how far down a queue is complete."""
    coverage = stores.queues.coverage(user)
    assert coverage is not None
    return coverage.entry


def test_only_who_has_a_queue_gets_an_entry(stores: Stores) -> None:
    reader, stranger, bark = *readers(stores, 1), ids.new(), ids.new()
    assert stores.queues.deliver(Delivery("bark", bark, AUTHOR, [reader, stranger])) == 1
    assert barks_of(stores, reader) == [bark]
    assert stores.queues.bounds(stranger) is None


def test_a_repeated_delivery_serves_nobody_twice(stores: Stores) -> None:
    users, bark = readers(stores, 20), ids.new()
    assert stores.queues.deliver(Delivery("bark", bark, AUTHOR, users)) == 20
    assert stores.queues.deliver(Delivery("bark", bark, AUTHOR, users)) == 0
    assert all(barks_of(stores, user) == [bark] for user in users)


def test_of_many_that_come_late_each_gets_what_is_missing_whatever_else_is_there(stores: Stores) -> None:
    users, barks = sorted(readers(stores, 5)), [ids.new() for _ in range(4)]
    there = [Delivery("bark", barks[0], AUTHOR, users[:3]), Delivery("bark", barks[2], AUTHOR, users[2:])]
    stores.queues.deliver(*there, Delivery("delete", barks[1], AUTHOR, users[:1]))
    for bark in barks:
        stores.queues._redis.unlink(f"{{q7}}:mark:{bark}:bark", f"{{q7}}:mark:{bark}:delete")
    long_ago = ids.now_ms() - (MARK_SECONDS[WHOLE] + 1) * 1000
    late = [Delivery("bark", bark, AUTHOR, users, began_ms=long_ago) for bark in barks[:3]]
    late.append(Delivery("delete", barks[1], AUTHOR, users, began_ms=long_ago))
    fresh = Delivery("bark", barks[3], AUTHOR, users)
    assert stores.queues.deliver(*late, fresh) == (2 + 5 + 2) + 4 + 5
    for user in users:
        entries = [(entry.kind, entry.bark_id) for entry in stores.queues.after(user, "0-0", 100)]
        told = [("bark", bark) for bark in barks] + [("delete", barks[1])]
        assert sorted(one for one in entries if one[0] != "start") == sorted(told)


def test_a_delivery_that_broke_off_goes_on_behind_the_mark(stores: Stores) -> None:
    users, bark = sorted(readers(stores, 20)), ids.new()
    stores.queues.deliver(Delivery("bark", bark, AUTHOR, users[:12]))
    assert stores.queues.deliver(Delivery("bark", bark, AUTHOR, users)) == 8
    assert all(barks_of(stores, user) == [bark] for user in users)


def test_the_order_in_which_users_are_given_does_not_matter(stores: Stores) -> None:
    users, bark = [user for bucket in (1, 2, 3) for user in readers(stores, 10, bucket)], ids.new()
    random.shuffle(users)
    assert stores.queues.deliver(Delivery("bark", bark, AUTHOR, users)) == 30


def test_more_users_of_a_bucket_than_a_call_takes_are_all_served(stores: Stores) -> None:
    users, bark = readers(stores, CALL_USERS + 5), ids.new()
    assert stores.queues.deliver(Delivery("bark", bark, AUTHOR, users)) == CALL_USERS + 5
    assert barks_of(stores, users[-1]) == [bark]


def test_two_workers_at_the_same_bark_serve_everyone_once(stores: Stores) -> None:
    users, bark = readers(stores, 3 * CALL_USERS), ids.new()
    delivered: list[int] = []

    def deliver() -> None:
        delivered.append(stores.queues.deliver(Delivery("bark", bark, AUTHOR, users)))

    workers = [threading.Thread(target=deliver) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(delivered) == len(users)
    assert all(barks_of(stores, user) == [bark] for user in users[::50])


def test_who_was_served_out_of_turn_is_left_out_by_all_that_come_after(stores: Stores) -> None:
    for turn in (WHOLE, REST):
        users, bark = readers(stores, 5), ids.new()
        assert stores.queues.deliver(Delivery("bark", bark, AUTHOR, users[2:4], turn=FIRST)) == 2
        assert stores.queues.deliver(Delivery("bark", bark, AUTHOR, users, turn=turn)) == 3
        assert all(barks_of(stores, user) == [bark] for user in users)


def test_a_bark_and_its_deletion_have_marks_of_their_own(stores: Stores) -> None:
    (user,), bark = readers(stores, 1), ids.new()
    stores.queues.deliver(Delivery("bark", bark, AUTHOR, [user]))
    assert stores.queues.deliver(Delivery("delete", bark, AUTHOR, [user])) == 1


def test_a_queue_keeps_the_newest_and_its_floor_rises(stores: Stores) -> None:
    (user,) = readers(stores, 1)
    barks = [ids.new() for _ in range(QUEUE_KEEP + 300)]
    for bark in barks:
        stores.queues.deliver(Delivery("bark", bark, AUTHOR, [user]))
    kept = barks_of(stores, user)
    assert QUEUE_KEEP <= len(kept) < QUEUE_KEEP + 150
    assert kept == barks[-len(kept) :]
    coverage = stores.queues.coverage(user)
    assert coverage is not None
    assert (coverage.entry, coverage.floor >= barks[-len(kept) - 1]) == ("", True)


def test_reading_sorts_by_bark_and_drops_doubles(stores: Stores) -> None:
    (user,) = readers(stores, 1)
    later = ids.at(ids.now_ms() + 60_000)
    for bark in (later + 3, later + 1, later + 2):
        stores.queues.deliver(Delivery("bark", bark, AUTHOR, [user]))
    start = bound(stores, user)
    assert stores.queues.fill(user, start, 0, [(later + 1, AUTHOR), (5, AUTHOR)])
    reading = stores.queues.read(user, ids.MAX_ID, 40)
    assert reading.bark_ids == [later + 3, later + 2, later + 1, 5]
    assert stores.queues.read(user, later + 3, 1).bark_ids == [later + 2]


def test_reading_without_a_queue_says_so(stores: Stores) -> None:
    assert not stores.queues.read(ids.new(), ids.MAX_ID, 40).found


def test_a_new_queue_is_complete_only_above_its_start(stores: Stores) -> None:
    (user,) = readers(stores, 1)
    reading = stores.queues.read(user, ids.MAX_ID, 40)
    assert reading.found
    assert reading.unbuilt
    assert reading.floor >= ids.at(ids.now_ms())


def test_filling_is_refused_when_another_filled_meanwhile(stores: Stores) -> None:
    (user,) = readers(stores, 1)
    start = bound(stores, user)
    assert stores.queues.fill(user, start, 10, [(11, AUTHOR)])
    assert not stores.queues.fill(user, start, 5, [(6, AUTHOR)])
    assert stores.queues.read(user, ids.MAX_ID, 40).floor == 10


def test_filling_again_adds_nothing_that_is_there(stores: Stores) -> None:
    (user,) = readers(stores, 1)
    told = ids.new()
    stores.queues.deliver(Delivery("bark", told, AUTHOR, [user]))
    for older in (5, 5, 4):
        assert stores.queues.fill(user, bound(stores, user), 0, [(older, AUTHOR), (told, AUTHOR)])
    entries = stores.queues.after(user, "0-0", 100)
    kept = [(entry.kind, entry.bark_id) for entry in entries if entry.kind in ("bark", "backfill")]
    assert kept == [("bark", told), ("backfill", 5), ("backfill", 4)]
    assert stores.queues.read(user, ids.MAX_ID, 40).bark_ids == [told, 5, 4]


def test_opening_again_changes_nothing(stores: Stores) -> None:
    user = ids.new()
    assert stores.queues.open(user)
    before = stores.queues.after(user, "0-0", 10)
    assert not stores.queues.open(user)
    assert stores.queues.after(user, "0-0", 10) == before


def test_who_left_an_author_does_not_read_her(stores: Stores) -> None:
    (user,), other = readers(stores, 1), ids.new()
    stores.queues.deliver(Delivery("bark", first := ids.new(), AUTHOR, [user]))
    stores.queues.deliver(Delivery("bark", second := ids.new(), other, [user]))
    start = bound(stores, user)
    stores.queues.fill(user, start, 0, [])
    stores.queues.leave(user, AUTHOR)
    assert stores.queues.read(user, ids.MAX_ID, 40).bark_ids == [second]
    stores.queues.rejoin(user, AUTHOR)
    assert stores.queues.read(user, ids.MAX_ID, 40).bark_ids == [second, first]
    assert stores.queues.prune(user, AUTHOR) == 1
    assert stores.queues.read(user, ids.MAX_ID, 40).bark_ids == [second]


def test_all_keys_of_a_call_lie_in_one_cluster_slot(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[functions.Call] = []
    pipe = functions._pipe

    def note(redis: Redis, given: Sequence[functions.Call]) -> list[Any]:
        calls.extend(given)
        return pipe(redis, given)

    monkeypatch.setattr(functions, "_pipe", note)
    (user,) = readers(stores, 1)
    stores.queues.deliver(Delivery("bark", ids.new(), AUTHOR, [user]))
    stores.queues.leave(user, AUTHOR)
    stores.queues.rejoin(user, AUTHOR)
    assert {function for function, _, _ in calls} == {
        "barker_open",
        "barker_deliver_each",
        "barker_leave",
        "barker_rejoin",
    }
    used = {key for _, keys, _ in calls for key in keys} | {stores.queues.channel(user)}
    assert len({key_slot(key.encode()) for key in used}) == 1


def test_a_delivery_repeated_after_its_mark_has_ended_serves_nobody_twice(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    users, bark = sorted(readers(stores, CALL_USERS_LATE * 3)), ids.new()
    stores.queues.deliver(Delivery("bark", bark, AUTHOR, users[::2]))
    stores.queues._redis.unlink(f"{{q7}}:mark:{bark}:bark")
    began = ids.now_ms() - (MARK_SECONDS[WHOLE] + 60) * 1000
    assert stores.queues.deliver(Delivery("bark", bark, AUTHOR, users, began)) == len(users) // 2
    assert all(barks_of(stores, user) == [bark] for user in users)


def test_workers_of_the_version_before_deliver_by_the_functions_of_this_one(stores: Stores) -> None:
    users = readers(stores, 2)
    (trip,) = trips([Delivery("bark", ids.new(), AUTHOR, users), Delivery("bark", ids.new(), AUTHOR, users)])
    (call,) = [("barker_deliver", keys, arguments) for _, keys, arguments in trip]
    assert functions.call(stores.queues._redis, [call, call]) == [4, 0]
    late = [*call[2][:6], "9" * ids.WIDTH, call[2][7]]
    with pytest.raises(ResponseError, match="had no effect"):
        functions.call(stores.queues._redis, [("barker_deliver", call[1][:1], late)])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    arrivals=st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=150),
    limit=st.integers(1, 30),
    page=st.integers(0, 400),
)
def test_a_reading_is_the_newest_of_what_arrived(
    stores: Stores, arrivals: list[tuple[int, bool]], limit: int, page: int
) -> None:
    """Whatever arrives, in any order and twice, is read sorted, once, and complete above the floor."""
    (user,) = readers(stores, 1)
    stores.queues.fill(user, bound(stores, user), 0, [])
    base = ids.at(ids.now_ms() - 300_000)
    left = ids.new()
    for number, gone in arrivals:
        stores.queues.deliver(Delivery("bark", base + (number << 20), left if gone else AUTHOR, [user]))
    stores.queues.leave(user, left)
    # The mark lets a bark in once, under the author it came with first.
    first = dict(reversed(arrivals))
    before = base + (page << 20)
    expected = sorted((base + (n << 20) for n, gone in first.items() if not gone and n < page), reverse=True)
    assert stores.queues.read(user, before, limit).bark_ids == expected[:limit]
