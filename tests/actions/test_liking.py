"""Likes and notifications: counts that do not drift, and nobody told twice, whatever dies between two writes."""

import pytest

from barker import ids
from barker.actions import barking, feed, following, liking, notifying
from barker.errors import NotFound, StoreDown
from barker.models import User
from barker.stores import Stores
from barker.stores.barks import COUNT_AFTER_MS, Barks
from barker.stores.documents import FIRST_LOOK_MS
from barker.stores.jobs import Job
from barker.stores.notifications import Notifications
from barker.stores.queues import Queues
from barker.worker.handlers import HANDLERS
from tests.actions.readers import NewUser, bark, follow, once, raiser


class KilledHere(Exception):
    """The process ends."""


@pytest.fixture
def jobs(asked: list[Job]) -> list[Job]:
    """The jobs that are asked for."""
    return asked


def run(stores: Stores, jobs: list[Job]) -> None:
    """Do what was asked for."""
    while jobs:
        job = jobs.pop(0)
        if job.name in ("settle_like", "notify"):
            HANDLERS[job.name](stores, **job.arguments)


def likes(stores: Stores, bark_id: int) -> tuple[int, int]:
    """Return the count of likes as it is shown, and how many there are."""
    return barking.bark_of(stores, bark_id).bark.likes, stores.likes.number(bark_id)


def count_in_half_a_minute(stores: Stores) -> None:
    now_ms = ids.now_ms()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids, "now_ms", lambda: now_ms + COUNT_AFTER_MS + 1)
        liking.count(stores)


def told(stores: Stores, user: User) -> list[str]:
    """Return the kinds of the notifications in a user's queue."""
    return [entry.kind for entry in stores.queues.after(user.id, "0-0", 1_000) if entry.kind == "notify"]


def test_a_like_counts_once_however_often_it_is_sent(stores: Stores, new_user: NewUser, jobs: list[Job]) -> None:
    ada, bob, eve = new_user("ada"), new_user("bob"), new_user("eve")
    made = bark(stores, ada, fan_out=False)
    for _ in range(3):
        assert liking.like(stores, bob.id, made).bark.likes == 1
    assert liking.like(stores, eve.id, made).bark.likes == 2
    for _ in range(3):
        liking.unlike(stores, bob.id, made)
    assert likes(stores, made) == (1, 1)
    assert liking.like(stores, bob.id, made).bark.likes == 2


def test_what_is_gone_cannot_be_liked(stores: Stores, new_user: NewUser, jobs: list[Job]) -> None:
    ada = new_user("ada")
    made = bark(stores, ada, fan_out=False)
    barking.delete_bark(stores, ada.id, made)
    for bark_id in (made, ids.new(), 0):
        with pytest.raises(NotFound):
            liking.like(stores, ada.id, bark_id)
        with pytest.raises(NotFound):
            liking.unlike(stores, ada.id, bark_id)


