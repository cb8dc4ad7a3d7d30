"""How follows reach counts and feeds, in any order."""

from collections.abc import Callable

import pytest

from barker import ids
from barker.actions import feed, following
from barker.errors import Invalid, StoreDown
from barker.models import Degrees
from barker.stores import Stores, queues
from barker.stores.delivery import Delivery
from barker.stores.documents import FIRST_LOOK_MS
from barker.stores.follows import Follows
from barker.stores.jobs import Job
from barker.stores.queues import Queues
from barker.stores.unsettled import Change
from barker.stores.users import Users
from tests.actions.readers import NewUser, age, bark, follow, long_ago, once, whole

Method = Callable[..., object]
pytestmark = pytest.mark.usefixtures("asked")


def test_a_follow_fills_in_all_that_the_queue_claims_to_hold(stores: Stores, new_user: NewUser) -> None:
    ada, bob, eve = new_user("ada"), new_user("bob"), new_user("eve")
    follow(stores, bob, ada)
    made = [bark(stores, author, fan_out=False) for _ in range(3) for author in (ada, eve)]
    assert whole(stores, bob) == made[::2][::-1]
    made += [bark(stores, eve, fan_out=False) for _ in range(following.BACKFILL + 5)]
    follow(stores, bob, eve)
    assert whole(stores, bob) == made[::-1]


def test_an_unfollow_takes_effect_at_once_and_for_good(stores: Stores, new_user: NewUser) -> None:
    ada, bob, eve = new_user("ada"), new_user("bob"), new_user("eve")
    for author in (ada, eve):
        follow(stores, bob, author)
    feed.open_queue(stores, bob.id)
    kept, _ = bark(stores, ada), bark(stores, eve)
    following.unfollow(stores, bob.id, eve.handle)
    assert whole(stores, bob) == [kept]  # before any job ran
    stores.queues.deliver(Delivery("bark", late := ids.new(), eve.id, [bob.id]))  # a fan-out that was under way
    assert late not in whole(stores, bob)
    following.settle(stores, bob.id, eve.id)
    stores.queues.rejoin(bob.id, eve.id)  # as if an hour had passed
    following.prune(stores, bob.id, eve.id)
    assert whole(stores, bob) == [kept]


def test_a_prune_that_comes_after_a_new_follow_takes_nothing(stores: Stores, new_user: NewUser) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    follow(stores, bob, ada)
    feed.open_queue(stores, bob.id)
    made = bark(stores, ada)
    following.unfollow(stores, bob.id, ada.handle)
    follow(stores, bob, ada)
    following.prune(stores, bob.id, ada.id)
    assert whole(stores, bob) == [made]


def test_counts_come_from_the_graph(stores: Stores, new_user: NewUser, asked: list[Job]) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    for _ in range(3):
        follow(stores, bob, ada)
    assert asked.count(Job("settle", {"follower": bob.id, "followee": ada.id})) == 3
    found = stores.users.by_ids([ada.id, bob.id])
    assert (found[ada.id].counts.followers, found[bob.id].counts.following) == (1, 1)


