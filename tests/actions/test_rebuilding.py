"""What is derived, made again from what is true."""

from collections.abc import Callable, Iterator

import pytest

from barker import ids
from barker.actions import barking, feed, liking, rebuilding
from barker.actions.rebuilding import Progress
from barker.actions.seeing import bark_of
from barker.models import BarkDraft, Counts, User
from barker.stores import Stores
from tests.actions.readers import NewUser, bark, follow, whole

pytestmark = pytest.mark.usefixtures("asked")
Rebuild = Callable[[Stores], Iterator[Progress]]


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "PAGE", 7)


def run(stores: Stores, step: Rebuild) -> Progress:
    *_, last = step(stores)
    return last


def counts(stores: Stores, user: User) -> Counts:
    return stores.users.by_ids([user.id])[user.id].counts


def test_counts_of_people_are_made_right(stores: Stores, new_user: NewUser) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    follow(stores, bob, ada)
    bark(stores, ada)
    barking.delete_bark(stores, ada.id, bark(stores, ada))
    run(stores, rebuilding.counts_of_people)  # those of other tests
    stores.users.set_counts({ada.id: {"barks": 7, "followers": 0}, bob.id: {"following": 3, "followers": 9}})
    last = run(stores, rebuilding.counts_of_people)
    assert last.mended == 2
    assert last.done == last.total
    assert counts(stores, ada) == Counts(barks=1, followers=1, following=0)
    assert counts(stores, bob) == Counts(barks=0, followers=0, following=1)
    assert run(stores, rebuilding.counts_of_people).mended == 0


def test_counts_of_barks_are_made_right(stores: Stores, new_user: NewUser) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    made = bark(stores, ada)
    barking.post_bark(stores, bob, BarkDraft("yes", in_reply_to=made), ids.new())
    liking.like(stores, bob.id, made)
    stores.recount._barks.update_one({"_id": made}, {"$unset": {"likes_due": 1}, "$set": {"likes": 9, "replies": 0}})
    assert run(stores, rebuilding.counts_of_barks).mended >= 1
    found = bark_of(stores, None, made).bark
    assert (found.likes, found.replies) == (1, 1)


def test_a_count_that_moves_meanwhile_is_left_to_whoever_moves_it(stores: Stores, new_user: NewUser) -> None:
    ada = new_user("ada")
    before = {ada.id: {"barks": 0, "followers": 0, "following": 0}}
    stores.users.add_barks(ada.id, 1)
    assert stores.recount.correct_people(before, {ada.id: {"barks": 5}}) == 0
    assert counts(stores, ada).barks == 1


def test_people_get_the_nodes_they_lack(stores: Stores, new_user: NewUser) -> None:
    ada = new_user("ada")
    run(stores, rebuilding.graph)
    assert stores.follows.degrees_of([ada.id]) == {ada.id: {"followers": 0, "following": 0}}
    assert run(stores, rebuilding.graph).mended == 0


def test_queues_are_made_again_when_they_are_read(stores: Stores, new_user: NewUser) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    follow(stores, bob, ada)
    feed.open_queue(stores, bob.id)
    made = [bark(stores, ada) for _ in range(3)]
    assert run(stores, rebuilding.queues).mended >= 1
    assert stores.queues.coverage(bob.id) is None
    assert whole(stores, bob) == made[::-1]


def test_who_is_connected_is_told_to_read_again(stores: Stores, new_user: NewUser) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    follow(stores, bob, ada)
    feed.open_queue(stores, bob.id)
    made = bark(stores, ada)
    bells = stores.queues.bells()
    bells.subscribe(stores.queues.channel(bob.id))
    assert bells.next(5) is not None
    run(stores, rebuilding.queues)
    kinds = []
    while ring := bells.next(1):
        kinds += [ring.entry.kind] if ring.entry else []
    bells.close()
    assert kinds == ["feed-changed"]
    assert whole(stores, bob) == [made]


@pytest.mark.administers
def test_a_server_that_is_full_is_emptied_all_the_same(stores: Stores, new_user: NewUser) -> None:
    """Which is what it is done for then: the queue of who is connected is made again by her stream, a minute later."""
    ada, bob = new_user("ada"), new_user("bob")
    follow(stores, bob, ada)
    feed.open_queue(stores, bob.id)
    made = bark(stores, ada)
    bells = stores.queues.bells()
    bells.subscribe(stores.queues.channel(bob.id))
    assert bells.next(5) is not None
    stores.queues._redis.config_set("maxmemory", "1mb")
    try:
        last = run(stores, rebuilding.queues)
    finally:
        stores.queues._redis.config_set("maxmemory", "0")
        bells.close()
    assert last.done == last.total
    assert stores.queues.coverage(bob.id) is None
    assert whole(stores, bob) == [made]
