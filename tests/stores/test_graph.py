"""Follows on a real Neo4j."""

import threading

from barker import ids
from barker.models import Degrees, Relation
from barker.stores import Stores


def test_a_follow_may_be_repeated_and_ended(stores: Stores) -> None:
    ada, bob = ids.new(), ids.new()
    for _ in range(2):
        stores.follows.add(bob, ada, ids.now_ms())
    assert stores.follows.degrees(bob, ada) == Degrees(follows=True, following=1, followers=1)
    assert stores.follows.relations(bob, [ada]) == {ada: Relation(follows=True)}
    assert stores.follows.relations(ada, [bob]) == {bob: Relation(followed_by=True)}
    for _ in range(2):
        stores.follows.remove(bob, ada)
    assert stores.follows.degrees(bob, ada) == Degrees(follows=False, following=0, followers=0)


def test_nobody_knows_a_stranger(stores: Stores) -> None:
    assert stores.follows.degrees(ids.new(), ids.new()) == Degrees(follows=False, following=0, followers=0)
    assert stores.follows.relations(ids.new(), [ids.new()]) == {}
    assert stores.follows.all_followers(ids.new()) == []
    assert stores.follows.all_following(ids.new(), muted=False) == []


def test_first_follows_of_one_person_at_once_all_count(stores: Stores) -> None:
    ada, followers = ids.new(), [ids.new() for _ in range(12)]
    threads = [threading.Thread(target=stores.follows.add, args=(one, ada, ids.now_ms())) for one in followers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(stores.follows.all_followers(ada)) == sorted(followers)


def test_lists_are_paged_by_id(stores: Stores) -> None:
    ada, others = ids.new(), sorted((ids.new() for _ in range(5)), reverse=True)
    for other in others:
        stores.follows.add(other, ada, ids.now_ms())
        stores.follows.add(ada, other, ids.now_ms())
    for page in (stores.follows.followers, stores.follows.following):
        assert page(ada, ids.MAX_ID, 3) == others[:3]
        assert page(ada, others[2], 3) == others[3:]
    assert sorted(stores.follows.all_following(ada, muted=False)) == sorted(others)