@pytest.mark.parametrize("action", ["like", "unlike"])
def test_a_count_that_a_crash_left_wrong_is_right_again(
    stores: Stores, new_user: NewUser, jobs: list[Job], monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    made = bark(stores, ada, fan_out=False)
    if action == "unlike":
        liking.like(stores, bob.id, made)
    with monkeypatch.context() as patch:
        patch.setattr(Barks, "add_likes", raiser(KilledHere()))
        with pytest.raises(KilledHere):
            getattr(liking, action)(stores, bob.id, made)
    shown, true = likes(stores, made)
    assert shown != true
    liking.count(stores)
    assert likes(stores, made)[0] == shown  # too early: other requests may be between their two writes
    count_in_half_a_minute(stores)
    assert likes(stores, made) == (true, true)


def test_a_like_that_was_counted_before_it_moved_the_count_moves_it_no_more(
    stores: Stores, new_user: NewUser, jobs: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    made = bark(stores, ada, fan_out=False)

    def late(add: object, *arguments: object) -> None:
        count_in_half_a_minute(stores)
        add(*arguments)  # type: ignore[operator]

    once(monkeypatch, Barks, "add_likes", late)
    assert liking.like(stores, bob.id, made).bark.likes == 1


def test_a_like_while_the_likes_are_counted_is_counted_too(
    stores: Stores, new_user: NewUser, jobs: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob, eve = new_user("ada"), new_user("bob"), new_user("eve")
    made = bark(stores, ada, fan_out=False)
    liking.like(stores, bob.id, made)

    def overtaken(set_likes: object, *arguments: object) -> None:
        liking.like(stores, eve.id, made)
        set_likes(*arguments)  # type: ignore[operator]

    once(monkeypatch, Barks, "set_likes", overtaken)
    now_ms = ids.now_ms()
    with monkeypatch.context() as patch:
        patch.setattr(ids, "now_ms", lambda: now_ms + COUNT_AFTER_MS + 1)
        liking.count(stores)
    assert likes(stores, made) == (2, 2)


def test_the_author_is_told_of_a_like_once_and_not_of_her_own(
    stores: Stores, new_user: NewUser, jobs: list[Job]
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    feed.open_queue(stores, ada.id)
    made = bark(stores, ada, fan_out=False)
    liking.like(stores, ada.id, made)
    for _ in range(3):
        liking.like(stores, bob.id, made)
        run(stores, jobs)
        liking.settle_like(stores, made, bob.id)  # a worker died before it had said so
        liking.unlike(stores, bob.id, made)
        run(stores, jobs)
        assert notifying.read(stores, ada.id, ids.MAX_ID, 40).items == []
    liking.like(stores, bob.id, made)
    run(stores, jobs)
    (item,) = notifying.read(stores, ada.id, ids.MAX_ID, 40).items
    assert (item.user.id, item.shown and item.shown.bark.id) == (bob.id, made)
    assert told(stores, ada) == ["notify"]


def test_who_is_followed_is_told_once_and_only_while_it_is_so(
    stores: Stores, new_user: NewUser, jobs: list[Job]
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
    assert told(stores, ada) == ["notify"]


@pytest.mark.parametrize(("owner", "name"), [(Queues, "deliver"), (Notifications, "told"), (Notifications, "make")])
def test_a_notification_whose_telling_broke_off_is_told_by_the_sweep_once(
    stores: Stores,
    new_user: NewUser,
    jobs: list[Job],
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
        run(stores, jobs)
    later = ids.now_ms() + FIRST_LOOK_MS + 1
    with monkeypatch.context() as patch:
        patch.setattr(ids, "now_ms", lambda: later)
        liking.sweep(stores)
        notifying.sweep(stores)
    run(stores, jobs)
    assert told(stores, ada) == ["notify"]
    with monkeypatch.context() as patch:
        patch.setattr(ids, "now_ms", lambda: later + FIRST_LOOK_MS)
        assert (made, bob.id) not in [(one.bark_id, one.user_id) for one in stores.likes.overdue(later, 1_000)]
        assert ada.id not in [one.user_id for one in stores.notifications.overdue(later, 1_000)]


def test_a_notification_that_the_queues_lost_is_told_again_and_one_they_kept_is_not(
    stores: Stores, new_user: NewUser, jobs: list[Job]
) -> None:
    ada, bob, eve = new_user("ada"), new_user("bob"), new_user("eve")
    since = ids.now_ms() - 1
    for user in (ada, eve):
        feed.open_queue(stores, user.id)
        follow(stores, bob, user)
    stores.queues._redis.delete(stores.queues.channel(ada.id))
    feed.open_queue(stores, ada.id)
    for key in stores.queues._redis.keys("*:mark:*:notify"):
        stores.queues._redis.delete(key)  # as of ten minutes ago
    stores.notifications.tell_again(since, ids.now_ms())
    notifying.sweep(stores)
    for job in jobs:
        if job.name == "notify" and job.arguments["user"] in (ada.id, eve.id):
            found = stores.notifications.by_ids(job.arguments["user"], [job.arguments["notification"]])
            assert [one.told for one in found] == [False]
            notifying.notify(stores, **job.arguments)
    assert told(stores, ada) == ["notify"]


def test_an_unfollow_takes_what_somebody_barked_and_leaves_what_she_liked(
    stores: Stores, new_user: NewUser, jobs: list[Job]
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    feed.open_queue(stores, ada.id)
    follow(stores, ada, bob)
    bark(stores, bob)
    liking.like(stores, bob.id, bark(stores, ada))
    run(stores, jobs)
    stores.queues.prune(ada.id, bob.id)
    assert told(stores, ada) == ["notify"]


def test_a_page_goes_on_behind_what_is_shown_no_longer(stores: Stores, new_user: NewUser, jobs: list[Job]) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    made = [bark(stores, ada, fan_out=False) for _ in range(6)]
    for bark_id in made:
        liking.like(stores, bob.id, bark_id)
        run(stores, jobs)
    for bark_id in made[2:5]:
        barking.delete_bark(stores, ada.id, bark_id)
    first = notifying.read(stores, ada.id, ids.MAX_ID, 2)
    assert first.last_id
    second = notifying.read(stores, ada.id, first.last_id, 2)
    found = [item.notification.bark_id for item in (*first.items, *second.items)]
    assert (found, second.last_id) == ([made[5], made[1], made[0]], None)
