"""Notifications: at once in the queue, in a list, and nobody told twice, whatever dies between two writes."""

from collections.abc import Callable

import pytest

from barker import ids
from barker.actions import barking, feed, following, liking, notifying
from barker.errors import StoreDown
from barker.models import Notification
from barker.stores import Stores
from barker.stores.documents import FIRST_LOOK_MS
from barker.stores.jobs import Job
from barker.stores.notifications import Notifications
from barker.stores.queues import Queues
from tests.actions.readers import NewUser, bark, follow, notify_entries, once, raiser, run_asked


def test_the_author_is_told_of_a_like_once_and_not_of_her_own(
    stores: Stores, new_user: NewUser, asked: list[Job]
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    feed.open_queue(stores, ada.id)
    made = bark(stores, ada, fan_out=False)
    liking.like(stores, ada.id, made)
    for _ in range(3):
        liking.like(stores, bob.id, made)
        run_asked(stores, asked)
        liking.settle_like(stores, made, bob.id)  # a worker died before it had said so
        liking.unlike(stores, bob.id, made)
        run_asked(stores, asked)
        assert notifying.read(stores, ada.id, ids.MAX_ID, 40).items == []
    liking.like(stores, bob.id, made)
    run_asked(stores, asked)
    (item,) = notifying.read(stores, ada.id, ids.MAX_ID, 40).items
    assert (item.user.id, item.shown and item.shown.bark.id) == (bob.id, made)
    assert notify_entries(stores, ada) == ["notify"]


def test_who_is_followed_is_told_once_and_only_while_it_is_so(
    stores: Stores, new_user: NewUser, asked: list[Job]
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    feed.open_queue(stores, ada.id)
    follow(stores, bob, ada)
    following.unfollow(stores, bob.id, ada.handle)
    following.settle(stores, bob.id, ada.id)
    assert notifying.read(stores, ada.id, ids.MAX_ID, 40).items == []
    follow(stores, bob, ada)
    (item,) = notifying.read(stores, ada.id, ids.MAX_ID, 40).items
    assert (item.notification.kind, item.user.id, item.shown) == ("follow", bob.id, None)
    assert notify_entries(stores, ada) == ["notify"]


@pytest.mark.parametrize(("owner", "name"), [(Queues, "deliver"), (Notifications, "told"), (Notifications, "make")])
def test_a_notification_whose_telling_broke_off_is_told_by_the_sweep_once(
    stores: Stores,
    new_user: NewUser,
    asked: list[Job],
    monkeypatch: pytest.MonkeyPatch,
    owner: type,
    name: str,
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    feed.open_queue(stores, ada.id)
    made = bark(stores, ada, fan_out=False)
    liking.like(stores, bob.id, made)
    once(monkeypatch, owner, name, raiser(StoreDown("queues")))
    with pytest.raises(StoreDown):
        run_asked(stores, asked)
    later = ids.now_ms() + FIRST_LOOK_MS + 1
    with monkeypatch.context() as patch:
        patch.setattr(ids, "now_ms", lambda: later)
        liking.sweep(stores)
        notifying.sweep(stores)
    run_asked(stores, asked)
    assert notify_entries(stores, ada) == ["notify"]
    with monkeypatch.context() as patch:
        patch.setattr(ids, "now_ms", lambda: later + FIRST_LOOK_MS)
        assert (made, bob.id) not in [(one.bark_id, one.user_id) for one in stores.likes.overdue(later, 1_000)]
        assert ada.id not in [one.user_id for one in stores.notifications.overdue(later, 1_000)]


@pytest.mark.administers
def test_a_notification_that_the_queues_lost_is_told_again_and_one_they_kept_is_not(
    stores: Stores, new_user: NewUser, asked: list[Job]
) -> None:
    ada, bob, eve = new_user("ada"), new_user("bob"), new_user("eve")
    since = ids.now_ms() - 1
    for user in (ada, eve):
        feed.open_queue(stores, user.id)
        follow(stores, bob, user)
    stores.queues._redis.unlink(stores.queues.channel(ada.id))
    feed.open_queue(stores, ada.id)
    for key in stores.queues._redis.keys("*:mark:*:notify"):
        stores.queues._redis.unlink(key)  # as of ten minutes ago
    for _ in range(2):  # the second worker that sees the restart has nothing to add
        stores.notifications.tell_again(since, ids.now_ms(), "another run")
    notifying.sweep(stores)
    for job in asked:
        if job.name == "notify" and job.arguments["user"] in (ada.id, eve.id):
            found = stores.notifications.by_ids(job.arguments["user"], [job.arguments["notification"]])
            assert [one.told for one in found] == [False]
            notifying.notify(stores, **job.arguments)
    assert notify_entries(stores, ada) == ["notify"]


def test_an_unfollow_takes_what_somebody_barked_and_leaves_what_she_liked(
    stores: Stores, new_user: NewUser, asked: list[Job]
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    feed.open_queue(stores, ada.id)
    follow(stores, ada, bob)
    bark(stores, bob)
    liking.like(stores, bob.id, bark(stores, ada))
    run_asked(stores, asked)
    stores.queues.prune(ada.id, bob.id)
    assert notify_entries(stores, ada) == ["notify"]


@pytest.mark.parametrize("stands", [True, False])
def test_a_like_that_changes_while_it_is_told_is_told_as_it_is_then(
    stores: Stores, new_user: NewUser, asked: list[Job], monkeypatch: pytest.MonkeyPatch, stands: bool
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    made = bark(stores, ada, fan_out=False)
    liking.like(stores, bob.id, made)
    if stands:
        liking.unlike(stores, bob.id, made)

    def overtaken(act: Callable[..., object], *arguments: object) -> object:
        (liking.like if stands else liking.unlike)(stores, bob.id, made)
        liking.settle_like(stores, made, bob.id)
        return act(*arguments)

    once(monkeypatch, Notifications, "retract" if stands else "make", overtaken)
    liking.settle_like(stores, made, bob.id)
    assert len(notifying.read(stores, ada.id, ids.MAX_ID, 40).items) == int(stands)


def test_what_a_deleted_bark_brought_is_neither_shown_nor_unread(
    stores: Stores, new_user: NewUser, asked: list[Job]
) -> None:
    ada, bob, eve = new_user("ada"), new_user("bob"), new_user("eve")
    made = bark(stores, ada, fan_out=False)
    liking.like(stores, bob.id, made)
    run_asked(stores, asked)
    liking.like(stores, eve.id, made)
    barking.delete_bark(stores, ada.id, made)
    run_asked(stores, asked)  # a job that comes after the deletion
    found = notifying.read(stores, ada.id, ids.MAX_ID, 40)
    assert (found.items, found.unread) == ([], 0)


def test_a_notification_that_is_retracted_before_it_is_told_is_not_swept_for_ever(
    stores: Stores, new_user: NewUser, asked: list[Job]
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    reason = Notification(ids.new(), "follow", ada.id, bob.id)
    stores.notifications.make(reason, ids.now_ms())
    stores.notifications.retract(reason)
    overdue = stores.notifications.overdue(ids.now_ms() + 2 * FIRST_LOOK_MS, 1_000)
    assert ada.id not in [one.user_id for one in overdue]


def test_what_everybody_does_is_listed_and_told_a_hundred_times(
    stores: Stores, new_user: NewUser, asked: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifying, "LOUD", 3)
    ada = new_user("ada")
    feed.open_queue(stores, ada.id)
    made = bark(stores, ada, fan_out=False)
    for number in range(5):
        liking.like(stores, new_user(f"fan{number}").id, made)
        run_asked(stores, asked)
    assert len(notifying.read(stores, ada.id, ids.MAX_ID, 40).items) == 5
    assert notify_entries(stores, ada) == ["notify"] * 3


def test_a_page_goes_on_behind_what_is_shown_no_longer(stores: Stores, new_user: NewUser, asked: list[Job]) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    made = [bark(stores, ada, fan_out=False) for _ in range(6)]
    for bark_id in made:
        liking.like(stores, bob.id, bark_id)
        run_asked(stores, asked)
    for bark_id in made[2:5]:
        barking.delete_bark(stores, ada.id, bark_id)
    first = notifying.read(stores, ada.id, ids.MAX_ID, 2)
    assert first.last_id
    second = notifying.read(stores, ada.id, first.last_id, 2)
    found = [item.notification.bark_id for item in (*first.items, *second.items)]
    assert (found, second.last_id) == ([made[5], made[1], made[0]], None)