def test_a_follow_whose_job_was_lost_is_swept(
    stores: Stores, new_user: NewUser, asked: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    following.follow(stores, bob.id, ada.handle)
    asked.clear()
    monkeypatch.setattr(ids, "now_ms", lambda now=ids.now_ms: now() + FIRST_LOOK_MS + 1000)
    assert following.sweep(stores) >= 1
    assert Job("settle", {"follower": bob.id, "followee": ada.id}) in asked


def test_a_crash_before_the_graph_was_changed_leaves_nothing_behind(stores: Stores, new_user: NewUser) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    change = Change(bob.id, ada.id)
    stores.unsettled.note(change, ids.new(), ids.now_ms() - FIRST_LOOK_MS - 1)
    following.settle(stores, bob.id, ada.id)
    assert stores.unsettled.notes(change) == []
    assert stores.users.by_ids([ada.id])[ada.id].counts.followers == 0


@pytest.mark.parametrize("keep", [800, 100])
def test_following_somebody_with_very_many_barks_leaves_no_hole(
    stores: Stores, new_user: NewUser, monkeypatch: pytest.MonkeyPatch, keep: int
) -> None:
    """Whether or not the queue was trimmed: more barks than are put in lie above what it had claimed to hold."""
    monkeypatch.setattr(queues, "QUEUE_KEEP", keep)
    monkeypatch.setattr(following, "BACKFILL", 50)
    ada, bob = new_user("ada"), new_user("bob")
    assert whole(stores, bob) == []
    age(stores, bob, 10)
    made = long_ago(stores, ada, 120)
    follow(stores, bob, ada)
    assert whole(stores, bob, 20) == made[::-1]


def test_a_follow_while_the_queue_is_made_is_not_forgotten(
    stores: Stores, new_user: NewUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    made = [bark(stores, ada, fan_out=False) for _ in range(5)]
    pull = feed.pull

    def pull_and_be_overtaken(*arguments: object, muted: bool = False) -> object:
        monkeypatch.setattr(feed, "pull", pull)
        found = pull(*arguments, muted=muted)  # type: ignore[arg-type]
        follow(stores, bob, ada)
        return found

    monkeypatch.setattr(feed, "pull", pull_and_be_overtaken)
    assert whole(stores, bob) == made[::-1]


def test_a_follow_overtaken_by_an_unfollow_is_settled(
    stores: Stores, new_user: NewUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    made = bark(stores, ada, fan_out=False)

    def add_late(add: Method, *arguments: int) -> object:
        following.unfollow(stores, bob.id, ada.handle)
        following.settle(stores, bob.id, ada.id)
        return add(*arguments)

    once(monkeypatch, Follows, "add", add_late)
    following.follow(stores, bob.id, ada.handle)
    following.settle(stores, bob.id, ada.id)
    assert stores.users.by_ids([ada.id])[ada.id].counts.followers == 1
    assert whole(stores, bob) == [made]


def test_a_new_follow_during_the_unfollows_settling_wins(
    stores: Stores, new_user: NewUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    follow(stores, bob, ada)
    feed.open_queue(stores, bob.id)
    made = bark(stores, ada)
    following.unfollow(stores, bob.id, ada.handle)

    def prune_late(prune: Method, *arguments: int) -> object:
        follow(stores, bob, ada)  # another worker settles it in between
        return prune(*arguments)

    once(monkeypatch, Queues, "prune", prune_late)
    following.settle(stores, bob.id, ada.id)
    assert whole(stores, bob) == [made]


def test_settling_shows_an_author_whose_return_was_not_told(stores: Stores, new_user: NewUser) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    follow(stores, bob, ada)
    feed.open_queue(stores, bob.id)
    made = bark(stores, ada)
    stores.queues.leave(bob.id, ada.id)  # left an hour ago at most, followed again while the queues were down
    following.follow(stores, bob.id, ada.handle)
    stores.queues.leave(bob.id, ada.id)
    following.settle(stores, bob.id, ada.id)
    assert whole(stores, bob) == [made]


def test_nobody_unfollows_herself(stores: Stores, new_user: NewUser) -> None:
    ada = new_user("ada")
    made = bark(stores, ada)
    with pytest.raises(Invalid):
        following.unfollow(stores, ada.id, ada.handle)
    assert whole(stores, ada) == [made]


def test_two_follows_settled_at_once_count_both(
    stores: Stores, new_user: NewUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob, eve = new_user("ada"), new_user("bob"), new_user("eve")

    def set_counts_late(set_counts: Method, counts: dict[int, dict[str, int]]) -> None:
        follow(stores, eve, ada)
        set_counts(counts)

    following.follow(stores, bob.id, ada.handle)
    once(monkeypatch, Users, "set_counts", set_counts_late)
    following.settle(stores, bob.id, ada.id)
    assert stores.users.by_ids([ada.id])[ada.id].counts.followers == 2


def test_a_settling_that_broke_off_is_repeated_also_when_another_settled_the_rest(
    stores: Stores, new_user: NewUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    follow(stores, bob, ada)
    feed.open_queue(stores, bob.id)
    made = bark(stores, ada)
    following.unfollow(stores, bob.id, ada.handle)

    def prune_late_and_break(prune: Method, *arguments: int) -> None:
        follow(stores, bob, ada)  # settled by another worker, which drops all notes of the two
        prune(*arguments)
        raise StoreDown("queues")

    once(monkeypatch, Queues, "prune", prune_late_and_break)
    with pytest.raises(StoreDown):
        following.settle(stores, bob.id, ada.id)
    assert stores.unsettled.notes(Change(bob.id, ada.id)) == []
    following.settle(stores, bob.id, ada.id)
    assert whole(stores, bob) == [made]


def test_a_prune_that_broke_off_before_it_looked_again_is_made_good(
    stores: Stores, new_user: NewUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    follow(stores, bob, ada)
    feed.open_queue(stores, bob.id)
    made = bark(stores, ada)
    stores.queues.prune(bob.id, ada.id)  # by an attempt that died just here
    following.prune(stores, bob.id, ada.id)
    assert whole(stores, bob) == [made]


def test_an_unfollow_that_stalls_does_not_hide_an_author_who_is_followed_again(
    stores: Stores, new_user: NewUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    follow(stores, bob, ada)
    feed.open_queue(stores, bob.id)
    made = bark(stores, ada)

    def leave_late(leave: Method, *arguments: int) -> None:
        follow(stores, bob, ada)
        leave(*arguments)

    once(monkeypatch, Queues, "leave", leave_late)
    following.unfollow(stores, bob.id, ada.handle)
    assert stores.unsettled.notes(Change(bob.id, ada.id))  # so it is settled, by its job or by the sweep
    following.settle(stores, bob.id, ada.id)
    assert whole(stores, bob) == [made]


def test_settling_ends_while_a_celebrity_gains_followers(
    stores: Stores, new_user: NewUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    following.follow(stores, bob.id, ada.handle)
    looks: list[int] = []

    def degrees(*_: object) -> Degrees:
        looks.append(1)
        return Degrees(follows=True, following=1, followers=len(looks))

    monkeypatch.setattr(type(stores.follows), "degrees", degrees)
    following.settle(stores, bob.id, ada.id)
    assert len(looks) == following.LOOKS + 1
