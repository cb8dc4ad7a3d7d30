"""The queues and the jobs on a cluster: what they do on one server they do on three masters."""

import time
from collections.abc import Callable

import pytest
from redis.exceptions import ResponseError

from barker import ids
from barker.errors import StoreDown
from barker.stores.bells import AnyBells
from barker.stores.delivery import BUCKETS, WHOLE, Delivery
from barker.stores.jobs import Job, Jobs
from barker.stores.queues import Queues
from tests.cluster.conftest import SECONDS, SLACK_SECONDS
from tests.cluster.servers import ClusterServers

AUTHOR = ids.new()


def people(queues: Queues, number: int = BUCKETS, each: int = 2) -> list[int]:
    """Return users with a queue, some in each bucket."""
    first = ids.new() // BUCKETS * BUCKETS
    users = [first + bucket + BUCKETS * turn for bucket in range(number) for turn in range(each)]
    for user in users:
        queues.open(user)
    return users


def deliver(queues: Queues, bark: int, users: list[int], turn: str = WHOLE) -> int:
    """Deliver a bark; returns how many got it."""
    return queues.deliver(Delivery("bark", bark, AUTHOR, users, turn=turn))


def barks_of(queues: Queues, user: int) -> list[int]:
    """Return the barks in a queue, in order of arrival, doubles included."""
    return [entry.bark_id for entry in queues.after(user, "0-0", 10_000) if entry.kind == "bark"]


def test_a_bark_reaches_the_queues_on_all_masters_once(servers: ClusterServers, queues: Queues) -> None:
    users, bark = people(queues), ids.new()
    assert {servers.serving(queues.channel(user)) for user in users[::16]} == set(servers.masters())
    assert deliver(queues, bark, [*users, ids.new()]) == len(users)
    assert deliver(queues, bark, users) == 0
    assert all(barks_of(queues, user) == [bark] for user in users)


def test_all_calls_to_a_master_are_one_round_trip(
    servers: ClusterServers, queues: Queues, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = people(queues)
    sent: list[object] = []
    for node in queues._redis.masters():  # type: ignore[attr-defined]
        connection = node.connection_pool.get_connection()
        send = connection.send_packed_command
        monkeypatch.setattr(connection, "send_packed_command", _noting(sent, send))
        node.connection_pool.release(connection)
    deliver(queues, ids.new(), users)
    assert len(sent) == 3


def _noting(sent: list[object], send: Callable[..., None]) -> Callable[..., None]:
    def note(command: object, *more: object, **options: object) -> None:
        sent.append(command)
        send(command, *more, **options)

    return note


def test_a_queue_is_filled_read_left_and_pruned_on_every_master(queues: Queues) -> None:
    other = ids.new()
    for user in people(queues, each=1)[::16]:
        deliver(queues, bark := ids.new(), [user])
        coverage = queues.coverage(user)
        assert coverage
        assert queues.fill(user, coverage.entry, 1, [(5, other)])
        assert queues.read(user, ids.MAX_ID, 40).bark_ids == [bark, 5]
        queues.leave(user, AUTHOR)
        assert queues.hidden(user).gone == {AUTHOR}
        assert queues.read(user, ids.MAX_ID, 40).bark_ids == [5]
        queues.rejoin(user, AUTHOR)
        assert queues.prune(user, other) == 1
        assert queues.read(user, ids.MAX_ID, 40).bark_ids == [bark]
    assert queues.bounds(ids.new()) is None


def test_a_master_without_the_functions_gets_them_and_nobody_is_served_twice(
    servers: ClusterServers, queues: Queues
) -> None:
    users, bark = people(queues), ids.new()
    servers.masters()[1].redis.function_flush()
    assert deliver(queues, bark, users) == len(users)
    assert all(barks_of(queues, user) == [bark] for user in users)


def test_jobs_are_claimed_given_back_parked_and_done(jobs: Jobs) -> None:
    jobs.put(Job("one", {}))
    (claim,) = jobs.claim("small", "worker", 10)
    jobs.again(claim, 0)
    assert jobs.move_due() == 1
    (claim,) = jobs.claim("small", "worker", 10)
    assert (claim.job.name, claim.job.attempt) == ("one", 2)
    jobs.renew([claim], "worker")
    jobs.park(claim, "no reason")
    assert jobs.parked(1)[0][1] == "no reason"
    jobs.put(Job("two", {}))
    (claim,) = jobs.claim("small", "worker", 10)
    assert jobs.reclaim("small", "another", 0, 1)[0][0] == claim
    jobs.done(claim)
    assert jobs.claim("small", "worker", 10) == []
    jobs.leave("worker")


def test_an_error_in_a_transaction_is_told(jobs: Jobs) -> None:
    with jobs._redis.pipeline(transaction=True) as pipe:
        pipe.set("{jobs}:text", "a")
        pipe.sadd("{jobs}:text", "b")
        with pytest.raises(ResponseError, match="WRONGTYPE"):
            pipe.execute()


def test_queues_ring_on_every_master(queues: Queues) -> None:
    users, bells = people(queues, each=1), queues.bells()
    try:
        for user in users:
            bells.subscribe(queues.channel(user))
        assert rings(bells, len(users)) == sorted(users)
        assert queues.connected() >= set(users)
        deliver(queues, ids.new(), users)
        assert rings(bells, len(users)) == sorted(users)
        for user in users[::2]:
            bells.unsubscribe(queues.channel(user))
        deliver(queues, ids.new(), users[1::2])
        assert rings(bells, len(users) // 2) == sorted(users[1::2])
    finally:
        bells.close()


def rings(bells: AnyBells, number: int) -> list[int]:
    """Return for whom it rings, or a subscription stands, the next so many times."""
    heard: list[int] = []
    until = time.monotonic() + 10
    while len(heard) < number and time.monotonic() < until:
        if ring := bells.next(SECONDS):
            heard.append(ring.user_id)
    return sorted(heard)


def test_a_cluster_that_is_not_there_is_down_in_time() -> None:
    queues = Queues("redis+cluster://127.0.0.1:1,127.0.0.1:2", SECONDS)
    began = time.monotonic()
    with pytest.raises(StoreDown):
        queues.ping()
    assert time.monotonic() - began < 2 * SECONDS + SLACK_SECONDS
