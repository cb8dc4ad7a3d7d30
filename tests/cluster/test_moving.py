"""Slots that move from master to master while the queues are in use."""

from collections.abc import Iterator

import pytest

from barker import ids
from barker.errors import StoreDown
from barker.stores.delivery import BUCKETS, FIRST, REST, WHOLE
from barker.stores.queues import Queues
from tests.barker_process import PATIENCE, wait_for
from tests.cluster.servers import ClusterServers, Move
from tests.cluster.test_queues import barks_of, deliver

BUCKET = 3


@pytest.fixture
def users(queues: Queues) -> list[int]:
    """Users of the bucket that moves: the first half has queues."""
    first = ids.new() // BUCKETS * BUCKETS + BUCKET
    found = [first + BUCKETS * turn for turn in range(40)]
    for user in found[:20]:
        queues.open(user)
    return found


@pytest.fixture
def move(servers: ClusterServers, queues: Queues) -> Iterator[Move]:
    """The bucket's slot, which in the end is where it was going."""
    move = Move(servers, queues.channel(BUCKET))
    yield move
    move.carry_all()
    move.end()
    wait_for(lambda: servers.serving(queues.channel(BUCKET)) is move.target, "the masters to agree")


def test_deliveries_follow_a_slot_that_has_moved(
    servers: ClusterServers, queues: Queues, users: list[int], move: Move
) -> None:
    deliver(queues, first := ids.new(), users)
    move.begin()
    move.carry_all()
    move.end()
    assert deliver(queues, first, users) == 0
    assert deliver(queues, second := ids.new(), users) == 20
    assert all(barks_of(queues, user) == [first, second] for user in users[:20])


def test_what_has_moved_ahead_of_its_slot_is_read_where_it_is(queues: Queues, users: list[int], move: Move) -> None:
    deliver(queues, bark := ids.new(), users)
    move.begin()
    move.carry(queues.channel(user) for user in users[:10])
    assert [barks_of(queues, user) for user in users[:20]] == [[bark]] * 20


@pytest.mark.parametrize(("before", "turn"), [((), WHOLE), ((WHOLE,), WHOLE), ((FIRST, REST), FIRST)])
def test_a_delivery_to_a_slot_on_its_way_waits_and_serves_everyone_once(
    queues: Queues, users: list[int], move: Move, before: tuple[str, ...], turn: str
) -> None:
    bark = ids.new()
    for one in before:  # where marks are there, the function begins, and breaks off at a queue that is not
        deliver(queues, bark, users[:1], one)
    move.begin()
    move.carry(queues.channel(user) for user in users[10:15])
    for _ in range(2):
        with pytest.raises(StoreDown):
            deliver(queues, bark, users, turn)
    move.carry_all()
    move.end()
    deliver(queues, bark, users, turn)
    assert [barks_of(queues, user) for user in users[:20]] == [[bark]] * 20


def test_bells_end_when_a_slot_moves(queues: Queues, users: list[int], move: Move) -> None:
    bells = queues.bells()
    try:
        bells.subscribe(queues.channel(users[0]))
        assert bells.next(PATIENCE)
        move.begin()
        move.carry_all()
        move.end()
        with pytest.raises(StoreDown):
            bells.next(PATIENCE)
    finally:
        bells.close()
    again = queues.bells()
    try:
        again.subscribe(queues.channel(users[0]))
        assert again.next(PATIENCE)
        deliver(queues, bark := ids.new(), users)
        ring = again.next(PATIENCE)
        assert ring
        assert ring.entry
        assert ring.entry.bark_id == bark
    finally:
        again.close()


def test_bells_end_when_a_master_steps_down(servers: ClusterServers, queues: Queues, users: list[int]) -> None:
    bells = queues.bells()
    try:
        bells.subscribe(queues.channel(users[0]))
        assert bells.next(PATIENCE)
        replica = servers.replica_of(servers.serving(queues.channel(users[0])))
        replica.cluster("FAILOVER")
        wait_for(replica.is_master, "the replica to take over")
        with pytest.raises(StoreDown):
            bells.next(PATIENCE)
    finally:
        bells.close()
    servers.wait_until_well()
    assert deliver(queues, ids.new(), users) == 20
