"""Blocks and mutes, whatever comes in between."""

import pytest

from barker import ids
from barker.actions import blocking, feed, following, seeing
from barker.errors import NotAllowed, NotFound, StoreDown
from barker.models import User
from barker.stores import Stores
from tests.actions.readers import NewUser, bark, follow, raiser, whole

pytestmark = pytest.mark.usefixtures("asked")


@pytest.fixture
def ada(new_user: NewUser) -> User:
    return new_user("ada")


@pytest.fixture
def bob(stores: Stores, new_user: NewUser, ada: User) -> User:
    """Somebody who follows ada, and has a queue."""
    bob = new_user("bob")
    follow(stores, bob, ada)
    feed.open_queue(stores, bob.id)
    return bob


def settle(stores: Stores, one: User, other: User) -> None:
    following.settle(stores, one.id, other.id)
    following.settle(stores, other.id, one.id)


def down(monkeypatch: pytest.MonkeyPatch, stores: Stores) -> None:
    """Let the graph be down for who looks."""
    monkeypatch.setattr(type(stores.follows), "relations", raiser(StoreDown("graph")))


def test_a_follow_that_a_block_overtook_is_ended(stores: Stores, ada: User, bob: User) -> None:
    blocking.block(stores, ada.id, bob.handle)
    stores.follows.add_many([(bob.id, ada.id)], ids.now_ms())  # as if it had looked for blocks before
    made = bark(stores, ada)
    settle(stores, ada, bob)
    assert not stores.follows.degrees(bob.id, ada.id).follows
    assert made not in whole(stores, bob)


def test_a_block_takes_what_is_in_the_queue_and_on_its_way(stores: Stores, ada: User, bob: User) -> None:
    bark(stores, ada)
    blocking.block(stores, ada.id, bob.handle)
    assert whole(stores, bob) == []
    settle(stores, ada, bob)
    bark(stores, ada)
    assert whole(stores, bob) == []
    counts = stores.users.by_ids([ada.id])[ada.id].counts
    assert counts.followers == 0


def test_who_is_blocked_finds_nobody_and_who_blocks_is_told_why(stores: Stores, ada: User, bob: User) -> None:
    blocking.block(stores, ada.id, bob.handle)
    with pytest.raises(NotFound):
        following.follow(stores, bob.id, ada.handle)
    with pytest.raises(NotAllowed):
        following.follow(stores, ada.id, bob.handle)


def test_a_block_holds_while_the_graph_is_down(
    stores: Stores, new_user: NewUser, ada: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    cat = new_user("cat")
    blocking.block(stores, ada.id, bob.handle)
    down(monkeypatch, stores)
    assert [seen.user.id for seen in seeing.people(stores, bob.id, [ada.id, cat.id])] == [cat.id]
    assert [seen.user.id for seen in seeing.people(stores, ada.id, [bob.id, cat.id])] == [cat.id]
    with pytest.raises(NotFound):
        seeing.somebody(stores, bob.id, ada.handle)
    monkeypatch.undo()
    blocking.unblock(stores, ada.id, bob.handle)
    settle(stores, ada, bob)
    down(monkeypatch, stores)
    assert [seen.user.id for seen in seeing.people(stores, bob.id, [ada.id])] == [ada.id]


@pytest.mark.parametrize("blocked", [True, False], ids=["blocked", "not-blocked"])
def test_the_copy_of_blocks_is_brought_in_line_with_the_graph(
    stores: Stores, ada: User, bob: User, blocked: bool
) -> None:
    if blocked:
        stores.blocks.add(ada.id, bob.id, ids.now_ms())
    else:
        stores.parted.add(ada.id, bob.id)
    settle(stores, ada, bob)
    assert stores.parted.among(bob.id, [ada.id]) == ({ada.id} if blocked else set())


def test_a_mute_ends_by_itself_and_leaves_no_hole(
    stores: Stores, ada: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = bark(stores, ada)
    blocking.mute(stores, bob.id, ada.handle, 60)
    second = bark(stores, ada)
    assert whole(stores, bob) == []
    now = ids.now_ms
    monkeypatch.setattr(ids, "now_ms", lambda: now() + 61_000)
    assert whole(stores, bob) == [second, first]


def test_a_queue_made_anew_knows_who_is_muted_and_has_no_hole_when_that_ends(
    stores: Stores, ada: User, bob: User
) -> None:
    made = bark(stores, ada)
    blocking.mute(stores, bob.id, ada.handle, None)
    redis, key = stores.queues._redis, stores.queues.channel(bob.id)
    redis.unlink(key, key.replace("queue", "muted"))
    assert whole(stores, bob) == []
    blocking.unmute(stores, bob.id, ada.handle)
    assert whole(stores, bob) == [made]


def test_a_mute_holds_below_the_queue(stores: Stores, ada: User, bob: User) -> None:
    made = bark(stores, ada)
    assert [one.id for one in feed.pull(stores, bob.id, ids.MAX_ID, 10)] == [made]
    blocking.mute(stores, bob.id, ada.handle, None)
    assert feed.pull(stores, bob.id, ids.MAX_ID, 10) == []


@pytest.mark.parametrize("seconds", [60, None], ids=["for-a-while", "for-good"])
def test_a_mute_that_reached_the_graph_alone_is_settled(
    stores: Stores, ada: User, bob: User, monkeypatch: pytest.MonkeyPatch, seconds: int | None
) -> None:
    bark(stores, ada)
    with monkeypatch.context() as patch:
        patch.setattr(type(stores.queues), "mute", raiser(StoreDown("queues")))
        blocking.mute(stores, bob.id, ada.handle, seconds)
    assert len(whole(stores, bob)) == 1
    following.settle(stores, bob.id, ada.id)
    assert whole(stores, bob) == []
    assert stores.follows.degrees(bob.id, ada.id).follows  # which she still does


def test_follows_may_not_be_made_where_a_block_is(stores: Stores, new_user: NewUser) -> None:
    one, other = new_user("one"), new_user("other")
    stores.blocks.add(one.id, other.id, ids.now_ms())
    assert not stores.follows.add(other.id, one.id, ids.now_ms())
    assert not stores.follows.add(one.id, other.id, ids.now_ms())
    stores.blocks.remove(one.id, other.id)
    assert stores.follows.add(one.id, other.id, ids.now_ms())
