"""Likes: counts that do not drift, whatever dies between two writes."""

from collections.abc import Callable

import pytest

from barker import ids
from barker.actions import barking, feed, liking
from barker.actions.seeing import bark_of
from barker.errors import NotFound, StoreDown
from barker.models import Like
from barker.stores import Stores
from barker.stores.barks import COUNT_AFTER_MS, Barks
from barker.stores.jobs import Job
from barker.stores.likes import Likes
from tests.actions.readers import NewUser, bark, once, raiser


class KilledHere(Exception):
    """The process ends."""


def likes(stores: Stores, bark_id: int) -> tuple[int, int]:
    """Return the count of likes as it is shown, and how many there are."""
    return bark_of(stores, None, bark_id).bark.likes, stores.likes.number(bark_id)


def count_in_half_a_minute(stores: Stores) -> None:
    now_ms = ids.now_ms()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids, "now_ms", lambda: now_ms + COUNT_AFTER_MS + 1)
        liking.count(stores)


def test_a_like_counts_once_however_often_it_is_sent(stores: Stores, new_user: NewUser, asked: list[Job]) -> None:
    ada, bob, eve = new_user("ada"), new_user("bob"), new_user("eve")
    made = bark(stores, ada, fan_out=False)
    for _ in range(3):
        assert liking.like(stores, bob.id, made).bark.likes == 1
    assert liking.like(stores, eve.id, made).bark.likes == 2
    for _ in range(3):
        liking.unlike(stores, bob.id, made)
    assert likes(stores, made) == (1, 1)
    assert liking.like(stores, bob.id, made).bark.likes == 2


def test_what_is_gone_cannot_be_liked(stores: Stores, new_user: NewUser, asked: list[Job]) -> None:
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
    stores: Stores, new_user: NewUser, asked: list[Job], monkeypatch: pytest.MonkeyPatch, action: str
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
    stores: Stores, new_user: NewUser, asked: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    made = bark(stores, ada, fan_out=False)

    def late(add: object, *arguments: object) -> None:
        count_in_half_a_minute(stores)
        add(*arguments)  # type: ignore[operator]

    once(monkeypatch, Barks, "add_likes", late)
    assert liking.like(stores, bob.id, made).bark.likes == 1


def test_a_like_while_the_likes_are_counted_is_counted_too(
    stores: Stores, new_user: NewUser, asked: list[Job], monkeypatch: pytest.MonkeyPatch
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


def test_a_bark_whose_likes_cannot_be_counted_keeps_no_other_waiting(
    stores: Stores, new_user: NewUser, asked: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    first, second = (bark(stores, ada, fan_out=False) for _ in range(2))
    for bark_id in (first, second):
        stores.barks.expect_likes(bark_id, ids.now_ms())
        stores.likes.add(Like(ids.new(), bark_id, bob.id), ids.now_ms())
    number = Likes.number

    def too_many(likes_: Likes, bark_id: int) -> int:
        if bark_id == first:
            raise StoreDown("documents")
        return number(likes_, bark_id)

    monkeypatch.setattr(Likes, "number", too_many)
    count_in_half_a_minute(stores)
    assert bark_of(stores, None, second).bark.likes == 1
    assert bark_of(stores, None, first).bark.likes == 0
    monkeypatch.undo()
    count_in_half_a_minute(stores)  # it was put off by half a minute more
    assert bark_of(stores, None, first).bark.likes == 0


def test_a_bark_that_is_liked_while_a_page_is_read_is_on_the_page(
    stores: Stores, new_user: NewUser, asked: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = new_user("ada")
    known, other = (bark(stores, ada, fan_out=False) for _ in range(2))
    feed.look_up(stores, [known])

    def overtaken(by_ids: Callable[..., object], *arguments: object) -> object:
        stores.shown.forget(known)
        return by_ids(*arguments)

    once(monkeypatch, Barks, "by_ids", overtaken)
    assert [shown.bark.id for shown in feed.look_up(stores, [known, other])] == [known, other]
