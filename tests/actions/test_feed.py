"""The feed against the truth."""

import time
from collections.abc import Callable
from itertools import pairwise

import pytest

from barker import ids
from barker.actions import feed
from barker.errors import StoreDown
from barker.stores import SHOWN_SECONDS, Stores, delivery, queues
from barker.stores.queues import Reading
from tests.actions.readers import NewUser, bark, delivered_then, follow, long_ago, once, pages, raiser, whole

pytestmark = pytest.mark.usefixtures("asked")


def test_a_feed_longer_than_the_queue_has_no_hole_and_no_end(
    stores: Stores, new_user: NewUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "QUEUE_KEEP", 100)
    monkeypatch.setattr(feed, "BUILT", 50)
    ada, bob = new_user("ada"), new_user("bob")
    stores.follows.add(bob.id, ada.id, ids.now_ms())
    before = [bark(stores, ada, fan_out=False) for _ in range(feed.BUILT + 20)]
    assert whole(stores, bob) == before[::-1]
    after = [bark(stores, ada) for _ in range(180)]
    assert stores.queues.coverage(bob.id).entry == ""  # type: ignore[union-attr]
    assert whole(stores, bob, 30) == (before + after)[::-1]
    assert {len(page) for page in pages(stores, bob, 30)[:-1]} == {30}


def test_paging_goes_on_while_barks_arrive(stores: Stores, new_user: NewUser) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    follow(stores, bob, ada)
    old = [bark(stores, ada) for _ in range(25)]
    seen, before = [], ids.MAX_ID
    while before:
        page, before = feed.read_feed(stores, bob.id, before, 7)  # type: ignore[assignment]
        seen += [shown.bark.id for shown in page]
        bark(stores, ada)
    assert seen == old[::-1]
    assert all(newer > older for newer, older in pairwise(seen))


def test_pages_stay_full_when_barks_are_gone(stores: Stores, new_user: NewUser) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    follow(stores, bob, ada)
    feed.open_queue(stores, bob.id)
    made = [bark(stores, ada) for _ in range(20)]
    for bark_id in made[5:]:
        stores.barks.remove(bark_id, ada.id, ids.now_ms())  # the entries are still in the queue
    assert pages(stores, bob, 5) == [made[4::-1]]


def test_without_queues_the_feed_is_pulled(stores: Stores, new_user: NewUser, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    follow(stores, bob, ada)
    made = [bark(stores, ada, fan_out=False) for _ in range(5)]
    monkeypatch.setattr(type(stores.queues), "read", raiser(StoreDown("queues")))
    assert whole(stores, bob, 2) == made[::-1]


def test_two_first_reads_at_once_fill_the_queue_once(
    stores: Stores, new_user: NewUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    made = [bark(stores, ada, fan_out=False) for _ in range(5)]
    stores.follows.add(bob.id, ada.id, ids.now_ms())
    pull = feed.pull

    def pull_and_be_overtaken(*arguments: object, muted: bool = False) -> object:
        monkeypatch.setattr(feed, "pull", pull)
        found = pull(*arguments, muted=muted)  # type: ignore[arg-type]
        feed.open_queue(stores, bob.id, unbuilt=True)
        return found

    monkeypatch.setattr(feed, "pull", pull_and_be_overtaken)
    assert whole(stores, bob) == made[::-1]
    assert [entry.bark_id for entry in stores.queues.after(bob.id, "0-0", 100) if entry.kind == "backfill"] == made


def test_a_queue_that_could_not_be_filled_is_filled_later_also_after_a_follow(
    stores: Stores, new_user: NewUser
) -> None:
    ada, bob, eve = new_user("ada"), new_user("bob"), new_user("eve")
    follow(stores, bob, ada)
    made = bark(stores, ada, fan_out=False)
    stores.queues.open(bob.id)  # and then the graph was down, or the process died
    follow(stores, bob, eve)
    assert whole(stores, bob) == [made]
    assert stores.queues.read(bob.id, ids.MAX_ID, 5).bark_ids == [made]


def test_what_lies_below_the_queue_waits_while_the_graph_is_away(
    stores: Stores, new_user: NewUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    follow(stores, bob, ada)
    made = long_ago(stores, ada, 100)
    delivered_then(stores, bob, ada, made)
    stores.queues._redis.xtrim(stores.queues.channel(bob.id), maxlen=50, approximate=False)
    all_following = stores.follows.all_following
    monkeypatch.setattr(type(stores.follows), "all_following", raiser(StoreDown("graph")))
    page, below = feed.read_feed(stores, bob.id, ids.MAX_ID, 60)
    assert 40 < len(page) < 60
    assert below is not None  # the page is not full, and does not say that it is the last one
    with pytest.raises(StoreDown):
        feed.read_feed(stores, bob.id, below, 60)
    monkeypatch.setattr(type(stores.follows), "all_following", lambda _, user, muted: all_following(user, muted=muted))
    rest, below = feed.read_feed(stores, bob.id, below, 60)
    assert [shown.bark.id for shown in page + rest] == made[::-1]
    assert below is None


def test_a_queue_trimmed_while_it_is_read_leaves_no_hole(
    stores: Stores, new_user: NewUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    follow(stores, bob, ada)
    made = long_ago(stores, ada, 300)
    delivered_then(stores, bob, ada, made)

    def trim_behind(read: Callable[..., Reading], *arguments: object) -> Reading:
        reading = read(*arguments)
        stores.queues._redis.xtrim(stores.queues.channel(bob.id), maxlen=150, approximate=False)
        return reading

    once(monkeypatch, queues.Queues, "read", trim_behind)
    assert whole(stores, bob, 100) == made[::-1]


def test_what_is_unchanged_after_two_seconds_is_the_same_thing_and_need_not_be_rendered_again(
    stores: Stores, new_user: NewUser
) -> None:
    ada = new_user("ada")
    same, other = bark(stores, ada), bark(stores, ada)
    first = feed.look_up(stores, [same, other])
    time.sleep(SHOWN_SECONDS)
    stores.barks.add_replies(other, 1)
    again = feed.look_up(stores, [same, other])
    assert again[0] is first[0]
    assert again[1] is not first[1]
    assert again[1].bark.replies == 1
