"""Users, sessions, barks, intents and answers on a real MongoDB."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from barker import ids
from barker.errors import Conflict
from barker.models import Bark, Session, User
from barker.stores import Stores
from barker.stores.answers import TAKE_OVER_MS
from barker.stores.barks import MERGED, FanOut
from barker.stores.documents import FIRST_LOOK_MS, LOOK_AGAIN_MAX_MS, LOOK_AGAIN_MS
from barker.stores.unsettled import Change

NewUser = Callable[..., User]


def new_bark(author: int, **more: int) -> Bark:
    bark_id = ids.new()
    return replace(Bark(bark_id, author, f"bark {bark_id}", bark_id), **more)  # type: ignore[arg-type]


def test_preparing_may_be_repeated(stores: Stores) -> None:
    stores.prepare()


def test_a_handle_is_taken_once(stores: Stores, new_user: NewUser) -> None:
    ada = new_user("ada")
    with pytest.raises(Conflict) as refused:
        stores.users.insert(replace(ada, id=ids.new()), "hash")
    assert refused.value.field == "handle"
    assert not stores.users.insert(ada, "hash")  # the same user: our own repeat
    assert stores.users.by_handle(ada.handle.upper()) == ada


def test_users_are_read_in_bulk(stores: Stores, new_user: NewUser) -> None:
    ada, bob = new_user("ada"), new_user("bob")
    assert stores.users.by_ids([ada.id, bob.id, 5]) == {ada.id: ada, bob.id: bob}


def test_a_session_belongs_to_one_user(stores: Stores) -> None:
    session = Session(ids.new(), ids.new(), "phone", ids.now_ms())
    token = str(session.id).encode()
    stores.sessions.insert(session, token)
    assert stores.sessions.by_token(token) == session
    assert stores.sessions.remove(ids.new(), session.id) is None
    assert stores.sessions.remove(session.user_id, session.id) == token
    assert stores.sessions.by_token(token) is None


def test_a_bark_is_stored_with_its_intent_in_one_write(stores: Stores) -> None:
    bark, now = new_bark(ids.new()), ids.now_ms()
    assert stores.barks.insert(bark, now)
    assert not stores.barks.insert(bark, now)
    assert bark.id not in stores.barks.overdue(now + FIRST_LOOK_MS, 10_000)
    assert stores.barks.overdue(now + FIRST_LOOK_MS + 1, 10_000)[bark.id] == bark.author_id
    for times in (1, 2, 4):  # each time later
        stores.barks.look_again([bark.id], now)
        assert bark.id not in stores.barks.overdue(now + times * LOOK_AGAIN_MS, 10_000)
        assert bark.id in stores.barks.overdue(now + times * LOOK_AGAIN_MS + 1, 10_000)
    for _ in range(20):
        stores.barks.look_again([bark.id], now)
    assert bark.id in stores.barks.overdue(now + LOOK_AGAIN_MAX_MS + 1, 10_000)
    stores.barks.fanned_out([FanOut(bark)], now)
    assert bark.id not in stores.barks.overdue(now * 2, 10_000)
    assert stores.barks.by_id(bark.id) == replace(bark, fanned_out=True)


def test_what_was_fanned_out_of_late_can_be_fanned_out_again_however_old_it_is(stores: Stores) -> None:
    hour_ago = ids.at(ids.now_ms() - 3_600_000)
    first, second = (replace(new_bark(ids.new()), id=hour_ago + n) for n in (1, 2))
    now = ids.now_ms()
    for bark, fanned_at in ((first, now), (second, now - 120_000)):
        stores.barks.insert(bark, now)
        stores.barks.fanned_out([FanOut(bark)], fanned_at)
    assert stores.barks.fan_out_again(now - 60_000, now, f"run {bark.id}") >= 1
    pending = stores.barks.overdue(now, 10_000)
    assert first.id in pending
    assert second.id not in pending


def test_what_was_told_anew_is_looked_for_after_the_next_loss_only_if_something_was_missing(stores: Stores) -> None:
    hour_ago = ids.at(ids.now_ms() - 3_600_000)
    whole, missing = (replace(new_bark(ids.new()), id=hour_ago + n) for n in (5, 6))
    now = ids.now_ms()
    both = [whole.id, missing.id]
    for bark in (whole, missing):
        stores.barks.insert(bark, now)
        stores.barks.fanned_out([FanOut(bark)], now - 120_000)
    assert stores.barks.fan_out_again(now - 180_000, now, f"run {whole.id}") >= 2
    begun = stores.barks.begin(stores.barks.pending(both), now)
    stores.barks.delivered_anew([missing.id], now)
    stores.barks.fanned_out(begun, now)
    stores.barks.fan_out_again(now - 60_000, now, f"another run {whole.id}")
    assert [one.bark.id for one in stores.barks.pending(both)] == [missing.id]


def test_whoever_begins_what_another_began_and_did_not_end_is_told(stores: Stores) -> None:
    bark, now = new_bark(ids.new()), ids.now_ms()

    def began(run: str, *parts: str) -> list[bool]:
        stores.barks.fan_out_again(now - 1, now, f"{run} {bark.id}")
        pending = stores.barks.pending([bark.id])
        return [stores.barks.begin(pending, now, part)[0].retried for part in parts]

    stores.barks.insert(bark, now)
    stores.barks.fanned_out([FanOut(bark)], now)
    assert began("a", "0", "1", "1", "0") == [False, False, True, True]
    assert began("b", "0", "2") == [True, False]
    stores.barks.share_done(stores.barks.pending([bark.id])[0], 0)
    assert began("c", "0", "1") == [False, True]
    stores.barks.fanned_out(stores.barks.pending([bark.id]), now)
    assert began("d", "0", "1") == [False, False]


def test_who_began_before_a_loss_cannot_tell_that_it_is_done(stores: Stores) -> None:
    bark, now = new_bark(ids.new()), ids.now_ms()
    stores.barks.insert(bark, now)
    (before,) = stores.barks.begin(stores.barks.pending([bark.id]), now)
    stores.barks.fan_out_again(now, now, f"run {bark.id}")
    stores.barks.fanned_out([before], now)
    (after,) = stores.barks.begin(stores.barks.pending([bark.id]), now)
    stores.barks.fanned_out([after], now)
    assert stores.barks.begin(stores.barks.pending([bark.id]), now) == []


def test_all_shares_of_what_is_pending_are_done_again_after_a_loss_however_old_it_is(stores: Stores) -> None:
    bark = replace(new_bark(ids.new()), id=ids.at(ids.now_ms() - 3_600_000) + 3)
    now = ids.now_ms()
    stores.barks.insert(bark, now)
    (before,) = stores.barks.begin(stores.barks.pending([bark.id]), now)
    assert (cut := stores.barks.cut(bark, 2))
    assert (cut.shares, cut.left, cut.mixed) == (2, (0, 1), True)
    assert not stores.barks.share_done(before, 0)
    stores.barks.fan_out_again(now - 60_000, now, f"run {bark.id}")
    assert not stores.barks.share_done(before, 1)  # begun before, so what it delivered may be lost, too
    assert (cut := stores.barks.cut(bark, 2))
    assert (cut.shares, cut.left, cut.mixed) == (2, (0, 1), True)
    assert bark.id in stores.barks.overdue(now, 10_000)


def test_a_deletion_stays_to_be_told_also_when_it_comes_during_the_fan_out(stores: Stores) -> None:
    bark = new_bark(ids.new())
    stores.barks.insert(bark, ids.now_ms())
    assert stores.barks.remove(bark.id, ids.new(), ids.now_ms()) is None
    assert stores.barks.remove(bark.id, bark.author_id, ids.now_ms()) == bark
    stores.barks.fanned_out([FanOut(bark)], ids.now_ms())  # the worker that had read the bark before it was deleted
    tombstone = stores.barks.by_id(bark.id)
    assert tombstone is not None
    assert (tombstone.deleted, tombstone.text, tombstone.fanned_out) == (True, "", False)
    assert stores.barks.by_ids([bark.id]) == {}
    assert stores.barks.by_authors([bark.author_id], ids.MAX_ID, 5) == []


def test_barks_of_very_many_authors_come_merged(stores: Stores) -> None:
    authors = [ids.new() for _ in range(2 * MERGED + 10)]
    barks = [new_bark(author) for author in (authors[-1], authors[0], authors[MERGED], authors[1])]
    for bark in barks:
        stores.barks.insert(bark, ids.now_ms())
    newest = barks[::-1]
    assert stores.barks.by_authors(authors, ids.MAX_ID, 3) == newest[:3]
    assert stores.barks.by_authors(authors, newest[0].id, 10, after=barks[0].id) == newest[1:3]


def test_a_note_is_dropped_only_when_it_is_sure(stores: Stores) -> None:
    change, first, second, now = Change(ids.new(), ids.new()), ids.new(), ids.new(), ids.now_ms()
    for note in (first, second):
        stores.unsettled.note(change, note, now)
    stores.unsettled.confirm(second)
    stores.unsettled.settled([first, second], now)
    assert stores.unsettled.notes(change) == [first]  # its request may still be about to change the graph
    assert change in stores.unsettled.overdue(now + FIRST_LOOK_MS + 1, 10_000)
    stores.unsettled.look_again([change], now)
    assert change not in stores.unsettled.overdue(now + LOOK_AGAIN_MS, 10_000)
    stores.unsettled.confirm(first)
    stores.unsettled.settled([first], now)
    assert stores.unsettled.notes(change) == []


def test_an_answer_is_given_to_one_and_kept_for_repeats(stores: Stores) -> None:
    key, now = str(ids.new()).encode(), ids.now_ms()
    assert stores.answers.begin(key, b"body", 1, now).mine
    again = stores.answers.begin(key, b"body", 2, now)
    assert (again.mine, again.status, again.reserved) == (False, None, 1)
    stores.answers.finish(key, 201, b"made")
    assert stores.answers.begin(key, b"other", 3, now).body == b"made"


def test_an_answer_whose_process_died_is_taken_over_with_its_reserved_id(stores: Stores) -> None:
    key, now = str(ids.new()).encode(), ids.now_ms()
    stores.answers.begin(key, b"body", 1, now)
    late = now + TAKE_OVER_MS + 1
    assert not stores.answers.begin(key, b"other", 2, late).mine
    taken = stores.answers.begin(key, b"body", 3, late)
    assert (taken.mine, taken.reserved) == (True, 1)
    assert not stores.answers.begin(key, b"body", 4, late).mine
