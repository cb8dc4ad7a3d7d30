"""How a bark travels, whatever dies on the way."""

from collections.abc import Callable

import pytest

from barker import ids
from barker.actions import barking, fanning, feed, following
from barker.errors import Invalid, NotAllowed, NotFound
from barker.models import BarkDraft, Shown, User
from barker.stores import Stores
from barker.stores.documents import FIRST_LOOK_MS
from barker.stores.jobs import Job, Jobs

NewUser = Callable[..., User]


def post(stores: Stores, author: User, text: str = "woof", bark_id: int | None = None, **more: int) -> Shown:
    return barking.post_bark(stores, author, BarkDraft(text, **more), bark_id or ids.new())


def texts(stores: Stores, user: User) -> list[str]:
    return [shown.bark.text for shown in feed.read_feed(stores, user.id, ids.MAX_ID, 40)[0]]


def test_a_bark_whose_job_was_lost_is_swept(stores: Stores, new_user: NewUser, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    following.follow(stores, bob.id, ada.handle)
    assert texts(stores, bob) == []
    lost: list[Job] = []
    with monkeypatch.context() as patch:
        patch.setattr(Jobs, "put", lambda self, *jobs, lane="small": lost.extend(jobs))
        bark = post(stores, ada).bark
        fanning.sweep(stores)
        assert lost.count(Job("fan_out", {"bark": bark.id})) == 1
        patch.setattr(ids, "now_ms", lambda now=ids.now_ms: now() + FIRST_LOOK_MS + 1000)
        assert fanning.sweep(stores) >= 1
    assert lost.count(Job("fan_out", {"bark": bark.id})) == 2
    fanning.fan_out(stores, [bark.id])
    assert texts(stores, bob) == ["woof"]


def test_what_waits_is_asked_for_at_once_when_the_queues_came_back_empty(
    stores: Stores, new_user: NewUser, asked: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    bark = post(stores, new_user("ada")).bark
    stores.barks.look_again([bark.id], ids.now_ms())
    monkeypatch.setattr(Jobs, "server_run", lambda self: ("a run", None))
    monkeypatch.setattr(Jobs, "note_run", lambda self, run, now_ms: None)
    fanning.recover(stores)
    assert bark.id in stores.barks.overdue(ids.now_ms(), 10_000)


def test_a_fan_out_run_again_changes_nothing(stores: Stores, new_user: NewUser, asked: list[Job]) -> None:
    ada = new_user("ada")
    feed.open_queue(stores, ada.id)
    bark = post(stores, ada).bark
    for _ in range(3):
        fanning.fan_out(stores, [bark.id])
    told = [entry for entry in stores.queues.after(ada.id, "0-0", 100) if entry.kind == "bark"]
    assert [entry.bark_id for entry in told] == [bark.id]
    fanning.fan_out(stores, [ids.new()])  # a bark that is not there counts as done


def test_a_bark_deleted_before_its_fan_out_is_never_told(stores: Stores, new_user: NewUser, asked: list[Job]) -> None:
    ada = new_user("ada")
    feed.open_queue(stores, ada.id)
    bark = post(stores, ada).bark
    barking.delete_bark(stores, ada.id, bark.id)
    fanning.fan_out(stores, [bark.id])
    kinds = [entry.kind for entry in stores.queues.after(ada.id, "0-0", 100)]
    assert kinds == ["start", "floor", "delete"]
    assert texts(stores, ada) == []


def test_a_repeat_under_a_reserved_id_finds_the_bark_made(stores: Stores, new_user: NewUser, asked: list[Job]) -> None:
    ada, bob, reserved = new_user("ada"), new_user("bob"), ids.new()
    first, again = (post(stores, ada, bark_id=reserved) for _ in range(2))
    assert first.bark.id == again.bark.id == reserved
    assert post(stores, bob, "another's", bark_id=reserved).bark.id != reserved
    assert stores.users.by_ids([ada.id])[ada.id].counts.barks == 1


def test_an_answer_joins_the_thread_of_what_it_answers(stores: Stores, new_user: NewUser, asked: list[Job]) -> None:
    ada = new_user("ada")
    root = post(stores, ada).bark
    child = post(stores, ada, in_reply_to=root.id).bark
    grandchild = post(stores, ada, in_reply_to=child.id, quote_of=root.id).bark
    assert {root.thread, child.thread, grandchild.thread} == {root.id}
    barking.delete_bark(stores, ada.id, grandchild.id)
    assert stores.barks.by_ids([child.id])[child.id].replies == 0
    with pytest.raises(Invalid, match="no such bark"):
        post(stores, ada, in_reply_to=grandchild.id)
    with pytest.raises(Invalid, match="no such bark"):
        post(stores, ada, quote_of=grandchild.id)


def test_only_the_author_deletes(stores: Stores, new_user: NewUser, asked: list[Job]) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    bark = post(stores, ada).bark
    with pytest.raises(NotAllowed):
        barking.delete_bark(stores, bob.id, bark.id)
    barking.delete_bark(stores, ada.id, bark.id)
    with pytest.raises(NotFound):
        barking.delete_bark(stores, ada.id, bark.id)
